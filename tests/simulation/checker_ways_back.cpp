// Who may go back, and when.
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
  demand(++file.ways_back[command.update] == 1, "I10", "a component is rolled back twice", command.host);
  begins_back(command.host);
  if (file.claim != State::updated && file.claim != State::quarantined) return;
  leave(command.host);
  within_limits(command.host);
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
  file.brought_back = 0;
  if (!std::exchange(file.going_back, false)) return;
  --ways_under_way_;
  if (outcome.cause == Cause::drifted) file.drifted = true;
  if (withdrawn || outcome.cause == Cause::drifted) return;
  if (done) ++ways_well_;
  const bool refused = outcome.verdict == Outcome::Verdict::untouched;
  if (refused || (!done && ++ways_failed_ >= plan_.way_back_failures)) hold_ways_back();
}

void Checker::hold_ways_back() {
  ways_held_ = true;
  for (File& file : files_) file.asked_later = false;
}

}  // namespace breakwater::simulation
