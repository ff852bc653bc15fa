#pragma once
// What can happen. The journal is a list of these, and the state of everything is their fold.
#include <optional>
#include <string>
#include <variant>

#include "orchestrator/core/command.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/core/plan.hpp"
#include "policies/gates.hpp"

namespace breakwater {

struct RolloutStarted {
  std::string by;
  ResolvedPlan plan;
  Sha256 digest;  ///< of the plan
};
/// A conductor took up a rollout, at its start or after another left it.
struct ConductorStarted {
  RolloutId rollout = 0;
  std::int64_t process = 0;
};
struct CommandIssued {
  Command command;  ///< its id is the record's own number
};
struct EvidenceSeen {
  CommandId command = 0;
  RolloutId rollout = 0;
  HostIndex host = 0;
  Evidence evidence;
};
struct CommandEnded {
  CommandId command = 0;
  RolloutId rollout = 0;
  HostIndex host = 0;
  Outcome outcome;
  /// What the outcome made of the host, by the rules of the day; nothing where it stays in its state.
  std::optional<Input> input = std::nullopt;
};
/// The gate after a wave's soak; no command of the next wave is issued before it is durable. One that holds is judged
/// again.
struct GateJudged {
  RolloutId rollout = 0;
  std::uint32_t wave = 0;
  GateVerdict verdict = GateVerdict::fail;
  std::string reason;
};
/// Which waves a halt rolls back, as far as their hosts were touched.
struct Undo {
  enum class Which { none, one_wave, every_wave };
  Which which = Which::none;
  std::uint32_t wave = 0;  ///< meant only where it is one

  static constexpr Undo of_wave(std::uint32_t wave) { return {Which::one_wave, wave}; }
  bool includes(std::uint32_t other) const {
    return which == Which::every_wave || (which == Which::one_wave && other == wave);
  }
  bool operator==(const Undo&) const = default;
};
inline constexpr Undo kUndoNone{Undo::Which::none, 0};
inline constexpr Undo kUndoAll{Undo::Which::every_wave, 0};

/// Nothing new starts any more.
struct RolloutHalted {
  RolloutId rollout = 0;
  std::string reason;
  Undo undo;
};

enum class Verb { pause, resume, stop, roll_back, release, discount, abandon, trust_key };
template <>
inline constexpr auto kWords<Verb> = words<Verb>({
    {Verb::pause, "pause"},
    {Verb::resume, "resume"},
    {Verb::stop, "stop"},
    {Verb::roll_back, "roll_back"},
    {Verb::release, "release"},
    {Verb::discount, "discount"},
    {Verb::abandon, "abandon"},
    {Verb::trust_key, "trust_key"},
});

/// True for what is asked of a quarantined host, and of no rollout.
constexpr bool is_of_quarantine(Verb verb) {
  return verb == Verb::release || verb == Verb::discount;
}

/// An operator's wish, taken up.
struct OperatorAsked {
  Verb verb = Verb::pause;
  RolloutId rollout = 0;  ///< not meant for release and discount
  std::string by;
  std::string reason;
  std::optional<std::uint32_t> wave;  ///< roll_back
  std::string host;                   ///< roll_back of one host, release, discount, trust_key
  std::vector<std::string> hosts{};   ///< roll_back of these hosts
  std::string recalls{};              ///< roll_back: the Release that is recalled, where that is why
  std::string selector{};             ///< of a recall: the labels by which `hosts` were found
  std::optional<Sha256> key{};        ///< trust_key: what the operator vouches for, the digest of an SPKI
};
struct RolloutFinished {
  RolloutId rollout = 0;
};
/// A rollout that another process handed over, and that could not be begun.
struct StartRefused {
  std::string rollout;  ///< its name
  std::string by;
  std::string reason;
};

/// The fold of all records up to one was kept beside the journal. This record follows that one, and names what was
/// kept.
struct SnapshotTaken {
  std::uint64_t up_to = 0;
  std::uint32_t fold_version = 0;  ///< see kFoldVersion
  Sha256 digest;                   ///< of the fold's bytes
};

using Event = std::variant<RolloutStarted, ConductorStarted, CommandIssued, EvidenceSeen, CommandEnded, GateJudged,
                           RolloutHalted, OperatorAsked, RolloutFinished, StartRefused, SnapshotTaken>;

/// An event with its place in the journal. `at` is the conductor's steady time when it was written.
struct Recorded {
  std::uint64_t seq = 0;
  Instant at;
  Event event;
};

}  // namespace breakwater
