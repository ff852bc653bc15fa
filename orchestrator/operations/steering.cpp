#include "orchestrator/operations/steering.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/core/discount.hpp"
#include "orchestrator/core/quarantined_as.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/operations/rollouts.hpp"

namespace breakwater::operations {
namespace {

Result<Delivered, Problem> ask_of_host(const Installation& installation, Verb verb, const std::string& host,
                                       const Asker& asker) {
  OperatorAsked asked;
  asked.verb = verb;
  asked.by = asker.name;
  asked.reason = asker.reason;
  asked.host = host;
  const auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  return deliver(**store, Event(asked), this_process(), machine_clockwork());
}

}  // namespace

Result<Steered, Problem> steer(const Installation& installation, Verb verb, const std::string& rollout,
                               const Asker& asker) {
  auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  auto runs = find_runs(journal->fleet, rollout);
  if (!runs) return fail(runs.error());
  const std::string newest = runs->back()->name;
  std::erase_if(*runs, [](const RolloutState* run) { return run->finished; });
  if (runs->empty()) {
    return fail(problem(Problem::Kind::failed,
                        "rollout " + newest + " is over: there is nothing to " + std::string(to_string(verb)),
                        "breakwater report " + newest));
  }
  const auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  Steered steered;
  std::vector<OperatorAsked> wishes;
  for (const RolloutState* run : *runs) {
    OperatorAsked& asked = wishes.emplace_back();
    asked.verb = verb;
    asked.rollout = run->id;
    asked.by = asker.name;
    asked.reason = asker.reason;
    steered.rollout = run->name;
    for (Finishing& one : finishing(*run, wall_now())) steered.finishing.push_back(std::move(one));
  }
  auto delivered = deliver_all(**store, wishes, this_process(), machine_clockwork());
  if (!delivered) return fail(delivered.error());
  steered.delivered = std::move(*delivered);
  // What goes on is read off the fold that has the verb in it.
  if (auto caught_up = journal->catch_up({}); !caught_up) return fail(caught_up.error());
  steered.goes_on = std::any_of(wishes.begin(), wishes.end(), [&journal](const OperatorAsked& wish) {
    return goes_on(*journal->fleet.find(wish.rollout));
  });
  return steered;
}

Result<RollBackAsked, Problem> ask_roll_back(const Installation& installation, const RollBackWanted& wanted,
                                             const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  auto plan = plan_roll_back(journal->fleet, wanted);
  if (!plan) return fail(plan.error());
  if (plan->asked.empty()) return RollBackAsked{};
  std::vector<std::string> notes = in_later_runs(journal->fleet, plan->covered);
  notes.insert(notes.begin(), plan->notes.begin(), plan->notes.end());
  for (OperatorAsked& one : plan->asked) {
    one.by = asker.name;
    one.reason = asker.reason;
  }
  auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  const std::string& name = journal->fleet.find(plan->asked.back().rollout)->name;
  auto delivered = deliver_all(**store, plan->asked, this_process(name), machine_clockwork());
  if (!delivered) return fail(delivered.error());
  return RollBackAsked{std::move(*delivered), std::move(plan->asked), std::move(notes), !plan->covered.empty(),
                       std::move(*store)};
}

namespace {

/// Only a plan that was applied is in the journal: a name that `plan` alone has read is not known here.
std::string stands_elsewhere(const Fleet& fleet, const std::string& host) {
  constexpr std::size_t kShown = 5;
  std::string text = "host '" + host + "' is not quarantined";
  if (fleet.quarantines().empty()) return text + did_you_mean_host(fleet, host);
  std::set<std::string> names;
  for (const auto& [name, one] : fleet.quarantines()) names.insert(name);
  return text +
         ". One that got another name or address since is released by the name it had, which `plan` tells (as NAME): " +
         list_some({names.begin(), names.end()}, kShown) + did_you_mean_host(fleet, host);
}

/// Under which name the quarantine of a host stands. Of several, a person must say which.
Result<std::string, Problem> name_to_release(const Fleet& fleet, const std::string& host) {
  if (fleet.quarantines().contains(host)) return host;
  const std::vector<KeptBy> kept = kept_by(fleet, host);
  if (kept.empty()) {
    return fail(problem(Problem::Kind::failed, stands_elsewhere(fleet, host), "breakwater quarantine list"));
  }
  const Quarantine& first = *kept.front().quarantine;
  const bool one = std::all_of(kept.begin(), kept.end(), [&first](const KeptBy& other) {
    return other.sure && other.quarantine->host == first.host;
  });
  if (one) return first.host;
  Problem several{Problem::Kind::failed, {}, way_out(first.host, first.cause)};
  for (const KeptBy& by : kept) {
    const std::string half =
        by.alike.empty() ? "" : ", which reported the same " + by.alike + " and may be another one";
    several.messages.push_back("host '" + host + "' is quarantined as " + by.quarantine->host + half);
  }
  return fail(std::move(several));
}

}  // namespace

Result<Released, Problem> release_host(const Installation& installation, const std::string& host, const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  const auto name = name_to_release(journal->fleet, host);
  if (!name) return fail(name.error());
  Released released{*name, {}, {}};
  const auto [first, last] = journal->fleet.quarantines().equal_range(*name);
  for (auto it = first; it != last; ++it) {
    if (it->second.cause == Cause::armed) released.armed.push_back(it->second.detail);
  }
  auto delivered = ask_of_host(installation, Verb::release, *name, asker);
  if (!delivered) return fail(delivered.error());
  released.delivered = std::move(*delivered);
  return released;
}

Result<Delivered, Problem> discount_host(const Installation& installation, const std::string& host,
                                         const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  if (const auto refusal = discount_refusal(journal->fleet, host)) {
    const std::vector<KeptBy> kept = kept_by(journal->fleet, host);
    if (journal->fleet.quarantines().contains(host) || kept.empty()) {
      return fail(problem(Problem::Kind::failed, *refusal + did_you_mean_host(journal->fleet, host),
                          "breakwater quarantine list"));
    }
    const std::string& as = kept.front().quarantine->host;
    return fail(problem(Problem::Kind::failed, "host '" + host + "' is quarantined as " + as,
                        "breakwater quarantine discount " + as + " --reason \"...\""));
  }
  return ask_of_host(installation, Verb::discount, host, asker);
}

namespace {

/// The run in which this host waits until somebody vouches for its key; nullptr where none does.
const RolloutState* waits_for_trust(const Fleet& fleet, const std::string& host, HostIndex& at) {
  for (const RolloutId id : fleet.unfinished()) {
    const RolloutState& run = *fleet.find(id);
    for (const HostIndex one : run.untrusted) {
      if (run.plan->hosts[one].name != host) continue;
      at = one;
      return &run;
    }
  }
  return nullptr;
}

}  // namespace

Result<KeyTrusted, Problem> trust_host_key(const Installation& installation, const std::string& host, const Sha256& key,
                                           const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  HostIndex at = 0;
  const RolloutState* run = waits_for_trust(journal->fleet, host, at);
  if (!run) {
    return fail(problem(Problem::Kind::failed,
                        "host '" + host +
                            "' is not in flight with a key that waits for somebody's word; the key of a " +
                            "host that nothing updates stands in the Inventory, in its bmc.tls",
                        "breakwater explain " + host));
  }
  const Sha256& shown = *run->hosts[at].key_shown;
  if (shown != key) {
    return fail(problem(Problem::Kind::failed,
                        "the BMC of " + host + " shows the key sha256:" + to_hex(shown) + ", not sha256:" +
                            to_hex(key) + ": if its own console shows yours, somebody else answers at its address",
                        "breakwater explain " + host));
  }
  OperatorAsked asked;
  asked.verb = Verb::trust_key;
  asked.rollout = run->id;
  asked.by = asker.name;
  asked.reason = asker.reason;
  asked.host = host;
  asked.key = key;
  const auto store = installation.open_to_write();
  if (!store) return fail(store.error());
  auto delivered = deliver(**store, Event(asked), this_process(), machine_clockwork());
  if (!delivered) return fail(delivered.error());
  return KeyTrusted{std::move(*delivered), run->name};
}

Result<std::vector<Released>, Problem> release_hosts(const Installation& installation, const Selector& selector,
                                                     const Asker& asker) {
  const auto journal = installation.read_journal();
  if (!journal) return fail(journal.error());
  std::set<std::string> names;
  for (const auto& [name, held] : journal->fleet.quarantines()) {
    if (selector.matches(held.labels)) names.insert(name);
  }
  if (names.empty()) {
    return fail(problem(Problem::Kind::failed,
                        "no quarantined host has labels that match '" + to_string(selector) + "'",
                        "breakwater quarantine list"));
  }
  std::vector<Released> released;
  for (const std::string& name : names) {
    auto one = release_host(installation, name, asker);
    if (!one) return fail(one.error());
    released.push_back(std::move(*one));
  }
  return released;
}

}  // namespace breakwater::operations
