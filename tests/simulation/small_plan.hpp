#pragma once
// Plans for a few hosts with two devices, for plays of several rollouts over the same hosts.
#include <functional>
#include <string>

#include "orchestrator/core/plan.hpp"
#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::simulation {

/// One device that a rollout brings something to: from one version to another.
struct Step {
  const char* component;
  const char* from;
  const char* to;
};
inline constexpr Step kBios{"bios", "3.2", "3.4"};
inline constexpr Step kNewerBios{"bios", "3.4", "3.6"};
inline constexpr Step kNic{"nic", "20.4", "20.5"};
inline constexpr std::uint32_t kRacks = 4;
inline constexpr int kPerRack = 2;  ///< hosts that may be away

/// Host `n0`, `n1`, ... with a BIOS and a NIC, well, in one of the racks.
model::ModelHost small_host(std::uint32_t place);

const std::string& running(const model::ModelHost& host, const std::string& component);

/// For those hosts that run what it begins with, as far as they are taken: a canary, and the rest in a second wave.
/// `beside` is another device that it brings something to, where a host runs what that begins with.
ResolvedPlan small_plan(model::Dice& dice, const model::ModelFleet& fleet, const Step& step,
                        const std::function<bool(std::uint32_t place)>& taken, const Step* beside = nullptr);

}  // namespace breakwater::simulation
