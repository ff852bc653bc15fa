#pragma once
// The crew of a rehearsal: commands play against a modelled fleet, and virtual time passes while it is waited for.
// Like a process it can go: its open scripts are lost with it, and the fleet stays as they left it.
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/crews/crew.hpp"
#include "orchestrator/crews/rehearsal/model_fleet.hpp"
#include "orchestrator/crews/rehearsal/script.hpp"

namespace breakwater::rehearsal {

class RehearsalCrew final : public Crew {
 public:
  /// `not_before` is the last time of the journal: the steady clock goes on from there. The fleet must outlive the
  /// crew.
  RehearsalCrew(ModelFleet& fleet, Instant not_before);

  Now now() override { return Now{fleet_.now() + ahead_, fleet_.wall()}; }
  void start(Order order) override;
  /// Returns early, with nothing, where somebody knocks.
  std::vector<CrewEvent> wait_until(Instant until) override;
  void durable(std::uint64_t ticket) override;

  /// How far the steady clock is ahead of true time: a crew that came up while the wall clock was wrong.
  Duration ahead() const { return ahead_; }

 private:
  using Open = std::map<std::uint64_t, Script>::iterator;

  void go(Open open);
  CommandEnded ended(const Command& command, Outcome outcome) const;

  ModelFleet& fleet_;
  Duration ahead_;
  std::unordered_map<std::string, std::uint32_t> places_;
  std::map<std::uint64_t, Script> open_;                            ///< by a number of its own, in order of start
  std::map<std::uint64_t, std::uint64_t> tickets_;                  ///< ticket -> script
  std::map<std::pair<Instant, std::uint64_t>, std::uint64_t> due_;  ///< when, in order of asking -> script
  std::uint64_t last_ = 0;
  std::vector<CrewEvent> arrived_;
};

}  // namespace breakwater::rehearsal
