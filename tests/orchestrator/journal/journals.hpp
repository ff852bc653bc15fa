#pragma once
// What the tests of the journal share: a folder of their own, drafts to append, and faults shown by their names.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "orchestrator/journal/sqlite_store.hpp"

namespace breakwater::journal {

inline void PrintTo(StoreFault::Reason reason, std::ostream* out) {
  *out << to_string(reason);
}

class StateFolder {
 public:
  StateFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "breakwater-journal-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
  }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  ~StateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Instant at_ms(std::int64_t ms) {
  return Instant(Duration(ms));
}

inline Draft draft(const std::string& body, const std::string& kind = "HostSettled") {
  return {{at_ms(1000), at_ms(1'700'000'000'000)}, kind, body};
}

inline std::vector<Draft> drafts(std::size_t count, const std::string& body = "{\"host\":\"r07-n01\"}") {
  return std::vector<Draft>(count, draft(body));
}

inline const Holder kHolder{4711, "x13-bios-3.4", at_ms(1'700'000'000'000)};

inline std::unique_ptr<SqliteStore> open_sqlite(const std::filesystem::path& dir,
                                                SqliteStore::Access access = SqliteStore::Access::write) {
  auto store = SqliteStore::open(dir, access);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

inline std::vector<Record> all_records(Store& store, std::uint64_t from = 1) {
  std::vector<Record> records;
  const auto head = store.replay(from, [&](const Record& record) {
    records.push_back(record);
    return true;
  });
  EXPECT_TRUE(head) << head.error().message;
  return records;
}

}  // namespace breakwater::journal
