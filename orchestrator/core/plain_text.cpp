#include "orchestrator/core/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace breakwater {

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

std::string count_of(std::size_t count, std::string_view singular) {
  return std::to_string(count) + ' ' + std::string(singular) + (count == 1 ? "" : "s");
}

std::string list_some(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;  // U+0080 to U+009F: terminals take them for escape sequences too
    out += c1 || byte < 0x20 || byte == 0x7f ? '?' : text[i];
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    if (!first && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out;
}

}  // namespace breakwater
