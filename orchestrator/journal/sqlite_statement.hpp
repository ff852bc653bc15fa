#pragma once
// SQLite as this room speaks to it: a database and prepared statements that close themselves, and its result codes as
// faults.
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "inventories/vocabulary/digest.hpp"
#include "orchestrator/journal/fault.hpp"

namespace breakwater::journal {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// What a result code other than success means to a caller. Reads the message of the last call on `db`.
StoreFault sqlite_fault(sqlite3* db, int code, const std::filesystem::path& file);

/// One prepared statement. Bindings count from 1, columns from 0, as in SQLite. Texts and blobs that are bound must
/// stand until the statement is reset.
class Statement {
 public:
  Statement() = default;
  /// The code of preparing it is kept, and is the code of every step that follows.
  Statement(sqlite3* db, std::string_view sql);

  void bind(int at, std::int64_t value) { keep(sqlite3_bind_int64(statement_.get(), at, value)); }
  void bind(int at, std::uint64_t value) { bind(at, static_cast<std::int64_t>(value)); }
  void bind(int at, const std::string& text);
  void bind(int at, const Sha256& digest);

  /// SQLITE_ROW, SQLITE_DONE, or what went wrong. Resets the statement unless it returns a row.
  int step();
  void reset() { sqlite3_reset(statement_.get()); }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  /// The bytes as stored.
  void text(int column, std::string& into) const;
  /// False where the column is not 32 bytes long.
  bool digest(int column, Sha256& into) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void keep(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int code_ = SQLITE_OK;
};

}  // namespace breakwater::journal
