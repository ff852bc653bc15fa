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

TEST(Chain, what_is_sealed_is_accepted) {
  const auto records = sealed(50);
  EXPECT_FALSE(first_fault(records));
  EXPECT_EQ(records.back().seq, 50U);
}

TEST(Chain, every_change_of_a_record_is_found_with_its_number) {
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

TEST(Chain, a_record_sealed_anew_does_not_fit_its_successor) {
  auto records = sealed(20);
  Chain forger(Head{16, records[15].hash});
  records[16] = forger.seal(draft("forged"));
  const auto fault = first_fault(records);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->record, 18U);
}

TEST(Chain, gaps_and_swaps_are_found) {
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

TEST(Chain, a_format_that_is_not_known_is_no_damage) {
  for (const int format : {0, -1, kFormat + 1}) {
    auto records = sealed(3);
    records[2].format = format;
    const auto fault = first_fault(records);
    ASSERT_TRUE(fault) << format;
    EXPECT_EQ(fault->reason, Reason::unknown_format) << format;
    EXPECT_EQ(fault->record, 3U) << format;
  }
}

TEST(Chain, the_end_is_compared) {
  const auto records = sealed(5);
  Chain chain(Head{5, records[4].hash});
  EXPECT_TRUE(chain.check_end({5, records[4].hash}));
  EXPECT_EQ(chain.check_end({7, records[4].hash}).error().record, 6U);
  EXPECT_EQ(chain.check_end({3, records[2].hash}).error().record, 4U);
  EXPECT_EQ(chain.check_end({5, records[3].hash}).error().record, 5U);
}

TEST(StoreFault, every_reason_has_its_name) {
  EXPECT_EQ(to_string(Reason::disk_full), "disk_full");
  EXPECT_EQ(locked_fault("f", {}).message, "f: another process holds the conductor's lock");
}

}  // namespace
}  // namespace breakwater::journal::chain_test
