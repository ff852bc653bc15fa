#include "orchestrator/snapshot.hpp"

#include <algorithm>
#include <string_view>

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/fleet_archive.hpp"

namespace breakwater {

using journal::Store;

namespace {

/// One is read; the one before it is for the case that the newest is not whole.
constexpr std::size_t kKept = 2;

/// What stands before the fold's bytes: `BWSNAP1` and a zero byte, the fold's version (4 bytes), the number (8) and the
/// hash (32) of the last record that it folds, the SHA-256 (32) of its bytes. Integers big-endian.
std::string heading_of(const NamedSnapshot& snapshot) {
  std::string bytes("BWSNAP1\0", 8);
  const auto put = [&bytes](std::uint64_t value, int width) {
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255U);
  };
  put(kFoldVersion, 4);
  put(snapshot.up_to.seq, 8);
  bytes.append(snapshot.up_to.hash.bytes.begin(), snapshot.up_to.hash.bytes.end());
  bytes.append(snapshot.digest.bytes.begin(), snapshot.digest.bytes.end());
  return bytes;
}

/// The snapshot of this number, where the record behind it names it.
std::optional<NamedSnapshot> named(Store& store, std::uint64_t number) {
  std::vector<journal::Record> two;
  const auto read = store.replay(number, [&two](const journal::Record& record) {
    two.push_back(record);
    return two.size() < 2;
  });
  if (!read || two.size() < 2 || two.front().seq != number) return std::nullopt;
  const auto event = codec::decode(two.back().kind, two.back().body);
  const auto* taken = event ? std::get_if<SnapshotTaken>(&*event) : nullptr;
  if (!taken || taken->up_to != number || taken->fold_version != kFoldVersion) return std::nullopt;
  return NamedSnapshot{{number, two.front().hash}, taken->digest};
}

}  // namespace

std::vector<NamedSnapshot> named_snapshots(Store& store) {
  std::vector<NamedSnapshot> all;
  if (!store.shelf()) return all;
  for (const std::uint64_t number : store.shelf()->numbers()) {
    if (const auto one = named(store, number)) all.push_back(*one);
  }
  return all;
}

std::optional<std::string> bytes_of(const journal::Shelf& shelf, const NamedSnapshot& snapshot) {
  auto file = shelf.read(snapshot.up_to.seq);
  const std::string heading = heading_of(snapshot);
  if (!file || !file->starts_with(heading)) return std::nullopt;
  file->erase(0, heading.size());
  if (sha256(*file) != snapshot.digest) return std::nullopt;
  return file;
}

std::optional<Fleet> read_snapshot(Store& store) {
  for (const NamedSnapshot& snapshot : named_snapshots(store)) {
    const auto bytes = bytes_of(*store.shelf(), snapshot);
    auto fleet = bytes ? codec::unpack(*bytes) : fail(std::string());
    if (fleet && fleet->last_seq() == snapshot.up_to.seq) return std::move(*fleet);
  }
  return std::nullopt;
}

Result<SnapshotTaken, std::string> write_snapshot(Store& store, const Fleet& fleet) {
  const auto head = store.head();
  if (!head) return fail(head.error().message);
  const std::string bytes = codec::pack(fleet);
  const Sha256 digest = sha256(bytes);
  const auto kept = store.shelf()->keep(head->seq, heading_of({*head, digest}) + bytes);
  if (!kept) return fail(kept.error());
  return SnapshotTaken{head->seq, kFoldVersion, digest};
}

void drop_old_snapshots(Store& store) {
  const std::vector<std::uint64_t> numbers = store.shelf()->numbers();
  for (std::size_t i = kKept; i < numbers.size(); ++i) store.shelf()->drop(numbers[i]);
}

std::optional<SnapshotTaken> SnapshotTaker::take_if_due(const Fleet& fleet,
                                                        const std::function<void(const std::string&)>& warn) {
  if (!store_.shelf()) return std::nullopt;
  if (!tried_) {
    const std::vector<NamedSnapshot> there = named_snapshots(store_);
    tried_ = there.empty() ? 0 : there.front().up_to.seq;
  }
  const bool ended =
      !std::includes(fleet.unfinished().begin(), fleet.unfinished().end(), under_way_.begin(), under_way_.end());
  under_way_ = fleet.unfinished();
  if (!ended && fleet.last_seq() - *tried_ < every_) return std::nullopt;
  tried_ = fleet.last_seq();
  const auto taken = write_snapshot(store_, fleet);
  if (!taken && !failed_ && warn) {
    warn("no snapshot was kept, and verbs take longer: " + taken.error() + "; it is tried again");
  }
  failed_ = !taken;
  return taken ? std::optional(*taken) : std::nullopt;
}

}  // namespace breakwater
