#include "inventories/document/scalar.hpp"

#include <algorithm>
#include <charconv>

namespace breakwater {
namespace {

constexpr std::size_t kTextBytesMax = 4096;

bool is_lower_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

/// Control characters of ASCII and of Latin 1 (U+0080 to U+009F, two bytes from 0xC2 on).
bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

/// What every text must satisfy, whatever else it is.
const std::string* plain_text_of(const YamlValue& value) {
  const std::string* text = scalar_of(value, "text");
  if (text == nullptr) return nullptr;
  if (!value.node->quoted && is_ambiguous(*text)) {
    value.fault("'" + *text + "' is no text to every YAML reader: put it in quotes");
    return nullptr;
  }
  if (text->empty()) {
    value.fault("must not be empty");
    return nullptr;
  }
  if (text->size() > kTextBytesMax || has_control(*text)) {
    value.fault(has_control(*text) ? "must be one line without control characters" : "is longer than 4096 bytes");
    return nullptr;
  }
  return text;
}

std::optional<std::string> as_checked(const YamlValue& value, bool (*is_valid)(std::string_view),
                                      const char* complaint) {
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  if (is_valid(*text)) return *text;
  value.fault("'" + *text + "' " + complaint);
  return std::nullopt;
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || !is_lower_alphanumeric(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower_alphanumeric(c) || c == '.' || c == '-'; });
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || !is_alphanumeric(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

const std::string* scalar_of(const YamlValue& value, std::string_view expected) {
  if (value.node->kind == YamlNode::Kind::scalar) return &value.node->text;
  value.fault_kind(expected);
  return nullptr;
}

std::optional<std::size_t> find_word(const YamlValue& value, const std::vector<std::string_view>& words) {
  const std::string* text = scalar_of(value, "a word");
  if (text == nullptr) return std::nullopt;
  if (!value.node->quoted && *text != "true" && *text != "false" && is_ambiguous(*text)) {
    value.fault("'" + *text + "' is no text to every YAML reader: put it in quotes");
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string all;
  for (const std::string_view word : words) all += (all.empty() ? "" : ", ") + std::string(word);
  const std::string meant = words.size() == 1 ? std::string() : nearest(*text, words);
  value.fault("'" + *text + "' is not one of " + all + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  return std::nullopt;
}

std::optional<std::string> as_text(const YamlValue& value) {
  const std::string* text = plain_text_of(value);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<std::string> as_name(const YamlValue& value) {
  return as_checked(value, is_name, "is no name: lower-case letters, digits, '.' and '-', at most 63");
}

std::optional<std::string> as_host_name(const YamlValue& value) {
  return as_checked(value, is_host_name, "is no host name: letters, digits, '.', '_' and '-'");
}

std::optional<std::string> as_pattern(const YamlValue& value) {
  return as_checked(
      value, [](std::string_view text) { return text.substr(0, text.size() - 1).find('*') == std::string_view::npos; },
      "has a '*' that is not at the end");
}

std::optional<std::int64_t> as_integer(const YamlValue& value, std::int64_t least, std::int64_t most) {
  const std::string* text = scalar_of(value, "a whole number");
  if (text == nullptr) return std::nullopt;
  const auto complain = [&](const std::string& what) {
    value.fault("'" + *text + "' " + what);
    return std::nullopt;
  };
  const std::string_view digits = std::string_view(*text).substr(text->starts_with('-') ? 1 : 0);
  const bool decimal = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (value.node->quoted) return complain("is text: a whole number stands without quotes");
  if (!decimal) return complain("is no whole decimal number");
  if (digits.size() > 1 && digits.front() == '0') {
    return complain("starts with 0: some readers take it for octal, write it without");
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || number < least || number > most) {
    return complain("is out of range: " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::optional<bool> as_boolean(const YamlValue& value) {
  const std::string* text = scalar_of(value, "true or false");
  if (text == nullptr) return std::nullopt;
  if (!value.node->quoted && *text == "true") return true;
  if (!value.node->quoted && *text == "false") return false;
  value.fault("'" + *text + "' is no boolean: only true and false, without quotes");
  return std::nullopt;
}

std::optional<Duration> as_duration(const YamlValue& value) {
  const std::string* given = scalar_of(value, "a duration, such as 20m");
  if (given == nullptr) return std::nullopt;
  const bool number = !given->empty() && std::all_of(given->begin(), given->end(), is_digit);
  const bool leading_zero = given->size() > 1 && given->front() == '0' && is_digit((*given)[1]);
  const std::string expected = ": digits and one of ms, s, m, h, d, such as ";
  if (number) {
    const std::string digits = leading_zero ? "20" : *given;
    value.fault("'" + *given + "' has no unit" + expected + digits + "s or " + digits + 'm');
    return std::nullopt;
  }
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  const auto duration = leading_zero ? std::nullopt : parse_duration(*text);
  if (!duration) value.fault("'" + *text + "' is no duration" + expected + "20s or 20m");
  return duration;
}

std::optional<Duration> as_positive_duration(const YamlValue& value) {
  const auto duration = as_duration(value);
  if (duration && duration->count() == 0) {
    value.fault("must be more than 0");
    return std::nullopt;
  }
  return duration;
}

std::optional<int> as_basis_points(const YamlValue& value) {
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  const auto complain = [&]() -> std::optional<int> {
    value.fault("'" + *text + "' is no share: more than 0% and at most 100%, with at most two decimals");
    return std::nullopt;
  };
  std::string_view rest = *text;
  int points = 0;
  const auto digit = [&rest] { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; };
  std::size_t whole = 0;
  for (; digit() && whole < 3; ++whole, rest.remove_prefix(1)) points = points * 10 + (rest.front() - '0');
  if (whole == 0 || (whole > 1 && text->front() == '0')) return complain();
  points *= 100;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (!digit()) return complain();
    for (int scale = 10; digit() && scale > 0; scale /= 10, rest.remove_prefix(1)) {
      points += (rest.front() - '0') * scale;
    }
  }
  if (rest != "%" || points == 0 || points > 10'000) return complain();
  return points;
}

std::optional<Sha256> as_sha256(const YamlValue& value) {
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  const auto digest = parse_sha256(*text);
  if (!digest) value.fault("is no SHA-256: 64 lower-case hexadecimal digits");
  return digest;
}

std::optional<Instant> as_instant(const YamlValue& value) {
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  const auto instant = parse_instant(*text);
  if (!instant) value.fault("'" + *text + "' is no moment with its offset, as in \"2026-12-02T09:00:00+01:00\"");
  return instant;
}

std::optional<std::string> as_file(const YamlValue& value, const std::string& directory) {
  const std::string* text = plain_text_of(value);
  if (text == nullptr) return std::nullopt;
  constexpr std::string_view kScheme = "file:";
  if (!text->starts_with(kScheme) || text->size() == kScheme.size()) {
    value.fault("expected file:PATH");
    return std::nullopt;
  }
  const std::string path = text->substr(kScheme.size());
  return path.front() == '/' || directory.empty() ? path : directory + "/" + path;
}

}  // namespace breakwater
