#pragma once
// A disk under SQLite that fails on request: every file of every database that this process opens goes through it.
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

}  // namespace breakwater::journal::faulty_disk
