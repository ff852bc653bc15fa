#pragma once
// What one run of a rehearsal came to: a fold of its records and of what its conductor waited for.
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/decide.hpp"

namespace breakwater::rehearsal {

/// What a rollout waits for: the first reason of its decision, and the label of the limit that is full.
struct HeldBy {
  StartRule reason = StartRule::in_flight;
  std::string label;  ///< set where reason is domain_full
  auto operator<=>(const HeldBy&) const = default;
};

/// The fullest domain of one label.
struct Crowd {
  std::string value;
  int away = 0;
  int limit = 0;
};

inline constexpr std::size_t kStates = static_cast<std::size_t>(State::quarantined) + 1;
/// How many hosts were in each state from one moment on.
struct Sample {
  Duration after{0};
  std::array<std::uint32_t, kStates> hosts{};
};

struct RunFigures {
  std::uint64_t seed = 0;
  Duration length{0};
  bool halted = false;
  std::string halt_reason;
  std::optional<Duration> halted_after;
  bool waits = false;           ///< it did not come to its end: only a person could carry it on
  std::string waits_for;        ///< what it waited for then
  std::uint32_t exposed = 0;    ///< hosts to which the new image was sent before the halt, or at all
  std::uint32_t unnoticed = 0;  ///< hosts that count as well and are ill in truth, or within a day
  std::uint32_t nights = 0;     ///< maintenance windows in which hosts were started; 0 where there are none
  std::uint32_t most_in_flight = 0;
  std::map<State, std::uint32_t> ends;
  std::map<std::string, Crowd> most_away;  ///< by limited label
  std::map<HeldBy, Duration> held;
  std::vector<Sample> samples;  ///< only where they were asked for
};

class RunFigureFold {
 public:
  RunFigureFold(Instant begin, bool samples) : begin_(begin), last_(begin), samples_(samples) {}

  /// `record` was applied to `fleet`.
  void take(const Recorded& record, const Fleet& fleet);
  void decided(const Fleet& fleet, const Decision& decision, Instant now);
  /// The figures, once the run is over.
  RunFigures finish(const RolloutState& rollout, Instant now);

 private:
  void pass_time(Instant now);
  void note_exposed(const RolloutState& rollout, const EvidenceSeen& seen);
  void note_start(const RolloutState& rollout, Instant at);
  void note_away(const Fleet& fleet, const RolloutState& rollout, HostIndex host);
  void sample(const RolloutState& rollout, std::optional<HostIndex> host, Instant at);

  Instant begin_;
  Instant last_;  ///< up to here time is accounted for
  bool samples_;
  RunFigures figures_;
  std::optional<HeldBy> hold_;
  std::set<HostIndex> exposed_;
  std::set<Instant> nights_;
  std::vector<State> states_;
};

/// What a decision waits for; nothing where it waits for nothing.
std::optional<HeldBy> binding_hold(const Fleet& fleet, const Decision& decision);

}  // namespace breakwater::rehearsal
