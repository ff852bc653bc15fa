#pragma once
// The conductor: the only loop. It folds the journal, decides, makes what it decided durable, and only then lets the
// crew act. Everything else flows down from here.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/answering.hpp"
#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/journal/store.hpp"
#include "orchestrator/snapshot.hpp"

namespace breakwater {

/// What a face may see of the loop; called from the conductor's own thread.
struct Watcher {
  std::function<void(const Recorded&)> on_record;                              ///< after it is durable and applied
  std::function<void(const RolloutState&, const Decision&, Now)> on_decision;  ///< at least every kRequestPoll
  std::function<void(const std::string&)> on_warning;                          ///< of what no rollout depends on
  /// No host of this rollout is taken forward, for this reason, which is another one than before.
  std::function<void(const RolloutState&, const std::string&)> on_lack;
};

/// What the loop asks of its own side; nothing is amiss where it is not told how.
struct OwnSide {
  Unable unable;  ///< of a plan that is handed over
  /// Why hosts of a rollout that wait cannot be spoken to now; empty where they can.
  std::function<std::string(const RolloutState&)> lacks;
};
/// And so often again: a file comes back, a variable of the environment does not.
inline constexpr Duration kAskOwnSideEvery{60'000};

/// A request is taken up within this time, so that a pause or a stop takes effect within a second.
inline constexpr Duration kRequestPoll{200};

class Conductor {
 public:
  enum class End {
    finished,  ///< every host is in an end
    at_rest,   ///< stopped, or this process was asked to leave: nothing is in flight that needs no operator's word
    left,      ///< asked to leave at once: conversations were left where they stood
  };

  /// The caller holds the store's lock, and `fleet` is the fold of all its records.
  /// `interrupts` counts Ctrl-C: one starts nothing new, two leave now. A crew that comes back from its waiting by
  /// itself when there is a request needs no polling of the tray.
  Conductor(journal::Store& store, Crew& crew, Fleet& fleet, Watcher watcher, const std::atomic<int>& interrupts,
            Duration request_poll = kRequestPoll, std::uint64_t snapshot_every = kSnapshotEvery, OwnSide own_side = {});

  /// Records the start of a rollout.
  Result<RolloutId, journal::StoreFault> begin(ResolvedPlan plan, const std::string& by);
  /// Records what an operator asked for, when no conductor runs that could take it up.
  Result<void, journal::StoreFault> ask(OperatorAsked asked);
  /// Carries every unfinished rollout on until `own` ends, rests or is left. Then nothing of the others starts any more
  /// but ways back, where nobody starts: it returns once whatever is in flight has come to rest. Where another process
  /// stands by, the lock is let go as soon as no command is open, and it returns once somebody conducts: that one takes
  /// all of them up, with nothing to find again. Where nobody does, the lock is taken back, and it goes on as if nobody
  /// stood by, for five minutes. A fault of the journal ends it: what is in flight is not waited for unless the disk is
  /// only full, and is found again by looking.
  ///
  /// With Starts::ways_back it takes no host forward that waits, of whatever rollout: it rolls back those of any that
  /// are to be and are not quarantined, brings to rest what is in flight, and returns (at_rest, where `own` is not
  /// over). Such a process was not asked to roll anything out.
  Result<End, journal::StoreFault> run(RolloutId own, Starts starts = Starts::allowed);
  /// Whether the last run() ended because another process conducts: the lock is not held any more.
  bool handed_on() const { return handed_on_; }

 private:
  Result<std::uint64_t, journal::StoreFault> take_up(RolloutId id);
  Result<std::uint64_t, journal::StoreFault> write(std::vector<Event> events,
                                                   const std::vector<std::uint64_t>& taken = {});
  Result<void, journal::StoreFault> take_requests();
  Result<void, journal::StoreFault> take(std::vector<CrewEvent> arrived);
  Result<Decision, journal::StoreFault> decide_for(RolloutId rollout, Starts starts);
  Result<Decision, journal::StoreFault> decide_all(RolloutId own);
  std::optional<End> end_of(const RolloutState& own) const;
  void resume_open_commands();
  std::vector<CommandId> given_up(const Event& wish);
  void pass_on_trust(const Event& wish);
  bool is_given_up(const EvidenceSeen& seen) const;
  bool rests() const;
  void withdraw_bound();
  bool nobody_moves() const;
  bool nobody_goes_back() const;
  void say_whether_it_leaves(const RolloutState& own);
  void ask_own_side(RolloutId own);
  bool somebody_stands_by(RolloutId own) const;
  Result<bool, journal::StoreFault> hand_on();
  Result<bool, journal::StoreFault> somebody_conducts(std::vector<Event>& wishes);
  Result<void, journal::StoreFault> take_back(std::vector<CrewEvent> arrived, const std::vector<Event>& wishes);
  Result<void, journal::StoreFault> keep_snapshot();
  void start(const Command& command, bool resumed);
  void drain(std::size_t heard);

  journal::Store& store_;
  Crew& crew_;
  Fleet& fleet_;
  Watcher watcher_;
  const std::atomic<int>& interrupts_;
  Duration request_poll_;
  SnapshotTaker snapshots_;
  OwnSide own_side_;
  std::map<RolloutId, std::string> lacks_;  ///< of those that are not taken forward
  std::optional<Instant> own_side_asked_;
  std::optional<RolloutId> own_;  ///< what run() carries on
  std::set<CommandId> open_;      ///< commands that the crew has not ended yet
  Starts starts_ = Starts::allowed;
  std::optional<Instant> alone_until_;  ///< whoever stood by did not take over: till then nobody is asked again
  bool handed_on_ = false;
  std::optional<std::pair<journal::Leaving, journal::Lacks>> said_;  ///< in the lock
};

}  // namespace breakwater
