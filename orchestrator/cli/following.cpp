#include "orchestrator/cli/following.hpp"

#include <thread>

namespace breakwater::cli {
namespace {

constexpr Duration kLookEvery{250};

}  // namespace

Now now_of(const Fleet& fleet) {
  const Instant wall = wall_now();
  return Now{std::max(wall, fleet.last_at()), wall};
}

std::vector<Blocker> waits_of(const Fleet& fleet, RolloutId rollout) {
  Decision decision = decide(fleet, rollout, now_of(fleet));
  // What is about to be begun is what goes on; the waits beside it are of a moment that has not come.
  return decision.acts.empty() ? std::move(decision.waits) : std::vector<Blocker>();
}

Result<void, Problem> follow(ApplyView& view, JournalRead& journal, RolloutId rollout,
                             const std::function<bool()>& ends) {
  const Fleet& fleet = journal.fleet;
  const auto show = [&view](const Recorded& record) { view.on_record(record); };
  for (;;) {
    if (auto more = journal.catch_up(show); !more) return more;
    Decision decision;
    decision.waits = waits_of(fleet, rollout);
    view.on_decision(*fleet.find(rollout), decision, now_of(fleet));
    if (fleet.find(rollout)->finished || ends()) break;
    std::this_thread::sleep_for(kLookEvery);
  }
  view.close();
  return {};
}

}  // namespace breakwater::cli
