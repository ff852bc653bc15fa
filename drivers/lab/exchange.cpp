#include "drivers/lab/exchange.hpp"

namespace breakwater::lab {
namespace {

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        plain.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    plain.push_back(text[i]);
  }
  return plain;
}

}  // namespace

LabReply error_reply(unsigned status, std::string_view message_id, std::string_view text) {
  const std::string id =
      message_id.find('.') == std::string_view::npos ? "Base.1.18." + std::string(message_id) : std::string(message_id);
  const nlohmann::json message = {{"MessageId", id},
                                  {"Message", text},
                                  {"MessageArgs", nlohmann::json::array()},
                                  {"Severity", "Critical"},
                                  {"MessageSeverity", "Critical"},
                                  {"Resolution", "See the message."}};
  LabReply reply;
  reply.status = status;
  reply.body = {
      {"error", {{"code", id}, {"message", text}, {"@Message.ExtendedInfo", nlohmann::json::array({message})}}}};
  return reply;
}

std::pair<bool, std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view item = query.substr(0, end);
    const std::size_t equals = item.find('=');
    if (decoded(item.substr(0, equals)) == name)
      return {true, equals == std::string_view::npos ? "" : decoded(item.substr(equals + 1))};
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return {false, ""};
}

}  // namespace breakwater::lab
