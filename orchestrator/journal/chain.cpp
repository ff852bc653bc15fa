#include "orchestrator/journal/chain.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace breakwater::journal {
namespace {

using std::literals::string_view_literals::operator""sv;
constexpr std::string_view kOpening = "BWJREC1\0"sv;

void put(std::string& bytes, std::uint64_t value, int width = 8) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255U);
}

void put(std::string& bytes, Instant instant) {
  put(bytes, static_cast<std::uint64_t>(instant.time_since_epoch().count()));
}

void put(std::string& bytes, const std::string& text) {
  put(bytes, text.size());
  bytes += text;
}

tl::unexpected<StoreFault> changed(const Record& record, const std::string& what) {
  return fail(StoreFault{StoreFault::Reason::changed,
                         "journal record " + std::to_string(record.seq) + " was changed: " + what, record.seq});
}

}  // namespace

bool Record::operator==(const Record& other) const {
  return seq == other.seq && format == other.format && at.steady == other.at.steady && at.wall == other.at.wall &&
         kind == other.kind && body == other.body && previous == other.previous && hash == other.hash;
}

Sha256 Chain::hash(const Record& record) {
  bytes_.clear();
  bytes_ += kOpening;
  put(bytes_, static_cast<std::uint32_t>(record.format), 4);
  put(bytes_, record.seq);
  put(bytes_, record.at.steady);
  put(bytes_, record.at.wall);
  put(bytes_, record.kind);
  put(bytes_, record.body);
  for (const std::uint8_t byte : record.previous.bytes) bytes_ += static_cast<char>(byte);
  hasher_.update(bytes_);
  return hasher_.finish();
}

Record Chain::seal(const Draft& draft) {
  Record record{head_.seq + 1, kFormat, draft.at, draft.kind, draft.body, head_.hash, {}};
  record.hash = hash(record);
  head_ = {record.seq, record.hash};
  return record;
}

Result<void, StoreFault> Chain::check(const Record& record) {
  const std::uint64_t expected = head_.seq + 1;
  if (record.seq != expected) {
    return fail(StoreFault{StoreFault::Reason::changed,
                           "journal record " + std::to_string(expected) + " is missing: record " +
                               std::to_string(record.seq) + " follows record " + std::to_string(head_.seq),
                           expected});
  }
  if (record.format < 1 || record.format > kFormat) {
    return fail(StoreFault{StoreFault::Reason::unknown_format,
                           "journal record " + std::to_string(record.seq) + " has format " +
                               std::to_string(record.format) + ", and this breakwater knows those up to " +
                               std::to_string(kFormat),
                           record.seq});
  }
  if (record.previous != head_.hash) {
    return changed(record,
                   "it follows " + to_hex(record.previous) + ", and the record before it is " + to_hex(head_.hash));
  }
  if (const Sha256 actual = hash(record); actual != record.hash) {
    return changed(
        record, "its bytes have the hash " + to_hex(actual) + ", and " + to_hex(record.hash) + " was written with it");
  }
  head_ = {record.seq, record.hash};
  return {};
}

Result<void, StoreFault> Chain::check_end(const Head& written) const {
  if (head_ == written) return {};
  const std::uint64_t bad = std::min(head_.seq, written.seq) + (head_.seq == written.seq ? 0 : 1);
  return fail(StoreFault{StoreFault::Reason::changed,
                         "the journal ends with record " + std::to_string(head_.seq) + " (" + to_hex(head_.hash) +
                             "), and record " + std::to_string(written.seq) + " (" + to_hex(written.hash) +
                             ") was written last",
                         bad});
}

}  // namespace breakwater::journal
