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

#include "orchestrator/core/domains.hpp"
#include "orchestrator/core/event.hpp"
#include "orchestrator/core/host_trip.hpp"
#include "orchestrator/core/kept_machines.hpp"
#include "orchestrator/core/waiting_line.hpp"
#include "orchestrator/core/wave_state.hpp"

namespace breakwater {

/// Which fold apply() makes of a journal, and what it keeps of it: counts up with every change of either, so that no
/// snapshot of another fold is taken for one of this.
inline constexpr std::uint32_t kFoldVersion = 15;

/// The brakes of a rollout's ways back.
struct WaysBack {
  std::uint32_t under_way = 0;  ///< hosts whose way back has begun and is not over
  int well = 0;                 ///< ended well since they were asked for, or let go on, last
  int failed = 0;               ///< the same: ended in quarantine
  std::uint64_t held_at = 0;    ///< the record that stopped the rest: it binds what was asked before it; 0: none did
  std::string held_why;
};

struct RolloutState {
  RolloutId id = 0;
  std::string name;  ///< of this run: `bios-3.4`, and `bios-3.4#2` once that was started more than once
  std::shared_ptr<const ResolvedPlan> plan;
  Sha256 digest;
  std::string by;
  Instant started;
  HostTrips hosts;
  std::vector<WaveState> waves;
  std::uint32_t open_wave = 0;  ///< the first that no gate has passed yet
  bool paused = false;          ///< by a pause or a stop
  bool stopping = false;
  std::uint64_t bound_at = 0;  ///< the record of the last pause or stop: it binds what was asked before it
  std::string bound_by;        ///< who asked for that; empty since a resume
  std::string bound_why;
  WaysBack ways_back;
  bool halted = false;
  bool finished = false;
  std::string halt_reason;
  Instant went_on;              ///< as under_way() counts: a gate is judged by what was read since
  Duration away{0};             ///< in all, without a conductor
  std::uint32_t in_flight = 0;  ///< hosts between their start and their end
  std::uint32_t open_commands = 0;
  std::vector<DomainId> limited;   ///< parallel to plan->domain_limits
  std::set<HostIndex> own_faults;  ///< hosts whose command waits for our own side
  std::set<HostIndex> untrusted;   ///< hosts whose command waits until somebody vouches for their BMC's key

  // What decide() picks from. apply() keeps it; it is derived from the above, never a fact of its own.
  std::set<std::pair<Instant, HostIndex>> steps;  ///< in flight, no open command; each with the time it is due from
  std::vector<WaitingLine> starts;                ///< one for each wave
  WaitingLine undos;
  std::set<HostIndex> bound_undos;  ///< those whose way back a pause, a stop or a brake holds

  bool has_undos() const { return !undos.empty() || !bound_undos.empty(); }

  /// The clock of everything that must last its time: it stands still while no conductor runs.
  Instant under_way(Instant steady) const { return steady - away; }
};

struct Quarantine {
  std::string host;     ///< the name by which its rollout planned it
  std::string machine;  ///< see machine_of
  RolloutId rollout = 0;
  HostIndex index = 0;
  Cause cause = Cause::none;
  std::string detail;
  Instant since;
  bool discounted = false;  ///< an operator took it out of the count of its domains
  Labels labels;            ///< of the newest plan that knows its machine
  /// Of those labels, beside the domains of its trip: where a machine stands is what its newest labels say, and whether
  /// it was moved or only labelled anew nobody has read.
  std::vector<DomainId> also;
};

/// The last time that an operator had an image rolled back: of a whole run, of a wave, or as a recall.
struct TakenBack {
  Instant at;
  std::string by;
  std::string reason;
  std::string command;   ///< as it would be typed
  bool recalls = false;  ///< it names the image
};

/// A way back by a bank switch over IPMI that is open.
struct BankSwitch {
  std::string what;    ///< `bmc of rollout one`
  std::string device;  ///< see device_of
};

class Fleet {
 public:
  /// Takes up one record. Records come in the order of the journal, each once.
  void apply(const Recorded& record);

  const std::map<RolloutId, RolloutState>& rollouts() const { return rollouts_; }
  const std::set<RolloutId>& unfinished() const { return unfinished_; }
  const RolloutState* find(RolloutId id) const;
  /// The run of this name, `bios-3.4#2`; without a number the one that was started last.
  const RolloutState* find(const std::string& name) const;
  /// By the name of the host. One host may have several, which stand beside each other until it is released.
  const std::multimap<std::string, Quarantine>& quarantines() const { return quarantines_; }
  /// The quarantine that keeps the machine of this host, under whatever name; nullptr where none does.
  const Quarantine* quarantine_of(const PlannedHost& host) const;
  /// Whether this half of an identity tells a machine from every other one (see kept_machines.hpp).
  bool tells(const std::string& half) const { return kept_.tells(half); }
  /// Every run of a rollout, in order of their start.
  const std::vector<RolloutId>& runs_of(const std::string& rollout) const;
  /// Of the updates that this run brought to a host, or whose image it may have left there, those that no other run
  /// brought anew since, as far as anybody has read.
  std::vector<std::uint32_t> still_brought(const RolloutState& rollout, HostIndex host) const;
  /// Whether a run brought this update to a host, and neither it nor anybody else took that back. What runs there may
  /// be what another run brought anew since.
  bool has_brought(const RolloutState& rollout, HostIndex host, std::uint32_t update) const;
  /// The later run, not over yet, that may leave a host again on what this run brought with an update; nullptr where
  /// none may.
  const RolloutState* may_leave(const RolloutState& rollout, HostIndex host, std::uint32_t update) const;
  /// Why a bank switch over IPMI would not restore what this run brought there; empty where it would. HPM.1's manual
  /// rollback takes no component: it restores what was updated last over IPMI, by whatever run.
  std::string bank_switch_lost(const RolloutState& rollout, HostIndex host) const;
  /// Why what this run brought there does not go back though each of its components has a way: a bank switch is lost,
  /// or the way would bring back a version that was recalled. A host that is ill goes back to that all the same.
  std::string way_back_lost(const RolloutState& rollout, HostIndex host) const;
  /// What a bank switch over IPMI would restore on this machine, and an update of another device would take from it;
  /// nothing where no run owes that.
  std::optional<BankSwitch> bank_switch_at(const std::string& machine) const;
  /// Whether another run was the last that brought something to a host's machine, or rolled something back there.
  bool worked_beside(const RolloutState& rollout, HostIndex host) const;
  /// When an operator last had the image with this digest rolled back; nullptr where nobody ever did.
  const TakenBack* taken_back(const Sha256& image) const;
  /// The unfinished rollout that a machine belongs to; where an older one rolls it back first, that one.
  const RolloutState* owner(const std::string& machine) const;
  /// The host in flight that is this machine, under whatever name; nullptr where none is.
  const PlannedHost* in_hand(const std::string& machine) const;
  /// The rollout that has that host in flight, or reads it; nullptr where none does.
  const RolloutState* holder(const std::string& machine) const;
  /// The keys that count at a BMC in pin mode: those of the Inventory, or of a plan, and those that were vouched for
  /// while it named the same ones.
  std::vector<Sha256> pins_of(const BmcEndpoint& bmc) const;
  const std::vector<Domain>& domains() const { return domains_.all(); }
  /// Hosts in flight over all rollouts.
  int in_flight() const { return in_flight_; }
  std::uint64_t last_seq() const { return last_seq_; }
  Instant last_at() const { return last_at_; }
  /// When a conductor wrote last: durations stand still from there on while nobody conducts.
  Instant conducted() const { return conducted_; }

 private:
  friend struct Anatomy;

  struct Brought {
    RolloutId rollout = 0;
    HostIndex host = 0;
    std::uint32_t update = 0;
    bool operator==(const Brought&) const = default;
  };

  /// A key that counts where these do.
  struct Vouched {
    std::vector<Sha256> beside;
    Sha256 key;
  };

  // One for each kind of event; a new kind does not compile until it has its own.
  void take(const RolloutStarted& event);
  void take(const ConductorStarted& event);
  void take(const CommandIssued& event);
  void take(const EvidenceSeen& event);
  void take(const CommandEnded& event);
  void take(const GateJudged& event);
  void take(const RolloutHalted& event);
  void take(const OperatorAsked& event);
  void take(const RolloutFinished& event);
  void take(const StartRefused&) {}
  void take(const SnapshotTaken&) {}

  void name_run(RolloutState& rollout);
  void open(RolloutState& rollout);
  void set_limits(const RolloutState& changed);
  void try_again(RolloutState& rollout, HostIndex host);
  void bind(RolloutState& rollout, const OperatorAsked& asked);
  void go_on(RolloutState& rollout);
  void ask_back(RolloutState& rollout, HostIndex host, const OperatorAsked& asked);
  void note_recalled(const std::string& release);
  void note_taken_back(const RolloutState& rollout, const OperatorAsked& asked);
  std::string recalled_as(const ReleaseRef& release) const;
  std::string recalled_as(const ResolvedPlan& plan, const PlannedUpdate& update) const;
  bool goes_on_back(const RolloutState& rollout, HostIndex host, std::uint32_t update) const;
  void note_waiting(RolloutState& rollout, HostIndex host, const Evidence& evidence);
  void end_waiting(RolloutState& rollout, HostIndex host);
  void trust_key(RolloutState& rollout, const OperatorAsked& asked);
  void vouch(const BmcEndpoint& bmc, const Sha256& key);
  void hold_undos(RolloutState& rollout);
  void begin_way_back(RolloutState& rollout, HostIndex host);
  void judge_way_back(RolloutState& rollout, const Command& command, const CommandEnded& event);
  void hold_ways_back(RolloutState& rollout, std::string why);
  void leave_alone(RolloutState& rollout, HostIndex host, const Outcome& outcome);
  void roll_back(RolloutState& rollout, const OperatorAsked& asked);
  void quarantine(RolloutState& rollout, HostIndex host, State from);
  void find_moved(const ResolvedPlan& plan);
  void find_moved(const std::set<std::string>& machines, const Labels& labels);
  const PlannedHost* newest_as(const RolloutState& rollout, const PlannedHost& host) const;
  void count_also(const Quarantine& one, int change);
  void release(const std::string& host);
  void discount(const std::string& host);
  std::set<std::string> machines_quarantined_as(const std::string& host) const;
  void hold(const RolloutState& rollout, HostIndex host, State from, State to);
  void take_in_hand(const RolloutState& rollout, HostIndex host);
  void let_go(const RolloutState& rollout, HostIndex host);
  void follow_soak(RolloutState& rollout, HostIndex host, State from, State to);
  void begin_look(RolloutState& rollout, HostIndex host);
  void close_look(RolloutState& rollout, HostIndex host);
  void note_look(RolloutState& rollout, HostIndex host, const Outcome& outcome);
  void note_drift(RolloutState& rollout, HostIndex host, const Outcome& outcome);
  void abandon(RolloutState& rollout, const OperatorAsked& asked);
  void give_up(RolloutState& rollout, HostIndex host);
  void undo(RolloutState& rollout, HostIndex host);
  void take_out_idle(RolloutState& rollout, HostIndex host);
  bool set_stays(RolloutState& rollout, HostIndex host);
  void keep_what_stays(RolloutState& rollout, HostIndex host);
  const std::vector<Brought>* brought_at(const RolloutState& rollout, HostIndex host, std::uint32_t update) const;
  bool brought_since(const RolloutState& rollout, HostIndex host, std::uint32_t update) const;
  const Brought* later_that_ran(const RolloutState& rollout, HostIndex host, std::uint32_t update,
                                const std::string& version) const;
  std::vector<Brought>& brought_to(const RolloutState& rollout, HostIndex host, std::uint32_t update);
  void touch(RolloutState& rollout, HostIndex host, std::uint32_t update);
  void untouch(const RolloutState& rollout, HostIndex host, std::uint32_t update);
  bool is_unproved(const Brought& one) const;
  std::vector<Brought> left_on(const std::vector<Brought>& brought) const;
  bool may_run(const std::vector<Brought>& brought, RolloutId rollout) const;
  bool may_be_left(const RolloutState& rollout, HostIndex host) const;
  void forget_what_may_be_left(const RolloutState& over);
  void note_sent(RolloutState& rollout, const Command& command, const Evidence& evidence);
  void note_not_switched(const RolloutState& rollout, const Command& command, const Outcome& outcome);
  bool leave_undos(RolloutState& rollout, HostIndex host);

  void move(RolloutState& rollout, HostIndex host, Input input);
  void count(RolloutState& rollout, HostIndex host, State from, State to);
  void queue(RolloutState& rollout, HostIndex host);
  void leave_steps(RolloutState& rollout, HostIndex host);
  void settle_lines();
  void clear_front(const RolloutState& rollout, WaitingLine& line, bool back);

  std::map<RolloutId, RolloutState> rollouts_;
  std::set<RolloutId> unfinished_;
  std::map<std::string, std::vector<RolloutId>, std::less<>> runs_;
  // By machine: a host keeps what is known of it under another name too.
  std::unordered_map<std::string, std::set<RolloutId>> owners_;
  /// And by device: what was brought there, newest last. What a run rolled back, it did not bring.
  std::unordered_map<std::string, std::map<std::string, std::vector<Brought>>> brought_;
  std::unordered_map<std::string, RolloutId> worked_;  ///< the run that last changed something at a machine
  /// What was sent last to a machine over IPMI, whatever came of it.
  struct Sent {
    Brought what;
    bool back = false;  ///< as the way back, or a bank was switched
  };
  std::unordered_map<std::string, Sent> sent_by_ipmi_;
  std::set<std::string> recalled_;               ///< what was recalled, each by the digest in `NAME@sha256:DIGEST`
  std::map<std::string, TakenBack> taken_back_;  ///< by the digest of the image, as text
  std::unordered_map<std::string, std::pair<RolloutId, HostIndex>> in_hand_;
  KeptMachines kept_;
  std::unordered_map<std::string, std::vector<Vouched>> vouched_;  ///< by a BMC's address and port, in order of time
  std::multimap<std::string, Quarantine> quarantines_;             ///< by name
  Domains domains_;
  int in_flight_ = 0;
  std::uint64_t last_seq_ = 0;
  Instant at_;  ///< of the record that is being taken up
  Instant last_at_{};
  Instant conducted_{};  ///< when a conductor wrote last
};

}  // namespace breakwater
