// `pause`, `resume`, `stop`, `rollback`: what a person asks of a rollout, from any terminal.
#include <CLI/CLI.hpp>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/operations/steering.hpp"

namespace breakwater::cli {
namespace {

struct Asked {
  std::string rollout;
  std::string wave;
  std::string host;
  std::string reason;
  Format format = Format::text;
};

std::string taken_up(const Delivered& delivered) {
  std::string text = "taken up as record " + std::to_string(delivered.record);
  if (delivered.by && delivered.by->pid != 0) text += " by process " + std::to_string(delivered.by->pid);
  return text;
}

/// What a person should know or type once a pause, resume or stop is in the journal.
void say_what_follows(const Console& console, Verb verb, const Steered& steered) {
  const bool somebody_runs = steered.delivered.by.has_value();
  if (verb == Verb::resume) {
    console.next(somebody_runs ? "breakwater status " + steered.rollout
                               : "breakwater apply " + steered.rollout + ", which carries it on");
  } else if (!somebody_runs && steered.in_flight) {
    console.note("no conductor runs; hosts are in flight, and come to rest with the next apply");
    console.next("breakwater apply " + steered.rollout);
  } else {
    console.next("breakwater resume " + steered.rollout);
  }
}

Exit steer_rollout(const Console& console, const Installation& installation, Verb verb, const Asked& asked) {
  const auto steered = steer(installation, verb, asked.rollout, Asker{operator_name(), asked.reason});
  if (!steered) return report(console, steered.error());
  console.note(taken_up(steered->delivered));
  say_what_follows(console, verb, *steered);
  return Exit::done;
}

/// It is in the journal and the lock is ours: the hosts are rolled back here.
Exit carry_out(const Console& console, Installation& installation, journal::Store& store, const OperatorAsked& wanted,
               bool json) {
  auto fleet = fold(store);
  if (!fleet) return report(console, journal_problem(fleet.error()));
  const auto ended = conduct_here(console, installation, store, *fleet, view_mode(console, json), wanted.rollout);
  if (!ended) return report(console, ended.error());
  const RolloutState& rollout = *fleet->find(wanted.rollout);
  const std::vector<std::string> left = left_behind(rollout, wanted);
  if (ended->end == Conductor::End::finished && !left.empty()) {
    console.warn("not brought back, for want of a way or because another rollout has changed them since: " +
                 list_some(left, 20));
  }
  say_end(console, rollout, ended->end);
  return exit_for_rollback(rollout, ended->end, wanted);
}

Exit roll_back(const Console& console, Installation installation, const Asked& asked) {
  const auto made = ask_roll_back(installation, RollBackWanted{asked.rollout, asked.wave, asked.host},
                                  Asker{operator_name(), asked.reason});
  if (!made) return report(console, made.error());
  console.note(taken_up(made->delivered));
  if (!made->delivered.by) {
    return carry_out(console, installation, *made->store, made->asked, asked.format == Format::json);
  }
  const journal::Holder& by = *made->delivered.by;
  if (by.rollout == made->rollout) {
    console.next("breakwater status " + made->rollout + " --watch");
    return Exit::done;
  }
  console.note("process " + std::to_string(by.pid) + " conducts " +
               (by.rollout.empty() ? "no rollout" : "rollout " + by.rollout) + "; the way back of " + made->rollout +
               " is carried out after it");
  console.next("breakwater apply " + made->rollout);
  return Exit::try_later;
}

CLI::App& add_rollout_verb(CLI::App& app, const std::string& name, const std::string& does, const std::string& example,
                           const std::string& next, Asked& asked) {
  CLI::App& verb = add_verb(app, name, does, example, next);
  verb.add_option("rollout", asked.rollout, "Name of the rollout, or its file")->required()->option_text("ROLLOUT");
  verb.add_option("--reason", asked.reason, "Why, for the record")->option_text("TEXT");
  return verb;
}

}  // namespace

void add_operator_verbs(CLI::App& app, Face& face) {
  const auto asked = std::make_shared<Asked>();
  const auto steers = [&face, asked](Verb verb) {
    return [&face, asked, verb](const Console& console) {
      return steer_rollout(console, face.installation(), verb, *asked);
    };
  };
  on_chosen(
      add_rollout_verb(app, "pause", "Start nothing new; what is in flight finishes.",
                       "breakwater pause bios-3.4 --reason 'looking at n07'", "breakwater resume bios-3.4", *asked),
      face, steers(Verb::pause));
  on_chosen(add_rollout_verb(app, "resume", "Take a pause or a stop back.", "breakwater resume bios-3.4",
                             "breakwater apply bios-3.4, where no conductor runs", *asked),
            face, steers(Verb::resume));
  on_chosen(add_rollout_verb(app, "stop",
                             "Pause, and take back what safely can be: images that wait for their activation are\n"
                             "cancelled, and proved gone by reading.",
                             "breakwater stop bios-3.4", "breakwater resume bios-3.4, or breakwater rollback bios-3.4",
                             *asked),
            face, steers(Verb::stop));
  CLI::App& verb = add_rollout_verb(
      app, "rollback",
      "Bring hosts back to what they ran before: all of a rollout's, one wave's, or one.\n"
      "Newest first, within the limits, each checked again. Works while `apply` runs and after.",
      "breakwater rollback bios-3.4 --wave early --reason 'fans at full speed'", "breakwater report bios-3.4", *asked);
  CLI::Option* wave = verb.add_option("--wave", asked->wave, "Only this wave, by name or number")->option_text("W");
  verb.add_option("--host", asked->host, "Only this host")->option_text("H")->excludes(wave);
  add_output(verb, asked->format, Format::text);
  on_chosen(verb, face,
            [&face, asked](const Console& console) { return roll_back(console, face.installation(), *asked); });
}

}  // namespace breakwater::cli
