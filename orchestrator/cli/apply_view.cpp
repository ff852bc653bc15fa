#include "orchestrator/cli/apply_view.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/standstill.hpp"
#include "orchestrator/views/event_lines.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/text.hpp"
#include "orchestrator/views/wave_tree.hpp"

namespace breakwater::cli {
namespace {

constexpr std::size_t kOthersShown = 10;

}  // namespace

ApplyView::ApplyView(const Console& console, Mode mode, const Fleet& fleet, std::optional<RolloutId> rollout,
                     std::function<bool()> behind)
    : console_(console), mode_(mode), fleet_(fleet), shown_(rollout), behind_(std::move(behind)), block_(console.out) {}

ApplyView::Mode view_mode(const Console& console, bool json) {
  if (json) return ApplyView::Mode::json;
  return console.out_is_terminal ? ApplyView::Mode::live : ApplyView::Mode::lines;
}

void ApplyView::on_record(const Recorded& record) {
  const RolloutState* about = rollout_of(record, fleet_);
  if (about && !shown_) shown_ = about->id;
  if (about && about->id != *shown_) return;
  if (std::holds_alternative<SnapshotTaken>(record.event)) return;  // of the journal, and of no rollout
  switch (mode_) {
    case Mode::live:
      return;  // on_decision follows, and draws at its own pace
    case Mode::json:
      console_.out << event_line(record, fleet_) << '\n' << std::flush;
      return;
    case Mode::lines:
      break;
  }
  const auto words = words_for(record, fleet_);
  if (!words) return;
  const std::string host = words->host.empty() ? "" : pad(words->host, 16) + "  ";
  console_.out << date_time(record.at) << "  " << host << console_.paint(words->ink, words->what) << '\n' << std::flush;
}

void ApplyView::on_decision(const RolloutState& rollout, const Decision& decision, Now now) {
  const bool first = rollout_ == nullptr;
  rollout_ = &rollout;
  waits_ = decision.waits;
  now_ = now;
  if (first && mode_ == Mode::lines) tell_of_keys(rollout, now);
  if (mode_ != Mode::live) return tell_of_waiting(rollout, decision, now);
  if (!behind_() && gate_.pass(std::chrono::steady_clock::now())) draw();
}

void ApplyView::draw() {
  block_.draw(wave_tree(*rollout_, fleet_, waits_, now_, console_.paint), terminal_columns(), terminal_lines());
}

void ApplyView::tell_of_interrupts(const RolloutState& rollout) {
  const int count = interrupts();
  if (count == interrupts_told_) return;
  interrupts_told_ = count;
  if (mode_ == Mode::live) block_.erase(terminal_columns());
  console_.note(count == 1 ? "asked to leave: nothing new starts, " + count_of(rollout.in_flight, "host") +
                                 " in flight will finish; once more leaves now"
                           : "leaving now: what is in flight is found again by looking");
  if (mode_ == Mode::live && rollout_) draw();
}

namespace {

/// Nothing of it goes on any more, so its process starts no host of the others.
bool is_over(const RolloutState& own) {
  return own.finished || (own.stopping && !goes_on(own));
}

}  // namespace

void ApplyView::on_lack(const RolloutState& other, const std::string& why) {
  lacking_[other.id] = why;
  if (!along_told_) return;  // it is told with the others
  if (mode_ == Mode::live) block_.erase(terminal_columns());
  console_.warn(goes_along(other).first);
  if (mode_ == Mode::live && rollout_) draw();
}

/// What becomes of another rollout, and what a person may do about it.
std::pair<std::string, std::string> ApplyView::goes_along(const RolloutState& other) const {
  const std::string has = other.name + " (" + states_of(other) + ')';
  const std::string& name = other.name;
  if (other.paused) {
    const std::string held = other.stopping ? " is stopped" : " is paused";
    return {
        "rollout " + has + held + ": this process brings what is in flight to rest, and takes no host forward there",
        "breakwater resume " + name};
  }
  if (const auto lacks = lacking_.find(other.id); lacks != lacking_.end()) {
    return {"this process takes no host of rollout " + has + " forward: " + lacks->second, "breakwater apply " + name};
  }
  const std::string what = starts_nobody(other) ? "brings rollout " + has + " to its end too; no host starts there"
                                                : "takes rollout " + has + " forward too";
  return {"this process " + what, "breakwater pause " + name};
}

void ApplyView::tell_what_goes_along(const RolloutState& own, Instant at) {
  if (std::exchange(along_told_, true) || is_over(own)) return;
  for (const RolloutId id : fleet_.unfinished()) {
    if (id == own.id) continue;
    const RolloutState& other = *fleet_.find(id);
    const auto [text, command] = goes_along(other);
    const bool held = other.paused || lacking_.contains(id);
    console_.note(text + (held ? "; to let it go on: " : "; to hold it: ") + command);
    if (mode_ != Mode::json) continue;
    console_.out << along_line(own.name, other, held, text, command, fleet_.last_seq(), at) << '\n' << std::flush;
  }
}

void ApplyView::tell_of_others(const RolloutState& rollout) {
  if (!is_over(rollout) || others_told_) return;
  std::vector<std::string> moving;
  for (const RolloutId id : fleet_.unfinished()) {
    const RolloutState& other = *fleet_.find(id);
    if (id != rollout.id && moves(other)) moving.push_back(other.name);
  }
  if (moving.empty()) return;
  others_told_ = true;
  if (mode_ == Mode::live) block_.erase(terminal_columns());
  console_.note(rollout.name + " is over; this process leaves once what is in flight of " +
                list_some(moving, kOthersShown) + " has come to rest, and starts nothing more there");
  if (mode_ == Mode::live && rollout_) draw();
}

/// What an earlier process recorded, and this one does not.
void ApplyView::tell_of_keys(const RolloutState& rollout, Now now) {
  for (const HostIndex host : rollout.untrusted) {
    tell(key_wait(rollout, host), rollout, now);
  }
}

void ApplyView::tell(const Blocker& wait, const RolloutState& rollout, Now now) {
  if (mode_ == Mode::json) {
    console_.out << wait_line(wait, fleet_.last_seq(), now.steady, rollout.name) << '\n' << std::flush;
  } else {
    const std::string command = what_to_type(wait, rollout.name);
    console_.out << date_time(now.steady) << "  waits: " << harmless(wait.text)
                 << (command.empty() ? "" : "  → " + harmless(command)) << '\n'
                 << std::flush;
  }
}

namespace {

/// A wait whose end moves by no more is the same: it is reckoned anew at every decision.
constexpr Duration kSameTime{60'000};

bool is_same_time(const std::optional<Instant>& one, const std::optional<Instant>& other) {
  return one.has_value() == other.has_value() && (!one || std::chrono::abs(*one - *other) <= kSameTime);
}

std::string without_time(const Blocker& wait) {
  std::string text = wait.text;
  const std::string time = wait.until ? to_string(*wait.until) : std::string();
  const std::size_t at = time.empty() ? std::string::npos : text.find(time);
  if (at != std::string::npos) text.erase(at, time.size());
  return text;
}

/// A record says to a person what a wait of this kind says to a program, with its command.
bool is_record(const Blocker& wait) {
  return row_of(wait.rule).news == News::is_record;
}

bool is_of_looks(StartRule rule) {
  return rule == StartRule::last_looks || rule == StartRule::gate_held;
}

/// While hosts are read for a gate, what it waits for is about to be known.
bool reads_for_gate(const RolloutState& rollout, const Decision& decision) {
  const bool open = rollout.open_wave < rollout.waves.size();
  const std::size_t looks = open ? rollout.waves[rollout.open_wave].looks : 0;
  const std::size_t stand_still = rollout.untrusted.size() + rollout.own_faults.size();
  return looks > stand_still && !decision.waits.empty() && is_of_looks(decision.waits.front().rule);
}

}  // namespace

/// Each wait is told once, not at every decision, and again where it has changed. The time at which a gate is judged
/// again moves with each round, and is no news.
void ApplyView::tell_of_waiting(const RolloutState& rollout, const Decision& decision, Now now) {
  if (reads_for_gate(rollout, decision)) return;
  std::map<std::string, std::optional<Instant>> waits;
  for (const Blocker& wait : decision.waits) {
    const std::string text = without_time(wait);
    const bool news = is_news(wait) || (mode_ == Mode::json && is_record(wait));
    if (!news || waits.contains(text)) continue;
    const std::optional<Instant> until = wait.rule == StartRule::gate_held ? std::nullopt : wait.until;
    const auto told = waits_told_.find(text);
    if (told != waits_told_.end() && is_same_time(told->second, until)) {
      waits.insert(*told);
      continue;
    }
    waits.emplace(text, until);
    tell(wait, rollout, now);
  }
  waits_told_ = std::move(waits);
}

void ApplyView::close() {
  if (mode_ == Mode::live && rollout_) draw();
}

}  // namespace breakwater::cli
