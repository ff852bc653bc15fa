#pragma once
// The hash chain: seals a draft to the head of the journal, and checks records as they are read back. Pure.
#include <optional>

#include "inventories/trust/digest.hpp"
#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"
#include "orchestrator/journal/record.hpp"

namespace breakwater::journal {

/// Walks the chain in either direction of use: `seal` makes the next record, `check` accepts the next one read.
class Chain {
 public:
  /// Goes on after `head`; from the beginning without one.
  explicit Chain(const Head& head = {}) : head_(head) {}

  const Head& head() const { return head_; }

  Record seal(const Draft& draft);

  /// Refuses a gap in the numbers, an unknown format, and whatever does not fit its hash, naming the record.
  Result<void, StoreFault> check(const Record& record);

  /// Refuses an end that is not the one that was written: a tail cut off, or added by hand.
  Result<void, StoreFault> check_end(const Head& written) const;

 private:
  Sha256 hash(const Record& record);
  Head head_;
  Sha256Stream hasher_;
  std::string bytes_;  ///< kept between records, so that a replay does not allocate
};

}  // namespace breakwater::journal
