#include "orchestrator/folding.hpp"

#include <exception>
#include <utility>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/format_1.hpp"
#include "orchestrator/journal/memory_store.hpp"

namespace breakwater {

using journal::StoreFault;

namespace {

StoreFault unreadable(std::uint64_t record, const std::string& why) {
  StoreFault fault;
  fault.reason = StoreFault::Reason::unknown_format;
  fault.message = "journal record " + std::to_string(record) + ": " + why;
  fault.record = record;
  return fault;
}

}  // namespace

Result<Recorded, StoreFault> fold_in(const journal::Record& record, Fleet& fleet) {
  Result<Event, std::string> event = codec::decode(record.kind, record.body);
  if (!event) return fail(unreadable(record.seq, event.error()));
  if (record.format == 1) codec::complete_format_1(*event, fleet);
  Recorded recorded{record.seq, record.at.steady, std::move(*event)};
  try {
    fleet.apply(recorded);
  } catch (const std::exception& impossible) {
    return fail(unreadable(record.seq, impossible.what()));
  }
  return recorded;
}

Result<void, StoreFault> fold_more(journal::Store& store, Fleet& fleet,
                                   const std::function<void(const Recorded&)>& also) {
  std::optional<StoreFault> broken;
  const auto visit = [&](const journal::Record& record) {
    const auto recorded = fold_in(record, fleet);
    if (!recorded) {
      broken = recorded.error();
      return false;
    }
    if (also) also(*recorded);
    return true;
  };
  const auto end = store.replay(fleet.last_seq() + 1, visit);
  if (broken) return fail(*broken);
  if (!end) return fail(end.error());
  return {};
}

Result<Fleet, StoreFault> fold(journal::Store& store, const std::function<void(const Recorded&)>& also) {
  Fleet fleet;
  if (const auto folded = fold_more(store, fleet, also); !folded) return fail(folded.error());
  return fleet;
}

std::unique_ptr<journal::Store> forgetful_journal() {
  const auto disk = std::make_shared<journal::MemoryDisk>();
  disk->forgets = true;
  return std::make_unique<journal::MemoryStore>(disk);
}

}  // namespace breakwater
