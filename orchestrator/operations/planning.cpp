#include "orchestrator/operations/planning.hpp"

#include <algorithm>
#include <set>

#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/core/beginning.hpp"
#include "orchestrator/core/left_out.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/operations/left_out_hosts.hpp"
#include "orchestrator/operations/proof.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kDifferencesShown = 20;

/// Every Release that the Rollout sends, forwards or back.
std::vector<ReleaseOnPaper> releases_of(const RolloutDocuments& loaded) {
  std::set<std::string> names;
  for (const RolloutComponent& component : loaded.rollout().components) {
    names.insert(component.release.name);
    const Release& release = loaded.documents.releases.at(component.release.name);
    if (release.way_back == WayBack::reflash && release.back_to) names.insert(release.back_to->name);
  }
  std::vector<ReleaseOnPaper> papers;
  for (const std::string& name : names) {
    papers.push_back(ReleaseOnPaper{loaded.documents.releases.at(name), loaded.documents.release_texts.at(name)});
  }
  return papers;
}

Result<Calendar, Problem> calendar_of(const RolloutDocuments& loaded, Instant now) {
  const Rollout& rollout = loaded.rollout();
  std::vector<WindowSpec> windows;
  std::vector<FreezeSpec> freezes = loaded.policy().freezes;
  const std::size_t of_policy = freezes.size();
  std::string time_zone;
  if (rollout.schedule) {
    windows = rollout.schedule->windows;
    freezes.insert(freezes.end(), rollout.schedule->freezes.begin(), rollout.schedule->freezes.end());
    time_zone = rollout.schedule->time_zone;
  }
  Result<Calendar, WindowProblems> calendar = make_calendar(windows, freezes, time_zone, now);
  if (calendar) return std::move(*calendar);
  Problem found{Problem::Kind::bad_document, {}};
  for (const WindowProblem& problem : calendar.error()) {
    const bool window = problem.index < windows.size();
    const std::size_t freeze = problem.index - windows.size();
    const std::string& name = window ? windows[problem.index].name : freezes[freeze].name;
    const std::string& file = window || freeze >= of_policy ? rollout.file : loaded.policy().file;
    found.messages.push_back(file + ": " + (window ? "window " : "freeze ") + name + ", " + problem.key + ": " +
                             problem.message);
  }
  return fail(std::move(found));
}

/// Hosts whose fate is settled before anything their BMC could say are not asked.
bool worth_a_look(const ResolveInput& input, const Host& host) {
  const auto& excluded = input.rollout.excluded_hosts;
  const bool held = host.hold && (!host.hold->until || *host.hold->until > input.now);
  return !held && std::find(excluded.begin(), excluded.end(), host.name) == excluded.end() &&
         !input.quarantined.contains(host.name) && !input.owned.contains(host.name);
}

void look_at_hosts(ResolveInput& input, const HostSurvey& look, const OwnFaultOf& own_fault) {
  std::vector<Host> asked;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < input.hosts.size(); ++i) {
    HostSight& sight = input.hosts[i];
    if (!worth_a_look(input, sight.host)) continue;
    if (own_fault) sight.fault = own_fault(sight.host);
    if (!sight.fault.empty()) sight.silence = Sight::Silence::not_asked;
    if (!sight.fault.empty()) continue;
    asked.push_back(input.hosts[i].host);
    places.push_back(i);
  }
  if (asked.empty()) return;
  std::vector<Sight> sights = look(asked);
  for (std::size_t i = 0; i < sights.size(); ++i) {
    input.hosts[places[i]].seen = std::move(sights[i].seen);
    input.hosts[places[i]].fault = std::move(sights[i].fault);
    input.hosts[places[i]].silence = sights[i].silence;
  }
}

/// By name, so that such a host is not even looked at, and by machine, since names change.
void take_fleet(ResolveInput& input, const Fleet& fleet) {
  for (const auto& [host, quarantine] : fleet.quarantines()) {
    const std::string why = std::string(to_string(quarantine.cause)) +
                            (quarantine.detail.empty() ? "" : ": " + quarantine.detail) + "; since " +
                            views::date_time(quarantine.since);
    const std::string as = why + ", as " + host;
    const std::string way_on = "; once it is well: " + way_out(host, quarantine.cause);
    input.quarantined[host] = {why};
    input.quarantined[quarantine.machine] = {as + way_on, host};
    const PlannedHost& planned = fleet.find(quarantine.rollout)->plan->hosts[quarantine.index];
    for (const std::string& half : halves_of(planned.identity)) {
      if (fleet.tells(half)) input.quarantined[half] = {as + ", which reported the same " + half + way_on, host};
    }
  }
  for (const auto& [id, rollout] : fleet.rollouts()) {
    for (const PlannedHost& host : rollout.plan->hosts) {
      const std::string machine = machine_of(host);
      if (auto open = fleet.bank_switch_at(machine)) input.bank_switches.emplace(machine, std::move(*open));
      if (rollout.finished) continue;
      if (fleet.owner(machine) != &rollout) continue;
      input.owned[host.name] = rollout.name;
      input.owned[machine] = rollout.name + ", as " + host.name;
    }
  }
}

}  // namespace

Result<RolloutDocuments, Problem> load_rollout(const std::string& file) {
  Result<Documents, Diagnostics> documents = load_documents(read_rollout_sources(file));
  if (!documents) return fail(document_problem(documents.error()));
  std::error_code error;
  RolloutDocuments loaded{std::move(*documents), std::filesystem::weakly_canonical(file, error).string(), {}};
  const auto& rollouts = loaded.documents.rollouts;
  if (rollouts.size() != 1) {
    constexpr std::size_t kNamed = 8;
    std::vector<std::string> files;
    for (const auto& [name, rollout] : rollouts) files.push_back(rollout.file);
    const std::string found = files.empty() ? "" : ": " + list_some(files, kNamed);
    return fail(problem(Problem::Kind::bad_document,
                        file + ": holds " + count_of(rollouts.size(), "Rollout") + ", one is needed" + found,
                        "breakwater schema Rollout"));
  }
  loaded.name = loaded.documents.rollouts.begin()->first;
  return loaded;
}

std::string rollout_name_in(const std::string& file) {
  const Sources sources = read_rollout_sources(file);
  for (const SourceText& source : sources.texts) {
    if (source.neighbour) continue;
    for (const Document& document : parse_documents(source).documents) {
      if (document.kind == DocumentKind::rollout) return document.name;
    }
  }
  return {};
}

namespace {

/// What the documents say and the store proves, with a calendar that begins at `from`; of hosts only what the
/// Inventory has.
Result<ResolveInput, Problem> prove_documents(const RolloutDocuments& loaded, ImageStore& images, Instant now,
                                              Instant from) {
  ResolveInput input;
  input.rollout = loaded.rollout();
  input.policy = loaded.policy();
  input.limits = loaded.documents.limits.at(loaded.name);
  input.inventory_digest = loaded.documents.inventory_digest;
  input.now = now;
  auto calendar = calendar_of(loaded, from);
  if (!calendar) return fail(calendar.error());
  input.calendar = std::move(*calendar);

  Result<Keyring, Diagnostics> keyring = read_keyring(input.policy);
  if (!keyring) return fail(document_problem(keyring.error()));
  input.keys = keyring->texts;
  const std::vector<ReleaseOnPaper> papers = releases_of(loaded);
  auto proven = prove_all(images, input.policy, *keyring, papers);
  if (!proven) return fail(refusal_problem(proven.error()));
  input.releases = std::move(*proven);

  for (const auto& [name, release] : loaded.documents.releases) input.known.push_back(release);
  for (const Host& host : loaded.documents.hosts) {
    for (const auto& [label, value] : host.labels) ++input.domain_sizes[label][value];
    for (const auto& [label, most] : input.limits.per) {
      if (!host.labels.contains(label)) ++input.domain_sizes[label][kNoDomain];
    }
    if (input.rollout.targets.matches(host.labels)) input.hosts.push_back(HostSight{host, std::nullopt, {}});
  }
  return input;
}

Problem no_plan(const RolloutDocuments& loaded, const PlanRefusals& refusals) {
  const bool later = std::ranges::all_of(refusals, [](const PlanRefusal& one) { return one.once_free; });
  Problem found{later ? Problem::Kind::try_later : Problem::Kind::bad_document, {}};
  for (const PlanRefusal& refusal : refusals) {
    const bool placed = refusal.at.line > 0;
    const HostsByReason hosts = left_out_where(refusal.left_out, [](std::string_view) { return true; });
    const std::string why = refusal.why + (hosts.empty() ? "" : "; left out: " + to_words(hosts));
    found.messages.push_back(placed ? to_string(Diagnostic{refusal.at, {}, why}) : loaded.file + ": " + why);
    for (const LeftOut& host : refusal.left_out) {
      if (!later || !found.next.empty() || !keeps_from_rolling(host.reason)) continue;
      found.next = host.down ? observe_command(loaded.file) : "breakwater explain " + host.host;
    }
  }
  return found;
}

}  // namespace

Result<ResolvedPlan, Problem> make_plan(const RolloutDocuments& loaded, ImageStore& images, const Fleet& fleet,
                                        const HostSurvey& look, Instant now, const OwnFaultOf& own_fault) {
  Result<ResolveInput, Problem> input = prove_documents(loaded, images, now, now);
  if (!input) return fail(input.error());
  take_fleet(*input, fleet);
  look_at_hosts(*input, look, own_fault);
  Result<ResolvedPlan, PlanRefusals> plan = resolve(*input);
  if (!plan) return fail(no_plan(loaded, plan.error()));
  return std::move(*plan);
}

namespace {

/// What the documents say today, for the hosts of a frozen plan.
Result<ResolveInput, Problem> prove_again(const RolloutDocuments& loaded, ImageStore& images,
                                          const ResolvedPlan& frozen, Instant now) {
  // The calendar of a plan begins when it was made. One that begins later would leave out the freezes before.
  const Instant known = known_from(frozen.calendar);
  const Instant from = known == Instant::min() ? now : known;
  if (from > now) {
    return fail(problem(Problem::Kind::try_later,
                        "this plan was made at " + views::date_time(from) +
                            ", and that has not come yet by this machine's clock: see to the clocks",
                        "breakwater plan " + loaded.file + " --out PLAN"));
  }
  return prove_documents(loaded, images, now, std::max(from, Instant()));
}

}  // namespace

Result<ResolvedPlan, Problem> make_plan_again(const RolloutDocuments& loaded, ImageStore& images,
                                              const ResolvedPlan& frozen, Instant now) {
  Result<ResolveInput, Problem> input = prove_again(loaded, images, frozen, now);
  if (!input) return fail(input.error());
  Result<ResolvedPlan, PlanRefusals> plan = resolve_again(*input, frozen);
  if (!plan) return fail(no_plan(loaded, plan.error()));
  plan->nonce = frozen.nonce;
  std::vector<std::string> found = codec::differences(frozen, *plan, kDifferencesShown);
  if (found.empty()) return std::move(*plan);
  Problem differs{Problem::Kind::refused, std::move(found), "breakwater plan " + loaded.file + " --out PLAN"};
  differs.messages.emplace_back("this plan file is not what the documents make: a plan is made again, never edited");
  return fail(std::move(differs));
}

std::vector<std::string> values_changed(const RolloutDocuments& loaded, ImageStore& images, const ResolvedPlan& frozen,
                                        Instant now) {
  Result<ResolveInput, Problem> input = prove_again(loaded, images, frozen, now);
  if (!input) return {};
  // The Rollout's digest places hosts in waves: with another one each host would seem to have changed.
  input->rollout.document_digest = frozen.rollout_digest;
  input->policy.document_digest = frozen.policy_digest;
  input->inventory_digest = frozen.inventory_digest;
  Result<ResolvedPlan, PlanRefusals> plan = resolve_again(*input, frozen);
  if (!plan) return {};
  plan->nonce = frozen.nonce;
  return codec::differences(frozen, *plan, kDifferencesShown);
}

namespace {

void compare_trust(const ResolvedPlan& plan, const RolloutDocuments& loaded, std::vector<std::string>& changes) {
  const auto keyring = read_keyring(loaded.policy());
  if (!keyring) {
    for (const Diagnostic& fault : keyring.error()) {
      changes.push_back("a key cannot be read any more: " + fault.message);
    }
    return;
  }
  for (const TrustedKey& key : plan.keys) {
    const auto now = std::find_if(keyring->texts.begin(), keyring->texts.end(),
                                  [&](const TrustedKey& one) { return one.name == key.name; });
    if (now != keyring->texts.end() && now->key_text != key.key_text) {
      changes.push_back("key " + key.name + " was changed");
    }
  }
  for (const PlannedImage& image : plan.images) {
    const auto now = read_signatures(loaded.documents.releases.at(image.release.name).file);
    const bool same = now && std::equal(now->begin(), now->end(), image.signatures.begin(), image.signatures.end(),
                                        [](const auto& one, const auto& other) { return one.text == other.text; });
    if (!same) changes.push_back("the signatures of Release " + image.release.name + " were changed");
  }
}

}  // namespace

std::vector<std::string> why_stale(const ResolvedPlan& plan, const RolloutDocuments& loaded, const Fleet& fleet) {
  std::vector<std::string> changes = changes_since(plan, loaded.documents);
  if (changes.empty()) compare_trust(plan, loaded, changes);
  for (std::string& taken : hosts_taken(plan, fleet)) changes.push_back(std::move(taken));
  return changes;
}

std::vector<std::string> changes_since(const ResolvedPlan& plan, const Documents& documents) {
  std::vector<std::string> changes;
  const auto rollout = documents.rollouts.find(plan.rollout);
  if (rollout == documents.rollouts.end()) {
    changes.push_back("Rollout " + plan.rollout + " is gone");
  } else if (rollout->second.document_digest != plan.rollout_digest) {
    changes.push_back("Rollout " + plan.rollout + " was changed");
  }
  const auto policy = documents.policies.find(plan.policy);
  if (policy == documents.policies.end()) {
    changes.push_back("Policy " + plan.policy + " is gone");
  } else if (policy->second.document_digest != plan.policy_digest) {
    changes.push_back("Policy " + plan.policy + " was changed");
  }
  if (documents.inventory_digest != plan.inventory_digest) changes.emplace_back("the Inventory was changed");
  for (const PlannedImage& image : plan.images) {
    const auto text = documents.release_texts.find(image.release.name);
    if (text == documents.release_texts.end()) {
      changes.push_back("Release " + image.release.name + " is gone");
    } else if (text->second != image.release_text) {
      changes.push_back("Release " + image.release.name + " was changed");
    }
  }
  return changes;
}

}  // namespace breakwater::operations
