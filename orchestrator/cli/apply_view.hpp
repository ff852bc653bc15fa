#pragma once
// What a person or a program sees of a running conductor: a live tree on a terminal, one line an event otherwise, or
// one JSON object an event.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/cli/console.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/conductor.hpp"

namespace breakwater::cli {

class ApplyView {
 public:
  enum class Mode { live, lines, json };

  /// `fleet` is the conductor's own and must outlive the view, as must the console. Only `rollout` is shown, of all
  /// that the conductor carries; nothing where it begins with the first record. While `behind()`, no picture is drawn
  /// over one that nobody has seen yet.
  ApplyView(
      const Console& console, Mode mode, const Fleet& fleet, std::optional<RolloutId> rollout,
      std::function<bool()> behind = [] { return false; });

  /// Both are called from the conductor's thread.
  void on_record(const Recorded& record);
  void on_decision(const RolloutState& rollout, const Decision& decision, Now now);
  /// No host of another rollout is taken forward, for this reason.
  void on_lack(const RolloutState& other, const std::string& why);
  /// What is shown; nothing before it has begun.
  const RolloutState* shown() const { return shown_ ? fleet_.find(*shown_) : nullptr; }

  /// What Ctrl-C does to the conductor of this process, once each. Who only follows another process has no such news.
  void tell_of_interrupts(const RolloutState& rollout);

  /// Once, of a process that takes hosts forward: every other rollout that is not over is taken along, unless `own` is
  /// over itself. How to hold each, and which is held already.
  void tell_what_goes_along(const RolloutState& own, Instant at);

  /// Once the conductor of this process stays for nothing but what is in flight of other rollouts.
  void tell_of_others(const RolloutState& rollout);

  /// The last picture, whatever the time since the one before; it stays on the screen.
  void close();

 private:
  void tell_of_keys(const RolloutState& rollout, Now now);
  void tell(const Blocker& wait, const RolloutState& rollout, Now now);
  void tell_of_waiting(const RolloutState& rollout, const Decision& decision, Now now);
  std::pair<std::string, std::string> goes_along(const RolloutState& other) const;
  void draw();

  const Console& console_;
  Mode mode_;
  const Fleet& fleet_;
  std::optional<RolloutId> shown_;
  std::function<bool()> behind_;
  RedrawGate gate_;
  LiveBlock block_;
  int interrupts_told_ = 0;
  bool along_told_ = false;
  std::map<RolloutId, std::string> lacking_;
  bool others_told_ = false;
  /// Those of the last decision by their words less the time at which they may be over, with that time.
  std::map<std::string, std::optional<Instant>> waits_told_;
  const RolloutState* rollout_ = nullptr;
  std::vector<Blocker> waits_;
  Now now_{};
};

/// Live on a terminal, JSON where it was asked for, else lines.
ApplyView::Mode view_mode(const Console& console, bool json);

}  // namespace breakwater::cli
