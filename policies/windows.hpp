#pragma once
// Maintenance windows and freezes: what a person wrote, expanded into half-open intervals, and the one question asked
// of them. Pure: text and instants in, intervals out. The expansion is made once, when a plan is made, and is part of
// the plan, so that a new time-zone database shows up as a stale plan and not as a surprise.
//
// A rule is an RFC 5545 RRULE without COUNT and nothing below a minute; INTERVAL above 1 needs a `start`. A duration in
// `d` means calendar days (the same local time so many days later); `h m s ms` are exact: 22:00 + 6h is six real hours,
// also in the night of a clock change. A local time that a clock change skips or repeats is refused where it is an edge
// (a beginning, or an end that is counted in days), with both readings.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// As in the document; empty text where a key is missing.
struct WindowSpec {
  std::string name;
  std::string rrule;      ///< `FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=22;BYMINUTE=0`
  std::string duration;   ///< `6h`, `2d`: as written, since a day is not 24 hours here
  std::string time_zone;  ///< IANA; empty: the schedule's
  std::string start;      ///< local, `2026-11-02T22:00:00`; empty: 1970-01-01T00:00:00
};

/// Either a stretch (`from`, `to`) or a rule with a duration.
struct FreezeSpec {
  std::string name;
  std::string from;  ///< local, or with an offset: `2026-11-26T00:00:00`, `2026-11-26T00:00:00+01:00`
  std::string to;
  std::string rrule;
  std::string duration;
  std::string time_zone;
  std::string start;
};

/// From `begin` up to, not including, `end`.
struct Interval {
  Instant begin;
  Instant end;
  std::string name;  ///< of the windows or freezes that it comes from, comma-separated where they touch
  bool operator==(const Interval&) const = default;
};

/// One thing wrong with one key of one spec, for the reader of the document to point at.
struct WindowProblem {
  std::size_t index = 0;  ///< of the spec in its list
  std::string key;        ///< as the document spells it: `rrule`, `duration`, `timeZone`, `start`, `from`, `to`
  std::string message;
};
using WindowProblems = std::vector<WindowProblem>;

constexpr int kHorizon_days = 400;
constexpr std::size_t kIntervalsMax = 20'000;  ///< a window every half hour for 400 days, and some

/// Everything that touches [from, from + days), sorted and merged. `time_zone` is the schedule's.
Result<std::vector<Interval>, WindowProblems> expand_windows(std::span<const WindowSpec> specs,
                                                             std::string_view time_zone, Instant from,
                                                             int days = kHorizon_days);
Result<std::vector<Interval>, WindowProblems> expand_freezes(std::span<const FreezeSpec> specs,
                                                             std::string_view time_zone, Instant from,
                                                             int days = kHorizon_days);

/// What may_start goes by; a value, and part of a plan.
struct Calendar {
  bool always_open = true;        ///< no window is declared: only freezes close
  std::vector<Interval> windows;  ///< as expand_windows returns them
  std::vector<Interval> freezes;  ///< as expand_freezes returns them
  Instant horizon =
      Instant::max();  ///< nothing is known from here on; a calendar without windows and freezes needs none
};

/// Both lists expanded; `index` of a freeze's problem counts on after the windows.
Result<Calendar, WindowProblems> make_calendar(std::span<const WindowSpec> windows, std::span<const FreezeSpec> freezes,
                                               std::string_view time_zone, Instant from, int days = kHorizon_days);

/// Nothing is known of the time before: a freeze that was over when the calendar was made is not in it. Instant::min()
/// for one without windows and freezes.
Instant known_from(const Calendar& calendar);

/// May a host start now? If not: why, and the first moment at which it may.
struct Fit {
  enum class Verdict {
    allowed,
    outside,    ///< no window is open
    too_late,   ///< a window is open and closes too soon
    frozen,     ///< a freeze is on
    too_early,  ///< by this clock the calendar was not made yet
    never,      ///< not before the calendar ends
  };
  Verdict verdict = Verdict::allowed;
  Instant until{};  ///< for outside, too_late, frozen, too_early: a start at this moment is allowed
  std::string
      closer;  ///< the freeze that is on or comes too soon, the window that closes too soon, or the next to open
};

/// `needed` must end before the window does, and before a freeze begins. `last_start` is a second, plain limit: no
/// start later than this before the close.
Fit may_start(const Calendar& calendar, Instant wall, Duration needed, std::optional<Duration> last_start = {});

/// When what is open at this moment closes: a window's end, a freeze's begin. The moment itself where nothing is open,
/// Instant::max() where nothing ever closes.
Instant open_until(const Calendar& calendar, Instant wall);

}  // namespace breakwater
