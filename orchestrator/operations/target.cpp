#include "orchestrator/operations/target.hpp"

#include <filesystem>

#include "orchestrator/operations/rollouts.hpp"

namespace breakwater::operations {

Result<Target, Problem> read_target(const std::string& text) {
  std::error_code error;
  if (!std::filesystem::exists(text, error)) {
    if (text.find('/') == std::string::npos && !text.ends_with(".yaml") && !text.ends_with(".yml")) {
      return Target{text, {}, {}};
    }
    return fail(problem(Problem::Kind::bad_document, text + ": no such file", "breakwater status"));
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

std::vector<std::string> changes_since_begun(const Target& target, const RolloutState& begun) {
  if (target.rollout_file.empty()) return {};
  const auto loaded = load_rollout(target.rollout_file);
  if (!loaded) {
    return {"the documents cannot be read any more, and are not needed: " + loaded.error().messages.front()};
  }
  std::vector<std::string> changes = changes_since(*begun.plan, loaded->documents);
  for (std::string& change : changes) change += " since this rollout began; it goes on with what was planned";
  return changes;
}

Result<ResolvedPlan, Problem> plan_for(Installation& installation, const Target& target, ImageStore& images,
                                       const Fleet& fleet, const std::atomic<int>& interrupts,
                                       const LookProgress& progress) {
  if (target.rollout_file.empty()) {
    const auto over = find_runs(fleet, target.name);
    if (!over) return fail(over.error());
    return fail(problem(Problem::Kind::failed,
                        "rollout " + target.name + " is over; to carry it out again, name its file",
                        "breakwater report " + target.name));
  }
  auto loaded = load_rollout(target.rollout_file);
  if (!loaded) return fail(loaded.error());
  if (!target.frozen) return look_and_plan(installation, *loaded, images, fleet, interrupts, progress, OwnFaults::end);
  const auto changes = why_stale(target.frozen->plan, *loaded, fleet);
  if (changes.empty()) return make_plan_again(*loaded, images, target.frozen->plan, wall_now());
  Problem stale = problem(Problem::Kind::try_later, "this plan is stale: make and review it again",
                          "breakwater plan " + target.rollout_file + " --out PLAN");
  for (const std::string& change : changes) stale.messages.push_back(change + " since the plan was made");
  for (std::string& value : values_changed(*loaded, images, target.frozen->plan, wall_now())) {
    stale.messages.push_back(std::move(value));
  }
  return fail(std::move(stale));
}

}  // namespace breakwater::operations
