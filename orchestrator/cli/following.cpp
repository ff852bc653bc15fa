#include "orchestrator/cli/following.hpp"

#include <thread>

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/operations/handing_over.hpp"

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

Result<Followed, Problem> follow_or_take_over(const Console& console, ApplyView& view, JournalRead& journal,
                                              RolloutId rollout, journal::Store& store,
                                              const std::function<bool()>& over) {
  if (auto stands_by = store.stand_by(); !stands_by) return fail(journal_problem(stands_by.error()));
  catch_interrupts(Work::looking);
  const auto state = [&journal, rollout] { return journal.fleet.find(rollout); };  // there once its start was read
  const auto is_over = [&] { return state()->finished || over(); };
  bool ours = false;
  const auto seen = follow(view, journal, rollout, [&] {
    if (is_over()) return true;
    const auto conducts = take_lock(store, state()->plan->rollout);
    ours = conducts && *conducts == Conducts::this_process;
    return ours || interrupts() > 0;
  });
  if (!seen) return fail(seen.error());
  if (ours) {
    console.note("the process that conducted is gone: this one conducts");
    return Followed::ours;
  }
  if (is_over()) return Followed::over;
  const std::string& name = state()->plan->rollout;
  console.note(name + " goes on for as long as the other process conducts; this only showed it");
  console.next("breakwater pause " + name + ", or breakwater stop " + name);
  return Followed::left;
}

}  // namespace breakwater::cli
