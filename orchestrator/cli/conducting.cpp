#include "orchestrator/cli/conducting.hpp"

#include <algorithm>
#include <thread>

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/log.hpp"
#include "orchestrator/views/event_words.hpp"

namespace breakwater::cli {
namespace {

constexpr unsigned kThreadsMost = 4;

/// One thread speaks to thousands of BMCs; more pay only where uploads fill it.
int io_threads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency() / 2, 1U, kThreadsMost));
}

bool any(const RolloutState& rollout, State state) {
  return std::any_of(rollout.hosts.begin(), rollout.hosts.end(),
                     [state](const HostTrip& trip) { return trip.state == state; });
}

}  // namespace

ApplyView::Mode view_mode(const Console& console, bool json) {
  if (json) return ApplyView::Mode::json;
  return console.out_is_terminal ? ApplyView::Mode::live : ApplyView::Mode::lines;
}

Result<Ended, Failure> conduct(const Console& console, const Workplace& place, const Opening& opening) {
  catch_interrupts(Work::conducting);
  BmcCrew crew(place.reach.for_conducting(), place.images, place.fleet.last_at(), io_threads());
  ApplyView view(console, place.mode, place.fleet);
  Watcher watcher;
  watcher.on_record = [&](const Recorded& record) {
    view.on_record(record);
    if (const auto words = words_for(record, place.fleet)) {
      log_debug("record " + std::to_string(record.seq) + ' ' + words->host + ' ' + words->what);
    }
  };
  watcher.on_decision = [&](const RolloutState& rollout, const Decision& decision, Now now) {
    view.on_decision(rollout, decision, now);
  };
  Conductor conductor(place.store, crew, place.fleet, watcher, interrupts());
  const auto rollout = opening(conductor);
  if (!rollout) return fail(store_failure(rollout.error()));
  const auto end = conductor.run(*rollout);
  view.close();
  if (!end) {
    const Failure failed = store_failure(end.error());
    if (failed.at_once) report(console, failed);  // before the crew's destructor says goodbye to any BMC
    return fail(failed);
  }
  return Ended{*rollout, *end};
}

Exit exit_for(const RolloutState& rollout, Conductor::End end) {
  switch (end) {
    case Conductor::End::left:
      return Exit::try_later;
    case Conductor::End::at_rest:
      return rollout.stopping ? Exit::waits : Exit::try_later;
    case Conductor::End::finished:
      break;
  }
  return static_cast<Exit>(exit_code(rollout));
}

std::vector<std::string> left_behind(const RolloutState& rollout, const OperatorAsked& asked) {
  std::vector<std::string> names;
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const PlannedHost& planned = rollout.plan->hosts[host];
    const bool meant = asked.host.empty() ? !asked.wave || *asked.wave == planned.wave : asked.host == planned.name;
    if (meant && rollout.hosts[host].state == State::updated) names.push_back(planned.name);
  }
  return names;
}

Exit exit_for_rollback(const RolloutState& rollout, Conductor::End end, const OperatorAsked& asked) {
  if (end != Conductor::End::finished) return exit_for(rollout, end);
  if (any(rollout, State::quarantined)) return Exit::quarantined;
  return left_behind(rollout, asked).empty() ? Exit::done : Exit::failed;
}

void say_end(const Console& console, const RolloutState& rollout, Conductor::End end) {
  const std::string& name = rollout.plan->rollout;
  if (end == Conductor::End::finished) {
    console.note(name + ": " + (rollout.halted ? "halted, " + rollout.halt_reason + "; " : std::string()) +
                 states_of(rollout));
    console.next(any(rollout, State::quarantined) ? "breakwater quarantine list" : "breakwater report " + name);
    return;
  }
  const bool rests = end == Conductor::End::at_rest;
  console.note(name + ": " +
               (rests ? (rollout.stopping ? "stopped" : "left at rest, nothing is in flight")
                      : "left while hosts are in flight; what became of them is found by looking") +
               "; " + states_of(rollout));
  console.next(rests && rollout.stopping ? "breakwater resume " + name + " && breakwater apply " + name
                                         : "breakwater apply " + name);
}

}  // namespace breakwater::cli
