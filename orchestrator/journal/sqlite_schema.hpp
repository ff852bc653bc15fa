#pragma once
// Opens `journal.db`: the settings that durability rests on, and the tables, made on first use and known by their
// number.
#include <filesystem>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/journal/fault.hpp"
#include "orchestrator/journal/sqlite_statement.hpp"

namespace breakwater::journal {

constexpr int kSchemaVersion = 1;
constexpr int kApplicationId = 0x42574a31;  ///< "BWJ1"; `file` and SQLite's own tools show it
constexpr int kBusyTimeout_ms = 10'000;
constexpr int kBusyPause_ms = 2;

/// Opens the journal for writing; makes folder (0700), file (0600) and tables where they are missing.
Result<Database, StoreFault> open_to_write(const std::filesystem::path& dir);

/// Opens a journal that is there, for reading only; one conductor may write meanwhile.
Result<Database, StoreFault> open_to_read(const std::filesystem::path& dir);

}  // namespace breakwater::journal
