#include "policies/windows.hpp"

#include <date/tz.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <variant>

#include "policies/rrule.hpp"

namespace breakwater {
namespace {

using Local = date::local_seconds;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int kDurationMost_days = 366;
constexpr int kHorizonMost_days = 3660;

// ---- local times and zones
// ---------------------------------------------------------------------------------------------

/// `2026-11-02T22:00:00`, a time on a wall clock somewhere.
std::optional<Local> parse_local(std::string_view text) {
  // The same digits are checked by the reader of instants; what is left to do is to take them without a zone.
  if (text.size() != 19) return std::nullopt;
  const auto as_utc = parse_instant(std::string(text) + "Z");
  if (!as_utc) return std::nullopt;
  return Local(std::chrono::floor<seconds>(as_utc->time_since_epoch()));
}

std::string shown(Local time) {
  return to_string(Instant(time.time_since_epoch())).substr(0, 19);
}

std::string shown_offset(seconds offset) {
  const long minutes = std::abs(static_cast<long>(offset.count() / 60));
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%c%02ld:%02ld", offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return text.data();
}

/// The moment at which the clocks of a zone show a time; or, where they skip it or show it twice, both readings in
/// words.
std::variant<Instant, std::string> moment_of(const date::time_zone& zone, Local time) {
  const date::local_info info = zone.get_info(time);
  const auto reading = [&](seconds offset) { return Instant(time.time_since_epoch() - offset); };
  if (info.result == date::local_info::unique) return reading(info.first.offset);
  const auto readings = [&] {
    return to_string(reading(info.first.offset)) + " (" + shown_offset(info.first.offset) + ") and " +
           to_string(reading(info.second.offset)) + " (" + shown_offset(info.second.offset) + ")";
  };
  if (info.result == date::local_info::ambiguous) {
    return shown(time) + " comes twice in " + zone.name() + ": " + readings();
  }
  return shown(time) + " does not exist in " + zone.name() + ", the clocks skip it; it could be read as " + readings();
}

Local local_of(const date::time_zone& zone, Instant instant) {
  return std::chrono::floor<seconds>(zone.to_local(instant));
}

// ---- durations
// ---------------------------------------------------------------------------------------------------------

/// Calendar days, or an exact length.
struct Length {
  int days = 0;
  Duration exact{0};
  /// No interval of this length is longer than that, whatever the clocks do.
  hours bound() const { return hours(24 * (days + 2)) + std::chrono::ceil<hours>(exact); }
};

std::optional<Length> parse_length(std::string_view text) {
  const auto exact = parse_duration(text);
  if (!exact || exact->count() <= 0 || *exact > hours(24 * kDurationMost_days)) return std::nullopt;
  if (text.back() != 'd') return Length{0, *exact};
  return Length{static_cast<int>(std::chrono::duration_cast<hours>(*exact).count() / 24), Duration(0)};
}

std::variant<Instant, std::string> end_of(const date::time_zone& zone, Local begin, Instant begun,
                                          const Length& length) {
  if (length.days == 0) return begun + length.exact;
  return moment_of(zone, begin + date::days(length.days));
}

// ---- one spec
// ----------------------------------------------------------------------------------------------------------

/// Where an expansion begins and ends, and where it says what is wrong.
struct Expansion {
  Instant from;
  Instant to;
  std::size_t index = 0;
  std::vector<Interval> intervals;
  WindowProblems problems;

  void wrong(std::string key, std::string message) { problems.push_back({index, std::move(key), std::move(message)}); }
  bool add(const Interval& interval) {
    const bool touches = interval.begin < to && interval.end > from;
    if (touches) intervals.push_back(interval);
    return touches;
  }
};

const date::time_zone* find_zone(const std::string& own, std::string_view schedules, Expansion& out) {
  const std::string name = own.empty() ? std::string(schedules) : own;
  if (name.empty()) {
    out.wrong("timeZone", "no time zone: neither here nor in the schedule");
    return nullptr;
  }
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    out.wrong("timeZone", name + " is not an IANA time zone; Europe/Berlin and UTC are");
    return nullptr;
  }
}

/// A time as written, with an offset or on the zone's clocks.
std::optional<Instant> read_moment(const std::string& text, const std::string& key, const date::time_zone& zone,
                                   Expansion& out) {
  if (const auto instant = parse_instant(text)) return instant;
  const auto local = parse_local(text);
  if (!local) {
    out.wrong(key, "`" + text + "` is not a time; 2026-11-26T00:00:00 and 2026-11-26T00:00:00+01:00 are");
    return std::nullopt;
  }
  auto moment = moment_of(zone, *local);
  if (auto* both = std::get_if<std::string>(&moment)) {
    out.wrong(key, *both + "; write the offset");
    return std::nullopt;
  }
  return std::get<Instant>(moment);
}

/// UNTIL, after which no interval begins: a whole day, a local time, or an instant.
std::optional<Instant> read_until(const std::string& text, const date::time_zone& zone, Expansion& out) {
  const auto part = [&](std::size_t at, std::size_t count) { return text.substr(at, count); };
  const bool whole_day = text.size() == 8;
  std::string spelled = part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T";
  spelled += whole_day ? "23:59:59" : part(9, 2) + ":" + part(11, 2) + ":" + part(13, 2);
  if (text.back() == 'Z') spelled += "Z";
  return read_moment(spelled, "rrule", zone, out);
}

struct Recurrence {
  std::string name;
  std::string rrule;
  std::string duration;
  std::string start;
  const date::time_zone* zone = nullptr;
};

struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

icaltimetype to_ical(Local time) {
  const auto day = date::floor<date::days>(time);
  const date::year_month_day date(day);
  const date::hh_mm_ss clock(time - day);
  icaltimetype out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<int>(clock.hours().count());
  out.minute = static_cast<int>(clock.minutes().count());
  out.second = static_cast<int>(clock.seconds().count());
  return out;
}

Local from_ical(const icaltimetype& time) {
  const auto day = date::local_days(date::year(time.year) / time.month / time.day);
  return Local(day) + hours(time.hour) + std::chrono::minutes(time.minute) + seconds(time.second);
}

/// The wall-clock times that a rule names from `first` to `last`, oldest first; libical knows nothing of zones here.
class Occurrences {
 public:
  Occurrences(const Rrule& rule, Local start, Local first, Local last) {
    icalrecurrencetype parsed = icalrecurrencetype_from_string(rule.text.c_str());
    readable_ = parsed.freq != ICAL_NO_RECURRENCE;
    if (!readable_) return;
    // Without an end libical would look through six centuries for a 30th of February, minute by minute.
    parsed.until = to_ical(last);
    const bool by_date = parsed.freq == ICAL_MONTHLY_RECURRENCE || parsed.freq == ICAL_YEARLY_RECURRENCE;
    if (!by_date)
      start = near(start, first, date::days(rule.interval * (parsed.freq == ICAL_WEEKLY_RECURRENCE ? 7 : 1)));
    not_before_ = start;
    if (parsed.freq == ICAL_HOURLY_RECURRENCE) start = day_before<hours>(start);
    if (parsed.freq == ICAL_MINUTELY_RECURRENCE) start = day_before<std::chrono::minutes>(start);
    iterator_.reset(icalrecur_iterator_new(parsed, to_ical(start)));
    if (iterator_ && by_date && first > start) icalrecur_iterator_set_start(iterator_.get(), to_ical(first));
  }

  /// Whether libical takes the rule at all. One that it takes and that never comes has no occurrences.
  bool readable() const { return readable_; }

  std::optional<Local> next() {
    while (iterator_) {
      const icaltimetype time = icalrecur_iterator_next(iterator_.get());
      if (icaltime_is_null_time(time)) break;
      if (const Local local = from_ical(time); local >= not_before_) return local;
    }
    return std::nullopt;
  }

 private:
  /// The start moved on by whole steps, which leaves the rule as it is. libical's own way to skip ahead loses count of
  /// every other week where the week's last day is asked for.
  static Local near(Local start, Local first, date::days step) {
    return first > start ? start + (first - start) / step * step : start;
  }

  /// The first step of the day before. From a start within a day libical misses the first time of that day; no rule by
  /// the hour or minute counts its steps, so that it may begin to look earlier.
  template <class Step>
  static Local day_before(Local start) {
    return std::chrono::floor<date::days>(start) - date::days(1) + (start - std::chrono::floor<Step>(start));
  }

  bool readable_ = false;
  Local not_before_;
  std::unique_ptr<icalrecur_iterator, FreeIterator> iterator_;
};

/// The beginning of all counting: `start` where it is given.
std::optional<Local> read_start(const Recurrence& recurrence, int interval, Expansion& out) {
  if (recurrence.start.empty()) {
    if (interval > 1) out.wrong("start", "INTERVAL above 1 needs a start to count from");
    return Local(seconds(0));
  }
  if (const auto local = parse_local(recurrence.start)) return local;
  if (const auto instant = parse_instant(recurrence.start)) return local_of(*recurrence.zone, *instant);
  out.wrong("start", "`" + recurrence.start + "` is not a time; 2026-11-02T22:00:00 is");
  return std::nullopt;
}

void expand_rule(const Recurrence& recurrence, Expansion& out) {
  const std::size_t faults_before = out.problems.size();
  const auto length = parse_length(recurrence.duration);
  if (!length) {
    out.wrong("duration",
              recurrence.duration.empty()
                  ? "missing: how long it lasts, `6h` or `2d`"
                  : "`" + recurrence.duration + "` is not a duration above 0 and up to 366d; `6h` and `2d` are");
  }
  const Rrule rule = recurrence.rrule.empty()
                         ? Rrule{{}, {}, 1, true, {"missing: when it begins, `FREQ=DAILY;BYHOUR=22`"}}
                         : parse_rrule(recurrence.rrule);
  for (const auto& problem : rule.problems) out.wrong("rrule", problem);
  if (recurrence.start.empty() && !rule.names_day) {
    out.wrong("rrule",
              "`" + recurrence.rrule + "` names no day: add BYDAY or BYMONTHDAY, or a start whose day it takes");
  }
  if (recurrence.zone == nullptr) return;
  const auto start = read_start(recurrence, rule.interval, out);
  const auto until = rule.until ? read_until(*rule.until, *recurrence.zone, out) : Instant::max();
  if (out.problems.size() > faults_before || !length || !start || !until) return;

  const date::time_zone& zone = *recurrence.zone;
  Occurrences occurrences(rule, *start, local_of(zone, out.from) - length->bound(), local_of(zone, out.to) + hours(24));
  if (!occurrences.readable()) return out.wrong("rrule", "`" + rule.text + "` is not a rule of RFC 5545");
  std::size_t count = 0;
  while (const auto begin = occurrences.next()) {
    auto begun = moment_of(zone, *begin);
    const auto* begin_at = std::get_if<Instant>(&begun);
    if (begin_at == nullptr) {
      const auto near = Instant(begin->time_since_epoch());
      if (near + length->bound() < out.from || near - hours(24) > out.to) continue;
      return out.wrong("rrule", "a beginning, " + std::get<std::string>(begun));
    }
    if (*begin_at > *until) break;
    auto ended = end_of(zone, *begin, *begin_at, *length);
    const auto* end_at = std::get_if<Instant>(&ended);
    if (end_at == nullptr) return out.wrong("duration", "an end, " + std::get<std::string>(ended));
    if (out.add({*begin_at, *end_at, recurrence.name}) && ++count > kIntervalsMax) {
      return out.wrong("rrule", "more than " + std::to_string(kIntervalsMax) + " times until " + to_string(out.to));
    }
  }
}

void expand_stretch(const FreezeSpec& freeze, const date::time_zone& zone, Expansion& out) {
  const auto from = read_moment(freeze.from, "from", zone, out);
  const auto to = read_moment(freeze.to, "to", zone, out);
  if (!from || !to) return;
  if (*from >= *to) return out.wrong("to", freeze.to + " is not after " + freeze.from);
  out.add({*from, *to, freeze.name});
}

void expand_freeze(const FreezeSpec& freeze, std::string_view time_zone, Expansion& out) {
  const auto* zone = find_zone(freeze.time_zone, time_zone, out);
  const bool stretch = !freeze.from.empty() || !freeze.to.empty();
  if (!stretch) {
    if (freeze.rrule.empty()) return out.wrong("from", "a freeze has either from and to, or rrule and duration");
    return expand_rule({freeze.name, freeze.rrule, freeze.duration, freeze.start, zone}, out);
  }
  for (const auto& [key, text] :
       {std::pair{"rrule", &freeze.rrule}, {"duration", &freeze.duration}, {"start", &freeze.start}}) {
    if (!text->empty()) out.wrong(key, "does not go with from and to");
  }
  if (freeze.from.empty()) out.wrong("from", "missing beside to");
  if (freeze.to.empty()) out.wrong("to", "missing beside from");
  if (zone != nullptr && !freeze.from.empty() && !freeze.to.empty()) expand_stretch(freeze, *zone, out);
}

// ---- lists
// -------------------------------------------------------------------------------------------------------------

std::string joined(const std::string& names, const std::string& name) {
  for (std::size_t at = 0; at <= names.size();) {
    const std::size_t end = std::min(names.find(", ", at), names.size());
    if (names.compare(at, end - at, name) == 0) return names;
    at = end + 2;
  }
  return names + ", " + name;
}

/// Sorted, and joined where they overlap or touch.
std::vector<Interval> merge(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::vector<Interval> merged;
  for (auto& interval : intervals) {
    if (merged.empty() || interval.begin > merged.back().end) {
      merged.push_back(std::move(interval));
      continue;
    }
    merged.back().end = std::max(merged.back().end, interval.end);
    merged.back().name = joined(merged.back().name, interval.name);
  }
  return merged;
}

Expansion over(Instant from, int days) {
  return {from, from + hours(24) * std::clamp(days, 0, kHorizonMost_days), 0, {}, {}};
}

Result<std::vector<Interval>, WindowProblems> finished(Expansion expansion) {
  if (!expansion.problems.empty()) return fail(std::move(expansion.problems));
  return merge(std::move(expansion.intervals));
}

}  // namespace

Result<std::vector<Interval>, WindowProblems> expand_windows(std::span<const WindowSpec> specs,
                                                             std::string_view time_zone, Instant from, int days) {
  Expansion out = over(from, days);
  for (const auto& spec : specs) {
    const auto* zone = find_zone(spec.time_zone, time_zone, out);
    expand_rule({spec.name, spec.rrule, spec.duration, spec.start, zone}, out);
    ++out.index;
  }
  return finished(std::move(out));
}

Result<std::vector<Interval>, WindowProblems> expand_freezes(std::span<const FreezeSpec> specs,
                                                             std::string_view time_zone, Instant from, int days) {
  Expansion out = over(from, days);
  for (const auto& spec : specs) {
    expand_freeze(spec, time_zone, out);
    ++out.index;
  }
  return finished(std::move(out));
}

Result<Calendar, WindowProblems> make_calendar(std::span<const WindowSpec> windows, std::span<const FreezeSpec> freezes,
                                               std::string_view time_zone, Instant from, int days) {
  auto open = expand_windows(windows, time_zone, from, days);
  auto frozen = expand_freezes(freezes, time_zone, from, days);
  WindowProblems problems = open ? WindowProblems{} : std::move(open.error());
  if (!frozen) {
    for (auto& problem : frozen.error()) {
      problem.index += windows.size();
      problems.push_back(std::move(problem));
    }
  }
  if (!problems.empty()) return fail(std::move(problems));
  Calendar calendar{windows.empty(), std::move(*open), std::move(*frozen), Instant::max()};
  if (!windows.empty() || !freezes.empty()) calendar.horizon = over(from, days).to;
  return calendar;
}

}  // namespace breakwater
