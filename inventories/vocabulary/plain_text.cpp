#include "inventories/vocabulary/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace breakwater {
namespace {

/// Bytes of the code point at `at`; 0 if the bytes there are no UTF-8 or a control character.
std::size_t printable_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  const std::size_t length = first >= 0xf0 && first < 0xf5   ? 4
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xc2 && first < 0xe0 ? 2
                                                             : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(at + 1);
  if (first == 0xc2 && second < 0xa0) return 0;   // C1 controls: CSI in one byte, among others
  if (first == 0xe0 && second < 0xa0) return 0;   // overlong
  if (first == 0xed && second >= 0xa0) return 0;  // surrogates
  if (first == 0xf0 && second < 0x90) return 0;   // overlong
  if (first == 0xf4 && second >= 0x90) return 0;  // past U+10FFFF
  if (first == 0xe2 && second == 0x80 && byte(at + 2) >= 0xa8 && byte(at + 2) <= 0xae) return 0;  // lines, bidi
  return length;
}

}  // namespace

std::string rough(Duration length) {
  constexpr std::array<std::pair<std::int64_t, char>, 4> kUnits{{{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::int64_t left = std::max<std::int64_t>(0, length.count() / 1'000);
  std::string text;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto [seconds, letter] = kUnits[i];
    if (left < seconds) continue;
    text = std::to_string(left / seconds) + letter;
    left %= seconds;
    if (i + 1 == kUnits.size() || left < kUnits[i + 1].first) return text;
    return text + ' ' + std::to_string(left / kUnits[i + 1].first) + kUnits[i + 1].second;
  }
  return "0s";
}

std::string rough_most(Duration length) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const Duration step = length > days(1) ? hours(1) : length > hours(1) ? minutes(1) : seconds(1);
  return rough((length + step - Duration(1)) / step * step);
}

std::string count_of(std::size_t count, std::string_view singular) {
  std::string text = std::to_string(count) + ' ' + std::string(singular);
  if (count == 1) return text;
  const bool ies = singular.size() > 1 && singular.ends_with('y') &&
                   std::string_view("aeiou").find(singular[singular.size() - 2]) == std::string_view::npos;
  if (ies) text.pop_back();
  return text + (ies ? "ies" : "s");
}

std::string in_quotes(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string list_some(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

std::string harmless(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = printable_at(text, at);
    if (length == 0) {
      out += text[at] == '\n' || text[at] == '\t' ? ' ' : '?';
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

}  // namespace breakwater
