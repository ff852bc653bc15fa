// `status`, `explain`, `report`: what is, why, and what was, from the journal alone.
#include <CLI/CLI.hpp>
#include <thread>

#include "orchestrator/cli/apply_view.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/face.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/report_json.hpp"
#include "orchestrator/views/report_text.hpp"
#include "orchestrator/views/text.hpp"
#include "orchestrator/views/wave_tree.hpp"

namespace breakwater::cli {
namespace {

constexpr Duration kWatchEvery{250};

struct Asked {
  std::string rollout;
  std::string host;
  Format format = Format::table;
  bool watch = false;
};

Now now_of(const Fleet& fleet) {
  const Instant wall = wall_now();
  return Now{std::max(wall, fleet.last_at()), wall};
}

/// What a conductor would wait for now.
std::vector<Blocker> waits_of(const Fleet& fleet, RolloutId rollout) {
  return decide(fleet, rollout, now_of(fleet)).waits;
}

void show(const Console& console, const Fleet& fleet, const RolloutState& rollout) {
  const std::vector<Blocker> waits = waits_of(fleet, rollout.id);
  for (const std::string& line : wave_tree(rollout, fleet, waits, now_of(fleet).steady, console.paint)) {
    console.out << line << '\n';
  }
}

void list_rollouts(const Console& console, const Fleet& fleet) {
  Table table;
  table.row({"ROLLOUT", "STATE", "STARTED", "HOSTS"});
  for (auto it = fleet.rollouts().rbegin(); it != fleet.rollouts().rend(); ++it) {
    const RolloutState& rollout = it->second;
    const Standing standing = standing_of(rollout);
    table.row({rollout.plan->rollout, console.paint(standing.ink, standing.word), date_time(rollout.started),
               states_of(rollout)});
  }
  console.out << table.text();
}

void say_who_conducts(const Console& console, journal::Store& store, const RolloutState* rollout) {
  const auto holder = store.holder();
  if (!holder) return;
  if (*holder) {
    console.note("process " + std::to_string((*holder)->pid) + " conducts" +
                 ((*holder)->rollout.empty() ? "" : " rollout " + (*holder)->rollout) + " since " +
                 date_time((*holder)->started));
  } else if (rollout && !rollout->finished) {
    const std::string& name = rollout->plan->rollout;
    console.note("no conductor runs");
    console.next((rollout->stopping ? "breakwater resume " + name + " && " : std::string()) + "breakwater apply " +
                 name);
  }
}

Exit status(const Console& console, Installation installation, const Asked& asked) {
  const auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  const Fleet& fleet = journal->fleet;
  const RolloutState* rollout = nullptr;
  if (!asked.rollout.empty()) {
    const auto found = find_rollout(fleet, asked.rollout);
    if (!found) return report(console, found.error());
    rollout = *found;
  }
  if (asked.format == Format::json) {
    const std::vector<Blocker> waits = rollout ? waits_of(fleet, rollout->id) : std::vector<Blocker>();
    console.out << (rollout ? rollout_json(*rollout, waits) : rollouts_json(fleet));
    return Exit::done;
  }
  if (rollout) {
    show(console, fleet, *rollout);
  } else {
    list_rollouts(console, fleet);
  }
  say_who_conducts(console, *journal->store, rollout);
  if (!rollout && !fleet.rollouts().empty()) {
    console.next("breakwater status " + fleet.rollouts().rbegin()->second.plan->rollout);
  }
  return Exit::done;
}

/// Follows a rollout to its end: live on a terminal, else the events as they come.
Exit watch(const Console& console, Installation installation, const Asked& asked) {
  auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  Fleet& fleet = journal->fleet;
  std::string name = asked.rollout;
  if (name.empty() && !fleet.rollouts().empty()) name = fleet.rollouts().rbegin()->second.plan->rollout;
  const auto found = find_rollout(fleet, name);
  if (!found) return report(console, found.error());
  const RolloutId id = (*found)->id;
  ApplyView view(console, view_mode(console, asked.format == Format::json), fleet);
  const auto show = [&view](const Recorded& record) { view.on_record(record); };
  for (;;) {
    const RolloutState& rollout = *fleet.find(id);
    Decision decision;
    decision.waits = waits_of(fleet, id);
    view.on_decision(rollout, decision, now_of(fleet));
    if (rollout.finished) break;
    std::this_thread::sleep_for(kWatchEvery);
    if (auto more = journal->catch_up(show); !more) return report(console, more.error());
  }
  view.close();
  say_end(console, *fleet.find(id), Conductor::End::finished);
  return Exit::done;
}

Exit explain_host(const Console& console, Installation installation, const std::string& host) {
  const auto journal = installation.read_journal();
  if (!journal) return report(console, journal.error());
  const Fleet& fleet = journal->fleet;
  const Explanation explanation = explain(fleet, host, now_of(fleet));
  if (explanation.reasons.empty() && explanation.would_pass.empty()) {
    return report(console, problem(Problem::Kind::failed, explanation.headline, "breakwater plan ROLLOUT.yaml"));
  }
  for (const std::string& line : lines_of(explanation_text(explanation))) console.out << harmless(line) << '\n';
  return Exit::done;
}

/// Every record once more, for who did what when.
Exit report_rollout(const Console& console, Installation installation, const Asked& asked) {
  ReportBuilder builder;
  const auto journal = installation.read_journal([&builder](const Recorded& record) { builder.take(record); });
  if (!journal) return report(console, journal.error());
  const auto rollout = find_rollout(journal->fleet, asked.rollout);
  if (!rollout) return report(console, rollout.error());
  const auto made = builder.report((*rollout)->id);
  if (asked.format == Format::json) {
    console.out << views::encode_report(*made);
    return Exit::done;
  }
  for (const std::string& line : lines_of(report_text(*made))) console.out << harmless(line) << '\n';
  return Exit::done;
}

void add_explain_and_report(CLI::App& app, Face& face, const std::shared_ptr<Asked>& asked) {
  CLI::App& explains =
      add_verb(app, "explain",
               "Say why a host is not being updated, or what is being done to it: the first reason first,\n"
               "with the command that would change it.",
               "breakwater explain r07-n15", "breakwater status");
  explains.add_option("host", asked->host, "Name of the host")->required()->option_text("HOST");
  on_chosen(explains, face,
            [&face, asked](const Console& console) { return explain_host(console, face.installation(), asked->host); });
  CLI::App& reports = add_verb(
      app, "report", "Tell what happened in a rollout: to which host, why, by whose word, and how long it took.",
      "breakwater report bios-3.4 -o json", "breakwater journal verify");
  reports.add_option("rollout", asked->rollout, "Name of the rollout, or its file")->required()->option_text("ROLLOUT");
  add_output(reports, asked->format, Format::text);
  on_chosen(reports, face,
            [&face, asked](const Console& console) { return report_rollout(console, face.installation(), *asked); });
}

}  // namespace

void add_view_verbs(CLI::App& app, Face& face) {
  const auto asked = std::make_shared<Asked>();
  CLI::App& verb =
      add_verb(app, "status",
               "Show where rollouts stand: waves, hosts in flight, limits that are reached, what waits and why.\n"
               "Works from any terminal, while `apply` runs and after.",
               "breakwater status bios-3.4 --watch", "breakwater explain HOST");
  verb.add_option("rollout", asked->rollout, "Name of a rollout, or its file; all of them unless told")
      ->option_text("ROLLOUT");
  verb.add_flag("-w,--watch", asked->watch, "Follow it to its end");
  add_output(verb, asked->format, Format::table);
  on_chosen(verb, face, [&face, asked](const Console& console) {
    return asked->watch ? watch(console, face.installation(), *asked) : status(console, face.installation(), *asked);
  });
  add_explain_and_report(app, face, asked);
}

}  // namespace breakwater::cli
