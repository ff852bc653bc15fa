#include "orchestrator/core/decide.hpp"

#include <algorithm>

#include "orchestrator/core/kept_hosts.hpp"
#include "orchestrator/core/next_step.hpp"
#include "orchestrator/core/soak.hpp"
#include "orchestrator/core/standstill.hpp"
#include "policies/gates.hpp"

namespace breakwater {
namespace {

class Deciding {
 public:
  Deciding(const Fleet& fleet, const RolloutState& rollout, Now now, Starts starts, std::string_view lacks)
      : fleet_(fleet), rollout_(rollout), plan_(*rollout.plan), now_(now), starts_(starts), lacks_(lacks) {}

  Decision run() {
    if (rollout_.finished) return std::move(decision_);
    if (!halt_where_failed() && !undo_where_failed()) go_on();
    wait_for(standstills(rollout_, decision_.waits));
    finish_where_done();
    return std::move(decision_);
  }

 private:
  bool full() const { return decision_.acts.size() >= kActsMost; }

  void wait(Blocker blocker) {
    if (blocker.wake) decision_.wake = decision_.wake ? std::min(*decision_.wake, *blocker.wake) : *blocker.wake;
    decision_.waits.push_back(std::move(blocker));
  }

  void wait_for(std::vector<Blocker> all) {
    for (Blocker& one : all) wait(std::move(one));
  }

  bool halt_where_failed() {
    if (rollout_.halted || rollout_.open_wave >= plan_.waves.size()) return false;
    const PlannedWave& wave = plan_.waves[rollout_.open_wave];
    const auto why = wave_failure(plan_.wave_failure, wave.gate, wave.gate_name, counts());
    if (why) halt("wave " + wave.name + ": " + *why);
    return why.has_value();
  }

  WaveCounts counts() const {
    const WaveState& wave = rollout_.waves[rollout_.open_wave];
    WaveCounts sums{static_cast<int>(wave.updated + wave.current), static_cast<int>(wave.failed),
                    static_cast<int>(wave.waiting + wave.in_flight), static_cast<int>(wave.refused)};
    sums.drifted = static_cast<int>(wave.drifted);
    return sums;
  }

  /// A wave that halted by hosts that were not touched is undone once those in flight have failed it too.
  bool undo_where_failed() {
    const bool may = rollout_.halted && rollout_.open_wave < plan_.waves.size();
    if (!may || rollout_.waves[rollout_.open_wave].undo || !undoes()) return false;
    halt(rollout_.halt_reason + "; then hosts of wave " + plan_.waves[rollout_.open_wave].name +
         " failed that were in flight");
    return true;
  }

  bool undoes() const {
    return plan_.wave_failure.undo_wave &&
           failed_by_touch(plan_.wave_failure, plan_.waves[rollout_.open_wave].gate, counts());
  }

  void halt(const std::string& why) {
    decision_.acts.push_back(RolloutHalted{rollout_.id, why, undoes() ? Undo::of_wave(rollout_.open_wave) : kUndoNone});
  }

  void go_on() {
    issue_due_steps();
    start_from(rollout_.undos, Action::roll_back);
    if (!rollout_.halted) advance_wave();
  }

  void issue_due_steps() {
    std::size_t bound = rollout_.bound_undos.size();  // a pause, a stop or a brake holds them: one is told for all
    for (const auto& [due, host] : rollout_.steps) {
      NextStep next = next_step(rollout_, host, now_);
      if (next.blocker && needs_resume(next.blocker->rule)) {
        ++bound;
        continue;
      }
      if (full()) break;
      if (next.blocker) {
        const bool later = next.blocker->rule == StartRule::back_off;
        wait(std::move(*next.blocker));
        if (later) break;  // so are those behind it
        continue;
      }
      if (next.command.action == Action::roll_back && rollout_.hosts[host].back_from == 0) ++started_.ways_back;
      decision_.acts.push_back(CommandIssued{next.command});
    }
    if (bound > 0) wait(rollout_.paused ? bound_half_way(rollout_, bound) : held_way_back(rollout_, bound));
  }

  /// Starts hosts from a line until its end, until a rule binds them all, or until the rest waits for a domain. A host
  /// that is kept for its own sake is passed over. A way back is a start like others: a process that leaves begins
  /// none.
  void start_from(const WaitingLine& line, Action action) {
    KeptHosts kept({fleet_, rollout_, 0, now_, starts_, nullptr, lacks_});
    std::optional<Blocker> of_all;
    for (const auto& [order, host] : line.ready()) {
      if (full()) return;
      auto blocker = may_start({fleet_, rollout_, host, now_, starts_, &started_, lacks_});
      if (blocker && !is_of_one_host(blocker->rule)) {
        of_all = std::move(blocker);
        break;
      }
      if (blocker) {
        kept.add(host, std::move(*blocker));
        continue;
      }
      const HostTrip& trip = rollout_.hosts[host];
      const bool back = action == Action::roll_back;
      decision_.acts.push_back(
          CommandIssued{back ? way_back_command(rollout_, host) : command_for(rollout_, host, action, 0)});
      for (const DomainId id : trip.domains) ++started_.in[id];
      ++started_.hosts;
      if (back) ++started_.ways_back;
      const PlannedHost& planned = plan_.hosts[host];
      started_.machines.emplace(machine_of(planned), planned.name);
    }
    kept.add_parked(line);
    if (!of_all) of_all = kept.held_all(line);
    if (of_all) wait(std::move(*of_all));
    const bool rests = rollout_.in_flight == 0 && started_.hosts == 0;
    wait_for(of_all ? kept.named() : kept.waits(rests));
  }

  void advance_wave() {
    if (rollout_.open_wave >= plan_.waves.size()) return;
    const WaveState& wave = rollout_.waves[rollout_.open_wave];
    if (wave.waiting > 0) return start_from(rollout_.starts[rollout_.open_wave], Action::prepare);
    const bool forward = starts_ != Starts::ways_back && lacks_.empty();
    if (wave.in_flight > 0 || !forward) keeps_next_wave();
    if (!forward) return;  // a gate is for those who go forward
    // A host that is asked back is no success any more: it leaves the wave before the gate counts.
    if (wave.in_flight == 0 && !rollout_.has_undos() && decision_.acts.empty()) judge(wave);
  }

  /// What keeps the hosts of the waves behind the open one, whatever becomes of those that are in flight.
  void keeps_next_wave() {
    auto kept = rollout_.paused ? held_by_operator(rollout_) : asked_to_leave(starts_, false);
    if (!kept) kept = cannot_speak(lacks_);
    const auto tells = [&kept](const Blocker& one) { return one.rule == kept->rule; };
    if (!kept || rollout_.open_wave + 1 >= plan_.waves.size()) return;
    if (std::ranges::none_of(decision_.waits, tells)) wait(std::move(*kept));
  }

  void judge(const WaveState& wave) {
    const PlannedWave& planned = plan_.waves[rollout_.open_wave];
    // Judged yet still open: the gate failed, and the process ended before it wrote the halt; write it now.
    if (wave.judged) return halt("gate of wave " + planned.name + " was not passed");
    SoakRound round;
    if (soaks(plan_, rollout_.open_wave)) round = soak_round(fleet_, rollout_, now_.steady);
    look_at_soaking(round);
    std::vector<Blocker> keeps = before_gate(fleet_, rollout_, round, now_, starts_);
    for (Blocker& one : keeps) {
      if (one.rule == StartRule::soak) one.wake = round.next;  // its hosts are read before it is over
    }
    if (!keeps.empty() && keeps.front().rule != StartRule::gate_held) return wait_for(std::move(keeps));
    const std::vector<HostIndex> unseen = without_evidence(rollout_, round);
    WaveCounts judged = counts();
    judged.unseen = static_cast<int>(unseen.size());
    GateResult gate = judge_gate(planned.gate, planned.gate_name, judged);
    if (gate.verdict == GateVerdict::hold) {
      if (wave.held) return wait_for(std::move(keeps));
      gate.reason += ": " + list_unseen(fleet_, rollout_, unseen);
    }
    decision_.acts.push_back(GateJudged{rollout_.id, rollout_.open_wave, gate.verdict, gate.reason});
    if (gate.verdict == GateVerdict::fail) halt("gate of wave " + planned.name + ": " + gate.reason);
  }

  /// Orders the looks that are due. A pause binds no reading while the soak runs; what is read for the gate is read
  /// once the gate may be judged.
  void look_at_soaking(const SoakRound& round) {
    const bool bound = starts_ != Starts::allowed || rollout_.stopping || (rollout_.paused && round.over);
    if (bound) return;
    for (const HostIndex host : round.looks) {
      decision_.acts.push_back(CommandIssued{look_command(fleet_, rollout_, host)});
    }
  }

  void finish_where_done() {
    if (!decision_.acts.empty()) return;
    const bool over = rollout_.halted || rollout_.open_wave >= plan_.waves.size();
    const bool at_rest = rollout_.in_flight == 0 && rollout_.open_commands == 0;  // a look may be under way
    if (over && at_rest && !rollout_.has_undos()) {
      decision_.acts.push_back(RolloutFinished{rollout_.id});
    } else if (rollout_.in_flight > 0) {
      wait(hosts_in_flight(rollout_));
    }
  }

  const Fleet& fleet_;
  const RolloutState& rollout_;
  const ResolvedPlan& plan_;
  Now now_;
  Starts starts_;
  std::string_view lacks_;
  Decision decision_;
  RoomTaken started_;
};

}  // namespace

Decision decide(const Fleet& fleet, RolloutId id, Now now, Starts starts, std::string_view lacks) {
  return Deciding(fleet, fleet.rollouts().at(id), now, starts, lacks).run();
}

}  // namespace breakwater
