#pragma once
// The report of a rollout: a pure fold of the journal's records into what happened, to which host, why, and how long it
// took.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventories/vocabulary/words.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater {

/// What has become of a rollout; the first four while it is not finished. Where several fit, `halted` wins over
/// `rolled_back`, and that over `quarantined`.
enum class RolloutOutcome {
  running,
  paused,
  stopped,
  halting,
  updated,     ///< every host is updated or current
  incomplete,  ///< some host is neither, such as one that was refused or drifted
  halted,
  rolled_back,
  quarantined,
};

template <>
inline constexpr auto kWords<RolloutOutcome> = words<RolloutOutcome>({
    {RolloutOutcome::running, "running"},
    {RolloutOutcome::paused, "paused"},
    {RolloutOutcome::stopped, "stopped"},
    {RolloutOutcome::halting, "halting"},
    {RolloutOutcome::updated, "updated"},
    {RolloutOutcome::incomplete, "incomplete"},
    {RolloutOutcome::halted, "halted"},
    {RolloutOutcome::rolled_back, "rolled_back"},
    {RolloutOutcome::quarantined, "quarantined"},
});

RolloutOutcome outcome_of(const RolloutState& rollout);

/// Whether a wave was asked back and is: at least one of its hosts is rolled back, and every other one that got
/// something is, too.
bool is_undone(const RolloutState& rollout, std::uint32_t wave);

struct UpdateReport {
  std::string component;
  std::string from;
  std::string wanted;
  std::string read;  ///< at the last reading; empty where it was not read
};

struct HostReport {
  std::string name;
  std::string wave;
  State state = State::waiting;
  Cause cause = Cause::none;
  std::string detail;
  std::string first;      ///< see first_for
  bool released = false;  ///< from its quarantine
  std::vector<UpdateReport> updates;
  std::vector<Evidence> evidence;   ///< of its last command, where it is quarantined
  std::map<State, Duration> spent;  ///< on its way; the ends take no time
};

struct GateReport {
  GateVerdict verdict = GateVerdict::fail;
  std::string reason;
  Instant at;
};

struct WaveReport {
  std::string name;
  std::map<State, std::uint32_t> hosts;
  std::optional<GateReport> gate;
  bool asked_back = false;  ///< by a halt or an operator
  bool undone = false;      ///< see is_undone
};

struct ImageReport {
  ReleaseRef release;
  std::string version;
  Sha256 digest;
  std::vector<std::string> signers;
  std::uint32_t sendings = 0;  ///< times its first byte was about to leave
};

/// What an operator asked for.
struct AskedReport {
  Verb verb = Verb::pause;
  Instant at;
  std::string by;
  std::string reason;
  std::string what;                ///< host or wave, empty where the whole rollout is meant
  std::string recalls;             ///< the Release, where it is a recall
  std::string selector;            ///< by which a recall found its hosts; empty: every host
  std::vector<std::string> hosts;  ///< that a recall found; empty where the rollout is rolled back as a whole
};

struct Report {
  std::string rollout;  ///< the name of the run
  RolloutId id = 0;
  Sha256 digest;  ///< of the plan
  std::string policy;
  std::string by;
  Instant started;
  std::optional<Instant> ended;  ///< empty while it is not finished
  RolloutOutcome outcome = RolloutOutcome::running;
  std::string halt_reason;
  std::vector<WaveReport> waves;
  std::vector<HostReport> hosts;  ///< in the plan's order
  std::vector<ImageReport> images;
  std::vector<LeftOut> left_out;
  std::vector<AskedReport> asked;
};

/// Takes every record of a journal, in order and once, and then reports any rollout among them.
class ReportBuilder {
 public:
  void take(const Recorded& record);
  /// Nothing for a rollout that no record started.
  std::optional<Report> report(RolloutId id) const;
  const Fleet& fleet() const { return fleet_; }

 private:
  struct Way {
    State state = State::waiting;
    Instant since;
    std::map<State, Duration> spent;
  };
  struct History {
    std::vector<Way> ways;
    std::map<std::uint32_t, GateReport> gates;
    std::map<std::string, std::uint32_t> sendings;  ///< digest as text
    std::vector<AskedReport> asked;
    std::optional<Instant> ended;
  };
  void follow(RolloutId id, HostIndex host, Instant at);
  void follow_all(Instant at);
  void note(const RolloutStarted& event, const Recorded& record);
  void note(const ConductorStarted& event, const Recorded& record);
  void note(const CommandIssued& event, const Recorded& record);
  void note(const EvidenceSeen& event, const Recorded& record);
  void note(const CommandEnded& event, const Recorded& record);
  void note(const GateJudged& event, const Recorded& record);
  void note(const RolloutHalted& event, const Recorded& record);
  void note(const OperatorAsked& event, const Recorded& record);
  void note(const RolloutFinished& event, const Recorded& record);
  void note(const StartRefused& event, const Recorded& record);
  void note(const SnapshotTaken& event, const Recorded& record);
  void note_asked(const OperatorAsked& asked, Instant at);

  Fleet fleet_;
  std::map<RolloutId, History> histories_;
};

}  // namespace breakwater
