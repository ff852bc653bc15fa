#include "orchestrator/cli/apply_view.hpp"

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/views/event_lines.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/text.hpp"
#include "orchestrator/views/wave_tree.hpp"

namespace breakwater::cli {

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
  rollout_ = &rollout;
  waits_ = decision.waits;
  now_ = now;
  tell_of_interrupts(rollout);
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
  if (mode_ == Mode::live) draw();
}

namespace {

/// Hosts in flight, and what ends with them, are no news; whatever waits for a person, a window or a soak is.
bool is_news(const Blocker& wait) {
  switch (wait.rule) {
    case StartRule::stopped:
    case StartRule::paused:
    case StartRule::held_back:
    case StartRule::leaving:
    case StartRule::quarantined:
    case StartRule::soak:
    case StartRule::gate_held:
    case StartRule::window:
    case StartRule::freeze:
    case StartRule::too_late:
    case StartRule::no_window:
      return true;
    case StartRule::same_machine:
    case StartRule::domain_full:
      return !wait.command.empty();
    case StartRule::own_side:  // told as its record
    case StartRule::last_looks:
    case StartRule::wave_not_open:
    case StartRule::turn:
    case StartRule::first_back:
    case StartRule::global_limit:
    case StartRule::back_off:
    case StartRule::in_flight:
      break;
  }
  return false;
}

}  // namespace

/// Each wait is told once, not at every decision.
void ApplyView::tell_of_waiting(const RolloutState& rollout, const Decision& decision, Now now) {
  std::set<std::string> waits;
  for (const Blocker& wait : decision.waits) {
    if (!is_news(wait) || !waits.insert(wait.text).second || waits_told_.contains(wait.text)) continue;
    if (mode_ == Mode::json) {
      console_.out << wait_line(wait, fleet_.last_seq(), now.steady, rollout.name) << '\n' << std::flush;
    } else {
      console_.out << date_time(now.steady) << "  waits: " << harmless(wait.text) << '\n' << std::flush;
    }
  }
  waits_told_ = std::move(waits);
}

void ApplyView::close() {
  if (mode_ == Mode::live && rollout_) draw();
}

}  // namespace breakwater::cli
