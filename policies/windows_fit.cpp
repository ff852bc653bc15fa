// The question that the deciding code asks of a calendar; arithmetic on intervals, without a zone or a library.
#include <algorithm>

#include "policies/windows.hpp"

namespace breakwater {
namespace {

/// The first interval that ends after a moment.
std::span<const Interval> still_to_come(std::span<const Interval> intervals, Instant moment) {
  const auto first = std::partition_point(intervals.begin(), intervals.end(),
                                          [&](const Interval& interval) { return interval.end <= moment; });
  return {first, intervals.end()};
}

/// A stretch in which nothing forbids a start, and what ends it.
struct Opening {
  Instant begin;
  Instant end;
  std::string_view opener;
  std::string_view closer;
};

/// Shows the openings after `wall`, in order, until `stop` says that one is enough: windows, less freezes.
template <class Stop>
bool any_opening(std::span<const Interval> windows, std::span<const Interval> freezes, Instant wall, const Stop& stop) {
  for (const auto& window : still_to_come(windows, wall)) {
    Instant begin = std::max(wall, window.begin);
    while (begin < window.end) {
      const auto coming = still_to_come(freezes, begin);
      const bool freezes_in_it = !coming.empty() && coming.front().begin < window.end;
      if (freezes_in_it && coming.front().begin <= begin) {
        begin = coming.front().end;
        continue;
      }
      const Opening opening{begin, freezes_in_it ? coming.front().begin : window.end, window.name,
                            freezes_in_it ? std::string_view(coming.front().name) : std::string_view(window.name)};
      if (stop(opening)) return true;
      begin = opening.end;
    }
  }
  return false;
}

/// Nothing was declared; freezes that were over when the calendar was made leave it a horizon.
bool never_closes(const Calendar& calendar) {
  return calendar.always_open && calendar.freezes.empty() && calendar.horizon == Instant::max();
}

}  // namespace

Instant known_from(const Calendar& calendar) {
  if (calendar.horizon == Instant::max()) return Instant::min();
  return calendar.horizon - std::chrono::days(kHorizon_days);
}

Fit may_start(const Calendar& calendar, Instant wall, Duration needed, std::optional<Duration> last_start) {
  const Interval always{Instant::min(), calendar.horizon, ""};
  const std::span<const Interval> windows = calendar.always_open ? std::span(&always, 1) : std::span(calendar.windows);
  if (never_closes(calendar)) return {};
  if (const Instant known = known_from(calendar); wall < known) {
    Fit then = may_start(calendar, known, needed, last_start);
    if (then.verdict == Fit::Verdict::never) return then;
    const Instant until = then.verdict == Fit::Verdict::allowed ? known : then.until;
    return {Fit::Verdict::too_early, until, std::move(then.closer)};
  }

  const auto frozen = still_to_come(calendar.freezes, wall);
  const bool is_frozen = !frozen.empty() && frozen.front().begin <= wall;
  const auto window = still_to_come(windows, wall);
  const bool is_inside = !window.empty() && window.front().begin <= wall;

  Fit fit;
  fit.verdict = is_frozen ? Fit::Verdict::frozen : is_inside ? Fit::Verdict::too_late : Fit::Verdict::outside;
  if (is_frozen) fit.closer = frozen.front().name;
  const Duration room = std::max(needed, last_start.value_or(Duration(0)));
  const bool found = any_opening(windows, calendar.freezes, wall, [&](const Opening& opening) {
    if (opening.begin == wall && fit.closer.empty()) fit.closer = opening.closer;
    if (opening.begin >= calendar.horizon) return false;
    if (opening.end - opening.begin < room) return false;
    if (opening.begin == wall) {
      fit = {};
    } else {
      fit.until = opening.begin;
      if (fit.closer.empty()) fit.closer = opening.opener;
    }
    return true;
  });
  if (!found) fit.verdict = Fit::Verdict::never;
  return fit;
}

Instant open_until(const Calendar& calendar, Instant wall) {
  if (never_closes(calendar)) return Instant::max();
  if (wall >= calendar.horizon || wall < known_from(calendar)) return wall;
  const Interval always{Instant::min(), calendar.horizon, ""};
  const std::span<const Interval> windows = calendar.always_open ? std::span(&always, 1) : std::span(calendar.windows);
  const auto window = still_to_come(windows, wall);
  if (window.empty() || window.front().begin > wall) return wall;
  const auto freeze = still_to_come(calendar.freezes, wall);
  const Instant freezes = freeze.empty() ? Instant::max() : std::max(wall, freeze.front().begin);
  return std::min(window.front().end, freezes);
}

}  // namespace breakwater
