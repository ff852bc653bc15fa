#pragma once
// Holds several rollouts over the same hosts against what must be true of them together. Like the checker of one
// rollout it keeps its own books, from the journal's records and from the model.
//
//   I1  one command and one flash at a time for a host, whatever rollout asks
//   I2  hosts away per rack and in all, over all rollouts, at each start
//   I4  the end that a host has in a rollout is true when it comes to it
//   I5  nothing is sent to a host that is quarantined in any rollout
//   I7  nothing is done without a durable intent, nor before its evidence is durable (request_book.hpp)
//   I12 no power cut while a flash is shown (request_book.hpp)
//   I17 no host starts in a rollout that is paused, and nothing more begins for one that is under way
//   I37 a host is in at most one rollout that is not over; one that is handed over is refused for a reason that holds,
//      and never begins once its asker left
//   I35 no process leaves by itself while a host is in flight, unless another one conducts already
//   I32 nothing begins for a rollout that was abandoned: what waits did not start, what is in flight is quarantined
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/crews/model/model_fleet.hpp"
#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

class CrowdChecker {
 public:
  explicit CrowdChecker(const model::ModelFleet& fleet);

  void take(const Recorded& record);  ///< it is durable
  /// What the fold now says of the hosts of the rollout that the last record was about.
  void hear(const Fleet& fleet);
  void act(const model::Act& act);
  void ordered(const Order& order) const;
  void told_durable(const EvidenceSeen& evidence) const { requests_.told(evidence); }
  /// The fold was made anew from the journal.
  void refolded(const Fleet& fleet);
  /// The process that conducts leaves by itself; `taken_over`: another one conducts already.
  void left(bool taken_over) const;
  struct HandedOver {
    ResolvedPlan plan;
    bool asker_left = false;
  };
  void handed_over(HandedOver what) { tray_.push_back(std::move(what)); }

  bool idle() const { return open_commands_ == 0; }
  const std::set<RolloutId>& unfinished() const { return unfinished_; }
  bool paused(RolloutId rollout) const { return books_.at(rollout).paused; }
  const ResolvedPlan& plan(RolloutId rollout) const { return books_.at(rollout).plan; }
  std::size_t rollouts() const { return books_.size(); }
  /// The n-th of them, in order of their start.
  RolloutId rollout(std::size_t n) const { return std::next(books_.begin(), static_cast<std::ptrdiff_t>(n))->first; }
  /// A quarantined host, as one of its rollouts calls it; nothing where there is none.
  std::optional<std::string> in_the_way() const;
  /// Whether this host could be planned now.
  bool is_free(std::uint32_t machine) const;

 private:
  /// A host in one rollout.
  struct Trip {
    std::uint32_t machine = 0;
    State claim = State::waiting;
    std::string before;   ///< what its component ran when its rollout came to it
    bool waited = false;  ///< an image of an abandoned rollout did, when its rollout came to it
    bool ill = false;     ///< its last command was a look in its soak that found it so
    bool unread = false;  ///< its last command read nothing of what it runs
    std::optional<Command> open;
  };
  struct Book {
    ResolvedPlan plan;
    std::vector<Trip> trips;
    bool paused = false;  ///< by a pause or a stop
    bool stopped = false;
    Instant held_since;     ///< the first of them
    Instant stopped_since;  ///< the stop
    bool reopened = false;  ///< it was over, and hosts of it go back
    std::optional<Instant> abandoned;
    bool giving_up = false;  ///< by the last record
  };
  struct Machine {
    bool flashing = false;
    std::set<RolloutId> in_flight;
    std::set<RolloutId> quarantined;
    bool away() const { return !in_flight.empty() || !quarantined.empty(); }
  };
  struct Known {
    RolloutId rollout;
    HostIndex host;
    Action action;
  };

  [[noreturn]] void broken(const char* invariant, const std::string& text) const;
  void demand(bool holds, const char* invariant, const char* text, const Trip& trip) const;

  void started(const RolloutStarted& event);
  void issued(const Command& command);
  void within_limits(const Book& book, const Trip& trip) const;
  void asked(const OperatorAsked& event);
  void abandon(Book& book);
  void hold(Book& book, bool stops) const;
  void not_bound(const Book& book, const Trip& trip, const Known& known, const model::Act& act) const;
  void refused(const StartRefused& event);
  bool belongs(RolloutId id, std::uint32_t machine) const;
  void claims(RolloutId id, Book& book, HostIndex host, const HostTrip& said);
  void check_end(const Book& book, const Trip& trip, Cause cause) const;
  bool left_by_another(const Book& book, const Trip& trip, Cause cause) const;
  bool flashed_by_hand(const Book& book, const Trip& trip, Cause cause) const;
  const std::string& runs(const Book& book, const Trip& trip) const;
  bool image_waits(const Trip& trip) const;
  static bool tells_nothing(Cause cause);

  const model::ModelFleet& fleet_;
  std::map<std::string, std::uint32_t> by_name_;
  std::vector<Machine> machines_;
  std::map<RolloutId, Book> books_;
  std::set<RolloutId> unfinished_;
  std::map<CommandId, Known> commands_;
  RequestBook requests_;
  std::vector<HandedOver> tray_;  ///< handed over, not answered yet
  std::set<RolloutId> touched_;   ///< by the last records
  int open_commands_ = 0;
  std::uint64_t last_seq_ = 0;
  Instant heard_at_;  ///< the last record: what it says was read before, though a process may have died since
};

}  // namespace breakwater::simulation
