#pragma once
// Host ranges: `r07-n[01-40]`, `r[07-08]-n[01-03,07]`. Leading zeros are kept; the rightmost bracket counts fastest.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/result.hpp"

namespace breakwater {

constexpr std::size_t kHostsMax = 100'000;

/// The names in a range, in order; text without brackets is one name. At most `most` names.
Result<std::vector<std::string>, std::string> expand_range(std::string_view range, std::size_t most = kHostsMax);

}  // namespace breakwater
