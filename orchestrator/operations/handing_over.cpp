#include "orchestrator/operations/handing_over.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/core/beginning.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/operations/applying.hpp"

namespace breakwater::operations {
namespace {

/// Why the record that answered begins nothing; empty where it does.
Result<std::string, Problem> refusal_in(journal::Store& store, std::uint64_t answer) {
  std::string why;
  const auto read = store.replay(answer, [&why](const journal::Record& record) {
    const auto event = codec::decode(record.kind, record.body);
    const auto* refused = event ? std::get_if<StartRefused>(&*event) : nullptr;
    if (refused) why = refused->reason;
    return false;
  });
  if (!read) return fail(journal_problem(read.error()));
  return why;
}

/// The run that another `apply` of the same began first: of this plan file, or of this Rollout where there is none. A
/// problem where that of a plan file is over.
Result<std::optional<RolloutId>, Problem> begun_meanwhile(journal::Store& store, const ResolvedPlan& plan) {
  const auto fleet = fold(store);
  if (!fleet) return fail(journal_problem(fleet.error()));
  const RolloutState* run = run_of(*fleet, plan);
  if (run && run->finished) return fail(applied_already(*run));
  const std::set<RolloutId>& all = fleet->unfinished();
  const auto same = std::find_if(all.rbegin(), all.rend(), [&](RolloutId id) {
    const ResolvedPlan& begun = *fleet->find(id)->plan;
    return begun.rollout == plan.rollout && (plan.nonce.empty() || begun.nonce == plan.nonce);
  });
  return same == all.rend() ? std::nullopt : std::optional(*same);
}

}  // namespace

Result<Conducts, Problem> take_lock(journal::Store& store, const std::string& rollout) {
  const auto locked = store.lock(this_process(rollout));
  if (locked) return Conducts::this_process;
  if (locked.error().reason == journal::StoreFault::Reason::locked) return Conducts::another;
  return fail(journal_problem(locked.error()));
}

Result<void, Problem> takes_forward(journal::Store& store, const std::string& rollout) {
  const auto holder = store.holder();
  if (!holder || !*holder) return {};
  const auto lacking = (*holder)->lacks.find(rollout);
  if (lacking == (*holder)->lacks.end()) return {};
  Problem problem{Problem::Kind::try_later, {lacking->second}, "breakwater apply " + rollout};
  problem.messages.push_back(words_of(**holder) + " conducts and takes no host of rollout " + rollout +
                             " forward: mend that, and it goes on; a variable of the environment needs a " +
                             "new start, so apply again once that process is over");
  return fail(std::move(problem));
}

Result<HandedOver, Problem> hand_over(journal::Store& store, RolloutToConduct what, const Clockwork& clock,
                                      const std::atomic<int>& interrupts) {
  if (const auto* begun = std::get_if<RolloutId>(&what)) return HandedOver{*begun};
  NewRollout& made = std::get<NewRollout>(what);
  RolloutStarted started{std::move(made.by), std::move(made.plan), {}};
  started.digest = codec::plan_digest(started.plan);
  const std::string name = started.plan.rollout;
  const Event wish(std::move(started));
  const auto delivered = deliver(store, wish, this_process(name), clock, {kHandOverPatience, &interrupts});
  if (!delivered) return fail(delivered.error());
  if (!delivered->by) store.unlock();
  const auto refused = refusal_in(store, delivered->record);
  if (!refused) return fail(refused.error());
  if (refused->empty()) return HandedOver{delivered->record};
  const auto same = begun_meanwhile(store, std::get<RolloutStarted>(wish).plan);
  if (!same) return fail(same.error());
  if (*same) return HandedOver{**same, true};
  return fail(problem(Problem::Kind::try_later, "rollout " + name + " was not begun: " + *refused,
                      "breakwater status  # then apply it again"));
}

}  // namespace breakwater::operations
