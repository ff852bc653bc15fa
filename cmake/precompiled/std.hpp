// What nearly every file includes anyway, read once by the compiler. A file still names what it uses.
#pragma once
#include <utility>  // first: Boost 1.74's awaitable.hpp uses std::exchange without it

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>
