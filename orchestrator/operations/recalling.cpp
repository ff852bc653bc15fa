#include "orchestrator/operations/recalling.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "inventories/firmware/release_document.hpp"
#include "inventories/hosts/selector.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/outcome.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kNamesShown = 5;

/// The references that runs brought under this name.
std::set<std::string> references_of(const Fleet& fleet, const std::string& name) {
  std::set<std::string> references;
  for (const auto& [id, run] : fleet.rollouts()) {
    for (const PlannedComponent& component : run.plan->components) {
      const ReleaseRef& release = run.plan->images[component.image].release;
      if (release.name == name) references.insert(to_string(release));
    }
  }
  return references;
}

/// With the command that was meant, where only one can be.
Problem no_reference(const Fleet& fleet, const std::string& wanted) {
  const std::set<std::string> known = references_of(fleet, wanted);
  return problem(Problem::Kind::bad_argument, "--release: '" + wanted + "' is no NAME@sha256:DIGEST",
                 known.size() == 1 ? "breakwater rollback --release " + *known.begin() + " --dry-run"
                                   : "breakwater report ROLLOUT  # names its images");
}

/// The names under which runs brought a Release of this digest.
std::set<std::string> names_of(const Fleet& fleet, const Sha256& digest) {
  std::set<std::string> names;
  for (const auto& [id, run] : fleet.rollouts()) {
    for (const PlannedComponent& component : run.plan->components) {
      const ReleaseRef& release = run.plan->images[component.image].release;
      if (release.digest == digest) names.insert(release.name);
    }
  }
  return names;
}

bool any_host(const Fleet& fleet, const Selector& selector) {
  const auto& runs = fleet.rollouts();
  return std::any_of(runs.begin(), runs.end(), [&](const auto& run) {
    const auto& hosts = run.second.plan->hosts;
    return std::any_of(hosts.begin(), hosts.end(), [&](const auto& host) { return selector.matches(host.labels); });
  });
}

/// Rollouts that bring what is rolled back here to hosts that are not meant.
void say_what_goes_on(const Fleet& fleet, const RecallScope& scope, std::vector<std::string>& notes) {
  for (const RolloutId id : fleet.unfinished()) {
    const RolloutState& run = *fleet.find(id);
    const auto goes_on = [&](HostIndex host) {
      const PlannedHost& planned = run.plan->hosts[host];
      return !is_end(run.hosts[host].state) && !gets_no_image(run, run.hosts[host]) && !scope.host(run, planned) &&
             std::ranges::any_of(planned.updates, [&](const PlannedUpdate& one) { return scope.update(run, one); });
    };
    HostIndex host = 0;
    while (host < run.hosts.size() && !goes_on(host)) ++host;
    if (host == run.hosts.size()) continue;
    notes.push_back("rollout " + run.name + " is not over, and brings it to other hosts" +
                    (run.paused ? " once it is resumed" : "; to hold it: breakwater pause " + run.name));
  }
}

/// The image that this update's way back puts there again, where an operator had that rolled back: by what is sent, or
/// by the version of the same vendor and kind of component, whoever put it there. A recalled one is refused elsewhere.
const PlannedImage* taken_back_before(const Fleet& fleet, const ResolvedPlan& plan, const PlannedUpdate& update) {
  const auto rolled_back = [&fleet](const PlannedImage& image) {
    const TakenBack* back = fleet.taken_back(image.release.digest);
    return back && !back->recalls;
  };
  const PlannedImage& ours = image_of(plan, update);
  if (update.way_back == WayBack::reflash && rolled_back(back_image_of(plan, update))) {
    return &back_image_of(plan, update);
  }
  for (const auto& [id, run] : fleet.rollouts()) {
    for (const PlannedImage& image : run.plan->images) {
      const bool same = image.component == ours.component && image.vendor == ours.vendor &&
                        compare_version(update.from_version, image.reported_as) == VersionMatch::equal;
      if (same && rolled_back(image)) return &image;
    }
  }
  return nullptr;
}

/// Hosts that would run again what an operator had taken from the fleet: it was rolled back while a newer one ran
/// there.
void say_what_comes_again(const Fleet& fleet, const std::vector<Recalled>& covered, std::vector<std::string>& notes) {
  const auto image_brought = [&fleet](const Recalled& one, std::uint32_t update) {
    const RolloutState& run = *fleet.find(one.rollout);
    return image_of(*run.plan, run.plan->hosts[one.host].updates[update]).release.digest;
  };
  std::set<std::pair<std::string, Sha256>> go_back_too;
  for (const Recalled& one : covered) {
    const std::string machine = machine_of(fleet.find(one.rollout)->plan->hosts[one.host]);
    for (const std::uint32_t i : one.updates) go_back_too.emplace(machine, image_brought(one, i));
  }
  std::map<std::string, std::vector<std::string>> hosts;
  for (const Recalled& one : covered) {
    const RolloutState& run = *fleet.find(one.rollout);
    const PlannedHost& host = run.plan->hosts[one.host];
    for (const std::uint32_t i : one.updates) {
      if (one.fate != RecallFate::goes_back && one.fate != RecallFate::goes_back_if_left) continue;
      const PlannedImage* image = taken_back_before(fleet, *run.plan, host.updates[i]);
      if (!image || go_back_too.contains({machine_of(host), image->release.digest})) continue;
      const TakenBack& back = *fleet.taken_back(image->release.digest);
      hosts["on version " + image->version + " of Release " + image->release.name + " again, which " + back.by +
            " had rolled back at " + views::date_time(back.at) + (back.reason.empty() ? "" : " (" + back.reason + ')') +
            ": " + back.command]
          .push_back(host.name);
    }
  }
  for (const auto& [what, names] : hosts) {
    notes.push_back(harmless("their way back puts " + list_some(names, kNamesShown) + ' ' + what));
  }
}

/// A recall that reaches no host is written down all the same, of the last run that planned the image: no way back
/// leads to it from then on.
std::vector<OperatorAsked> for_the_record(const Fleet& fleet, const RecallScope& scope) {
  const auto& runs = fleet.rollouts();
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    OperatorAsked wish{Verb::roll_back, run->first, "", "", {}, ""};
    for (const PlannedHost& host : run->second.plan->hosts) {
      const bool meant = scope.host(run->second, host) && std::ranges::any_of(host.updates, [&](const auto& one) {
                           return scope.update(run->second, one);
                         });
      if (meant) wish.hosts.push_back(host.name);
    }
    if (!wish.hosts.empty()) return {wish};
  }
  return {};
}

Result<RollBackPlan, Problem> plan_recall(const Fleet& fleet, const RollBackWanted& wanted) {
  const auto release = parse_release_ref(wanted.release);
  if (!release) return fail(no_reference(fleet, wanted.release));
  const auto selector = parse_selector(wanted.selector);
  if (!selector) return fail(problem(Problem::Kind::bad_argument, "--selector: " + selector.error().message));
  const std::set<std::string> names = names_of(fleet, release->digest);
  if (names.empty()) {
    return fail(problem(Problem::Kind::failed, "no rollout ever brought Release " + wanted.release + " to a host here",
                        "breakwater status"));
  }
  if (!names.contains(release->name)) {
    const std::string known = list_some({names.begin(), names.end()}, kNamesShown);
    return fail(problem(Problem::Kind::bad_argument,
                        "--release: the Release with that digest is called " + known + ", not " + release->name,
                        "breakwater rollback --release " + *names.begin() + "@sha256:" + to_hex(release->digest)));
  }
  if (!any_host(fleet, *selector)) {
    return fail(problem(Problem::Kind::no_host, "--selector: no host of any rollout matches '" + wanted.selector + "'",
                        "breakwater status"));
  }
  RecallScope scope;
  scope.host = [&](const RolloutState&, const PlannedHost& host) { return selector->matches(host.labels); };
  // An image is what its digest says, whichever Release brought it.
  scope.update = [&](const RolloutState& run, const PlannedUpdate& update) {
    return image_of(*run.plan, update).release.digest == release->digest;
  };
  RollBackPlan plan{recall(fleet, scope), {}, {}};
  for (const std::string& name : names) {
    if (name != release->name) plan.notes.push_back("Release " + name + " is the same image, and is recalled with it");
  }
  std::set<RolloutId> whole;
  // Of the runs that are covered: nobody else gets it either.
  for (const RolloutId id : fleet.unfinished()) {
    if (selector->requirements.empty()) whole.insert(id);
  }
  plan.asked = wishes_for(fleet, plan.covered, whole);
  if (plan.asked.empty()) plan.asked = for_the_record(fleet, scope);
  for (OperatorAsked& asked : plan.asked) {
    asked.recalls = wanted.release;
    if (!asked.hosts.empty()) asked.selector = wanted.selector;
  }
  say_what_comes_again(fleet, plan.covered, plan.notes);
  say_what_goes_on(fleet, scope, plan.notes);
  return plan;
}

}  // namespace

Result<RollBackPlan, Problem> plan_roll_back(const Fleet& fleet, const RollBackWanted& wanted) {
  if (wanted.rollout.empty() == wanted.release.empty()) {
    return fail(
        problem(Problem::Kind::bad_argument, "name either a rollout or a --release", "breakwater rollback --help"));
  }
  if (!wanted.release.empty()) {
    if (wanted.wave.empty() && wanted.host.empty()) return plan_recall(fleet, wanted);
    return fail(
        problem(Problem::Kind::bad_argument, "--wave and --host go with a rollout, --selector with a --release"));
  }
  if (!wanted.selector.empty()) {
    return fail(
        problem(Problem::Kind::bad_argument, "--selector goes with a --release; --wave and --host with a rollout"));
  }
  const auto runs = find_runs(fleet, wanted.rollout);
  if (!runs) return fail(runs.error());
  auto asked = roll_backs_of(fleet, *runs, wanted.wave, wanted.host);
  if (!asked) return fail(asked.error());
  std::map<RolloutId, const OperatorAsked*> by_run;
  for (const OperatorAsked& one : *asked) by_run[one.rollout] = &one;
  RecallScope scope;
  scope.host = [&](const RolloutState& run, const PlannedHost& host) {
    const auto one = by_run.find(run.id);
    return one != by_run.end() && is_meant(*one->second, host);
  };
  scope.update = [](const RolloutState&, const PlannedUpdate&) { return true; };
  RollBackPlan plan{recall(fleet, scope), std::move(*asked), {}};
  // Of other rollouts nothing is meant.
  scope.host = [in = scope.host, &by_run](const RolloutState& run, const PlannedHost& host) {
    return !by_run.contains(run.id) || in(run, host);
  };
  say_what_comes_again(fleet, plan.covered, plan.notes);
  say_what_goes_on(fleet, scope, plan.notes);
  return plan;
}

std::vector<std::string> images_taken_back(const ResolvedPlan& plan, const Fleet& fleet) {
  std::vector<std::string> warnings;
  for (const PlannedImage& image : plan.images) {
    const TakenBack* back = fleet.taken_back(image.release.digest);
    if (!back) continue;
    std::string text = "Release " + image.release.name + ", version " + image.version + ", was ";
    text += back->recalls ? "recalled" : "rolled back";
    text += " at " + views::date_time(back->at) + " by " + back->by;
    if (!back->reason.empty()) text += " (" + back->reason + ')';
    text += ": " + back->command;
    if (back->recalls) text += "; so that no plan contains it, forbid it: trust.forbidden in the Policy";
    warnings.push_back(harmless(text));
  }
  return warnings;
}

std::vector<std::string> in_later_runs(const Fleet& fleet, const std::vector<Recalled>& covered) {
  std::map<std::pair<RolloutId, bool>, std::size_t> hosts;
  for (const Recalled& one : covered) {
    if (one.later == 0) continue;
    const RolloutState* holder = fleet.holder(machine_of(fleet.find(one.rollout)->plan->hosts[one.host]));
    ++hosts[{one.later, holder && holder->id == one.later}];
  }
  std::vector<std::string> sentences;
  for (const auto& [run, count] : hosts) {
    const bool single = count == 1;
    const std::string& name = fleet.find(run.first)->name;
    const std::string where = run.second ? "in flight in " + name : "updated by " + name + ", which is not over";
    sentences.push_back(count_of(count, "host") + (single ? " is " : " are ") + where +
                        (single ? "; it is rolled back if it ends up on it again"
                                : "; they are rolled back if they end up on it again"));
  }
  return sentences;
}

}  // namespace breakwater::operations
