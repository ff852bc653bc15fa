#pragma once
// Which quarantine keeps a machine: by its serial number and its UUID together, or by one of them where the other has
// changed. A board is swapped, a BIOS forgets the UUID, and the machine is the same one.
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/core/plan.hpp"

namespace breakwater {

struct Anatomy;

/// The halves of an identity that may tell a machine from others by themselves: `serial S1`, `uuid 4c4c...`. What
/// factories leave in their place ("To be filled by O.E.M.", one digit over and over) tells of none.
std::vector<std::string> halves_of(const Identity& who);

/// Halves that two machines of one plan have, each with another other half: they were there at one time, so such a half
/// tells of neither. Blades report the serial number of their chassis, and some boards all the same one.
std::set<std::string> shared_halves(const std::vector<PlannedHost>& hosts);

class KeptMachines {
 public:
  /// What a plan saw holds for good.
  void see(const ResolvedPlan& plan);
  /// `host` is quarantined, by this name.
  void keep(const PlannedHost& host);
  /// Nothing keeps its machine any more.
  void let_go(const PlannedHost& host);

  /// The newest machine of those that are kept and that this one is, or shares a telling half with; nullptr where there
  /// is none.
  const std::string* kept(const PlannedHost& host) const;
  /// The name of its newest quarantine.
  const std::string& name_of(const std::string& machine) const { return as_.at(machine); }
  bool tells(const std::string& half) const { return !shared_.contains(half); }

 private:
  friend struct Anatomy;

  std::unordered_map<std::string, std::string> as_;                    ///< machine -> the name of its newest quarantine
  std::unordered_map<std::string, std::vector<std::string>> by_half_;  ///< -> machines, the newest last
  std::set<std::string> shared_;                                       ///< halves that tell of nobody
};

}  // namespace breakwater
