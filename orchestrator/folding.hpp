#pragma once
// Folding: the records of a journal, read one after the other into a fleet.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

/// Reads one record, of any format up to the present one, and folds it into the fleet of those before it.
Result<Recorded, journal::StoreFault> fold_in(const journal::Record& record, Fleet& fleet);

/// Folds the records that `fleet` has not taken up yet, every one checked. After a fault the fleet is of no more use.
Result<void, journal::StoreFault> fold_more(journal::Store& store, Fleet& fleet,
                                            const std::function<void(const Recorded&)>& also = {});

/// Folds a journal: from its newest snapshot that fits, else from its first record, and so where `also` is to see every
/// record. What is folded is checked.
Result<Fleet, journal::StoreFault> fold(journal::Store& store, const std::function<void(const Recorded&)>& also = {});

/// What a replay of the whole journal says of it and of the snapshots beside it.
struct Replayed {
  journal::Head head;
  std::vector<std::uint64_t> fit;    ///< snapshots that hold what the replay makes of the records up to them
  std::vector<std::string> misfits;  ///< in words: those that a record names, and that hold something else
};
Result<Replayed, journal::StoreFault> replay_whole(journal::Store& store);

/// A journal in memory that keeps no record, for what is only rehearsed.
std::unique_ptr<journal::Store> forgetful_journal();

}  // namespace breakwater
