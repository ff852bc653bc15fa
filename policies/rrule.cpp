#include "policies/rrule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace breakwater {
namespace {

constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::array<std::string_view, 6> kFrequencies{"MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"};

/// A part whose value is a list of whole numbers.
struct Numbers {
  std::string_view key;
  int least;
  int most;
  bool may_count_back;  ///< -1 is the last
};
constexpr std::array<Numbers, 6> kNumbers{{{"BYMINUTE", 0, 59, false},
                                           {"BYHOUR", 0, 23, false},
                                           {"BYMONTHDAY", 1, 31, true},
                                           {"BYYEARDAY", 1, 366, true},
                                           {"BYMONTH", 1, 12, false},
                                           {"BYSETPOS", 1, 366, true}}};

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    pieces.push_back(text.substr(0, end));
    if (end == text.size()) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 4) return std::nullopt;
  return value;
}

/// Takes a sign off the front; +1 where there is none.
int take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return 1;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  return sign;
}

/// A list of numbers, the least one first: libical names the times of a day in the order of their list.
std::string in_order(std::string_view value) {
  auto words = split(value, ',');
  std::stable_sort(words.begin(), words.end(), [](std::string_view one, std::string_view other) {
    return parse_number(one) < parse_number(other);
  });
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ",") + std::string(word);
  return text;
}

/// The parts of one rule, by key, and what is wrong with them.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) {
    for (const auto part : split(text, ';')) add(part);
    if (freq_.empty() && !keys_.contains("FREQ")) wrong("FREQ is missing");
    rule.names_day = has("BYDAY") || has("BYMONTHDAY") || has("BYYEARDAY") || !(long_steps() || freq_ == "WEEKLY");
    together();
  }

  Rrule rule;

 private:
  void wrong(std::string what) { rule.problems.push_back(std::move(what)); }
  bool has(std::string_view key) const { return keys_.contains(key); }
  bool long_steps() const { return freq_ == "MONTHLY" || freq_ == "YEARLY"; }

  void add(std::string_view part) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return wrong(part.empty() ? "an empty part" : "`" + std::string(part) + "` is not KEY=VALUE");
    }
    const std::string_view key = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (!keys_.insert(key).second) return wrong(std::string(key) + " stands twice");
    read(key, value);
    if (key == "UNTIL") return;
    const bool times = key == "BYHOUR" || key == "BYMINUTE";
    rule.text +=
        (rule.text.empty() ? "" : ";") + std::string(key) + '=' + (times ? in_order(value) : std::string(value));
  }

  void read(std::string_view key, std::string_view value) {
    if (key == "FREQ") return read_frequency(value);
    if (key == "INTERVAL") return read_interval(value);
    if (key == "UNTIL") return read_until(value);
    if (key == "BYDAY") return read_days(value);
    if (key == "WKST") {
      if (value != "MO" && value != "SU") wrong("WKST=" + std::string(value) + " is not MO or SU");
      return;
    }
    if (key == "COUNT") return wrong("COUNT is refused: it would depend on when the counting began; use UNTIL");
    if (key == "BYSECOND") return wrong("BYSECOND is refused: a minute is the finest step");
    if (key == "BYWEEKNO") return wrong("BYWEEKNO is refused: name the months and days");
    if (key == "TZ" || key == "TZID") return wrong(std::string(key) + " is refused: the zone stands in timeZone");
    const auto numbers = std::find_if(kNumbers.begin(), kNumbers.end(), [&](const auto& n) { return n.key == key; });
    if (numbers == kNumbers.end()) return wrong(std::string(key) + " is not a part of a rule");
    read_numbers(*numbers, value);
  }

  void read_frequency(std::string_view value) {
    if (value == "SECONDLY") return wrong("FREQ=SECONDLY is refused: a minute is the finest step");
    if (!contains(kFrequencies, value)) {
      return wrong("FREQ=" + std::string(value) + " is not MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY");
    }
    freq_ = value;
  }

  void read_interval(std::string_view value) {
    const auto number = parse_number(value);
    if (!number || *number < 1) return wrong("INTERVAL=" + std::string(value) + " is not a number from 1 to 9999");
    rule.interval = *number;
  }

  void read_until(std::string_view value) {
    const auto digits = [&](std::size_t from, std::size_t count) {
      return value.size() >= from + count &&
             std::all_of(value.begin() + static_cast<long>(from), value.begin() + static_cast<long>(from + count),
                         [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool day = value.size() == 8 && digits(0, 8);
    const bool moment = digits(0, 8) && value.size() >= 15 && value[8] == 'T' && digits(9, 6) &&
                        (value.size() == 15 || (value.size() == 16 && value[15] == 'Z'));
    if (!day && !moment) {
      return wrong("UNTIL=" + std::string(value) + " is not 20261231, 20261231T220000 or 20261231T220000Z");
    }
    rule.until = std::string(value);
  }

  void read_days(std::string_view value) {
    sundays_ = value.find("SU") != std::string_view::npos;
    for (auto day : split(value, ',')) {
      const std::string written(day);
      const bool is_signed = !day.empty() && (day.front() == '+' || day.front() == '-');
      take_sign(day);
      const std::string_view name = day.size() >= 2 ? day.substr(day.size() - 2) : day;
      const std::string_view place = day.substr(0, day.size() - name.size());
      const auto number = parse_number(place);
      if (!contains(kDays, name) || (place.empty() ? is_signed : !number || *number < 1 || *number > 53)) {
        wrong("BYDAY=" + written + " is not a day; MO, 1MO and -1MO are");
      }
      (place.empty() ? plain_days_ : placed_days_) = true;
    }
  }

  void read_numbers(const Numbers& numbers, std::string_view value) {
    const auto words = split(value, ',');
    if (numbers.key == "BYHOUR" || numbers.key == "BYMINUTE") times_ *= words.size();
    for (auto word : words) {
      const std::string written(word);
      const bool is_signed = !word.empty() && (word.front() == '+' || word.front() == '-');
      const int sign = take_sign(word);
      if (numbers.key == "BYMONTHDAY" && sign < 0) month_days_back_ = true;
      const auto number = parse_number(word);
      if (!number || *number < numbers.least || *number > numbers.most || (is_signed && !numbers.may_count_back)) {
        wrong(std::string(numbers.key) + "=" + written + " is not a number from " + std::to_string(numbers.least) +
              " to " + std::to_string(numbers.most) +
              (numbers.may_count_back ? ", or the same counted back with a minus" : ""));
      }
    }
  }

  /// The combinations that RFC 5545, 3.3.10, forbids.
  void together() {
    if (freq_.empty()) return;
    if (placed_days_ && !long_steps()) wrong("BYDAY with a number needs FREQ=MONTHLY or FREQ=YEARLY");
    if (has("BYMONTHDAY") && freq_ == "WEEKLY") wrong("BYMONTHDAY does not go with FREQ=WEEKLY");
    if (has("BYYEARDAY") && freq_ != "YEARLY") {
      wrong("BYYEARDAY does not go with FREQ=" + std::string(freq_) + "; it needs FREQ=YEARLY");
    }
    const bool other = std::any_of(keys_.begin(), keys_.end(),
                                   [](std::string_view key) { return key.starts_with("BY") && key != "BYSETPOS"; });
    if (has("BYSETPOS") && !other) wrong("BYSETPOS needs another BY part to pick from");
    as_expanded();
  }

  /// What the RFC allows and libical 3.0 expands into other times, found by comparing with python-dateutil over
  /// thousands of rules. A freeze that is silently not there would be worse than a rule that has to be written
  /// differently.
  void as_expanded() {
    // Every Saturday and the second Wednesday: calendars disagree on what the two together are.
    if (placed_days_ && plain_days_) wrong("BYDAY names days with a number and without; write two windows");
    if (month_days_back_ && !long_steps()) wrong("BYMONTHDAY counted back needs FREQ=MONTHLY or FREQ=YEARLY");
    if (has("BYSETPOS") && !long_steps()) {
      wrong("BYSETPOS does not go with FREQ=" + std::string(freq_) + "; name the day or the time that it would pick");
    } else if (has("BYSETPOS") && (times_ > 1 || has("BYMONTHDAY"))) {
      wrong("BYSETPOS picks from BYDAY, with one BYHOUR and one BYMINUTE");
    }
    // libical counts a Sunday into the wrong week of such a rule: measured against python-dateutil.
    if (rule.interval > 1 && freq_ == "WEEKLY" && sundays_) {
      wrong("INTERVAL with FREQ=WEEKLY does not go with Sundays; name another day");
    }
    if (rule.interval > 1 && (freq_ == "HOURLY" || freq_ == "MINUTELY")) {
      wrong("INTERVAL does not go with FREQ=" + std::string(freq_) + "; name the hours: FREQ=DAILY;BYHOUR=0,6,12,18");
    }
    if (has("BYYEARDAY") && (has("BYMONTH") || has("BYMONTHDAY") || has("BYDAY"))) {
      wrong("BYYEARDAY does not go with BYMONTH, BYMONTHDAY or BYDAY");
    }
    // The numbered day is one of the year then, and libical takes it for one of each month.
    if (freq_ == "YEARLY" && placed_days_ && has("BYMONTHDAY")) {
      wrong("BYDAY with a number does not go with BYMONTHDAY in FREQ=YEARLY; write FREQ=MONTHLY or two windows");
    }
    // Days of the month without a month are days of every month.
    if (freq_ == "YEARLY" && has("BYMONTHDAY") && !has("BYMONTH")) {
      rule.text += ";BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12";
    }
  }

  std::set<std::string_view> keys_;
  std::string_view freq_;
  bool placed_days_ = false;  ///< a BYDAY with a number stands in the rule
  bool plain_days_ = false;   ///< and one without
  bool sundays_ = false;
  bool month_days_back_ = false;  ///< a BYMONTHDAY below 0
  std::size_t times_ = 1;         ///< times of day that BYHOUR and BYMINUTE make
};

}  // namespace

Rrule parse_rrule(std::string_view text) {
  if (text.size() > 1024) return {{}, {}, 1, true, {"longer than 1024 characters"}};
  return RuleReader(text).rule;
}

}  // namespace breakwater
