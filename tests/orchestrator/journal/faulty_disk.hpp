#pragma once
// A disk under SQLite that fails on request, or loses its power: every file of every database that this process opens
// goes through it. Writes that no sync followed are remembered, since a power cut may keep, lose or tear each of their
// sectors.
#include <cstdint>

namespace breakwater::journal::faulty_disk {

enum class Fault {
  none,
  full,         ///< a write finds no room
  write_fails,  ///< a write is an I/O error
  sync_fails,   ///< an fsync is an I/O error, and the data may or may not be there
  read_fails,
};

/// From now on; installs itself at the first call.
void set(Fault fault);

/// Counts operations (opens, writes, syncs) from 1 anew, and forgets what was to happen.
void begin();
std::uint64_t operations();
/// The `number`th operation is an I/O error; those after it are done.
void fail_at(std::uint64_t number);
/// At the `number`th operation the machine loses its power: it and all that follow fail.
void cut_at(std::uint64_t number);
/// The power is back. Of each sector that was written and not synced there is the old, the new, or half of each, as
/// `seed` will have it; a file may have its old length. Every database must be closed.
void power_back(std::uint64_t seed);

}  // namespace breakwater::journal::faulty_disk
