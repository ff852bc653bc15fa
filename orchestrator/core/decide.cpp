#include "orchestrator/core/decide.hpp"

#include <algorithm>

#include "orchestrator/core/mutation.hpp"
#include "orchestrator/core/outcome.hpp"

namespace breakwater {
namespace {

constexpr const char* kLeaving = "this process was asked to leave: nothing new starts";

/// Basis points of `part` in `whole`, rounded down; a whole of nothing counts as all.
std::int64_t share_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 10'000 : part * 10'000 / whole;
}

std::string percent(std::int64_t basis_points) {
  std::string text = std::to_string(basis_points / 100);
  if (basis_points % 100 != 0) {
    const std::string digits = std::to_string(100 + basis_points % 100);
    text += '.' + digits.substr(1);
  }
  return text + '%';
}

Command command_for(const RolloutState& rollout, HostIndex host, Action action, std::uint32_t update) {
  Command command;
  command.rollout = rollout.id;
  command.host = host;
  command.action = action;
  command.update = update;
  return command;
}

/// The next command of a host in flight that has none open.
Command next_command(const RolloutState& rollout, HostIndex host) {
  const HostTrip& trip = rollout.hosts[host];
  switch (trip.state) {
    case State::staging:
      return command_for(rollout, host, Action::stage, trip.update);
    case State::staged: {
      const bool take_back = gets_no_image(rollout, trip) || (rollout.stopping && trip.touched == 0);
      return command_for(rollout, host, take_back ? Action::cancel : Action::activate, trip.update);
    }
    case State::activating: {
      Command command = command_for(rollout, host, Action::activate, trip.update);
      command.upload = true;
      return command;
    }
    case State::checking:
      return command_for(rollout, host, Action::check, trip.touched);
    case State::rolling_back:
      return command_for(rollout, host, Action::roll_back, trip.touched - 1);
    case State::checking_back:
      return command_for(rollout, host, Action::check_back, 0);
    case State::waiting:
    case State::preparing:
    case State::updated:
    case State::current:
    case State::skipped:
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      if (broken(Rule::quarantine_rests)) return command_for(rollout, host, Action::roll_back, 0);
      break;
  }
  return command_for(rollout, host, Action::prepare, 0);
}

class Deciding {
 public:
  Deciding(const Fleet& fleet, const RolloutState& rollout, Now now, Starts starts)
      : fleet_(fleet), rollout_(rollout), plan_(*rollout.plan), now_(now), leaving_(starts == Starts::none) {}

  Decision run() {
    if (rollout_.finished) return std::move(decision_);
    if (halt_where_failed()) return std::move(decision_);
    issue_due_steps();
    start_ways_back();
    if (!rollout_.halted) advance_wave();
    finish_where_done();
    return std::move(decision_);
  }

 private:
  bool full() const { return decision_.acts.size() >= kActsMost; }

  void wake_at(Instant at) { decision_.wake = decision_.wake ? std::min(*decision_.wake, at) : at; }

  void wait(Wait::Reason reason, std::string text, std::optional<Instant> until = {}) {
    decision_.waits.push_back(Wait{reason, std::move(text), until});
  }

  bool halt_where_failed() {
    if (rollout_.halted || rollout_.open_wave >= plan_.waves.size()) return false;
    if (broken(Rule::halt_at_failure)) return false;
    const auto why = wave_failure(plan_, rollout_.open_wave, rollout_.waves[rollout_.open_wave]);
    if (!why) return false;
    halt(*why);
    return true;
  }

  void halt(const std::string& why) {
    const Undo undo = plan_.wave_failure.undo_wave ? Undo::of_wave(rollout_.open_wave) : kUndoNone;
    decision_.acts.push_back(RolloutHalted{rollout_.id, why, undo});
  }

  void issue_due_steps() {
    for (const auto& [due, host] : rollout_.steps) {
      if (due > now_.steady) {
        wake_at(due);
        return wait(Wait::Reason::back_off, "an upload is tried again", due);
      }
      if (full()) return;
      decision_.acts.push_back(CommandIssued{next_command(rollout_, host)});
    }
  }

  /// Counting what this decision has issued already.
  bool has_room(DomainId id) const {
    if (broken(Rule::domain_limit)) return true;
    const auto taken = taken_.find(id);
    return fleet_.domains()[id].room() > (taken == taken_.end() ? 0 : taken->second);
  }

  bool in_full_domain(const HostTrip& trip) const {
    return std::any_of(trip.domains.begin(), trip.domains.end(), [this](DomainId id) { return !has_room(id); });
  }

  /// Starts hosts from a line until its end, until everything is full, or until the rest waits for a domain.
  void issue_from(const WaitingLine& line, Action action) {
    std::size_t passed_over = line.parked();
    for (const auto& [order, host] : line.ready()) {
      if (full()) return;
      if (action == Action::prepare && !window_open(host)) return;
      if (fleet_.in_flight() + issued_ >= plan_.global_limit) {
        return wait(Wait::Reason::all_full,
                    std::to_string(plan_.global_limit) + " hosts are in flight, the most in all");
      }
      const HostTrip& trip = rollout_.hosts[host];
      if (in_full_domain(trip)) {
        ++passed_over;
        continue;
      }
      const std::uint32_t update = action == Action::roll_back ? trip.touched - 1 : 0;
      decision_.acts.push_back(CommandIssued{command_for(rollout_, host, action, update)});
      for (const DomainId id : trip.domains) ++taken_[id];
      ++issued_;
    }
    if (passed_over > 0) wait(Wait::Reason::domain_full, "every waiting host is in a domain that has no room");
  }

  /// A way back is a start like others for a process that was asked to leave; a later one goes on with it. What is in
  /// flight and fails still finishes its own.
  void start_ways_back() {
    if (!leaving_) return issue_from(rollout_.undos, Action::roll_back);
    if (!rollout_.undos.empty()) wait(Wait::Reason::paused, kLeaving);
  }

  void advance_wave() {
    if (rollout_.open_wave >= plan_.waves.size()) return;
    const WaveState& wave = rollout_.waves[rollout_.open_wave];
    if (wave.waiting == 0 && wave.in_flight == 0) {
      // A host that is asked back is no success any more: it leaves the wave before the gate counts.
      if (rollout_.undos.empty() && decision_.acts.empty()) judge(wave);
      return;
    }
    if ((rollout_.paused && !broken(Rule::stop_starts_nothing)) || leaving_) {
      if (wave.waiting > 0) {
        wait(rollout_.stopping ? Wait::Reason::stopped : Wait::Reason::paused,
             rollout_.stopping ? "stopped by an operator"
             : rollout_.paused ? "paused by an operator"
                               : kLeaving);
      }
      return;
    }
    if (wave.waiting > 0) issue_from(rollout_.starts[rollout_.open_wave], Action::prepare);
    const bool early = broken(Rule::gate_before_next_wave) && rollout_.open_wave + 1 < plan_.waves.size();
    if (early) issue_from(rollout_.starts[rollout_.open_wave + 1], Action::prepare);
  }

  /// Both readings of the time must allow a start: a jump of the wall clock alone opens no window.
  bool window_open(HostIndex host) {
    const Duration needed = longest_trip(plan_, plan_.hosts[host]);
    if ((fits_ && needed <= *fits_) || broken(Rule::window)) return true;
    for (const Instant at : {now_.wall, now_.steady}) {
      const Fit fit = may_start(plan_.calendar, at, needed, plan_.last_start);
      if (fit.verdict == Fit::Verdict::allowed) continue;
      std::string text = fit.verdict == Fit::Verdict::frozen ? "freeze " + fit.closer
                         : fit.verdict == Fit::Verdict::too_late
                             ? "window " + fit.closer + " closes before a host's " + to_string(needed) + " are over"
                             : "no maintenance window is open";
      if (fit.verdict == Fit::Verdict::never) {
        wait(Wait::Reason::window, "no maintenance window is long enough within the plan's calendar");
        return false;
      }
      wait(Wait::Reason::window, text + "; next start " + to_string(fit.until), fit.until);
      wake_at(now_.steady + std::max(Duration(1), fit.until - at));
      return false;
    }
    fits_ = needed;
    return true;
  }

  void judge(const WaveState& wave) {
    const PlannedWave& planned = plan_.waves[rollout_.open_wave];
    // A gate that passed opens the next wave: this one failed, and the halt that belongs to it was not written.
    if (wave.judged) return halt("gate of wave " + planned.name + " was not passed");
    const Instant soaked = wave.last_end + planned.soak;
    const bool last = rollout_.open_wave + 1 == plan_.waves.size();
    const Instant at = broken(Rule::steady_soak) ? std::max(now_.steady, now_.wall) : now_.steady;
    if (!last && at < soaked) {
      wake_at(soaked);
      wait(Wait::Reason::soak, "wave " + planned.name + " soaks until " + to_string(soaked), soaked);
      return;
    }
    if (rollout_.paused) {
      wait(Wait::Reason::paused, "paused by an operator");
      return;
    }
    const int good = static_cast<int>(wave.updated + wave.current);
    const int completed = good + static_cast<int>(wave.failed);
    const bool passed =
        completed >= planned.gate.min_hosts && share_of(good, completed) >= planned.gate.success_at_least.basis_points;
    const std::string reason = std::to_string(good) + " of " + std::to_string(completed) + " hosts are well, gate " +
                               planned.gate_name + " asks for " + percent(planned.gate.success_at_least.basis_points) +
                               " of at least " + std::to_string(planned.gate.min_hosts);
    decision_.acts.push_back(GateJudged{rollout_.id, rollout_.open_wave, passed, reason});
    if (!passed) halt("gate of wave " + planned.name + ": " + reason);
  }

  void finish_where_done() {
    if (!decision_.acts.empty()) return;
    const bool over = rollout_.halted || rollout_.open_wave >= plan_.waves.size();
    const bool at_rest = rollout_.in_flight == 0 || broken(Rule::end_before_finish);
    if (over && at_rest && rollout_.undos.empty()) {
      decision_.acts.push_back(RolloutFinished{rollout_.id});
    } else if (rollout_.in_flight > 0) {
      wait(Wait::Reason::in_flight, std::to_string(rollout_.in_flight) + " hosts are in flight");
    }
  }

  const Fleet& fleet_;
  const RolloutState& rollout_;
  const ResolvedPlan& plan_;
  Now now_;
  bool leaving_;
  Decision decision_;
  std::map<DomainId, int> taken_;  ///< by the hosts that this decision starts
  int issued_ = 0;
  std::optional<Duration> fits_;  ///< a trip of this length may start now
};

}  // namespace

std::optional<std::string> wave_failure(const ResolvedPlan& plan, std::uint32_t wave, const WaveState& state) {
  const WaveFailure& rule = plan.wave_failure;
  const PlannedWave& planned = plan.waves[wave];
  const auto failed = static_cast<int>(state.failed);
  const int completed = failed + static_cast<int>(state.updated + state.current);
  // What the gate will count: hosts that an operator took out are no part of it.
  const int size = completed + static_cast<int>(state.waiting + state.in_flight);
  if (size < planned.gate.min_hosts) {
    return "wave " + planned.name + ": " + std::to_string(size) + " hosts are left in it, gate " + planned.gate_name +
           " asks for " + std::to_string(planned.gate.min_hosts);
  }
  if (failed == 0) return std::nullopt;
  // Asked at every decision: text is made only of a wave that has failed.
  const auto so_far = [&] {
    return "wave " + planned.name + ": " + std::to_string(failed) + " of " + std::to_string(completed) +
           " completed hosts failed";
  };
  if (rule.failed_hosts && failed >= *rule.failed_hosts) {
    return so_far() + ", the limit is " + std::to_string(*rule.failed_hosts);
  }
  if (rule.failed_share && completed >= rule.min_hosts &&
      share_of(failed, completed) >= rule.failed_share->basis_points) {
    return so_far() + ", the limit is " + percent(rule.failed_share->basis_points);
  }
  if (share_of(size - failed, size) < planned.gate.success_at_least.basis_points) {
    return so_far() + ", gate " + planned.gate_name + " (" + percent(planned.gate.success_at_least.basis_points) +
           ") can not be reached any more";
  }
  return std::nullopt;
}

Decision decide(const Fleet& fleet, RolloutId id, Now now, Starts starts) {
  return Deciding(fleet, fleet.rollouts().at(id), now, starts).run();
}

}  // namespace breakwater
