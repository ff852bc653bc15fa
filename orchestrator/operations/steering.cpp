#include "orchestrator/operations/steering.hpp"

#include <unistd.h>

#include <set>

#include "orchestrator/operations/rollouts.hpp"

namespace breakwater::operations {
namespace {

journal::Holder this_process(const std::string& rollout = {}) {
  return journal::Holder{getpid(), rollout, wall_now()};
}

}  // namespace

Result<Steered, Problem> steer(const Installation& installation, Verb verb, const std::string& rollout,
                               const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  const auto found = find_rollout(journal->fleet, rollout);
  if (!found) return fail(found.error());
  const std::string& name = (*found)->plan->rollout;
  if ((*found)->finished) {
    return fail(problem(Problem::Kind::failed,
                        "rollout " + name + " is over: there is nothing to " + std::string(to_string(verb)),
                        "breakwater report " + name));
  }
  OperatorAsked asked;
  asked.verb = verb;
  asked.rollout = (*found)->id;
  asked.by = asker.name;
  asked.reason = asker.reason;
  const auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  auto delivered = deliver(**store, asked, this_process(), machine_clockwork());
  if (!delivered) return fail(delivered.error());
  const bool at_work = (*found)->in_flight > 0 || !(*found)->undos.empty();
  return Steered{std::move(*delivered), name, at_work, finishing(**found, wall_now())};
}

Result<RollBackAsked, Problem> ask_roll_back(const Installation& installation, const RollBackWanted& wanted,
                                             const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  const auto found = find_rollout(journal->fleet, wanted.rollout);
  if (!found) return fail(found.error());
  auto asked = roll_back_of(**found, wanted.wave, wanted.host);
  if (!asked) return fail(asked.error());
  asked->by = asker.name;
  asked->reason = asker.reason;
  const std::string& name = (*found)->plan->rollout;
  auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  auto delivered = deliver(**store, *asked, this_process(name), machine_clockwork());
  if (!delivered) return fail(delivered.error());
  return RollBackAsked{std::move(*delivered), name, std::move(*asked), std::move(*store)};
}

Result<Delivered, Problem> release_host(const Installation& installation, const std::string& host, const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  if (!journal->fleet.quarantines().contains(host)) {
    return fail(problem(Problem::Kind::failed, "host '" + host + "' is not quarantined", "breakwater quarantine list"));
  }
  OperatorAsked asked;
  asked.verb = Verb::release;
  asked.by = asker.name;
  asked.reason = asker.reason;
  asked.host = host;
  const auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  return deliver(**store, asked, this_process(), machine_clockwork());
}

Result<std::vector<Released>, Problem> release_hosts(const Installation& installation, const Selector& selector,
                                                     const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  std::set<std::string> names;
  for (const auto& [name, held] : journal->fleet.quarantines()) {
    const ResolvedPlan& plan = *journal->fleet.find(held.rollout)->plan;
    if (selector.matches(plan.hosts[held.index].labels)) names.insert(name);
  }
  if (names.empty()) {
    return fail(problem(Problem::Kind::failed,
                        "no quarantined host has labels that match '" + to_string(selector) + "'",
                        "breakwater quarantine list"));
  }
  std::vector<Released> released;
  for (const std::string& name : names) {
    auto delivered = release_host(installation, name, asker);
    if (!delivered) return fail(delivered.error());
    released.push_back(Released{name, std::move(*delivered)});
  }
  return released;
}

}  // namespace breakwater::operations
