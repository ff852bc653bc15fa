#include "orchestrator/rehearsal/scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "inventories/vocabulary/text.hpp"

namespace breakwater::rehearsal {

namespace {

constexpr Duration kLate{1'800'000};
constexpr int kSlowestTimes = 100;

constexpr std::string_view kUnhealthyLate = "unhealthy late";
constexpr std::string_view kSlower = "times slower";

constexpr std::array kFaultWords{
    FaultWords{"bricks", "the host never boots again"},
    FaultWords{"lies", "the BMC says it is done, the old version runs"},
    FaultWords{"falls back", "the host boots its other bank, the old version"},
    FaultWords{"garbled", "it reports a version that nobody listed"},
    FaultWords{"fails", "the update's task ends as failed"},
    FaultWords{"hangs", "the update's task never ends"},
    FaultWords{"unhealthy", "its health is critical once the new version has booted"},
    FaultWords{"unhealthy late",
               "its health turns critical 30m after that; `unhealthy late after 2h` for another time"},
    FaultWords{"boots 10 times slower", "boots take so many times longer"},
    FaultWords{"bmc gone", "the BMC does not come back"},
    FaultWords{"upload errors", "a host's first upload breaks off"},
    FaultWords{"power loss of a rack", "while one of its hosts is flashed; `of rack r07` for a certain one"},
};

struct PlainFault {
  std::string_view phrase;
  model::Faults::Flash flash;
};
constexpr std::array kPlainFaults{
    PlainFault{"bricks", model::Faults::Flash::bricks},         PlainFault{"lies", model::Faults::Flash::lies},
    PlainFault{"falls back", model::Faults::Flash::falls_back}, PlainFault{"garbled", model::Faults::Flash::garbled},
    PlainFault{"fails", model::Faults::Flash::fails},           PlainFault{"hangs", model::Faults::Flash::stuck},
    PlainFault{"bmc gone", model::Faults::Flash::kills_bmc},
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class Sentence {
 public:
  explicit Sentence(std::string_view text) : text_(text), words_(split(text)) {}

  Result<Scenario, std::string> read() {
    for (const std::string_view word : words_) made_.words += (made_.words.empty() ? "" : " ") + std::string(word);
    if (!read_fault()) return fail(wrong_.empty() ? unknown_fault() : wrong_);
    if (made_.power_loss) return ended();
    if (at_ < words_.size() && words_[at_].ends_with('%')) {
      const auto share = parse_per_mille(words_[at_++]);
      if (!share) return fail(share.error());
      made_.per_mille = *share;
    }
    if (take("of")) {
      if (at_ == words_.size())
        return fail(quoted() + ": `of` wants a model or a host's name, such as `of SYS-121C-*`");
      made_.pattern = words_[at_++];
    }
    return ended();
  }

 private:
  bool take(std::string_view phrase) {
    const std::vector<std::string_view> wanted = split(phrase);
    if (words_.size() - at_ < wanted.size()) return false;
    if (!std::equal(wanted.begin(), wanted.end(), words_.begin() + static_cast<std::ptrdiff_t>(at_))) return false;
    at_ += wanted.size();
    return true;
  }

  std::string quoted() const { return "'" + std::string(text_) + "'"; }

  std::string unknown_fault() const {
    std::string known;
    for (const FaultWords& one : kFaultWords) known += (known.empty() ? "" : ", ") + std::string(one.phrase);
    return quoted() + " begins with no fault that is known; known are: " + known;
  }

  Result<Scenario, std::string> ended() {
    if (at_ == words_.size()) return std::move(made_);
    return fail(quoted() + ": '" + std::string(words_[at_]) + "' is not understood; the form is FAULT [SHARE%] " +
                "[of PATTERN], such as `bricks 5% of SYS-121C-*`");
  }

  bool read_fault() {
    for (const PlainFault& one : kPlainFaults) {
      if (!take(one.phrase)) continue;
      made_.faults.flash = one.flash;
      return true;
    }
    if (take(kUnhealthyLate)) return read_lateness();
    if (take("unhealthy")) {
      made_.faults.sick_after = Duration(0);
      return true;
    }
    if (take("boots")) return read_slowness();
    if (take("power loss of")) return read_rack();
    if (!take("upload errors")) return false;
    made_.faults.upload_errors = 1;
    made_.bad_image = false;
    return true;
  }

  bool read_lateness() {
    made_.faults.sick_after = kLate;
    if (!take("after")) return true;
    made_.faults.sick_after = at_ < words_.size() ? parse_duration(words_[at_++]) : std::nullopt;
    if (!made_.faults.sick_after) wrong_ = quoted() + ": `after` wants a length of time, such as 45m or 2h";
    return made_.faults.sick_after.has_value();
  }

  bool read_slowness() {
    const auto times = at_ < words_.size() ? whole_number(words_[at_++]) : std::nullopt;
    if (!times || *times < 2 || *times > kSlowestTimes || !take(kSlower)) {
      wrong_ = quoted() + ": the form is `boots N times slower`, N from 2 to " + std::to_string(kSlowestTimes);
      return false;
    }
    made_.faults.slow = *times;
    return true;
  }

  bool read_rack() {
    made_.power_loss = true;
    made_.bad_image = false;
    if (take("a rack")) return true;
    if (take("rack") && at_ < words_.size()) {
      made_.rack = words_[at_++];
      return true;
    }
    wrong_ = quoted() + ": the form is `power loss of a rack` or `power loss of rack r07`";
    return false;
  }

  std::string_view text_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  Scenario made_;
  std::string wrong_;
};

struct MenuRow {
  std::string_view name;
  std::string_view words;
};
constexpr std::array kMenu{
    MenuRow{"bricks", "bricks 5%"},
    MenuRow{"lies", "lies"},
    MenuRow{"falls-back", "falls back"},
    MenuRow{"garbled", "garbled"},
    MenuRow{"fails", "fails"},
    MenuRow{"hangs", "hangs 5%"},
    MenuRow{"unhealthy", "unhealthy"},
    MenuRow{"unhealthy-late", "unhealthy late"},
    MenuRow{"slow", "boots 10 times slower"},
    MenuRow{"bmc-gone", "bmc gone 5%"},
    MenuRow{"upload-errors", "upload errors 20%"},
    MenuRow{"power-loss", "power loss of a rack"},
};

}  // namespace

std::span<const FaultWords> fault_words() {
  return kFaultWords;
}

Result<Scenario, std::string> parse_scenario(std::string_view text) {
  return Sentence(text).read();
}

Result<int, std::string> parse_per_mille(std::string_view text) {
  const auto wrong = [text] { return fail("'" + std::string(text) + "' is no share: 5%, or 0.5%, at most 100%"); };
  if (!text.ends_with('%')) return wrong();
  const std::string_view digits = text.substr(0, text.size() - 1);
  const std::size_t point = digits.find('.');
  const bool tenths = point != std::string_view::npos;
  const auto whole = whole_number(digits.substr(0, point));
  const auto tenth = tenths ? whole_number(digits.substr(point + 1)) : std::optional<int>(0);
  if (!whole || !tenth || *whole < 0 || *whole > 100 || *tenth < 0 || *tenth > 9) return wrong();
  const int per_mille = *whole * 10 + *tenth;
  if (per_mille > 1'000) return wrong();
  return per_mille;
}

const std::vector<Scenario>& menu() {
  static const std::vector<Scenario> made = [] {
    Scenario good;
    good.name = good.words = "good";
    good.per_mille = 0;
    good.bad_image = false;
    std::vector<Scenario> all{good};
    for (const MenuRow& row : kMenu) {
      all.push_back(parse_scenario(row.words).value());
      all.back().name = row.name;
    }
    return all;
  }();
  return made;
}

bool speaks_of(const Scenario& scenario, const PlannedHost& host) {
  if (scenario.power_loss) return scenario.rack.empty() || scenario.rack == rack_of(host);
  return scenario.pattern.empty() || matches_pattern(scenario.pattern, host.identity.model) ||
         matches_pattern(scenario.pattern, host.name);
}

}  // namespace breakwater::rehearsal
