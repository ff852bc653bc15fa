#pragma once
// The bytes of a YAML file before and beside the parser: whether they may be parsed at all, which place an offset is.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "inventories/document/yaml.hpp"

namespace breakwater {

/// Turns byte offsets into places. Callers ask in rising order, so each byte is counted about once.
class PositionFinder {
 public:
  explicit PositionFinder(std::string_view text) : text_(text) {}

  Position find(std::size_t offset) {
    if (offset < offset_) {
      offset_ = 0;
      at_ = {1, 1};
    }
    for (; offset_ < std::min(offset, text_.size()); ++offset_) {
      if (text_[offset_] == '\n') {
        at_ = {at_.line + 1, 1};
      } else if ((static_cast<unsigned char>(text_[offset_]) & 0xC0U) != 0x80U) {
        ++at_.column;
      }
    }
    return at_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  Position at_{1, 1};
};

/// What must be true of the bytes before a parser reads them: size, valid UTF-8 (RFC 3629), no byte-order mark, no
/// control characters, no directives. False if they must not be parsed; the reasons are added to `faults`.
bool check_bytes(std::string_view text, const std::string& file, Diagnostics& faults);

/// The first tab in the indentation of the line that `offset` is in.
std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t offset);

/// True if the quote that opens at `offset` is closed before the text ends. The parser itself closes it at the end.
bool is_closed(std::string_view text, std::size_t offset);

}  // namespace breakwater
