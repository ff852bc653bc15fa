#pragma once
// UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, nothing above U+10FFFF.
#include <cstddef>
#include <optional>
#include <string_view>

namespace breakwater {

/// The offset of the first byte that is no part of a valid sequence; nothing where the whole text is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace breakwater
