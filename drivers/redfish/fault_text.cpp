#include "drivers/redfish/fault_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "inventories/document/json.hpp"

namespace breakwater::redfish {
namespace {

constexpr Duration kRetryAfterMax = std::chrono::hours(1);

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that senders still use (RFC 7231, 7.1.1.1).
std::optional<Instant> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const std::string in_month = std::to_string(month - kMonths.begin() + 101).substr(1);
  return parse_instant(std::string(text.substr(12, 4)) + "-" + in_month + "-" + std::string(text.substr(5, 2)) + "T" +
                       std::string(text.substr(17, 8)) + "Z");
}

const Json& extended_info(const Json& body) {
  const Json& inside = json_array(json_object(body, "error"), "@Message.ExtendedInfo");
  return inside.empty() ? json_array(body, "@Message.ExtendedInfo") : inside;
}

}  // namespace

std::string sanitised(std::string_view text, std::size_t bytes_max) {
  std::string clean(text.substr(0, bytes_max));
  for (char& c : clean) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) c = ' ';
    if (octet >= 0x80) c = '?';
  }
  if (text.size() > bytes_max) clean += "...";
  return clean;
}

std::string error_text(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return {};
  for (const Json& message : extended_info(*parsed)) {
    const std::string id = json_text(message, "MessageId").value_or("");
    const std::string text = json_text(message, "Message").value_or("");
    if (!text.empty()) return sanitised(id.empty() ? text : id + ": " + text);
    if (!id.empty()) return sanitised(id);
  }
  return sanitised(json_text(json_object(*parsed, "error"), "message").value_or(""));
}

bool names_message(std::string_view body, std::string_view message_id) {
  const auto parsed = parse_json(body);
  if (!parsed) return false;
  const Json& messages = extended_info(*parsed);
  return std::any_of(messages.begin(), messages.end(), [&](const Json& message) {
    const std::string id = json_text(message, "MessageId").value_or("");
    return id.substr(id.rfind('.') + 1) == message_id;
  });
}

std::optional<Duration> parse_retry_after(std::string_view text, Instant now) {
  std::optional<Duration> wait;
  if (const auto seconds = number(text)) {
    wait = std::chrono::seconds(*seconds);
  } else if (const auto until = parse_http_date(text)) {
    wait = *until - now;
  }
  if (!wait) return std::nullopt;
  return std::clamp(*wait, Duration(0), kRetryAfterMax);
}

bool is_of_one_resource(const Fault& fault) {
  return fault.kind == Fault::Kind::http_status || fault.kind == Fault::Kind::malformed_reply;
}

Fault status_fault(unsigned status, std::string_view body, std::string step, std::string_view path) {
  Fault::Kind kind = Fault::Kind::http_status;
  if (status == 401) kind = Fault::Kind::unauthorized;
  if (status == 503) kind = Fault::Kind::busy;
  if (names_message(body, "SessionLimitExceeded")) kind = Fault::Kind::sessions_exhausted;
  const std::string said = error_text(body);
  Fault fault = make_fault(kind, std::move(step),
                           "HTTP " + std::to_string(status) + " for " + sanitised(path, 200) +
                               (said.empty() ? std::string(", without a Redfish error") : ": " + said));
  fault.http_status = static_cast<int>(status);
  return fault;
}

}  // namespace breakwater::redfish
