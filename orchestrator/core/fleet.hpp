#pragma once
// The Fleet: the fold of the journal. What is true now of every rollout, host, wave, domain and quarantine.
// apply() is the only way in. Work per event is bounded by what the event touches, but for the start and the halt of a
// rollout, which touch all of its hosts.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/core/waiting_line.hpp"

namespace breakwater {

/// One host's way through one rollout.
struct HostTrip {
  State state = State::waiting;
  Cause cause = Cause::none;
  std::string detail;
  std::optional<Command> open;     ///< the command that has no end yet
  std::vector<Evidence> evidence;  ///< of the open command, else of the last one
  std::uint32_t update = 0;        ///< which of its updates is being worked on
  std::uint32_t touched = 0;       ///< so many of its updates, from the first, may run the new version
  bool stages = false;
  int uploads = 0;     ///< of the present update
  Instant not_before;  ///< no next command earlier (back-off)
  Baseline baseline;
  std::vector<std::string> versions;  ///< last read, one for each update; empty where unread
  Instant started;
  Instant since;              ///< when it entered its state
  bool undo = false;          ///< it is to be brought back
  bool released = false;      ///< a quarantined host that an operator released
  std::string task;           ///< URI under which its image is staged or flashed; empty where none is known
  std::optional<Sha256> pin;  ///< a key it took on in its own reset, proved by identity
  std::uint64_t order = 0;    ///< the record by which it became updated; the newest is brought back first
  std::vector<DomainId> domains;
};

/// The trips of a rollout's hosts, by their places in the plan. It counts how many were looked at: a test holds what
/// one event costs to a bound that no fleet's size moves.
class HostTrips {
 public:
  void resize(std::size_t size) { trips_.resize(size); }
  void push_back(HostTrip trip) { trips_.push_back(std::move(trip)); }
  std::size_t size() const { return trips_.size(); }
  HostTrip& operator[](std::size_t host) { return ++visited_, trips_[host]; }
  const HostTrip& operator[](std::size_t host) const { return ++visited_, trips_[host]; }
  HostTrip& at(std::size_t host) { return ++visited_, trips_.at(host); }
  const HostTrip& at(std::size_t host) const { return ++visited_, trips_.at(host); }
  auto begin() const { return visited_ += trips_.size(), trips_.begin(); }
  auto end() const { return trips_.end(); }

  /// So many looks at a host so far, by index or all of them in a row.
  std::uint64_t visited() const { return visited_; }

 private:
  std::vector<HostTrip> trips_;
  mutable std::uint64_t visited_ = 0;
};

struct WaveState {
  std::uint32_t waiting = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t updated = 0;
  std::uint32_t current = 0;
  std::uint32_t failed = 0;  ///< refused, rolled back unless an operator asked for it, quarantined
  Instant last_end;
  bool judged = false;
  bool undo = false;
};

struct RolloutState {
  RolloutId id = 0;
  std::shared_ptr<const ResolvedPlan> plan;
  Sha256 digest;
  std::string by;
  Instant started;
  HostTrips hosts;
  std::vector<WaveState> waves;
  std::uint32_t open_wave = 0;  ///< the first that no gate has passed yet
  bool paused = false;
  bool stopping = false;
  bool halted = false;
  bool finished = false;
  std::string halt_reason;
  std::uint32_t in_flight = 0;    ///< hosts between their start and their end
  std::vector<DomainId> limited;  ///< parallel to plan->domain_limits

  // What decide() picks from; derived from the above, never a fact of its own.
  std::set<HostIndex> steps;                      ///< in flight, no open command, due
  std::set<std::pair<Instant, HostIndex>> later;  ///< in flight, no open command, backing off
  std::vector<WaitingLine> starts;                ///< one for each wave
  WaitingLine undos;
};

struct Quarantine {
  std::string host;
  RolloutId rollout = 0;
  HostIndex index = 0;
  Cause cause = Cause::none;
  std::string detail;
  Instant since;
};

/// One value of one label, over all rollouts: a host counts in every label it has, so that a limit sees also the hosts
/// of rollouts that do not have it.
struct Domain {
  std::string label;
  std::string value;
  int away = 0;   ///< hosts in flight, quarantined, or known to be down before their rollout began
  int limit = 0;  ///< the tightest of the unfinished rollouts; 0: none
};

class Fleet {
 public:
  /// Takes up one record. Records come in the order of the journal, each once.
  void apply(const Recorded& record);

  const std::map<RolloutId, RolloutState>& rollouts() const { return rollouts_; }
  const RolloutState* find(RolloutId id) const;
  /// The rollout of this name that was started last.
  const RolloutState* find(const std::string& name) const;
  const std::map<std::string, Quarantine>& quarantines() const { return quarantines_; }
  /// The unfinished rollout that a host belongs to.
  const RolloutState* owner(const std::string& host) const;
  const std::vector<Domain>& domains() const { return domains_; }
  /// Hosts in flight over all rollouts.
  int in_flight() const { return in_flight_; }
  std::uint64_t last_seq() const { return last_seq_; }
  Instant last_at() const { return last_at_; }

  /// The lines decide() picks from; moving a host between them changes no fact.
  RolloutState& lines(RolloutId id) { return rollouts_.at(id); }

 private:
  void start(const Recorded& record, const RolloutStarted& event);
  void issue(const Recorded& record, const CommandIssued& event);
  void see(const EvidenceSeen& event);
  void end(const Recorded& record, const CommandEnded& event);
  void judge(const GateJudged& event);
  void halt(const Recorded& record, const RolloutHalted& event);
  void ask(const Recorded& record, const OperatorAsked& event);
  void stop(const Recorded& record, RolloutState& rollout);
  void undo(const Recorded& record, RolloutState& rollout, HostIndex host);
  void settle(const Recorded& record, RolloutState& rollout, HostIndex host);
  void reopen(RolloutState& rollout);
  void count_down_hosts(const RolloutState& rollout);
  void forget_down_hosts(const RolloutState& rollout);
  void note_up(const RolloutState& rollout, const std::string& host);
  void finish(const RolloutFinished& event);
  void release(const OperatorAsked& event);

  void move(const Recorded& record, RolloutState& rollout, HostIndex host, Input input);
  void count(const Recorded& record, RolloutState& rollout, HostIndex host, State from, State to);
  void count_away(const std::vector<DomainId>& domains, int change);
  void make_room(DomainId domain);
  void set_limits(const RolloutState& changed);
  void enter_quarantine(const Recorded& record, const RolloutState& rollout, HostIndex host);
  void queue(RolloutState& rollout, HostIndex host);
  DomainId domain(const std::string& label, const std::string& value);
  std::vector<DomainId> domains_of(const Labels& labels);

  std::map<RolloutId, RolloutState> rollouts_;
  std::unordered_map<std::string, RolloutId> owners_;
  std::unordered_map<std::string, RolloutId> last_touched_;  ///< who changed a host last: nobody else may bring it back
  std::map<std::string, Quarantine> quarantines_;
  std::map<std::pair<std::string, std::string>, DomainId> domain_ids_;
  std::vector<Domain> domains_;
  struct Down {
    std::set<RolloutId> rollouts;  ///< unfinished ones that found it down
    RolloutId read_by = 0;         ///< the last one that has it in its plan, and so found it up
    std::vector<DomainId> domains;
  };
  std::map<std::string, Down> down_;
  int in_flight_ = 0;
  std::uint64_t last_seq_ = 0;
  Instant last_at_{};
};

/// What a command's end means for its host: a pure reading of the outcome beside the host's facts.
/// Nothing where the host stays in its state (an upload that may be tried again).
std::optional<Input> input_of(const RolloutState& rollout, const HostTrip& trip, const Command& command,
                              const Outcome& outcome);

/// True for a host to which nothing more is sent: its rollout halted, or it is to be brought back.
bool gets_no_image(const RolloutState& rollout, const HostTrip& trip);

/// What becomes of such a host between two images: left alone where nothing was changed, else brought back.
Input way_out(const RolloutState& rollout, const HostTrip& trip, HostIndex host);

/// True where every touched update of this host has a way back.
bool has_way_back(const ResolvedPlan& plan, const PlannedHost& host, std::uint32_t touched);

}  // namespace breakwater
