#include "tests/orchestrator/journal/faulty_disk.hpp"

#include <sqlite3.h>

#include <map>

namespace breakwater::journal::faulty_disk {
namespace {

Fault now = Fault::none;
sqlite3_vfs* real = nullptr;
// The real file's methods, by the copies that were put in their place.
std::map<const sqlite3_io_methods*, sqlite3_io_methods>& copies() {
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> kept;
  return kept;
}
const sqlite3_io_methods* real_methods = nullptr;

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  if (now == Fault::full) return SQLITE_FULL;
  if (now == Fault::write_fails) return SQLITE_IOERR_WRITE;
  return real_methods->xWrite(file, bytes, size, at);
}

int sync(sqlite3_file* file, int flags) {
  if (now == Fault::sync_fails) return SQLITE_IOERR_FSYNC;
  return real_methods->xSync(file, flags);
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  if (now == Fault::read_fails) return SQLITE_IOERR_READ;
  return real_methods->xRead(file, bytes, size, at);
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  const int code = real->xOpen(real, name, file, flags, out);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  real_methods = file->pMethods;  // one file system: all files have the same methods
  auto& copy = copies().try_emplace(file->pMethods, *file->pMethods).first->second;
  copy.xWrite = &write;
  copy.xSync = &sync;
  copy.xRead = &read;
  file->pMethods = &copy;
  return code;
}

}  // namespace

void set(Fault fault) {
  now = fault;
  if (real != nullptr) return;
  real = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs shim = *real;
  shim.zName = "faulty_disk";
  shim.xOpen = &open;
  sqlite3_vfs_register(&shim, 1);
}

}  // namespace breakwater::journal::faulty_disk
