#include "orchestrator/journal/sqlite_statement.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace breakwater::journal {

namespace {

StoreFault::Reason reason_of(int code) {
  // No room for the shared index of the log is a full disk too; SQLite calls it an I/O error.
  if (code == SQLITE_IOERR_SHMSIZE) return StoreFault::Reason::disk_full;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return StoreFault::Reason::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreFault::Reason::busy;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return StoreFault::Reason::unreadable;
    default:  // SQLite's codes are an open set; whatever else went wrong must not be tried again
      return StoreFault::Reason::fatal;
  }
}

}  // namespace

StoreFault sqlite_fault(sqlite3* db, int code, const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) return system_fault(file, EISDIR).value();
  const int error = db != nullptr && (code & 0xff) == SQLITE_CANTOPEN ? sqlite3_system_errno(db) : 0;
  if (error != 0) return system_fault(file, error).value();
  std::string message = file.string() + ": " + sqlite3_errstr(code);
  if (db != nullptr) {
    if (const std::string said = sqlite3_errmsg(db); said != sqlite3_errstr(code)) message += " (" + said + ")";
  }
  message += ", SQLite code " + std::to_string(code);
  return {reason_of(code), std::move(message)};
}

Statement::Statement(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  code_ =
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  statement_.reset(prepared);
}

void Statement::bind(int at, const std::string& text) {
  keep(sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int at, const Sha256& digest) {
  keep(sqlite3_bind_blob64(statement_.get(), at, digest.bytes.data(), digest.bytes.size(), SQLITE_STATIC));
}

int Statement::step() {
  if (code_ != SQLITE_OK) return code_;
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW) reset();
  return code;
}

void Statement::text(int column, std::string& into) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  into.assign(size == 0 ? "" : static_cast<const char*>(bytes), size);
}

bool Statement::digest(int column, Sha256& into) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (sqlite3_column_bytes(statement_.get(), column) != static_cast<int>(into.bytes.size())) return false;
  std::memcpy(into.bytes.data(), bytes, into.bytes.size());
  return true;
}

}  // namespace breakwater::journal
