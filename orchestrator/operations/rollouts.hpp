#pragma once
// Which rollout, which wave and which hosts a person means.
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/core/way_on.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// The runs that a person means: one by its name, `bios-3.4#2`, or every run of a rollout, in order of their start. The
/// file of a Rollout stands for its name. Never empty.
Result<std::vector<const RolloutState*>, Problem> find_runs(const Fleet& fleet, const std::string& name_or_file);

/// `; did you mean 'n7'?` where a plan or a quarantine knows a host whose name is much like this one; else empty.
std::string did_you_mean_host(const Fleet& fleet, const std::string& host);

/// Of several runs the one to look at: the newest that is not over, else the newest.
const RolloutState& present_run(const std::vector<const RolloutState*>& runs);

/// A wave by its name, or by its number from 1.
Result<std::uint32_t, Problem> find_wave(const ResolvedPlan& plan, const std::string& name_or_number);

/// A roll back of these runs, each as a whole; of one wave or one host where they are not empty, in each run that has
/// it.
Result<std::vector<OperatorAsked>, Problem> roll_backs_of(const Fleet& fleet,
                                                          const std::vector<const RolloutState*>& runs,
                                                          const std::string& wave, const std::string& host);

/// Whether a roll back means this host of its run.
bool is_meant(const OperatorAsked& asked, const PlannedHost& host);

/// The hosts that a roll back meant and did not roll back, or not as a whole: those with what is left, `n1 (nic)`.
struct LeftBehind {
  std::vector<std::string> run_it;         ///< what the run brought: they have no way back, or their BMC refused it
  std::vector<std::string> changed_since;  ///< by another run, and left alone
  std::vector<std::string> drifted;        ///< by somebody else, and left alone: they were read running it
  std::vector<std::string> quarantined;    ///< by whatever run; they may run it, and are not touched before a release
  std::vector<std::string> may_be_left;    ///< a later run has them: they go back if it leaves them on that again
  std::vector<std::string> to_go;          ///< their way back has not ended: whoever conducts next goes on with it
  std::string held_why;                    ///< of those: why the run's wait for an operator's word, where any does
};
LeftBehind left_behind(const Fleet& fleet, const OperatorAsked& asked);

/// The hosts that a roll back meant, by where they ended.
struct CameBack {
  std::size_t rolled_back = 0;
  std::size_t in_part = 0;    ///< rolled back, but for what a later run had brought anew
  std::size_t part_only = 0;  ///< of those that are not: rolled back in part, and on the rest of what it brought again
  std::size_t not_yet = 0;    ///< they run what it brought, or may, or a later run may leave them on it
};
CameBack came_back(const Fleet& fleet, const RolloutState& run, const OperatorAsked& asked);

/// Whether nothing is left to do of a roll back: none of the hosts that it meant is in flight, or is yet to go back.
/// One that is quarantined goes back once it is released, and nobody waits for that.
bool is_carried_out(const Fleet& fleet, const OperatorAsked& asked);

/// What became of roll backs of several runs that were carried out.
struct RolledBack {
  LeftBehind left;           ///< of all of them, in their order
  bool quarantines = false;  ///< at least one of the hosts that were meant is quarantined
};
RolledBack rolled_back(const Fleet& fleet, const std::vector<OperatorAsked>& asked);

}  // namespace breakwater::operations
