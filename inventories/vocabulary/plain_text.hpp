#pragma once
// Text for people: amounts, lengths of time, and foreign text made harmless.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

/// In at most two units, rounded down: `0s`, `42s`, `1h 48m`, `3d 2h`.
std::string rough(Duration length);
/// The same, rounded up: of what is needed, may take at most, or is still to come. 60.3 s are no `1m` then.
std::string rough_most(Duration length);

/// `1 host`, `3 hosts`, `2 Policies`
std::string count_of(std::size_t count, std::string_view singular);

/// `text` between double quotes, nothing escaped.
std::string in_quotes(std::string_view text);

/// The first `most` names, and how many more there are.
std::string list_some(const std::vector<std::string>& names, std::size_t most);

/// `text` on one line, without anything that a terminal would act on: BMCs and documents write part of what is shown,
/// and an escape sequence among it could forge lines. Control characters and broken UTF-8 become `?`, a newline and a
/// tab a blank.
std::string harmless(std::string_view text);

}  // namespace breakwater
