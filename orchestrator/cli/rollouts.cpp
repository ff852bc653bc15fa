#include "orchestrator/cli/rollouts.hpp"

#include <filesystem>
#include <set>
#include <vector>

#include "inventories/document/object.hpp"
#include "orchestrator/cli/planning.hpp"

namespace breakwater::cli {

Result<const RolloutState*, Failure> find_rollout(const Fleet& fleet, const std::string& name_or_file) {
  if (const RolloutState* found = fleet.find(name_or_file)) return found;
  std::string name = name_or_file;
  std::error_code error;
  if (std::filesystem::is_regular_file(name_or_file, error)) {
    name = rollout_name_in(name_or_file);
    if (const RolloutState* found = name.empty() ? nullptr : fleet.find(name)) return found;
    if (name.empty()) return fail(failure(Exit::document, name_or_file + ": holds no Rollout"));
  }
  std::set<std::string_view> known;
  for (const auto& [id, rollout] : fleet.rollouts()) known.insert(rollout.plan->rollout);
  const std::string close = nearest(name, {known.begin(), known.end()});
  std::string message = "no rollout '" + name + "' was ever applied here";
  if (!close.empty()) message += "; did you mean '" + close + "'?";
  return fail(failure(Exit::failed, std::move(message), "breakwater status"));
}

}  // namespace breakwater::cli
