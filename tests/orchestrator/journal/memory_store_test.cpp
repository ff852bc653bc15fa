// What only the journal in memory can do.
#include "orchestrator/journal/memory_store.hpp"

#include <gtest/gtest.h>

#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::memory_store_test {
namespace {

TEST(MemoryDisk, that_forgets_has_the_same_head_and_no_replay) {
  const auto keeps = std::make_shared<MemoryDisk>();
  const auto forgets = std::make_shared<MemoryDisk>();
  forgets->forgets = true;
  for (const auto& disk : {keeps, forgets}) {
    MemoryStore store(disk);
    ASSERT_TRUE(store.lock(kHolder));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(store.append(drafts(4)));
  }
  EXPECT_EQ(keeps->records.size(), 12U);
  EXPECT_EQ(forgets->records.size(), 1U);
  EXPECT_EQ(MemoryStore(forgets).head().value(), MemoryStore(keeps).head().value());
  const auto replayed = MemoryStore(forgets).replay(1, [](const Record&) { return true; });
  ASSERT_FALSE(replayed) << "a fold of nothing would be taken for an empty fleet";
  EXPECT_EQ(replayed.error().reason, StoreFault::Reason::unreadable);
}

}  // namespace
}  // namespace breakwater::journal::memory_store_test
