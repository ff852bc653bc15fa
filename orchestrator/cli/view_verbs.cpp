// `status`, `explain`, `report`: what is, why, and what was, from the journal alone.
#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/following.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/report.hpp"
#include "orchestrator/views/text.hpp"
#include "orchestrator/views/wave_tree.hpp"

namespace breakwater::cli {
namespace {

constexpr std::size_t kRunsShown = 10;
constexpr std::size_t kRequestsShown = 64;

constexpr Option kAnyRollout{
    .name = "rollout", .does = "Name of a rollout, or its file; all of them unless told", .value = "ROLLOUT"};
constexpr Option kWatch{.name = "-w,--watch", .does = "Follow it to its end", .takes = Option::Takes::flag};
constexpr Option kExplained{.name = "host", .does = "Name of the host", .value = "HOST", .required = true};
constexpr Option kReported{
    .name = "rollout", .does = "Name of the rollout, or its file", .value = "ROLLOUT", .required = true};

void show(const Console& console, const Fleet& fleet, const RolloutState& rollout, const Present& present) {
  const std::vector<Blocker> waits = waits_of(fleet, rollout.id, present);
  const Now now{present.clock, present.now.wall};
  for (const std::string& line : wave_tree(rollout, fleet, waits, now, console.paint)) {
    console.out << line << '\n';
  }
}

void list_rollouts(const Console& console, const Fleet& fleet, bool conducted) {
  Table table;
  table.row({"ROLLOUT", "STATE", "STARTED", "HOSTS"});
  for (auto it = fleet.rollouts().rbegin(); it != fleet.rollouts().rend(); ++it) {
    const RolloutState& rollout = it->second;
    const Standing standing = standing_of(rollout, conducted);
    table.row(
        {rollout.name, console.paint(standing.ink, standing.word), date_time(rollout.started), states_of(rollout)});
  }
  console.out << table.text();
}

std::optional<ConductorShown> conductor_shown(journal::Store& store) {
  const auto holder = store.holder();
  if (!holder || !*holder) return std::nullopt;
  return ConductorShown{(*holder)->pid, (*holder)->rollout, (*holder)->started};
}

void say_nobody_conducts(const Console& console, const RolloutState& rollout) {
  if (rollout.finished) return;
  console.note("no process conducts " + rollout.name);
  console.next(way_on(rollout));
}

/// `apply bios-3.4`, `pause bios-3.4`, `release n07`.
std::string words_for(const journal::Request& request, const Fleet& fleet) {
  const auto event = codec::decode(request.verb, request.body);
  if (const auto* started = event ? std::get_if<RolloutStarted>(&*event) : nullptr) {
    return "apply " + started->plan.rollout;
  }
  const auto* asked = event ? std::get_if<OperatorAsked>(&*event) : nullptr;
  if (!asked) return request.verb;
  const RolloutState* const rollout = fleet.find(asked->rollout);
  std::string words(to_string(asked->verb));
  if (!is_of_quarantine(asked->verb) && rollout) words += ' ' + rollout->name;
  return asked->host.empty() ? words : words + ' ' + asked->host;
}

std::vector<RequestShown> requests_shown(journal::Store& store, const Fleet& fleet) {
  std::vector<RequestShown> shown;
  const auto waiting = store.waiting_requests(kRequestsShown);
  if (!waiting) return shown;
  for (const journal::Request& one : *waiting) {
    shown.push_back({one.id, one.at, one.by, words_for(one, fleet), one.attended});
  }
  return shown;
}

void say_what_waits(const Console& console, const std::vector<RequestShown>& requests) {
  for (const RequestShown& one : requests) {
    console.note("waits to be taken up: " + harmless(one.what) + ", asked by " + harmless(one.by) + " at " +
                 date_time(one.at) + (one.attended ? "" : ", who left"));
  }
}

std::string leaving_words(journal::Leaving leaving) {
  switch (leaving) {
    case journal::Leaving::ways_back:
      return ", and only rolls hosts back: it takes no host forward";
    case journal::Leaving::own_over:
    case journal::Leaving::asked:
      return ", and is leaving: it starts no more hosts";
    case journal::Leaving::no:
      break;
  }
  return {};
}

/// Of one rollout, or of all that are not over.
void say_who_conducts(const Console& console, journal::Store& store, const Fleet& fleet, const RolloutState* rollout) {
  const auto holder = store.holder();
  if (!holder) return;
  if (*holder && (*holder)->file_deleted) {
    console.note(words_of(**holder) +
                 " conducts; its lock file was deleted, so its id is not known until another process conducts");
  } else if (*holder && (*holder)->pid == 0) {
    console.note("a process is just taking over, and has not said yet who it is");
  } else if (*holder) {
    console.note("process " + std::to_string((*holder)->pid) + " conducts" +
                 ((*holder)->rollout.empty() ? "" : " rollout " + (*holder)->rollout) + " since " +
                 date_time((*holder)->started) + leaving_words((*holder)->leaving));
  } else if (rollout) {
    say_nobody_conducts(console, *rollout);
  } else {
    for (const RolloutId id : fleet.unfinished()) say_nobody_conducts(console, *fleet.find(id));
  }
}

/// A name alone shows one run: the others are named, so that nothing is hidden behind it.
void say_other_runs(const Console& console, const std::vector<const RolloutState*>& runs) {
  if (runs.size() < 2) return;
  const RolloutState& shown = present_run(runs);
  std::vector<std::string> others;
  for (const RolloutState* run : runs) {
    if (run != &shown) others.push_back(run->name + " (" + std::string(standing_of(*run).word) + ')');
  }
  console.note("this is " + shown.name + "; other runs: " + list_some(others, kRunsShown));
}

/// Follows a rollout to its end: live on a terminal, else the events as they come.
Exit watch(const Console& console, Installation& installation, const Given& given) {
  auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  Fleet& fleet = journal->fleet;
  std::string name = given.text(kAnyRollout);
  if (name.empty() && !fleet.rollouts().empty()) name = fleet.rollouts().rbegin()->second.name;
  const auto found = find_runs(fleet, name);
  if (!found) return report(console, found.error());
  const RolloutId id = present_run(*found).id;
  if (!present_of(*journal->store, fleet).conducted) say_nobody_conducts(console, *fleet.find(id));
  ApplyView view(console, view_mode(console, wants_json(given)), fleet, id);
  if (auto followed = follow(view, *journal, id, [] { return false; }); !followed) {
    return report(console, followed.error());
  }
  say_end(console, *fleet.find(id), Conductor::End::finished);
  return Exit::done;
}

Exit status(const Console& console, Installation& installation, const Given& given) {
  if (given.has(kWatch)) return watch(console, installation, given);
  const auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  const Fleet& fleet = journal->fleet;
  const RolloutState* rollout = nullptr;
  if (!given.text(kAnyRollout).empty()) {
    const auto found = find_runs(fleet, given.text(kAnyRollout));
    if (!found) return report(console, found.error());
    rollout = &present_run(*found);
    say_other_runs(console, *found);
  }
  const std::vector<RequestShown> requests = requests_shown(*journal->store, fleet);
  const Present present = present_of(*journal->store, fleet);
  if (wants_json(given)) {
    const std::vector<Blocker> waits = rollout ? waits_of(fleet, rollout->id, present) : std::vector<Blocker>();
    const auto conductor = conductor_shown(*journal->store);
    console.out << (rollout ? rollout_json(*rollout, waits, conductor, requests)
                            : rollouts_json(fleet, conductor, requests));
    return Exit::done;
  }
  if (rollout) {
    show(console, fleet, *rollout, present);
  } else {
    list_rollouts(console, fleet, present.conducted);
  }
  say_what_waits(console, requests);
  say_who_conducts(console, *journal->store, fleet, rollout);
  if (!rollout && !fleet.rollouts().empty() && (present.conducted || fleet.unfinished().empty())) {
    console.next("breakwater status " + fleet.rollouts().rbegin()->second.name);
  }
  return Exit::done;
}

Exit explain_host(const Console& console, Installation& installation, const Given& given) {
  const auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  const Fleet& fleet = journal->fleet;
  Explanation explanation = explain(fleet, given.text(kExplained), present_of(*journal->store, fleet));
  explanation.headline += did_you_mean_host(fleet, given.text(kExplained));
  if (explanation.reasons.empty() && explanation.would_pass.empty()) {
    return report(console, problem(Problem::Kind::failed, explanation.headline, "breakwater plan ROLLOUT.yaml"));
  }
  if (wants_json(given)) {
    console.out << explanation_json(given.text(kExplained), explanation);
    return Exit::done;
  }
  for (const std::string& line : lines_of(explanation_text(explanation))) console.out << harmless(line) << '\n';
  if (explanation.rollout.empty()) return Exit::done;
  const auto runs = find_runs(fleet, explanation.rollout);
  const auto holder = journal->store->holder();
  if (runs && holder && !*holder) say_nobody_conducts(console, present_run(*runs));
  return Exit::done;
}

/// Every record once more, for who did what when.
Exit report_rollout(const Console& console, Installation& installation, const Given& given) {
  ReportBuilder builder;
  const auto journal = installation.read_journal([&builder](const Recorded& record) { builder.take(record); });
  if (!journal) return report(console, journal.error());
  const auto runs = find_runs(journal->fleet, given.text(kReported));
  if (!runs) return report(console, runs.error());
  say_other_runs(console, *runs);
  const auto made = builder.report(present_run(*runs).id);
  if (wants_json(given)) {
    console.out << views::encode_report(*made, {{"exitCode", static_cast<int>(exit_for(made->outcome))}});
    return Exit::done;
  }
  for (const std::string& line : lines_of(report_text(*made))) console.out << harmless(line) << '\n';
  return Exit::done;
}

}  // namespace

std::vector<CliVerb> view_verbs() {
  return {{.name = "status",
           .does = "Show where rollouts stand: waves, hosts in flight, limits that are reached, what waits and why.\n"
                   "Works from any terminal, while `apply` runs and after.",
           .example = "breakwater status bios-3.4 --watch",
           .next = "breakwater explain HOST",
           .act = status,
           .options = {kAnyRollout, kWatch, kTableOrJson}},
          {.name = "explain",
           .does = "Say why a host is not being updated, or what is being done to it: the first reason first,\n"
                   "with the command that would change it.",
           .example = "breakwater explain r07-n15",
           .next = "breakwater status",
           .act = explain_host,
           .options = {kExplained, kTextOrJson}},
          {.name = "report",
           .does = "Tell what happened in a rollout: to which host, why, who asked for it, and how long it took.",
           .example = "breakwater report bios-3.4 -o json",
           .next = "breakwater journal verify",
           .act = report_rollout,
           .options = {kReported, kTextOrJson}}};
}

}  // namespace breakwater::cli
