#pragma once
// Words for people, as report and explain use them: amounts, lengths of time, and foreign text made harmless.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

/// In at most two units, rounded down: `0s`, `42s`, `1h 48m`, `3d 2h`.
std::string rough(Duration length);

/// `1 host`, `3 hosts`
std::string count_of(std::size_t count, std::string_view singular);

/// The first `most` names, and how many more there are.
std::string list_some(const std::vector<std::string>& names, std::size_t most);

/// `text` on one line, without anything a terminal would act on: BMCs write part of what is shown.
std::string harmless(std::string_view text);

/// `text` broken at blanks into lines that end before column `width`. The first one is taken to stand at column
/// `indent`; the others begin with so many blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace breakwater
