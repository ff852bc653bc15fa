#pragma once
// What a device reports as its version, held against the spellings that a Release allows. Texts are equal or they are
// not; nobody orders them. A placeholder is neither: it says that the device does not know.
#include <span>
#include <string>
#include <string_view>

namespace breakwater {

enum class VersionMatch { equal, different, incomparable };

/// Blanks around the reported text do not count.
VersionMatch compare_version(std::string_view reported, std::span<const std::string> reported_as);

/// True for what devices say instead of a version: nothing, `Not Present`, `NA`, `undefined`, `-*`, and the like.
bool is_placeholder_version(std::string_view reported);

}  // namespace breakwater
