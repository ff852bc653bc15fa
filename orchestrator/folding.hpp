#pragma once
// Folding: the records of a journal, read one after the other into a fleet.
#include <functional>
#include <memory>

#include "orchestrator/core/fleet.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater {

/// Reads one record, of any format up to the present one, and folds it into the fleet of those before it.
Result<Recorded, journal::StoreFault> fold_in(const journal::Record& record, Fleet& fleet);

/// Folds the records that `fleet` has not taken up yet, every one checked. After a fault the fleet is of no more use.
Result<void, journal::StoreFault> fold_more(journal::Store& store, Fleet& fleet,
                                            const std::function<void(const Recorded&)>& also = {});

/// Folds a whole journal, every record checked.
Result<Fleet, journal::StoreFault> fold(journal::Store& store, const std::function<void(const Recorded&)>& also = {});

/// A journal in memory that keeps no record, for what is only rehearsed.
std::unique_ptr<journal::Store> forgetful_journal();

}  // namespace breakwater
