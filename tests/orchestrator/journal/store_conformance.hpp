#pragma once
// Both implementations of the store port, each as a medium that can be opened again, filled up and broken.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/journal/memory_store.hpp"
#include "tests/orchestrator/journal/faulty_disk.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal {

/// A journal of one kind, and its disk's moods.
class Medium {
 public:
  virtual ~Medium() = default;
  virtual std::unique_ptr<Store> open() = 0;  ///< another store on the same journal
  virtual void fill_up() = 0;
  virtual void break_down() = 0;
  virtual void recover() = 0;
};

class SqliteMedium final : public Medium {
 public:
  SqliteMedium() { faulty_disk::set(faulty_disk::Fault::none); }
  ~SqliteMedium() override { recover(); }
  std::unique_ptr<Store> open() override { return open_sqlite(folder_.path()); }
  void fill_up() override { faulty_disk::set(faulty_disk::Fault::full); }
  void break_down() override { faulty_disk::set(faulty_disk::Fault::sync_fails); }
  void recover() override { faulty_disk::set(faulty_disk::Fault::none); }

 private:
  StateFolder folder_;
};

class MemoryMedium final : public Medium {
 public:
  std::unique_ptr<Store> open() override { return std::make_unique<MemoryStore>(disk_); }
  void fill_up() override { disk_->records_max = disk_->records.size(); }
  void break_down() override { disk_->broken = true; }
  void recover() override { *disk_ = {disk_->records, disk_->requests, disk_->snapshots, disk_->holder}; }

 private:
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
};

struct StoreKind {
  const char* name;
  std::unique_ptr<Medium> (*make)();
};

class StoreConformance : public testing::TestWithParam<StoreKind> {
 protected:
  std::unique_ptr<Medium> medium_ = GetParam().make();
  std::unique_ptr<Store> store_ = medium_->open();

  void lock() { ASSERT_TRUE(store_->lock(kHolder)); }
  Appended append(std::size_t count, std::vector<std::uint64_t> taken = {}) {
    const auto appended = store_->append(drafts(count), taken);
    EXPECT_TRUE(appended) << appended.error().message;
    return appended.value_or(Appended{});
  }
  std::uint64_t request(const std::string& verb) {
    const auto id = store_->add_request(at_ms(5), verb, "{}", "ann");
    EXPECT_TRUE(id) << id.error().message;
    return id.value_or(0);
  }
};

}  // namespace breakwater::journal
