#pragma once
// A run told in plain words, for a reference model that is written without looking at the product.
//
// A model implements `Reference`. It is given the plan once and then every event of the journal in order, the moment it
// is durable; after each one it is told what the product now says of the hosts, and answers whether it agrees. It needs
// nothing but this page.
//
// What happens to a host, in the product's words: it waits; it is prepared (looked at); for each of its components in
// order an image is staged (uploaded, so that it waits) and activated (run), or activated straight away by its upload
// where the service cannot hold an image; then it is checked; then the next component, or it is `updated`. What fails
// is brought back component by component, the last one touched first, and checked again.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace breakwater::simulation {

using Milliseconds = std::int64_t;

// ---- the plan

struct HistoryComponent {
  /// There is a proven way back for this component of this host. A host goes back only if all components that may run
  /// the new version have one; else it is quarantined. But one that is `updated` is well: where it is asked back and
  /// has no way back, nothing can be done for it, and it stays `updated`.
  bool way_back = true;
};

struct HistoryHost {
  std::string name;
  std::uint32_t wave = 0;                    ///< 0 is the canary
  std::vector<std::string> domains;          ///< `rack=r7`, `feed=f1`: failure domains it is part of
  std::vector<HistoryComponent> components;  ///< never empty; in the order in which they are updated
};

struct HistoryWave {
  std::uint32_t hosts = 0;
  Milliseconds soak = 0;  ///< after the last end of the wave, before its gate is judged; not for the last wave
  /// The gate: at least `least_hosts` of the wave have completed (ended as updated, current, refused, quarantined, or
  /// rolled back for a reason of their own), and of those at least `success` hundredths of a percent are updated or
  /// current. A wave in which nobody completed has a success of 10,000.
  std::int64_t success = 10'000;
  int least_hosts = 1;
};

struct HistoryLimit {
  std::string domain;
  int most = 1;     ///< hosts away at once: from their start to their end, and on while they are quarantined
  int ceiling = 0;  ///< the same, with those that are discounted; 0: none
};

struct HistoryPlan {
  std::vector<HistoryHost> hosts;  ///< in order of wave, then of start
  std::vector<HistoryWave> waves;
  int in_flight_most = 1;            ///< hosts between their start and their end, in all
  std::vector<HistoryLimit> limits;  ///< a domain that is not named here has none
  std::vector<std::string>
      down_before;  ///< one domain for each domain of each host that was down before; counts as away
  /// The wave that is open fails at once when so many of its hosts have failed, ...
  std::optional<int> failed_hosts;
  /// ... or, from `failed_share_from` completed hosts on, this share of them (hundredths of a percent), ...
  std::optional<std::int64_t> failed_share;
  int failed_share_from = 1;
  // ... or when its gate cannot be passed any more even if all of its other hosts end well: by its share, or because
  // too few are left. Hosts that an operator took out though they were well are none of those.
  bool undo_wave = true;  ///< a wave that fails is brought back, its updated hosts too; else only what failed itself is
  /// A host that fails by itself is brought back; else it is quarantined. Of a host that did not fail this says
  /// nothing: where a halt or an undo finds it half updated, it goes back. What becomes of a host that fails by itself
  /// where this is false and its undo was asked is left open.
  bool undo_host = true;
  /// Tries of one staging upload that provably never arrived. A host that starts anew after a stop has all of them
  /// again.
  int uploads_most = 1;
  /// When windows are open is not told here. Where there are any, a host of which no component was activated yet may
  /// give its staged image back at any time, and wait again.
  bool has_windows = false;
  /// The brakes of ways back. A way back begins with the first roll_back of a host, and is over with its end. No more
  /// than two hosts that are updated (one where only one may fail) begin while as many are under way, as long as not as
  /// many have ended as rolled_back; a host that failed by itself does not wait for that, and counts. Where a pause or
  /// a stop holds one half way it does not count. When so many ways back have failed, or one was refused (untouched),
  /// none begins any more but of hosts that an operator asks back later. A resume lets them go on, and its count begins
  /// anew; it begins anew as well with each roll_back that an operator asks for. Drift says nothing of the others.
  int way_back_failures = 2;
};

// ---- events, as the journal has them

/// `watch` reads an updated host while its wave soaks; where it fails, the host failed by itself and goes back, once a
/// start is allowed to it. Which hosts are read, and when, is not told here, nor which gates hold for want of it.
enum class HistoryAction { prepare, stage, activate, check, cancel, roll_back, check_back, watch };

/// How a command ended. `done`: it is so, proved by reading. `current` (prepare): all new versions run already.
/// `untouched`: it failed and nothing has changed. `failed`: it failed, something may have changed, the BMC answers.
/// `lost`: the BMC does not answer or may not be touched. For a watch `untouched` says that it could not be read.
enum class HistoryVerdict { done, current, untouched, failed, lost };

struct CommandWasIssued {
  std::uint32_t host = 0;
  HistoryAction action = HistoryAction::prepare;
  std::uint32_t component = 0;  ///< stage, activate, cancel, roll_back: which; check: so many run the new version
};
struct CommandHasEnded {
  std::uint32_t host = 0;
  HistoryAction action = HistoryAction::prepare;
  std::uint32_t component = 0;
  HistoryVerdict verdict = HistoryVerdict::done;
  bool stages = false;         ///< prepare: the service can hold an image until it is told to run it
  bool upload_failed = false;  ///< untouched because the upload broke off or never arrived: it may be tried again
  bool image_refused = false;  ///< untouched because the image was turned down
  bool withdrawn = false;      ///< untouched because a pause or a stop came first: as if it had never been issued
  /// Untouched because its window has too little room left. Before the first component the host waits again; else an
  /// image that was not sent is sent later, and one that was staged is gone and the host failed.
  bool window_closed = false;
  /// watch, roll_back: untouched because the host runs what somebody else put there. From then on it counts in no gate
  /// and no failure limit, as long as it is updated: it has not completed, and is not one of the others. A host that
  /// was updated, and of which nothing went back yet, ends as `updated` again, as it does where its way back was
  /// refused, and is owed no way back any more. What becomes of it when it is asked back again is left open where it
  /// drifted.
  bool drifted = false;
  /// It was released, its way back met another machine and sent nothing: it stays in its quarantine, released.
  bool stays_released = false;
};
struct GateWasJudged {
  std::uint32_t wave = 0;
  bool passed = false;
};
/// From here on nobody starts. `undo_wave` is brought back; every wave where it is -1; none where it is -2.
///
/// No host gets a further image either, whatever its wave; nor does one whose wave, or which itself, is asked back.
/// What it runs is checked and what is staged is given back first. Where nothing was changed it is `not_started`.
/// Between two of its components it is half updated, and there is no end for that: it is brought back, or quarantined
/// where a component that was touched has no way back.
struct RolloutWasHalted {
  int undo_wave = -2;
};
enum class HistoryVerb {
  /// Nobody starts, no host gets another image, and nobody goes back but who is asked to later. What is staged is run.
  /// A host whose command ends before it has anything waits again; at a stop, each that has nothing yet.
  pause,
  resume,     ///< ends a pause and a stop
  stop,       ///< pause, and what is staged is given back
  roll_back,  ///< of one host, one wave (as a halt that undoes that wave), or all
  release,    ///< a quarantined host counts as away no more
  discount,  ///< a quarantined host counts no more in its domains, but against the Policy's ceilings, until its release
};
struct OperatorHasAsked {
  HistoryVerb verb = HistoryVerb::pause;
  std::optional<std::uint32_t> wave;  ///< roll_back
  std::optional<std::uint32_t> host;  ///< roll_back of one host, release, discount
};
/// Every host has an end. An operator's roll_back may still take updated ones back: then it is not finished any more.
struct RolloutHasFinished {};
/// Another process took over; what was open stays open.
struct ConductorCameUp {};

using HistoryEvent = std::variant<CommandWasIssued, CommandHasEnded, GateWasJudged, RolloutWasHalted, OperatorHasAsked,
                                  RolloutHasFinished, ConductorCameUp>;

// ---- what the product says

enum class HistoryEnd {
  none,         ///< it waits or is in flight
  updated,      ///< all components run the new version and all checks held
  current,      ///< there was nothing to do
  refused,      ///< it failed and nothing was changed
  not_started,  ///< the rollout halted, or it was asked back, before anything was changed
  rolled_back,  ///< it runs what it ran before and its checks held
  quarantined,  ///< hands are needed
};

/// A reference model. Answers are empty where it agrees, else what it would have expected.
class Reference {
 public:
  virtual ~Reference() = default;
  virtual void begin(const HistoryPlan& plan) = 0;
  /// `steady` is the time of the event by the clock that never runs back. `ends` has one word for each host, as the
  /// product has it after the event; where one journal write holds several events, after the last of those.
  virtual std::string take(const HistoryEvent& event, Milliseconds steady, const std::vector<HistoryEnd>& ends) = 0;
};

}  // namespace breakwater::simulation
