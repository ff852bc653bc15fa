// Who may go back, and when, and who needs hands.
#include <algorithm>
#include <utility>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

void Checker::goes_back(const Command& command) {
  File& file = files_[command.host];
  const PlannedHost& host = plan_.hosts[command.host];
  demand(host.updates[command.update].way_back != WayBack::none, "I9", "it goes back without a proven way",
         command.host);
  demand(!paused_ || file.asked_since, "I17", "it goes back in a paused rollout, though nobody asked since",
         command.host);
  file.called_back = file.called_back || is_called_back(command.host);
  demand(file.called_back, "I36", "it goes back, and nothing failed there and nobody asked", command.host);
  demand(++file.ways_back[command.update] == 1, "I10", "a component is rolled back twice", command.host);
  begins_back(command.host);
  if (file.claim != State::updated && file.claim != State::quarantined) return;
  leave(command.host);
  within_limits(command.host);
}

/// One that came to its end as updated goes back by a word of an operator, by the halt of its wave, or found ill. One
/// that did not also goes back by the failure of its own last command, or half updated by any halt.
bool Checker::is_called_back(HostIndex host) const {
  const File& file = files_[host];
  if (file.asked_back || file.found_ill || waves_[plan_.hosts[host].wave].undone) return true;
  if (file.claim == State::updated) return false;
  return halted_ || (file.ended && file.ended->verdict > Outcome::Verdict::current);
}

/// What failed there needs them, and what is half updated, is to go back and has no way.
bool Checker::needs_hands(HostIndex host) const {
  const File& file = files_[host];
  if (file.found_ill || !file.ended || file.ended->verdict > Outcome::Verdict::current) return true;
  const std::vector<PlannedUpdate>& updates = plan_.hosts[host].updates;
  const bool no_way = std::any_of(updates.begin(), updates.end(),
                                  [](const PlannedUpdate& update) { return update.way_back == WayBack::none; });
  return no_way && (halted_ || file.asked_back);
}

/// A task whose percents go up and down makes progress, as long as it can be read.
void Checker::not_still(HostIndex host, const Outcome& outcome) const {
  const model::ModelHost& real = scenario_.fleet.hosts[host];
  const bool moves = real.percents == model::Percents::wander && real.faults.task_takes == Duration(0);
  const bool still = outcome.detail.find("makes no progress: Running") != std::string::npos;
  demand(!moves || !still, "I36", "its update is said to make no progress, and its task moves", host);
}

/// The brakes of ways back: a few updated hosts first, and none after failures before an operator asked.
void Checker::begins_back(HostIndex host) {
  File& file = files_[host];
  if (file.going_back) return;
  demand(!ways_held_ || file.asked_later, "I31", "it goes back though others failed to, and nobody asked since", host);
  const int first = std::min(2, plan_.way_back_failures);
  const bool stands = file.claim == State::updated || file.claim == State::quarantined;
  const bool waits = stands && ways_well_ < first && ways_under_way_ >= first;
  demand(paused_ || !waits, "I31", "it goes back before the first ones ended well", host);
  file.going_back = true;
  ++ways_under_way_;
}

void Checker::ends_back(const Command& command, const Outcome& outcome) {
  File& file = files_[command.host];
  const bool done = outcome.verdict == Outcome::Verdict::done;
  const bool back = command.action == Action::roll_back;
  const bool withdrawn = outcome.cause == Cause::withdrawn;
  if (back && outcome.verdict == Outcome::Verdict::untouched && !withdrawn) --file.ways_back[command.update];
  if (back && done) ++file.brought_back;
  if ((back && done) || (withdrawn && file.brought_back > 0)) return;
  const bool brought_some = std::exchange(file.brought_back, 0) > 0;
  if (!std::exchange(file.going_back, false)) return;
  --ways_under_way_;
  if (outcome.cause == Cause::drifted) file.drifted = true;
  if (withdrawn || outcome.cause == Cause::drifted) return;
  const bool elsewhere = file.released && outcome.cause == Cause::identity_mismatch && !brought_some;
  file.stays_released = back && elsewhere && !requests_.begun(command.id);
  if (file.stays_released) return;
  if (done) ++ways_well_;
  const bool refused = outcome.verdict == Outcome::Verdict::untouched;
  if (refused || (!done && ++ways_failed_ >= plan_.way_back_failures)) hold_ways_back();
}

void Checker::hold_ways_back() {
  ways_held_ = true;
  for (File& file : files_) file.asked_later = false;
}

}  // namespace breakwater::simulation
