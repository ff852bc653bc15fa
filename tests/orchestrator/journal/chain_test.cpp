#include "orchestrator/journal/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::chain_test {
namespace {

using testing::HasSubstr;
using Reason = StoreFault::Reason;

std::vector<Record> sealed(std::size_t count) {
  Chain chain;
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(chain.seal(draft("body " + std::to_string(i))));
  return records;
}

/// Checks a list from its start; the fault of the first bad record, or nothing.
std::optional<StoreFault> first_fault(const std::vector<Record>& records) {
  Chain chain;
  for (const auto& record : records) {
    if (auto checked = chain.check(record); !checked) return checked.error();
  }
  return std::nullopt;
}

TEST(Chain, WhatIsSealedIsAccepted) {
  const auto records = sealed(50);
  EXPECT_FALSE(first_fault(records));
  EXPECT_EQ(records.back().seq, 50U);
}

TEST(Chain, EveryChangeOfARecordIsFoundWithItsNumber) {
  const std::pair<const char*, std::function<void(Record&)>> changes[] = {
      {"steady", [](Record& r) { r.at.steady += Duration(1); }},
      {"wall", [](Record& r) { r.at.wall -= Duration(1); }},
      {"kind", [](Record& r) { r.kind += "x"; }},
      {"body", [](Record& r) { r.body[0] = 'B'; }},
      {"kind and body moved", [](Record& r) { r.kind += r.body[0], r.body.erase(0, 1); }},
      {"previous", [](Record& r) { r.previous.bytes[31] ^= 1; }},
      {"hash", [](Record& r) { r.hash.bytes[0] ^= 1; }},
  };
  for (const auto& [what, change] : changes) {
    auto records = sealed(20);
    change(records[16]);
    const auto fault = first_fault(records);
    ASSERT_TRUE(fault) << what;
    EXPECT_EQ(fault->reason, Reason::changed) << what;
    EXPECT_EQ(fault->record, 17U) << what;
    EXPECT_THAT(fault->message, HasSubstr("journal record 17 was changed")) << what;
  }
}

TEST(Chain, ARecordSealedAnewDoesNotFitItsSuccessor) {
  auto records = sealed(20);
  Chain forger(Head{16, records[15].hash});
  records[16] = forger.seal(draft("forged"));
  const auto fault = first_fault(records);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->record, 18U);
}

TEST(Chain, GapsAndSwapsAreFound) {
  auto records = sealed(20);
  records.erase(records.begin() + 9);
  auto fault = first_fault(records);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, Reason::changed);
  EXPECT_EQ(fault->record, 10U);
  EXPECT_THAT(fault->message, HasSubstr("journal record 10 is missing"));
  records = sealed(20);
  std::swap(records[4], records[5]);
  EXPECT_EQ(first_fault(records)->record, 5U);
}

TEST(Chain, AFormatThatIsNotKnownIsNoDamage) {
  auto records = sealed(3);
  records[2].format = kFormat + 1;
  const auto fault = first_fault(records);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, Reason::unknown_format);
  EXPECT_EQ(fault->record, 3U);
}

TEST(Chain, TheEndIsCompared) {
  const auto records = sealed(5);
  Chain chain(Head{5, records[4].hash});
  EXPECT_TRUE(chain.check_end({5, records[4].hash}));
  EXPECT_EQ(chain.check_end({7, records[4].hash}).error().record, 6U);
  EXPECT_EQ(chain.check_end({3, records[2].hash}).error().record, 4U);
  EXPECT_EQ(chain.check_end({5, records[3].hash}).error().record, 5U);
}

TEST(StoreFault, EveryReasonHasItsName) {
  for (int i = 0; i <= static_cast<int>(Reason::unreadable); ++i) {
    EXPECT_NE(name(static_cast<Reason>(i)), "unknown");
  }
  EXPECT_EQ(name(Reason::disk_full), "disk_full");
  EXPECT_EQ(locked_fault("f", {}).message, "f: another process holds the conductor's lock");
}

}  // namespace
}  // namespace breakwater::journal::chain_test
