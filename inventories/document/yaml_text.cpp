#include "inventories/document/yaml_text.hpp"

#include <utility>

namespace breakwater {
namespace {

/// What may follow a first byte: how many bytes, and the range of the second one, which rules out the long forms.
struct Sequence {
  std::size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

Sequence sequence_of(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first < 0xF4) return {4, 0x80, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

/// The offset of the first byte that is no part of a valid sequence; nothing if the whole text is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t at = 0;
  while (at < text.size()) {
    const Sequence sequence = sequence_of(byte(at));
    if (sequence.length == 0 || at + sequence.length > text.size()) return at;
    for (std::size_t i = 1; i < sequence.length; ++i) {
      const unsigned char low = i == 1 ? sequence.second_min : 0x80;
      const unsigned char high = i == 1 ? sequence.second_max : 0xBF;
      if (byte(at + i) < low || byte(at + i) > high) return at;
    }
    at += sequence.length;
  }
  return std::nullopt;
}

}  // namespace

bool is_closed(std::string_view text, std::size_t offset) {
  const char quote = text[offset];
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'') return true;
      ++i;
    }
  }
  return false;
}

std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t offset) {
  const std::size_t end = text.substr(0, offset).rfind('\n');
  const std::size_t line = end == std::string_view::npos ? 0 : end + 1;
  const std::size_t first = text.find_first_not_of(' ', line);
  if (first == std::string_view::npos || text[first] != '\t') return std::nullopt;
  return first;
}

bool check_bytes(std::string_view text, const std::string& file, Diagnostics& faults) {
  const auto fault = [&](const Position& at, std::string message) {
    faults.push_back({{file, at.line, at.column}, "", std::move(message)});
  };
  if (text.size() > kYamlBytesMax) {
    fault({}, "larger than " + std::to_string(kYamlBytesMax) + " bytes");
    return false;
  }
  PositionFinder positions(text);
  if (text.starts_with("\xEF\xBB\xBF")) fault({1, 1}, "starts with a byte-order mark: save it as UTF-8 without one");
  if (const auto bad = find_invalid_utf8(text)) {
    fault(positions.find(*bad), "is no valid UTF-8");
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool line_end = text[i] == '\n' || (text[i] == '\r' && text.substr(i + 1, 1) == "\n");
    if ((byte < 0x20 && text[i] != '\t' && !line_end) || byte == 0x7F) {
      fault(positions.find(i), "a control character (byte " + std::to_string(byte) + ") must not stand here");
    }
    if (text[i] == '%' && (i == 0 || text[i - 1] == '\n')) {
      // The parser swallows such a line without a word.
      fault(positions.find(i), "directives are not read; no line may start with '%'");
    }
  }
  return faults.empty();
}

}  // namespace breakwater
