#include "orchestrator/codec/format_1.hpp"

namespace breakwater::codec {
namespace {

using Verdict = Outcome::Verdict;

/// What the end of a command made of its host while journals had format 1.
class RuleOfFormat1 {
 public:
  RuleOfFormat1(const RolloutState& rollout, const HostTrip& trip, const Outcome& outcome)
      : rollout_(rollout), trip_(trip), command_(*trip.open), outcome_(outcome) {}

  std::optional<Input> input() const {
    switch (command_.action) {
      case Action::prepare:
        return after_prepare();
      case Action::stage:
        return after_stage();
      case Action::activate:
        return after_activate();
      case Action::check:
        return after_check();
      case Action::cancel:
        if (!done()) return Input::hands_needed;
        return gets_no_image() ? without_image() : Input::taken_back;
      case Action::roll_back:
        if (!done()) return Input::hands_needed;
        return command_.update > 0 ? Input::one_undone : Input::undone;
      case Action::check_back:
        return done() ? Input::came_back : Input::hands_needed;
      case Action::watch:
        break;  // later than this format
    }
    return Input::hands_needed;
  }

 private:
  Input after_prepare() const {
    if (done()) return next_image(outcome_.stages);
    return outcome_.verdict == Verdict::current ? Input::all_current : Input::turned_away;
  }

  std::optional<Input> after_stage() const {
    if (done()) return Input::image_waits;
    if (outcome_.verdict != Verdict::untouched) return Input::hands_needed;
    const bool again = outcome_.cause == Cause::upload_failed && trip_.uploads < rollout_.plan->attempts.upload;
    if (again && gets_no_image()) return without_image();
    if (again && stops_here()) return Input::taken_back;
    if (again) return std::nullopt;
    return trip_.touched > 0 ? failed(trip_.touched) : Input::turned_away;
  }

  Input after_activate() const {
    const Cause cause = outcome_.cause;
    switch (outcome_.verdict) {
      case Verdict::done:
      case Verdict::current:
        return Input::activated;
      case Verdict::untouched:
        if (command_.update > 0) return failed(command_.update);
        if (cause == Cause::unchanged || cause == Cause::failed_back || cause == Cause::task_failed) {
          return Input::nothing_changed;
        }
        return Input::turned_away;
      case Verdict::failed:
        return failed(command_.update + 1);
      case Verdict::lost:
        break;
    }
    return Input::hands_needed;
  }

  Input after_check() const {
    if (outcome_.verdict == Verdict::lost) return Input::hands_needed;
    if (!done()) return failed(trip_.touched);
    return trip_.touched < host().updates.size() ? next_image(trip_.stages) : Input::all_hold;
  }

  Input next_image(bool stages) const {
    if (gets_no_image()) return without_image();
    if (stops_here()) return Input::taken_back;
    return stages ? Input::can_stage : Input::can_apply;
  }

  Input without_image() const {
    if (trip_.touched == 0) return Input::halted;
    return has_way_back(trip_.touched) ? Input::gone_wrong : Input::hands_needed;
  }

  Input failed(std::uint32_t touched) const {
    return rollout_.plan->roll_back_host && has_way_back(touched) ? Input::gone_wrong : Input::hands_needed;
  }

  bool has_way_back(std::uint32_t touched) const {
    for (std::uint32_t i = 0; i < touched && i < host().updates.size(); ++i) {
      if (host().updates[i].way_back == WayBack::none) return false;
    }
    return true;
  }

  bool done() const { return outcome_.verdict == Verdict::done; }
  bool gets_no_image() const { return rollout_.halted || trip_.undo; }
  bool stops_here() const { return rollout_.stopping && trip_.touched == 0; }
  const PlannedHost& host() const { return rollout_.plan->hosts[command_.host]; }

  const RolloutState& rollout_;
  const HostTrip& trip_;
  const Command& command_;
  const Outcome& outcome_;
};

}  // namespace

void complete_format_1(Event& event, const Fleet& before) {
  auto* ended = std::get_if<CommandEnded>(&event);
  const RolloutState* rollout = ended ? before.find(ended->rollout) : nullptr;
  if (!rollout || ended->host >= rollout->hosts.size()) return;
  const HostTrip& trip = rollout->hosts[ended->host];
  if (trip.open && trip.open->id == ended->command) {
    ended->input = RuleOfFormat1(*rollout, trip, ended->outcome).input();
  }
}

}  // namespace breakwater::codec
