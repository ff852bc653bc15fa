#include "orchestrator/operations/handing_over.hpp"

#include <unistd.h>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/request.hpp"

namespace breakwater::operations {
namespace {

/// Why the record that answered begins nothing; empty where it does.
Result<std::string, Problem> refusal_in(journal::Store& store, std::uint64_t answer) {
  std::string why;
  const auto read = store.replay(answer, [&why](const journal::Record& record) {
    const auto event = codec::decode(record.kind, record.body);
    const auto* refused = event ? std::get_if<StartRefused>(&*event) : nullptr;
    if (refused) why = refused->reason;
    return false;
  });
  if (!read) return fail(journal_problem(read.error()));
  return why;
}

}  // namespace

Result<RolloutId, Problem> hand_over(journal::Store& store, RolloutStarted started) {
  const std::string name = started.plan.rollout;
  const journal::Holder us{getpid(), name, wall_now()};
  const auto delivered = deliver(store, Event(std::move(started)), us, machine_clockwork(), kHandOverPatience);
  if (!delivered) return fail(delivered.error());
  if (!delivered->by) store.unlock();
  const auto refused = refusal_in(store, delivered->record);
  if (!refused) return fail(refused.error());
  if (refused->empty()) return delivered->record;
  return fail(problem(Problem::Kind::try_later, "rollout " + name + " was not begun: " + *refused,
                      "breakwater status, then apply it again"));
}

}  // namespace breakwater::operations
