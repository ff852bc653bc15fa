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
  now_ = now.steady;
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

/// A wait is told once, not at every decision; hosts in flight, and domains that empty by themselves, are no news.
void ApplyView::tell_of_waiting(const RolloutState& rollout, const Decision& decision, Now now) {
  const Blocker* wait = nullptr;
  for (const Blocker& one : decision.waits) {
    const bool kept = one.rule == StartRule::domain_full && !one.host.empty();
    const bool news = kept || one.rule == StartRule::paused || one.rule == StartRule::stopped ||
                      one.rule == StartRule::held_back || one.rule == StartRule::leaving ||
                      one.rule == StartRule::soak || one.rule == StartRule::gate_held || is_calendar(one.rule);
    if (news && !wait) wait = &one;
  }
  const std::string text = wait ? wait->text : std::string();
  if (text == wait_told_) return;
  wait_told_ = text;
  if (!wait) return;
  if (mode_ == Mode::json) {
    console_.out << wait_line(*wait, fleet_.last_seq(), now.steady, rollout.name) << '\n' << std::flush;
  } else {
    console_.out << date_time(now.steady) << "  waits: " << harmless(text) << '\n' << std::flush;
  }
}

void ApplyView::close() {
  if (mode_ == Mode::live && rollout_) draw();
}

}  // namespace breakwater::cli
