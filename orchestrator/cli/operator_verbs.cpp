// `pause`, `resume`, `stop`, `rollback`: what a person asks of a rollout, from any terminal.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/cli/request.hpp"
#include "orchestrator/cli/rollouts.hpp"

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

OperatorAsked wish_for(Verb verb, RolloutId rollout, const Asked& asked) {
  OperatorAsked made;
  made.verb = verb;
  made.rollout = rollout;
  made.by = operator_name();
  made.reason = asked.reason;
  return made;
}

/// What a person should know or type once a pause, resume or stop is in the journal.
void say_what_follows(const Console& console, Verb verb, const RolloutState& rollout, bool somebody_runs) {
  const std::string& name = rollout.plan->rollout;
  if (verb == Verb::resume) {
    console.next(somebody_runs ? "breakwater status " + name : "breakwater apply " + name + ", which carries it on");
  } else if (!somebody_runs && rollout.in_flight > 0) {
    console.note("no conductor runs; hosts are in flight, and come to rest with the next apply");
    console.next("breakwater apply " + name);
  } else {
    console.next("breakwater resume " + name);
  }
}

Exit steer(const Console& console, const std::filesystem::path& dir, Verb verb, const Asked& asked) {
  const auto reading = open_to_read(dir);
  if (!reading) return report(console, reading.error());
  const auto fleet = fold(**reading);
  if (!fleet) return report(console, store_failure(fleet.error()));
  const auto rollout = find_rollout(*fleet, asked.rollout);
  if (!rollout) return report(console, rollout.error());
  const std::string& name = (*rollout)->plan->rollout;
  if ((*rollout)->finished) {
    return report(console, failure(Exit::failed,
                                   "rollout " + name + " is over: there is nothing to " + std::string(to_string(verb)),
                                   "breakwater report " + name));
  }
  const auto store = open_to_write(dir);
  if (!store) return report(console, store.error());
  const auto delivered = deliver(**store, wish_for(verb, (*rollout)->id, asked),
                                 journal::Holder{getpid(), {}, wall_now()}, machine_clockwork());
  if (!delivered) return report(console, delivered.error());
  console.note(taken_up(*delivered));
  say_what_follows(console, verb, **rollout, delivered->by.has_value());
  return Exit::done;
}

/// A wave by its name, or by its number from 1.
Result<std::uint32_t, Failure> find_wave(const ResolvedPlan& plan, const std::string& text) {
  std::string names;
  for (std::uint32_t i = 0; i < plan.waves.size(); ++i) {
    if (plan.waves[i].name == text) return i;
    names += (names.empty() ? "" : ", ") + plan.waves[i].name;
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && number >= 1 && number <= plan.waves.size()) return number - 1;
  return fail(failure(Exit::usage, "rollout " + plan.rollout + " has no wave '" + text + "'; it has " + names));
}

Result<OperatorAsked, Failure> roll_back_wish(const RolloutState& rollout, const Asked& asked) {
  const ResolvedPlan& plan = *rollout.plan;
  OperatorAsked made = wish_for(Verb::roll_back, rollout.id, asked);
  if (!asked.wave.empty()) {
    const auto wave = find_wave(plan, asked.wave);
    if (!wave) return fail(wave.error());
    made.wave = *wave;
  }
  if (!asked.host.empty()) {
    const bool known = std::any_of(plan.hosts.begin(), plan.hosts.end(),
                                   [&](const PlannedHost& host) { return host.name == asked.host; });
    if (!known) {
      return fail(failure(Exit::usage, "host '" + asked.host + "' is no part of rollout " + plan.rollout,
                          "breakwater explain " + asked.host));
    }
    made.host = asked.host;
  }
  return made;
}

/// The wish is in the journal and the lock is ours: the way back is carried out here.
Exit carry_out(const Console& console, const std::filesystem::path& dir, journal::Store& store,
               const OperatorAsked& wish, bool json) {
  auto images = open_images(dir);
  if (!images) return report(console, images.error());
  auto fleet = fold(store);
  if (!fleet) return report(console, store_failure(fleet.error()));
  Reach reach(dir);
  const Workplace place{store, *images, reach, *fleet, view_mode(console, json)};
  const RolloutId id = wish.rollout;
  const auto ended = conduct(console, place, [id](Conductor&) { return Result<RolloutId, journal::StoreFault>(id); });
  if (!ended) return report(console, ended.error());
  const RolloutState& rollout = *fleet->find(id);
  const std::vector<std::string> left = left_behind(rollout, wish);
  if (ended->end == Conductor::End::finished && !left.empty()) {
    console.warn("not brought back, for want of a way or because another rollout has changed them since: " +
                 list_some(left, 20));
  }
  say_end(console, rollout, ended->end);
  return exit_for_rollback(rollout, ended->end, wish);
}

Exit roll_back(const Console& console, const std::filesystem::path& dir, const Asked& asked) {
  const auto reading = open_to_read(dir);
  if (!reading) return report(console, reading.error());
  const auto fleet = fold(**reading);
  if (!fleet) return report(console, store_failure(fleet.error()));
  const auto rollout = find_rollout(*fleet, asked.rollout);
  if (!rollout) return report(console, rollout.error());
  const std::string name = (*rollout)->plan->rollout;
  const auto made = roll_back_wish(**rollout, asked);
  if (!made) return report(console, made.error());

  const auto store = open_to_write(dir);
  if (!store) return report(console, store.error());
  const auto delivered = deliver(**store, *made, journal::Holder{getpid(), name, wall_now()}, machine_clockwork());
  if (!delivered) return report(console, delivered.error());
  console.note(taken_up(*delivered));
  if (!delivered->by) return carry_out(console, dir, **store, *made, asked.format == Format::json);
  if (delivered->by->rollout == name) {
    console.next("breakwater status " + name + " --watch");
    return Exit::done;
  }
  console.note("process " + std::to_string(delivered->by->pid) + " conducts " +
               (delivered->by->rollout.empty() ? "no rollout" : "rollout " + delivered->by->rollout) +
               "; the way back of " + name + " is carried out after it");
  console.next("breakwater apply " + name);
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
    return [&face, asked, verb](const Console& console) { return steer(console, face.state_dir(), verb, *asked); };
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
            [&face, asked](const Console& console) { return roll_back(console, face.state_dir(), *asked); });
}

}  // namespace breakwater::cli
