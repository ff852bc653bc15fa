#pragma once
// What a modelled host's BMC shows of it, as a driver would read it. Pure.
#include <optional>
#include <string>

#include "inventories/hosts/observation.hpp"
#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::model {

Observation observation_of(const ModelFleet& fleet, std::uint32_t host);

/// A task or job as it is read by its URI, or by that of its monitor; nothing where the BMC knows none of that name.
std::optional<TaskView> task_of(const ModelFleet& fleet, std::uint32_t host, const std::string& uri);

/// The component whose entry, staged entry, other bank, task or job has this URI; nothing where none has.
std::optional<std::uint32_t> component_of(const ModelHost& host, const std::string& uri);

}  // namespace breakwater::model
