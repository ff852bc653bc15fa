#include "orchestrator/cli/following.hpp"

#include <algorithm>
#include <functional>
#include <thread>

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/way_on.hpp"
#include "orchestrator/operations/handing_over.hpp"

namespace breakwater::cli {
namespace {

constexpr Duration kLookEvery{250};

/// What the holder of the lock starts of a rollout, by its own words.
Starts starts_of(const journal::Holder& holder, const RolloutState& rollout) {
  using journal::Leaving;
  if (holder.leaving == Leaving::ways_back) return Starts::ways_back;
  const bool goes_on = holder.leaving == Leaving::no || (holder.leaving == Leaving::own_over &&
                                                         (rollout.name == holder.rollout || starts_nobody(rollout)));
  return goes_on ? Starts::allowed : Starts::none;
}

}  // namespace

Present present_of(journal::Store& store, const Fleet& fleet) {
  const Instant wall = wall_now();
  const Instant clock = std::max(wall, fleet.last_at());
  // Whoever only writes down an operator's wish names no rollout. Where nobody can tell, somebody conducts.
  const auto holder = store.holder();
  const bool conducts = !holder || (*holder && (!(*holder)->rollout.empty() || (*holder)->file_deleted));
  Present present{.now = {conducts ? clock : fleet.conducted(), wall}, .clock = clock};
  // One that is just taking over has not said so yet.
  present.conducted = conducts || (*holder && (*holder)->pid == 0);
  if (!holder || !*holder) return present;
  present.starts = std::bind_front(starts_of, **holder);
  present.lacks = [lacks = (*holder)->lacks](const RolloutState& rollout) {
    const auto found = lacks.find(rollout.name);
    return found == lacks.end() ? std::string() : found->second;
  };
  return present;
}

std::vector<Blocker> waits_of(const Fleet& fleet, RolloutId rollout, const Present& present) {
  const RolloutState& state = *fleet.find(rollout);
  const std::string lacks = present.lacks(state);
  Decision decision = decide(fleet, rollout, present.now, present.starts(state), lacks);
  // What is about to be begun has not taken its room yet.
  if (!decision.acts.empty()) std::erase_if(decision.waits, [](const Blocker& one) { return is_of_room(one.rule); });
  if (!present.conducted && !state.finished) decision.waits.push_back(not_conducted(state));
  return std::move(decision.waits);
}

Result<void, Problem> follow(ApplyView& view, JournalRead& journal, RolloutId rollout,
                             const std::function<bool()>& ends) {
  const Fleet& fleet = journal.fleet;
  const auto show = [&view](const Recorded& record) { view.on_record(record); };
  for (;;) {
    if (auto more = journal.catch_up(show); !more) return more;
    Decision decision;
    const Present present = present_of(*journal.store, fleet);
    decision.waits = waits_of(fleet, rollout, present);
    view.on_decision(*fleet.find(rollout), decision, {present.clock, present.now.wall});
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
  console.next("breakwater pause " + name + "  # or: breakwater stop " + name);
  return Followed::left;
}

}  // namespace breakwater::cli
