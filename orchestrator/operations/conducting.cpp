#include "orchestrator/operations/conducting.hpp"

#include <algorithm>
#include <thread>

#include "orchestrator/log.hpp"
#include "orchestrator/operations/bmc_access.hpp"
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

Result<RolloutId, journal::StoreFault> take_up(Conductor& conductor, RolloutToConduct what) {
  if (const auto* begun = std::get_if<RolloutId>(&what)) return *begun;
  NewRollout& made = std::get<NewRollout>(what);
  return conductor.begin(std::move(made.plan), made.by);
}

}  // namespace

Result<Conducted, Problem> conduct(const Workplace& place, RolloutToConduct what) {
  BmcCrew crew(place.bmcs.for_conducting(), place.images, place.fleet.last_at(), io_threads());
  Watcher watcher = place.watcher;
  watcher.on_record = [&](const Recorded& record) {
    if (place.watcher.on_record) place.watcher.on_record(record);
    log_record(record, place.fleet);
  };
  Conductor conductor(place.store, crew, place.fleet, watcher, place.interrupts);
  const auto rollout = take_up(conductor, std::move(what));
  if (!rollout) return fail(journal_problem(rollout.error()));
  const auto end = conductor.run(*rollout);
  if (end) return Conducted{*rollout, *end};
  Problem broken = journal_problem(end.error());
  // Before the crew's destructor says goodbye to any BMC.
  if (broken.kind == Problem::Kind::journal_broken) place.on_journal_broken(broken);
  return fail(std::move(broken));
}

}  // namespace breakwater::operations
