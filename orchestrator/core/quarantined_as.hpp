#pragma once
// By which names a quarantine is found: the one it was quarantined by, and those that its machine has got since.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// `serial S1`: what of its identity a host has of a quarantined machine, where it is not all of it; else empty.
std::string half_alike(const Fleet& fleet, const PlannedHost& host, const Quarantine& kept);

/// ` as old-n1, which reported the same serial S1`: how a quarantine that keeps a host is told, after "quarantined".
std::string told_as(const Fleet& fleet, const PlannedHost& host, const Quarantine& kept);

/// `; first quarantined for roll_back_failed: ...`, of a host that was quarantined again for something else; else
/// empty.
std::string first_for(const HostTrip& trip);

/// A quarantine that keeps a host.
struct KeptBy {
  const Quarantine* quarantine = nullptr;
  bool sure = true;     ///< by its name or its whole identity; else it may be another machine
  std::string alike{};  ///< see half_alike
};
/// Those that keep the host of this name, as the newest plan that speaks of it knew it.
std::vector<KeptBy> kept_by(const Fleet& fleet, const std::string& host);

/// The name of each quarantine -> the other names by which plans know its machine.
std::map<std::string, std::set<std::string>> other_names(const Fleet& fleet);

}  // namespace breakwater
