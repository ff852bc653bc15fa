#pragma once
// The part of resolve() that judges one host: may it be touched at all, and may it take this step?
#include <map>
#include <optional>
#include <string>

#include "orchestrator/core/resolve.hpp"

namespace breakwater {

/// A host is not updated: a stable word and a sentence.
struct WhyNot {
  std::string word;
  std::string detail;
  std::string kept_as{};    ///< see LeftOut
  bool kept_whole = false;  ///< the same
};

class HostRules {
 public:
  /// `plan` has its images and components by the time that a host is judged. Both outlive this.
  HostRules(const ResolveInput& input, const ResolvedPlan& plan);

  /// Reasons that stand before anything the BMC says.
  std::optional<WhyNot> standing(const Host& host) const;
  /// Whether the machine that answered is the one that is meant, and may be touched under whatever name.
  std::optional<WhyNot> identity(const Host& host, const Identity& who) const;
  /// Fills in the update of one component of a host as it was seen, or says why there is none.
  std::optional<WhyNot> take_update(const Observation& seen, PlannedUpdate& update) const;
  /// What a person should know where this plan takes a way back from an earlier rollout.
  std::optional<std::string> ends_bank_switch(const PlannedHost& host) const;
  /// Whether the ways back of all of its updates work together, the last update first.
  std::optional<WhyNot> ways_back(const PlannedHost& host) const;
  /// Whether it may be touched as it is now. Asked again before its first byte.
  std::optional<WhyNot> fitness(const PlannedHost& host, const Observation& seen) const;
  /// The rest of it, from the version that the update begins with.
  std::optional<WhyNot> take_step(const Identity& who, bool has_second_bank, PlannedUpdate& update) const;

 private:
  std::optional<WhyNot> taken(const std::string& name_or_machine) const;
  std::optional<WhyNot> twin(const std::string& name, const Identity& who) const;
  const Release& release_of(std::uint32_t component) const;
  const Edge* edge_from(const PlannedComponent& component, const Release& release, const std::string& version) const;
  std::optional<WhyNot> take_edge(const Identity& who, const Release& release, PlannedUpdate& update) const;
  std::optional<WhyNot> take_way_back(bool has_second_bank, PlannedUpdate& update) const;

  const ResolveInput& input_;
  const ResolvedPlan& plan_;
  std::multimap<std::string, const Host*> seen_as_;  ///< by machine
};

}  // namespace breakwater
