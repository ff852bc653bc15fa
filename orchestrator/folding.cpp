#include "orchestrator/folding.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/fleet_archive.hpp"
#include "orchestrator/codec/format_1.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "orchestrator/snapshot.hpp"

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
  std::optional<Fleet> begun;
  if (!also) begun = read_snapshot(store);
  if (begun && fold_more(store, *begun)) return std::move(*begun);
  Fleet fleet;
  if (const auto folded = fold_more(store, fleet, also); !folded) return fail(folded.error());
  return fleet;
}

Result<Replayed, StoreFault> replay_whole(journal::Store& store) {
  const std::vector<NamedSnapshot> snapshots = named_snapshots(store);
  Replayed replayed;
  Fleet fleet;
  const auto compare = [&](std::uint64_t number) {
    const auto one = std::find_if(snapshots.begin(), snapshots.end(),
                                  [number](const NamedSnapshot& named) { return named.up_to.seq == number; });
    if (one == snapshots.end()) return;
    const auto bytes = bytes_of(*store.shelf(), *one);
    const std::string name = "snapshot " + std::to_string(number);
    if (!bytes) {
      replayed.misfits.push_back(name + " is not the one that record " + std::to_string(number + 1) + " names");
    } else if (*bytes != codec::pack(fleet)) {
      replayed.misfits.push_back(name + " does not hold what the records up to it come to");
    } else {
      replayed.fit.push_back(number);
    }
  };
  std::optional<StoreFault> broken;
  const auto head = store.replay(1, [&](const journal::Record& record) {
    if (const auto folded = fold_in(record, fleet); !folded) broken = folded.error();
    if (!broken) compare(record.seq);
    return !broken;
  });
  if (broken) return fail(*broken);
  if (!head) return fail(head.error());
  replayed.head = *head;
  return replayed;
}

std::unique_ptr<journal::Store> forgetful_journal() {
  const auto disk = std::make_shared<journal::MemoryDisk>();
  disk->forgets = true;
  return std::make_unique<journal::MemoryStore>(disk);
}

}  // namespace breakwater
