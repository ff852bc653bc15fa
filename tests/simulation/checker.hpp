#pragma once
// The checker: holds every record, every physical act and every order against the invariants, with books of its own.
// Its facts come from the journal's records and from the model, which is the truth; what the product's fold says of a
// host is a claim that is checked against them. It never reads one of the fold's counters.
//
//   I1  one flash at a time, per host, chassis and NIC       I10 one way back per component
//   I2  hosts away per domain and in all, at each start      I11 starts and resets fit into their windows
//   I4  one end each, true to the model                      I12 no power cut while a flash is shown
//   I5  nothing is sent to a quarantined host                I14 the plan that runs is the one that was approved
//   I6  no command of a wave before the gate before it       I15 soaks and back-offs by true time, whatever the clock
//   I7  intent and evidence are durable first                I17 nothing begins after a pause or a stop
//   I9  only proven ways back                                I18 nothing stays without an end or a reason
//   I21 nothing is done to another machine than the plan's     I19 a wave that failed starts nobody
//   I22 a check judges what is true at its end
//   I23 a host that was not touched makes nobody roll back
//   I24 a fault of our own side ends no command
//   I25 after a recall no host runs what any run put there (recall_play.hpp)
//   I26 no activation begins with less time left than it may take
//   I30 no image is sent over, and no bank switched away from, a version that somebody else put there
//   I31 a few ways back go first; once some failed, or one was refused, no other begins until an operator asked
//   I27 one machine is in one hand: nothing is sent to one that is in flight or quarantined under another name
//   I28 no password goes to a key that is neither pinned nor vouched for
//   I33 nothing is sent to a host that is ill, or off, before it is touched
//   I36 no needless harm: no host goes back, and none is quarantined, of which nothing failed and nothing was asked; no
//       rollout halts for less; a task that moves is not said to stand still
//   I29 no gate passes after a soak of whose hosts one is ill, or was not read at its end, nor by the count of one that
//       somebody else flashed
//   I32 an abandoned rollout begins nothing more (crowd_checker.hpp)
//
// A process that starts from a snapshot (process.hpp) is held to I34: it starts from what the whole journal comes to.
// Elsewhere: I3 by the type VerifiedImage and tests/inventories/trust; I8 and I16 by tests/orchestrator/journal and the
// chain that every fold here checks; I13 by tests/drivers; I20 by the store's conformance suite.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/crews/crew.hpp"
#include "tests/simulation/request_book.hpp"
#include "tests/simulation/scenario.hpp"

namespace breakwater::simulation {

/// From the begin of the slowest look to what it says.
inline constexpr Duration kSlowestLook{240'000};
/// From a pause or a stop to the last that may begin.
inline constexpr Duration kBindsWithin{1'000};

class Checker {
 public:
  /// `approved` is the digest of the plan as people saw it.
  Checker(const Scenario& scenario, const Sha256& approved);

  void take(const Recorded& record);  ///< it is durable
  /// What the fold now says of the hosts that the last records were about.
  void hear(const Fleet& fleet);
  void act(const model::Act& act);
  /// A command's conversation sends its password to a host.
  void hears_password(HostIndex host, CommandId command) const;
  void ordered(const Order& order);
  void told_durable(const EvidenceSeen& evidence) const { requests_.told(evidence); }
  /// The process tells the conversation of a command that it is withdrawn.
  void withdraws(CommandId command);
  void wished(Verb verb);
  /// Nothing is left to decide at this moment.
  void decided(const RolloutState& rollout, const Decision& decision);
  /// The process was asked to leave, or a new one came up.
  void leaving(bool is) { leaving_ = is; }
  /// The process was gone for so long. What passed since its last record is given back too.
  void away(Duration length) {
    down_ += length;
    absent_ = length;
    unheard_ += scenario_.fleet.now() - length - conducted_;
  }
  /// The fold was made anew from the journal.
  void refolded(const Fleet& fleet);

  bool finished() const { return finished_; }
  State state(HostIndex host) const { return files_[host].claim; }
  /// A resume would set something going again.
  bool wants_resume() const { return paused_ || ways_held_; }
  /// A quarantined host that keeps one that waits from starting; nothing where there is none.
  std::optional<std::string> in_the_way() const;
  /// Nobody is at work, and only a person or a calendar goes on from here.
  bool idle() const { return open_commands_ == 0; }

 private:
  struct File {
    std::optional<Command> open;
    State claim = State::waiting;
    bool away = false;
    bool flying = false;
    bool quarantined = false;
    bool discounted = false;
    bool released = false;        ///< by an operator, whose word it is that nothing of ours waits there
    bool stays_released = false;  ///< its last way back met another machine, and sent nothing
    bool asked_back = false;      ///< by an operator
    bool failed = false;          ///< a command of its own ended so
    bool found_ill = false;       ///< in its soak
    bool asked_since = false;     ///< after the last pause or stop
    bool sent = false;            ///< bytes left for it
    bool flashing = false;
    bool going_back = false;
    bool called_back = false;  ///< there was a reason for its present way back
    bool asked_later = false;  ///< back, since the ways back were held
    bool drifted = false;      ///< a way back, or a look in its soak, found what somebody else put there
    int brought_back = 0;      ///< components, of the present way back
    std::optional<Command> last;
    Instant ordered_at;      ///< the open command, in true time
    Instant ordered_during;  ///< the same, as under_way() counts
    Instant ordered_wall;    ///< the same, on the wall clock
    Instant mended_during;   ///< our own side, for its last command, as under_way() counts
    std::optional<Outcome> ended;
    std::optional<Instant> looked;  ///< the last look that found it well in its soak began then, as under_way() counts
    Power power = Power::unknown;   ///< before it was touched
    Instant retry_from;             ///< as under_way() counts
    Duration busy{0};  ///< its commands of this trip, the same, without their waits for an operator's word on a key
    std::optional<Instant> key_shown;  ///< its open command waits for that since, as under_way() counts
    Duration key_waits{0};             ///< of its open command, those that are over
    std::vector<Sha256> keys;          ///< that operators vouched for, or that its update was expected to bring
    std::vector<int> ways_back;
    std::vector<int> activations;
    std::vector<std::optional<Instant>> proved;             ///< by update: when it was read running, in true time
    std::map<std::pair<std::uint32_t, bool>, int> flashes;  ///< by our commands: component and direction
    std::vector<HostIndex> twins;                           ///< hosts of the same identity
    std::vector<std::size_t> limits;                        ///< places in plan_.domain_limits
    std::vector<std::string> before;                        ///< what it ran when the rollout began
  };
  struct Wave {
    int hosts = 0;
    int ended = 0;
    int good = 0;
    int failed = 0;       ///< at least
    int ill = 0;          ///< touched, and failed by themselves, at the most
    int failed_most = 0;  ///< the same, or not touched: one that failed before an operator asked it back counts too
    bool undone = false;  ///< by a halt
    int foreign = 0;      ///< updated, and run what somebody else put there: no evidence
    Instant last_end;     ///< as under_way() counts
    Instant ended_at;     ///< the same, in true time
    std::optional<bool> passed;
  };

  [[noreturn]] void broken(const std::string& invariant, const std::string& text) const;
  void demand(bool holds, const char* invariant, const char* text, HostIndex host) const;

  // Keys, in checker_keys.cpp.
  void seen(const EvidenceSeen& event);
  void trusted(const OperatorAsked& event);
  void no_key_waits(File& file) const;
  Duration busy_since_order(const File& file) const;

  // Records, in checker.cpp.
  void started(const RolloutStarted& event);
  void issued(const Command& command);
  void starts(HostIndex host);
  void was_withdrawn(const Command& command);
  void prepared(HostIndex host, const Outcome& outcome);
  void watched(const Command& command, const Outcome& outcome);
  void ended(const CommandEnded& event);
  void asked(const OperatorAsked& event);
  void leave(HostIndex host);
  void go_away(HostIndex host);
  void come_back(HostIndex host);
  void let_go(HostIndex host);
  void within_limits(HostIndex host) const;
  bool stays_open(Duration needed) const;
  Duration run_and_prove(HostIndex host, std::uint32_t update) const;
  bool fits(HostIndex host) const;
  bool twin_quarantined(HostIndex host) const;
  /// True time, less what passed without a process.
  Instant under_way() const { return scenario_.fleet.now() - down_; }

  // Ways back, in checker_ways_back.cpp.
  void goes_back(const Command& command);
  void begins_back(HostIndex host);
  bool is_called_back(HostIndex host) const;
  bool needs_hands(HostIndex host) const;
  void not_still(HostIndex host, const Outcome& outcome) const;
  void ends_back(const Command& command, const Outcome& outcome);
  void hold_ways_back();

  // Waves, in checker_waves.cpp.
  std::size_t open_wave() const;
  bool has_failed(const Wave& wave) const;
  bool has_failed_by_touch(const Wave& wave) const;
  bool has_failed(const Wave& wave, std::int64_t failed, std::int64_t all) const;
  bool may_halt(std::size_t open) const;
  void halted(const RolloutHalted& event);
  void well_at_end_of_soak(const Wave& wave, Duration soak) const;
  void judged(const GateJudged& event);

  // Claims, in checker_claims.cpp.
  void claims(HostIndex host, const HostTrip& trip);
  bool shows_writing(HostIndex host) const;
  void check_end(HostIndex host) const;
  bool nothing_waits(HostIndex host) const;
  bool asks_of_health() const { return plan_.checks.health_no_worse || plan_.checks.new_critical_most; }
  bool looked_ill(HostIndex host) const;
  bool untouched(HostIndex host) const;
  bool runs_version(HostIndex host, std::size_t update, bool new_version) const;
  bool runs_everywhere(HostIndex host, bool new_version) const;
  void count(HostIndex host, int change);
  void trip_over(HostIndex host);

  // The world, in checker_world.cpp.
  void canary_bound(HostIndex host);
  void not_bound(const model::Act& act);
  void not_by_hand(const model::Act& act);
  void judges_the_present(HostIndex host, const Outcome& outcome) const;
  void in_time(HostIndex host, const Command& command) const;
  bool domain_full(HostIndex host) const;
  bool share_hardware(HostIndex one, HostIndex other) const;
  Duration longest_trip_ever(HostIndex host) const;

  const Scenario& scenario_;
  const ResolvedPlan& plan_;
  Sha256 approved_;
  std::vector<File> files_;
  std::vector<Wave> waves_;
  std::vector<int> away_in_;        ///< by limit
  std::vector<int> discounted_in_;  ///< the same: of those
  std::vector<HostIndex> touched_;
  std::map<CommandId, Command> commands_;
  RequestBook requests_;
  std::map<CommandId, Instant> withdrawn_;  ///< by the present process, as under_way() counts
  RolloutId rollout_ = 0;
  int flying_ = 0;
  int open_commands_ = 0;
  std::uint32_t sent_to_ = 0;
  bool finished_ = false;
  bool paused_ = false;  ///< by a pause or a stop
  bool stopped_ = false;
  bool ways_held_ = false;
  int ways_failed_ = 0;  ///< since an operator asked last
  int ways_well_ = 0;    ///< the same
  int ways_under_way_ = 0;
  Instant held_since_;   ///< the first of them, in true time
  Instant bound_since_;  ///< the last of them
  Instant stopped_since_;
  bool leaving_ = false;
  bool halted_ = false;
  bool all_touched_ = false;
  std::vector<std::pair<Verb, Instant>> wishes_;  ///< in the tray
  Duration down_{0};
  Duration absent_{0};          ///< the last absence, until the next record: what was read before it is told after it
  Duration unheard_{0};         ///< in all, from the last record of a process to its death
  Instant conducted_ = kBegin;  ///< in true time: when the last record of a process was taken
  std::uint64_t last_seq_ = 0;
  Instant last_at_;
};

}  // namespace breakwater::simulation
