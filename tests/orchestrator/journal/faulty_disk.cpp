#include "tests/orchestrator/journal/faulty_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

namespace breakwater::journal::faulty_disk {
namespace {

constexpr std::int64_t kSectorBytes = 512;
using Sector = std::array<char, kSectorBytes>;

/// What a file held where it was written since its last sync.
struct Unsynced {
  std::int64_t length = 0;  ///< of the file, when it was synced
  std::map<std::int64_t, Sector> old;
};

Fault now = Fault::none;
std::uint64_t done = 0;
std::uint64_t fails = 0;  ///< the operation that fails; 0: none
std::uint64_t cut = 0;    ///< the operation at which the power goes; 0: none
sqlite3_vfs* real = nullptr;
/// A file that is open. A database and its log have methods of their own: closing one by the other's loses locks.
struct Opened {
  std::string name;  ///< empty: a temporary one
  const sqlite3_io_methods* real = nullptr;
};
std::map<sqlite3_file*, Opened> files;
std::map<std::string, Unsynced> unsynced;

/// Counts one operation; true where it must fail.
bool fails_now() {
  ++done;
  return done == fails || (cut != 0 && done >= cut);
}

bool has_power() {
  return cut == 0 || done < cut;
}

const sqlite3_io_methods* real_of(sqlite3_file* file) {
  return files.at(file).real;
}

std::int64_t length_of(sqlite3_file* file) {
  sqlite3_int64 length = 0;
  real_of(file)->xFileSize(file, &length);
  return length;
}

void remember(sqlite3_file* file, std::int64_t from, std::int64_t to) {
  const std::string& name = files.at(file).name;
  if (name.empty()) return;
  const auto [at, fresh] = unsynced.try_emplace(name);
  if (fresh) at->second.length = length_of(file);
  for (std::int64_t sector = from / kSectorBytes; sector * kSectorBytes < to; ++sector) {
    const auto [old, first] = at->second.old.try_emplace(sector);
    if (!first) continue;
    old->second.fill(0);  // what a short read leaves
    real_of(file)->xRead(file, old->second.data(), kSectorBytes, sector * kSectorBytes);
  }
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  if (now == Fault::full) return SQLITE_FULL;
  if (fails_now() || now == Fault::write_fails) return SQLITE_IOERR_WRITE;
  remember(file, at, at + size);
  return real_of(file)->xWrite(file, bytes, size, at);
}

int sync(sqlite3_file* file, int flags) {
  if (fails_now() || now == Fault::sync_fails) return SQLITE_IOERR_FSYNC;
  const int code = real_of(file)->xSync(file, flags);
  if (code == SQLITE_OK) unsynced.erase(files.at(file).name);
  return code;
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  if (now == Fault::read_fails || !has_power()) return SQLITE_IOERR_READ;
  return real_of(file)->xRead(file, bytes, size, at);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (!has_power()) return SQLITE_IOERR_TRUNCATE;
  remember(file, size, length_of(file));
  return real_of(file)->xTruncate(file, size);
}

int close(sqlite3_file* file) {
  const sqlite3_io_methods* methods = real_of(file);
  files.erase(file);
  return methods->xClose(file);
}

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  if (fails_now()) {
    file->pMethods = nullptr;
    return SQLITE_CANTOPEN;
  }
  const int code = real->xOpen(real, name, file, flags, out);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> copies;
  auto& copy = copies.try_emplace(file->pMethods, *file->pMethods).first->second;
  files[file] = Opened{name == nullptr ? "" : name, file->pMethods};
  copy.xWrite = &write;
  copy.xSync = &sync;
  copy.xRead = &read;
  copy.xTruncate = &truncate;
  copy.xClose = &close;
  file->pMethods = &copy;
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (!has_power()) return SQLITE_IOERR_DELETE;
  unsynced.erase(name);
  return real->xDelete(real, name, sync_folder);
}

/// What is left of one sector: the old, the new, or the beginning of the new with the end of the old.
void lay_down(std::fstream& file, std::int64_t sector, const Sector& old, std::uint64_t chance) {
  const std::int64_t kept = chance == 0 ? 0 : chance == 1 ? kSectorBytes : kSectorBytes / 2;
  file.seekp(sector * kSectorBytes + kept);
  file.write(old.data() + kept, kSectorBytes - kept);
}

}  // namespace

void set(Fault fault) {
  now = fault;
  if (real != nullptr) return;
  real = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs shim = *real;
  shim.zName = "faulty_disk";
  shim.xOpen = &open;
  shim.xDelete = &remove;
  sqlite3_vfs_register(&shim, 1);
}

void begin() {
  set(Fault::none);
  done = fails = cut = 0;
  unsynced.clear();
}

std::uint64_t operations() {
  return done;
}

void fail_at(std::uint64_t number) {
  fails = number;
}

void cut_at(std::uint64_t number) {
  cut = number;
}

void power_back(std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  for (const auto& [name, writes] : unsynced) {
    std::error_code gone;
    std::filesystem::remove(name.substr(0, name.rfind("-wal")) + "-shm", gone);  // memory, which is gone
    if (!std::filesystem::exists(name)) continue;
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    for (const auto& [sector, old] : writes.old) lay_down(file, sector, old, dice() % 3);
    file.close();
    const auto length = static_cast<std::uintmax_t>(writes.length);
    if (dice() % 3 == 0 && std::filesystem::file_size(name) > length) std::filesystem::resize_file(name, length);
  }
  begin();
}

}  // namespace breakwater::journal::faulty_disk
