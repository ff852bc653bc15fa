#pragma once
// The parts of a Rollout's spec, each read by itself.
#include <optional>
#include <vector>

#include "inventories/document/object.hpp"
#include "policies/rollout.hpp"

namespace breakwater {

/// Names and order: ids are unique, `after` names known ones and makes no circle.
std::optional<std::vector<RolloutComponent>> as_components(const YamlValue& value);

/// Sizes rise, and nothing follows the wave that takes everything.
std::optional<std::vector<WaveSpec>> as_waves(const YamlValue& value);

std::optional<Checks> as_checks(const YamlValue& value);
std::optional<Attempts> as_attempts(const YamlValue& value);
std::optional<Timeouts> as_timeouts(const YamlValue& value);
std::optional<RolloutSchedule> as_schedule(const YamlValue& value);

}  // namespace breakwater
