#include "orchestrator/operations/conducting.hpp"

#include <algorithm>
#include <thread>

#include "orchestrator/log.hpp"
#include "orchestrator/operations/preflight.hpp"
#include "orchestrator/views/event_words.hpp"

namespace breakwater::operations {
namespace {

constexpr unsigned kThreadsMost = 4;

/// One thread speaks to thousands of BMCs; more pay only where uploads fill it.
int io_threads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency() / 2, 1U, kThreadsMost));
}

void log_record(const Recorded& record, const Fleet& fleet) {
  if (const auto words = views::words_for(record, fleet)) {
    log_debug("record " + std::to_string(record.seq) + ' ' + words->host + ' ' + words->what);
  }
}

/// Whether nothing will be asked of a host's BMC any more, unless somebody asks for its way back.
bool is_over(const HostTrip& trip) {
  return is_end(trip.state) && !(trip.state == State::updated && trip.undo);
}

const ResolvedPlan& plan_of(const Fleet& fleet, const RolloutToConduct& what) {
  if (const auto* made = std::get_if<NewRollout>(&what)) return made->plan;
  const auto* back = std::get_if<RollBacks>(&what);
  return *fleet.find(back ? back->run : std::get<RolloutId>(what))->plan;
}

/// What of our own side fails is found before anything is asked of a BMC; the hosts stay as they are.
Result<void, Problem> own_side_works(BmcAccess& bmcs, const Fleet& fleet, const RolloutToConduct& what) {
  Preflight preflight(bmcs);
  for (const RolloutId id : fleet.unfinished()) {
    const RolloutState& rollout = *fleet.find(id);
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      const PlannedHost& planned = rollout.plan->hosts[host];
      if (!is_over(rollout.hosts[host])) preflight.faults_of(planned.name, planned.bmc);
    }
  }
  if (const auto* made = std::get_if<NewRollout>(&what)) {
    for (const PlannedHost& host : made->plan.hosts) preflight.faults_of(host.name, host.bmc);
  }
  if (preflight.works()) return {};
  return fail(preflight.problem("breakwater apply " + plan_of(fleet, what).rollout));
}

Result<RolloutId, journal::StoreFault> take_up(Conductor& conductor, RolloutToConduct what) {
  if (const auto* begun = std::get_if<RolloutId>(&what)) return *begun;
  if (const auto* back = std::get_if<RollBacks>(&what)) return back->run;
  NewRollout& made = std::get<NewRollout>(what);
  return conductor.begin(std::move(made.plan), made.by);
}

}  // namespace

Result<Conducted, Problem> conduct(const Workplace& place, RolloutToConduct what) {
  if (auto works = own_side_works(place.bmcs, place.fleet, what); !works) return fail(works.error());
  BmcCrew crew(place.bmcs.for_conducting(), place.images, place.fleet.last_at(), io_threads());
  Watcher watcher = place.watcher;
  watcher.on_record = [&](const Recorded& record) {
    if (place.watcher.on_record) place.watcher.on_record(record);
    log_record(record, place.fleet);
  };
  watcher.on_warning = log_warning;
  Conductor conductor(place.store, crew, place.fleet, watcher, place.interrupts);
  const Starts starts = std::holds_alternative<RollBacks>(what) ? Starts::ways_back : Starts::allowed;
  const auto rollout = take_up(conductor, std::move(what));
  if (!rollout) return fail(journal_problem(rollout.error()));
  const auto end = conductor.run(*rollout, starts);
  if (end) return Conducted{*rollout, *end, conductor.handed_on()};
  Problem broken = journal_problem(end.error());
  // Before the crew's destructor says goodbye to any BMC.
  if (broken.kind == Problem::Kind::journal_broken) place.on_journal_broken(broken);
  return fail(std::move(broken));
}

}  // namespace breakwater::operations
