// `pause`, `resume`, `stop`, `abandon`, `trust-key`, `rollback`: what a person asks of a rollout, from any terminal.
#include <algorithm>
#include <map>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/following.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/core/start_rules.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/operations/steering.hpp"
#include "orchestrator/views/recall.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kRollout{
    .name = "rollout", .does = "Name of the rollout, or its file", .value = "ROLLOUT", .required = true};
constexpr Option kRunOrRollout{
    .name = "rollout", .does = "Name of the rollout or of one of its runs, or its file", .value = "ROLLOUT"};
constexpr Option kRelease{.name = "--release",
                          .does = "Recall this Release from every host that runs it, whichever run brought it",
                          .value = "NAME@sha256:DIGEST"};
constexpr Option kSelector{
    .name = "--selector,-l", .does = "Of --release: only hosts with these labels: rack=r07,role!=db", .value = "S"};
constexpr Option kDryRun{
    .name = "--dry-run", .does = "Show what it would roll back, and change nothing", .takes = Option::Takes::flag};
constexpr Option kReason{.name = "--reason", .does = "Why, for the record", .value = "TEXT"};
constexpr Option kNeededReason{.name = "--reason", .does = "Why, for the record", .value = "TEXT", .required = true};
constexpr Option kWave{.name = "--wave", .does = "Only this wave, by name or number", .value = "W"};
constexpr Option kHost{.name = "--host", .does = "Only this host", .value = "H", .excludes = "--wave"};
constexpr Option kKeyHost{.name = "host", .does = "Name of the host", .value = "HOST", .required = true};
constexpr Option kKey{.name = "--sha256",
                      .does = "The key: SHA-256 of the certificate's SubjectPublicKeyInfo, as `explain` shows it",
                      .value = "DIGEST",
                      .required = true};

std::string taken_up(const Delivered& delivered) {
  std::string text = "taken up as record " + std::to_string(delivered.record);
  if (delivered.by) text += " by " + words_of(*delivered.by);
  return text;
}

/// What a BMC is at is not interrupted.
void say_what_finishes(const Console& console, const Steered& steered) {
  constexpr std::size_t kShown = 20;
  std::vector<std::string> given;
  std::vector<std::string> asked;
  for (const Finishing& one : steered.finishing) {
    (one.given ? given : asked).push_back(one.host + " (" + one.component + ", " + rough_most(one.most) + " at most)");
  }
  if (!given.empty()) console.note("left to finish what its BMC was given: " + list_some(given, kShown));
  if (asked.empty()) return;
  console.note("kept back, or left to finish where its request has left: " + list_some(asked, kShown));
}

/// What a person should know or type once a pause, resume or stop is in the journal.
void say_what_follows(const Console& console, Verb verb, const Steered& steered) {
  const bool somebody_runs = steered.delivered.by.has_value();
  const Blocker held{verb == Verb::stop ? StartRule::stopped : StartRule::paused, {}};
  const std::string resume = what_to_type(held, steered.rollout);
  const std::string apply = "breakwater apply " + steered.rollout;
  if (verb != Verb::resume) say_what_finishes(console, steered);
  if (verb == Verb::abandon) {
    console.next("breakwater report " + steered.rollout + "; breakwater quarantine list");
  } else if (verb == Verb::resume) {
    console.next(somebody_runs ? "breakwater status " + steered.rollout : apply);
  } else if (somebody_runs) {
    console.next(resume);
  } else if (verb == Verb::stop && steered.goes_on) {
    console.note("no conductor runs; hosts are in flight, and come to rest with the next apply");
    console.next(apply);
  } else {
    console.next(resume + " && " + apply);
  }
}

template <Verb verb>
Exit steer_rollout(const Console& console, Installation& installation, const Given& given) {
  const auto steered = steer(installation, verb, given.text(kRollout), Asker{operator_name(), given.text(kReason)});
  if (!steered) return report(console, steered.error());
  console.note(taken_up(steered->delivered));
  say_what_follows(console, verb, *steered);
  return Exit::done;
}

Exit follow_roll_backs(const Console& console, Outlet& outlet, Installation& installation, journal::Store& store,
                       const std::vector<OperatorAsked>& asked, ApplyView::Mode mode);

/// It is in the journal and the lock is ours: the hosts are rolled back here, those of all runs together, and no host
/// is taken forward. What is left may be handed on to another process, that stood by.
Exit carry_out(const Console& console, Outlet& outlet, Installation& installation, journal::Store& store,
               const std::vector<OperatorAsked>& asked, ApplyView::Mode mode) {
  auto fleet = fold(store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  const RollBacks back{asked};
  const auto ended = conduct_here(console, outlet, installation, store, *fleet, mode, back);
  if (!ended) return report(console, ended.error());
  const bool all =
      std::ranges::all_of(asked, [&fleet](const OperatorAsked& one) { return is_carried_out(*fleet, one); });
  if (!all && ended->handed_on) return follow_roll_backs(console, outlet, installation, store, asked, mode);
  return say_rolled_back(console, *fleet, asked, ended->handed_on);
}

/// Another process conducts: the roll backs are followed to their end. Once that process is gone, they are carried out
/// here.
Exit follow_roll_backs(const Console& console, Outlet& outlet, Installation& installation, journal::Store& store,
                       const std::vector<OperatorAsked>& asked, ApplyView::Mode mode) {
  auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  for (auto one = asked.rbegin(); one != asked.rend(); ++one) {
    const RolloutState& run = *journal->fleet.find(one->rollout);
    ApplyView view(console, mode, journal->fleet, run.id);
    const auto followed = follow_or_take_over(console, view, *journal, run.id, store,
                                              [&] { return is_carried_out(journal->fleet, *one); });
    if (!followed) return report(console, followed.error());
    if (*followed == Followed::left) return Exit::try_later;
    if (*followed == Followed::ours) return carry_out(console, outlet, installation, store, asked, mode);
  }
  return say_rolled_back(console, journal->fleet, asked);
}

/// What it would reach, on stdout.
Exit show_roll_back(const Console& console, const Fleet& fleet, const RollBackPlan& plan, bool json) {
  console.out << (json ? recall_json(fleet, plan.covered) : recall_text(fleet, plan.covered));
  std::map<RecallFate, std::vector<std::string>> hosts;
  for (const Recalled& one : plan.covered) {
    hosts[one.fate].push_back(fleet.find(one.rollout)->plan->hosts[one.host].name);
  }
  const std::size_t waiting = hosts[RecallFate::not_started].size();
  const std::vector<std::string>& kept = hosts[RecallFate::quarantined];
  if (!kept.empty()) console.warn(kept_in_quarantine(kept));
  for (const std::string& note : plan.notes) console.note(note);
  for (const std::string& later : in_later_runs(fleet, plan.covered)) console.note(later);
  console.note(count_of(hosts[RecallFate::goes_back].size(), "host") + " would be rolled back" +
               (waiting == 0 ? "" : ", " + count_of(waiting, "host") + " would not start") + "; nothing was changed");
  return Exit::done;
}

Exit roll_back(const Console& console, Installation& installation, const Given& given) {
  const RollBackWanted wanted{given.text(kRunOrRollout), given.text(kWave), given.text(kHost), given.text(kRelease),
                              given.text(kSelector)};
  if (given.has(kDryRun)) {
    const auto journal = installation.read_journal();
    if (!journal) return report(console, journal.error());
    const auto plan = plan_roll_back(journal->fleet, wanted);
    if (!plan) return report(console, plan.error());
    return show_roll_back(console, journal->fleet, *plan, wants_json(given));
  }
  const auto mode = view_mode(console, wants_json(given));
  Outlet outlet = outlet_for(console, mode);  // whoever holds the lock waits for no terminal
  const auto made = ask_roll_back(installation, wanted, Asker{operator_name(), given.text(kReason)});
  if (!made) return report(console, made.error());
  const bool for_later = !wanted.release.empty() && !made->reaches;
  if (for_later) console.note("no host runs Release " + wanted.release + ": there is nothing to roll back");
  if (made->asked.empty()) return Exit::done;
  console.note(taken_up(made->delivered) + (for_later ? ": no rollback leads to it any more" : ""));
  if (!wanted.release.empty()) {
    console.note("so that no new plan contains it, forbid it: trust.forbidden in the Policy, with its digest");
  }
  for (const std::string& note : made->notes) console.note(note);
  if (for_later && made->delivered.by) return Exit::done;
  if (!made->delivered.by) return carry_out(console, outlet, installation, *made->store, made->asked, mode);
  console.note(words_of(*made->delivered.by) + " rolls the hosts back");
  return follow_roll_backs(console, outlet, installation, *made->store, made->asked, mode);
}

Exit trust_key(const Console& console, Installation& installation, const Given& given) {
  const std::string& host = given.text(kKeyHost);
  const auto key = parse_sha256(given.text(kKey));
  if (!key) {
    return report(console, problem(Problem::Kind::bad_argument, "--sha256: 64 hexadecimal digits in lower case",
                                   "breakwater explain " + host));
  }
  const auto trusted = trust_host_key(installation, host, *key, Asker{operator_name(), given.text(kReason)});
  if (!trusted) return report(console, trusted.error());
  console.note(taken_up(trusted->delivered) + ": " + host + " goes on");
  console.note("until it stands in the Inventory, in bmc.tls, this installation alone knows that key");
  console.next(trusted->delivered.by ? "breakwater status " + trusted->rollout
                                     : "breakwater apply " + trusted->rollout);
  return Exit::done;
}

}  // namespace

std::vector<CliVerb> operator_verbs() {
  return {
      {.name = "pause",
       .does = "Start nothing new, neither forwards nor back. An image that a host already has is run and\n"
               "checked; its next component waits.",
       .example = "breakwater pause bios-3.4 --reason 'looking at n07'",
       .next = "breakwater resume bios-3.4",
       .act = steer_rollout<Verb::pause>,
       .options = {kRollout, kReason}},
      {.name = "resume",
       .does = "End a pause or a stop.",
       .example = "breakwater resume bios-3.4",
       .next = "breakwater apply bios-3.4  # where no conductor runs",
       .act = steer_rollout<Verb::resume>,
       .options = {kRollout, kReason}},
      {.name = "stop",
       .does = "Pause, and cancel the images that wait for their activation, where that is safe; each is\n"
               "proved gone by reading. No upload, reset or bank switch begins any more; what a BMC is\n"
               "writing is left to finish. A rollback that is asked for later goes.",
       .example = "breakwater stop bios-3.4",
       .next = "breakwater resume bios-3.4  # or: breakwater rollback bios-3.4",
       .act = steer_rollout<Verb::stop>,
       .options = {kRollout, kReason}},
      {.name = "abandon",
       .does = "End a rollout for good and touch no host. What did not start never does; what is in flight, staged or\n"
               "not rolled back yet is quarantined, and counts in its domains until it is released. What was updated\n"
               "stays, and `rollback` still reaches it.",
       .example = "breakwater abandon bios-3.4 --reason 'the rack is being taken down'",
       .next = "breakwater quarantine list",
       .act = steer_rollout<Verb::abandon>,
       .options = {kRollout, kNeededReason}},
      {.name = "trust-key",
       .does =
           "Vouch for the new key of a BMC that waits in flight: compare it with what the BMC's own console shows.\n"
           "Until then no password is sent to whoever shows it. The host goes on, and the key counts from now on\n"
           "beside those of the Inventory.",
       .example = "breakwater trust-key r07-n15 --sha256 DIGEST --reason 'read off its console'",
       .next = "breakwater status bios-3.4",
       .act = trust_key,
       .options = {kKeyHost, kKey, kReason}},
      {.name = "rollback",
       .does = "Roll hosts back to what they ran before: all of a rollout's, one wave's, or one; or recall a Release\n"
               "from every host that runs it. Newest first, within the limits, each checked again. Works while `apply` "
               "runs\n"
               "and after, and waits for another rollout only where that has the host in flight.",
       .example = "breakwater rollback bios-3.4 --wave early --reason 'fans at full speed'\n"
                  "  breakwater rollback --release bios-3.4@sha256:DIGEST -l site=fra1 --dry-run",
       .next = "breakwater report bios-3.4",
       .act = roll_back,
       .options = {kRunOrRollout, kRelease, kSelector, kDryRun, kReason, kWave, kHost, kTextOrJson}},
  };
}

}  // namespace breakwater::cli
