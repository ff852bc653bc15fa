#pragma once
// The journal for others' eyes: every record checked and counted, or written out as JSON lines.
#include <cstdint>
#include <ostream>
#include <string>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"
#include "orchestrator/journal/record.hpp"
#include "orchestrator/journal/store.hpp"

namespace breakwater::journal {

/// Reads and checks the whole journal. The head's number is the count; its hash is what an operator writes down, since
/// a chain alone cannot see that its end was cut off. A fault names the first bad record.
Result<Head, StoreFault> verify(Store& store);

/// One record as one line of JSON without its newline: seq, at, steady, format, kind, body (as text), previous, hash.
std::string to_json_line(const Record& record);

/// Writes every record, checked, one line each. A fault of the journal stops it; look at `out` for a fault of the
/// stream.
Result<Head, StoreFault> export_json_lines(Store& store, std::ostream& out);

}  // namespace breakwater::journal
