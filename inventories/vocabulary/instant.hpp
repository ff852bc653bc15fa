#pragma once
// Time as the whole program speaks it: milliseconds since 1970 UTC, and lengths in milliseconds.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// A moment on both clocks. `steady` never runs back and measures durations; people and windows go by `wall`.
struct Now {
  Instant steady;
  Instant wall;
};

/// RFC 3339 in UTC with milliseconds: `2026-12-01T00:00:00.000Z`.
std::string to_string(Instant instant);

/// Reads `YYYY-MM-DDTHH:MM:SS[.fff](Z|+hh:mm|-hh:mm)`; returns nothing for any other text, and if there is no such
/// moment.
std::optional<Instant> parse_instant(std::string_view text);

/// Reads `250ms`, `90s`, `15m`, `24h`, `2d` (a day is 24 hours); digits and one unit, at most 36,500 days.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact spelling in one unit that parse_duration reads back: `90s`, `15m`, `1500ms`.
std::string to_string(Duration duration);

}  // namespace breakwater
