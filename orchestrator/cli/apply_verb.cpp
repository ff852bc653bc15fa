// `apply`: carries a rollout out, or on.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "orchestrator/cli/conducting.hpp"
#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/looking.hpp"
#include "orchestrator/cli/plan_file.hpp"
#include "orchestrator/cli/planning.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/cli/rollouts.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/views/plan_text.hpp"

namespace breakwater::cli {
namespace {

struct Asked {
  std::string target;
  Format format = Format::text;
};

/// What the person named: the file of a Rollout, a frozen plan, or a rollout that has begun.
struct Target {
  std::string name;
  std::string rollout_file;          ///< empty where only the name was given
  std::optional<FrozenPlan> frozen;  ///< where a plan file was given
};

Result<Target, Failure> read_target(const std::string& text) {
  std::error_code error;
  if (!std::filesystem::exists(text, error)) {
    if (text.find('/') == std::string::npos && !text.ends_with(".yaml") && !text.ends_with(".yml")) {
      return Target{text, {}, {}};
    }
    return fail(failure(Exit::document, text + ": no such file", "breakwater status"));
  }
  if (is_plan_file(text)) {
    auto frozen = read_plan_file(text);
    if (!frozen) return fail(frozen.error());
    const std::string name = frozen->plan.rollout;
    const std::string file = frozen->rollout_file;
    return Target{name, file, std::move(*frozen)};
  }
  std::string name = rollout_name_in(text);
  if (!name.empty()) return Target{std::move(name), text, {}};
  const auto loaded = load_rollout(text);  // says what is wrong with it
  if (!loaded) return fail(loaded.error());
  return Target{loaded->name, text, {}};
}

/// A rollout that has begun needs no documents; those that changed since are named, so that nobody is surprised.
void tell_of_changes(const Console& console, const Target& target, const RolloutState& rollout) {
  console.note(target.name + " goes on where it was, from the journal alone");
  if (target.rollout_file.empty()) return;
  const auto loaded = load_rollout(target.rollout_file);
  if (!loaded) {
    console.warn("the documents can not be read any more, and are not needed: " + loaded.error().messages.front());
    return;
  }
  for (const std::string& change : changes_since(*rollout.plan, loaded->documents)) {
    console.warn(change + " since this rollout began; it goes on with what was planned");
  }
}

Result<ResolvedPlan, Failure> plan_of(const Console& console, const Target& target, ImageStore& images,
                                      const Fleet& fleet, Reach& reach) {
  if (target.rollout_file.empty()) {
    const auto over = find_rollout(fleet, target.name);
    if (!over) return fail(over.error());
    return fail(failure(Exit::failed, "rollout " + target.name + " is over; to carry it out again, name its file",
                        "breakwater report " + target.name));
  }
  auto loaded = load_rollout(target.rollout_file);
  if (!loaded) return fail(loaded.error());
  if (target.frozen) {
    const auto changes = why_stale(target.frozen->plan, *loaded, fleet);
    if (changes.empty()) return target.frozen->plan;
    Failure stale{Exit::try_later, {"this plan is stale: make and review it again"}};
    for (const std::string& change : changes) stale.messages.push_back(change + " since the plan was made");
    stale.next = "breakwater plan " + target.rollout_file + " --out PLAN";
    return fail(std::move(stale));
  }
  auto plan = look_and_plan(console, *loaded, images, fleet, reach);
  if (plan) console.note(plan_text(*plan, codec::plan_digest(*plan), console.paint_err));
  return plan;
}

/// Nothing to do is success only where every host runs what it should, or is held by intent.
Exit nothing_to_do(const Console& console, const ResolvedPlan& plan) {
  bool well = true;
  for (const LeftOut& host : plan.left_out) well = well && (host.reason == "current" || host.reason == "held");
  console.note(plan.rollout + ": there is nothing to do" + (well ? "" : " for now: no host can be updated"));
  if (!well) console.next("breakwater plan ROLLOUT.yaml, which says why each host is left out");
  return well ? Exit::done : Exit::failed;
}

Exit apply(const Console& console, const std::filesystem::path& dir, const Asked& asked) {
  const auto target = read_target(asked.target);
  if (!target) return report(console, target.error());
  auto store = open_to_write(dir);
  if (!store) return report(console, store.error());
  if (auto locked = (*store)->lock(journal::Holder{getpid(), target->name, wall_now()}); !locked) {
    return report(console, store_failure(locked.error()));
  }
  auto images = open_images(dir);
  if (!images) return report(console, images.error());
  auto fleet = fold(**store);
  if (!fleet) return report(console, store_failure(fleet.error()));

  Reach reach(dir);
  const Workplace place{**store, *images, reach, *fleet, view_mode(console, asked.format == Format::json)};
  Opening opening;
  const RolloutState* begun = fleet->find(target->name);
  if (begun && !begun->finished) {
    if (target->frozen && codec::plan_digest(target->frozen->plan) != begun->digest) {
      return report(console,
                    failure(Exit::try_later, "rollout " + target->name + " has begun with another plan and is not over",
                            "breakwater apply " + target->name));
    }
    tell_of_changes(console, *target, *begun);
    opening = [id = begun->id](Conductor&) { return Result<RolloutId, journal::StoreFault>(id); };
  } else {
    auto plan = plan_of(console, *target, *images, *fleet, reach);
    if (!plan) return report(console, plan.error());
    if (plan->hosts.empty()) return nothing_to_do(console, *plan);
    opening = [made = std::move(*plan)](Conductor& conductor) { return conductor.begin(made, operator_name()); };
  }
  const auto ended = conduct(console, place, opening);
  if (!ended) return report(console, ended.error());
  const RolloutState& rollout = *fleet->find(ended->rollout);
  say_end(console, rollout, ended->end);
  return exit_for(rollout, ended->end);
}

}  // namespace

void add_apply_verb(CLI::App& app, Face& face) {
  CLI::App& verb = add_verb(
      app, "apply",
      "Carry a rollout out, wave by wave, or on where it was left.\n"
      "ROLLOUT|PLAN is a Rollout's file, a plan made by `plan --out`, or the name of a rollout that has begun.\n"
      "Ctrl-C starts nothing new and finishes what is in flight; a second one leaves now. Either way, apply again\n"
      "goes on.",
      "breakwater apply rollout.plan",
      "breakwater status, from another terminal; breakwater report NAME, when it is over");
  const auto asked = std::make_shared<Asked>();
  verb.add_option("rollout", asked->target, "What to carry out")->required()->option_text("ROLLOUT|PLAN");
  add_output(verb, asked->format, Format::text);
  on_chosen(verb, face, [&face, asked](const Console& console) { return apply(console, face.state_dir(), *asked); });
}

}  // namespace breakwater::cli
