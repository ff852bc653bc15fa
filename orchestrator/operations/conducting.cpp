#include "orchestrator/operations/conducting.hpp"

#include <algorithm>
#include <thread>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/log.hpp"
#include "orchestrator/operations/preflight.hpp"
#include "orchestrator/operations/rollouts.hpp"
#include "orchestrator/views/event_words.hpp"

namespace breakwater::operations {
namespace {

constexpr unsigned kThreadsMost = 4;
constexpr std::size_t kFaultsShown = 3;

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
  return is_end(trip.state) && !waits_to_go_back(trip);
}

/// Whose BMCs a rollback speaks to: those of hosts that it meant and that go back now.
void ask_for_meant(const Fleet& fleet, const RollBacks& back, Preflight& preflight) {
  for (const OperatorAsked& asked : back.asked) {
    const RolloutState& run = *fleet.find(asked.rollout);
    for (HostIndex host = 0; host < run.hosts.size(); ++host) {
      const PlannedHost& planned = run.plan->hosts[host];
      const bool goes = is_meant(asked, planned) && !is_over(run.hosts[host]) && !fleet.quarantine_of(planned);
      if (goes) preflight.faults_of(planned.name, planned.bmc);
    }
  }
}

/// And an `apply`: its own hosts, and those that other rollouts have under way. What waits there waits for its own
/// side, too (see lacks_of).
void ask_for_all(const Fleet& fleet, const RolloutToConduct& what, Preflight& preflight) {
  const auto* own = std::get_if<RolloutId>(&what);
  for (const RolloutId id : fleet.unfinished()) {
    const RolloutState& rollout = *fleet.find(id);
    const bool others = !(own && *own == id);
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      const HostTrip& trip = rollout.hosts[host];
      const PlannedHost& planned = rollout.plan->hosts[host];
      const bool stays = is_over(trip) || (others && trip.state == State::waiting);
      if (!stays) preflight.faults_of(planned.name, planned.bmc);
    }
  }
  const auto* made = std::get_if<NewRollout>(&what);
  if (!made) return;
  for (const PlannedHost& host : made->plan.hosts) preflight.faults_of(host.name, host.bmc);
}

/// What of our own side fails is found before anything is asked of a BMC; the hosts stay as they are.
Result<void, Problem> own_side_works(BmcAccess& bmcs, const Fleet& fleet, const RolloutToConduct& what) {
  Preflight preflight(bmcs);
  if (const auto* back = std::get_if<RollBacks>(&what)) {
    ask_for_meant(fleet, *back, preflight);
    if (preflight.works()) return {};
    return fail(preflight.problem("roll back again", std::string(kSame)));
  }
  ask_for_all(fleet, what, preflight);
  if (preflight.works()) return {};
  const auto* made = std::get_if<NewRollout>(&what);
  const ResolvedPlan& plan = made ? made->plan : *fleet.find(std::get<RolloutId>(what))->plan;
  return fail(preflight.problem("apply again", "breakwater apply " + plan.rollout));
}

/// Why hosts of a rollout that wait cannot be spoken to now: they are not taken forward, and take no room.
std::string lacks_of(BmcAccess& bmcs, const RolloutState& rollout) {
  if (rollout.paused) return {};
  Preflight preflight(bmcs);
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const PlannedHost& planned = rollout.plan->hosts[host];
    if (rollout.hosts[host].state == State::waiting) preflight.faults_of(planned.name, planned.bmc);
  }
  return preflight.works() ? std::string() : list_some(preflight.faults(), kFaultsShown);
}

/// Its hosts would wait for as long as this process lives.
std::string unable_to(BmcAccess& bmcs, const ResolvedPlan& plan) {
  Preflight preflight(bmcs);
  for (const PlannedHost& host : plan.hosts) preflight.faults_of(host.name, host.bmc);
  const std::vector<std::string> faults = preflight.for_good();
  if (faults.empty()) return {};
  return "the process that conducts cannot speak to its BMCs: " + list_some(faults, kFaultsShown) +
         "; apply it again once that process is over, or end that one with Ctrl-C and start it with the variable set";
}

Result<RolloutId, journal::StoreFault> take_up(Conductor& conductor, RolloutToConduct what) {
  if (const auto* begun = std::get_if<RolloutId>(&what)) return *begun;
  if (const auto* back = std::get_if<RollBacks>(&what)) return back->asked.back().rollout;
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
  const OwnSide own_side{[&place](const ResolvedPlan& plan) { return unable_to(place.bmcs, plan); },
                         [&place](const RolloutState& rollout) { return lacks_of(place.bmcs, rollout); }};
  Conductor conductor(place.store, crew, place.fleet, watcher, place.interrupts, kRequestPoll, kSnapshotEvery,
                      own_side);
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
