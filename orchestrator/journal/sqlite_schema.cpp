#include "orchestrator/journal/sqlite_schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "orchestrator/journal/conductor_lock.hpp"

namespace breakwater::journal {
namespace {

namespace fs = std::filesystem;
using Reason = StoreFault::Reason;

// `head` repeats what the last record says, in the same transaction: a tail that was cut off by hand shows.
constexpr const char* kTables = R"(
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, format INTEGER NOT NULL, steady_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
INSERT INTO head VALUES (1, 0, zeroblob(32));
CREATE TABLE request (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, verb TEXT NOT NULL, body TEXT NOT NULL,
  asked_by TEXT NOT NULL, answer_seq INTEGER) STRICT;
CREATE INDEX request_waiting ON request (id) WHERE answer_seq IS NULL;
)";

// A log entry is durable only when the log itself is synced at each commit: FULL, since NORMAL syncs at checkpoints
// alone. No memory map: a failed read must be an error code, not a signal.
constexpr const char* kSettings =
    "PRAGMA synchronous = FULL; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;";

Result<void, StoreFault> run(sqlite3* db, const std::string& sql, const fs::path& file) {
  if (const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
    return fail(sqlite_fault(db, sqlite3_extended_errcode(db), file));
  }
  return {};
}

Result<std::int64_t, StoreFault> ask(sqlite3* db, std::string_view pragma, const fs::path& file) {
  Statement statement(db, pragma);
  if (const int code = statement.step(); code != SQLITE_ROW) return fail(sqlite_fault(db, code, file));
  return statement.integer(0);
}

/// SQLite's own handler backs off to 100 ms between tries, and an operator's stop would wait behind a busy conductor.
int wait_for_turn(void*, int tries) {
  if (tries * kBusyPause_ms >= kBusyTimeout_ms) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(kBusyPause_ms));
  return 1;
}

Result<Database, StoreFault> open_file(const fs::path& file, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database db(opened);
  if (code != SQLITE_OK) return fail(sqlite_fault(db.get(), code, file));
  sqlite3_busy_handler(db.get(), &wait_for_turn, nullptr);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (auto set = run(db.get(), kSettings, file); !set) return fail(set.error());
  return db;
}

/// True for a journal, false for an empty file; anything else is refused.
Result<bool, StoreFault> recognise(sqlite3* db, const fs::path& file) {
  const auto application = ask(db, "PRAGMA application_id", file);
  if (!application) return fail(application.error());
  const auto version = ask(db, "PRAGMA user_version", file);
  if (!version) return fail(version.error());
  const auto tables = ask(db, "SELECT count(*) FROM sqlite_schema", file);
  if (!tables) return fail(tables.error());
  if (*tables == 0 && *version == 0) return false;
  if (*application != kApplicationId) {
    return fail(
        StoreFault{Reason::unreadable, file.string() + ": not a journal of breakwater, but another SQLite database"});
  }
  if (*version != kSchemaVersion) {
    return fail(StoreFault{Reason::unknown_format, file.string() + ": its tables have version " +
                                                       std::to_string(*version) + ", and this breakwater knows " +
                                                       std::to_string(kSchemaVersion)});
  }
  return true;
}

/// The folder is its owner's alone where we make it, and never one that others may write to: they could swap the files.
Result<void, StoreFault> make_state_folder(const fs::path& dir) {
  std::error_code error;
  if (const fs::path parent = fs::absolute(dir).parent_path(); !fs::exists(dir, error)) {
    fs::create_directories(parent, error);
  }
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return system_fault(dir, errno);
  struct ::stat now {};
  if (::stat(dir.c_str(), &now) != 0) return system_fault(dir, errno);
  if ((now.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(StoreFault{Reason::unreadable, dir.string() + ": others may write to the state folder; chmod 700 it"});
  }
  return {};
}

/// The file is made here and not by SQLite, which would follow the umask; its log and index take their mode from it.
/// One that is there is not even opened: closing a second descriptor would drop every lock that SQLite holds on it in
/// this process, and with them records of other processes.
Result<void, StoreFault> make_file(const fs::path& file) {
  const Descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made && errno != EEXIST) return system_fault(file, errno);
  return {};
}

}  // namespace

Result<Database, StoreFault> open_to_write(const fs::path& dir) {
  const fs::path file = dir / "journal.db";
  if (auto made = make_state_folder(dir); !made) return fail(made.error());
  const auto alone = lock_for_setup(dir);
  if (!alone) return fail(alone.error());
  if (auto made = make_file(file); !made) return fail(made.error());
  auto db = open_file(file, SQLITE_OPEN_READWRITE);
  if (!db) return db;
  const auto there = recognise(db->get(), file);
  if (!there) return fail(there.error());
  if (auto wal = run(db->get(), "PRAGMA journal_mode = WAL", file); !wal) return fail(wal.error());
  if (*there) return db;
  const std::string create = "BEGIN IMMEDIATE;" + std::string(kTables) +
                             "PRAGMA application_id = " + std::to_string(kApplicationId) +
                             "; PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; COMMIT";
  if (auto made = run(db->get(), create, file); !made) return fail(made.error());
  return db;
}

Result<Database, StoreFault> open_to_read(const fs::path& dir) {
  const fs::path file = dir / "journal.db";
  std::error_code error;
  const StoreFault missing{Reason::missing,
                           file.string() + ": no journal there; nothing was ever rolled out from this state"};
  const bool there_is_one = fs::exists(file, error);
  if (error) return system_fault(file, error.value());
  if (!there_is_one) return fail(missing);
  auto db = open_file(file, SQLITE_OPEN_READONLY);
  if (!db) return db;
  const auto there = recognise(db->get(), file);
  if (!there) return fail(there.error());
  if (!*there) return fail(missing);
  return db;
}

}  // namespace breakwater::journal
