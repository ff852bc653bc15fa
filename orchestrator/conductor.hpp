#pragma once
// The conductor: the only loop. It folds the journal, decides, makes what it decided durable, and only then lets the
// crew act. Everything else flows down from here.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/fleet.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

/// What a face may see of the loop; called from the conductor's own thread.
struct Watcher {
  std::function<void(const Recorded&)> on_record;                              ///< after it is durable and applied
  std::function<void(const RolloutState&, const Decision&, Now)> on_decision;  ///< at least every kRequestPoll
};

/// A plan that waited longer than this in the tray is not begun any more: what it saw may be history.
inline constexpr Duration kHandOverFresh{15 * 60'000};

/// What a row of the tray comes to: an operator's wish, or a rollout that is handed over and begins, or is refused
/// because its hosts are not free or its plan is old. A row that is neither was not written by Breakwater: a pause of
/// the newest rollout is the safe reading of it.
Event answer_to(const journal::Request& request, const Fleet& fleet, Instant wall);

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
            Duration request_poll = kRequestPoll);

  /// Records the start of a rollout.
  Result<RolloutId, journal::StoreFault> begin(ResolvedPlan plan, const std::string& by);
  /// Records what an operator asked for, when no conductor runs that could take it up.
  Result<void, journal::StoreFault> ask(OperatorAsked asked);
  /// Carries every unfinished rollout on until `own` ends, rests or is left. Then the others get no further command,
  /// and it returns as soon as none is open: whoever follows them takes them up between two commands, with nothing to
  /// find again. A fault of the journal ends it: what is in flight is not waited for unless the disk is only full, and
  /// is found again by looking.
  Result<End, journal::StoreFault> run(RolloutId own);

 private:
  Result<std::uint64_t, journal::StoreFault> write(std::vector<Event> events,
                                                   const std::vector<std::uint64_t>& taken = {});
  Result<void, journal::StoreFault> take_requests();
  Result<void, journal::StoreFault> take(std::vector<CrewEvent> arrived);
  Result<Decision, journal::StoreFault> decide_for(RolloutId rollout);
  Result<Decision, journal::StoreFault> decide_all(RolloutId own);
  std::optional<End> end_of(const RolloutState& own) const;
  void resume_open_commands();
  std::vector<CommandId> given_up(const Event& wish);
  void pass_on_trust(const Event& wish);
  bool is_given_up(const EvidenceSeen& seen) const;
  bool rests() const;
  void withdraw_bound();
  bool nobody_moves() const;
  void start(const Command& command, bool resumed);
  void drain(std::size_t heard);

  journal::Store& store_;
  Crew& crew_;
  Fleet& fleet_;
  Watcher watcher_;
  const std::atomic<int>& interrupts_;
  Duration request_poll_;
  std::set<CommandId> open_;  ///< commands that the crew has not ended yet
};

/// Reads one record, of any format up to the present one, and folds it into the fleet of those before it.
Result<Recorded, journal::StoreFault> fold_in(const journal::Record& record, Fleet& fleet);

/// Folds the records that `fleet` has not taken up yet, every one checked. After a fault the fleet is of no more use.
Result<void, journal::StoreFault> fold_more(journal::Store& store, Fleet& fleet,
                                            const std::function<void(const Recorded&)>& also = {});

/// Folds a whole journal, every record checked.
Result<Fleet, journal::StoreFault> fold(journal::Store& store, const std::function<void(const Recorded&)>& also = {});

/// A journal in memory that keeps no record, for what is only rehearsed.
std::unique_ptr<journal::Store> forgetful_journal();

}  // namespace breakwater
