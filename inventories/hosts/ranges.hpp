#pragma once
// Host ranges: `r07-n[01-40]`, `r[07-08]-n[01-03,07]`. Zeros in front are kept; the rightmost bracket counts fastest.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/result.hpp"

namespace breakwater {

constexpr std::size_t kHostsMax = 100'000;

/// The names that a range stands for, in its order; text without brackets stands for itself. At most `most` names.
Result<std::vector<std::string>, std::string> expand_range(std::string_view range, std::size_t most = kHostsMax);

}  // namespace breakwater
