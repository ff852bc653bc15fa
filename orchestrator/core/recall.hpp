#pragma once
// recall(): what a roll back reaches, over all history. A host is covered where it still runs what a run brought there,
// whatever other runs did to its other components since.
#include <functional>
#include <set>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// What becomes of a host that a roll back covers.
enum class RecallFate {
  goes_back,          ///< it runs what is recalled, is on its way there, or was released and may run it
  goes_back_if_left,  ///< a later run has it for the same device; it goes back if that leaves it on what is recalled
  not_started,        ///< it waits, and gets no image any more
  no_way_back,        ///< it runs what is recalled, and no way back of it was proved
  quarantined,        ///< it may run it, and is not touched
};
template <>
inline constexpr auto kWords<RecallFate> = words<RecallFate>({
    {RecallFate::goes_back, "goes_back"},
    {RecallFate::goes_back_if_left, "goes_back_if_left"},
    {RecallFate::not_started, "not_started"},
    {RecallFate::no_way_back, "no_way_back"},
    {RecallFate::quarantined, "quarantined"},
});

struct Recalled {
  RolloutId rollout = 0;  ///< the run that brought it there
  HostIndex host = 0;
  RecallFate fate = RecallFate::goes_back;
  RolloutId later = 0;                 ///< goes_back_if_left: the run that is at work on it
  std::vector<std::uint32_t> updates;  ///< of the host's, those that go back together
};

/// Whether a host of a run is meant, and whether one of its updates is.
struct RecallScope {
  std::function<bool(const RolloutState&, const PlannedHost&)> host;
  std::function<bool(const RolloutState&, const PlannedUpdate&)> update;
};

/// The hosts that a roll back of this scope covers, by run and then in the order of its plan.
std::vector<Recalled> recall(const Fleet& fleet, const RecallScope& scope);

/// What to ask so that they go back: one wish for each run, in order of their start. Of the runs in `whole` nobody else
/// gets an image either.
std::vector<OperatorAsked> wishes_for(const Fleet& fleet, const std::vector<Recalled>& covered,
                                      const std::set<RolloutId>& whole = {});

}  // namespace breakwater
