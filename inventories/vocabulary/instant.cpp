#include "inventories/vocabulary/instant.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>

namespace breakwater {
namespace {

using std::chrono::sys_days;

/// Reads exactly `digits` decimal digits at `at` and moves past them.
std::optional<int> take_number(std::string_view text, std::size_t& at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += digits;
  return value;
}

bool take_char(std::string_view text, std::size_t& at, char wanted) {
  if (at >= text.size() || text[at] != wanted) return false;
  ++at;
  return true;
}

/// Minutes east of UTC, from `Z` or `+hh:mm` at the end of the text.
std::optional<int> take_offset(std::string_view text, std::size_t& at) {
  if (take_char(text, at, 'Z')) return 0;
  const bool east = take_char(text, at, '+');
  if (!east && !take_char(text, at, '-')) return std::nullopt;
  const auto hours = take_number(text, at, 2);
  if (!hours || *hours > 23 || !take_char(text, at, ':')) return std::nullopt;
  const auto minutes = take_number(text, at, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return east ? offset : -offset;
}

/// Milliseconds of `.5` or `.123456`; digits behind the third are dropped. Nothing for a point without a digit.
std::optional<Duration> take_fraction(std::string_view text, std::size_t& at) {
  if (!take_char(text, at, '.')) return Duration(0);
  const std::size_t first = at;
  int value = 0;
  int scale = 100;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    value += (text[at] - '0') * scale;
    scale /= 10;
  }
  if (at == first) return std::nullopt;
  return Duration(value);
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t kLongestMs = 36'500LL * 86'400'000;

}  // namespace

std::string to_string(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> time{instant - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::optional<Instant> parse_instant(std::string_view text) {
  std::size_t at = 0;
  const auto year = take_number(text, at, 4);
  if (!year || !take_char(text, at, '-')) return std::nullopt;
  const auto month = take_number(text, at, 2);
  if (!month || !take_char(text, at, '-')) return std::nullopt;
  const auto day = take_number(text, at, 2);
  if (!day || !take_char(text, at, 'T')) return std::nullopt;
  const auto hour = take_number(text, at, 2);
  if (!hour || *hour > 23 || !take_char(text, at, ':')) return std::nullopt;
  const auto minute = take_number(text, at, 2);
  if (!minute || *minute > 59 || !take_char(text, at, ':')) return std::nullopt;
  const auto second = take_number(text, at, 2);
  if (!second || *second > 59) return std::nullopt;
  const std::optional<Duration> fraction = take_fraction(text, at);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text, at);
  if (!offset || at != text.size()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Instant(sys_days(date).time_since_epoch()) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + *fraction - std::chrono::minutes(*offset);
}

std::optional<Duration> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || text.empty() || text.front() == '-') return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& known : kUnits) {
    if (known.name != unit) continue;
    if (number > kLongestMs / known.milliseconds) return std::nullopt;
    return Duration(number * known.milliseconds);
  }
  return std::nullopt;
}

std::string to_string(Duration duration) {
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    if (duration.count() % unit->milliseconds == 0 && (duration.count() != 0 || unit->milliseconds == 1000)) {
      return std::to_string(duration.count() / unit->milliseconds) + std::string(unit->name);
    }
  }
  return std::to_string(duration.count()) + "ms";
}

}  // namespace breakwater
