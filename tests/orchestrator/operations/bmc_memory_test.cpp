#include "orchestrator/operations/bmc_memory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations::bmc_memory_test {
namespace {

using views::kBegin;

class BmcMemory : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("bmc-memory-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  /// A process of its own that tries once; false where it may not.
  bool try_once(const std::string& address) {
    LoginGuard guard([this] { return now_; });
    remember_logins(dir_, guard, now_);
    if (!guard.may_try(address)) return false;
    guard.refused(address);
    return true;
  }

  std::filesystem::path dir_;
  Instant now_ = kBegin;
};

TEST_F(BmcMemory, three_an_hour_however_many_processes_try) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(try_once("10.0.0.7:443"));
  EXPECT_FALSE(try_once("10.0.0.7:443"));
  EXPECT_TRUE(try_once("10.0.0.8:443")) << "each BMC counts for itself";
  now_ += Duration{3'600'000};
  EXPECT_TRUE(try_once("10.0.0.7:443"));
}

TEST_F(BmcMemory, a_clock_that_was_ahead_locks_nobody_out_once_it_is_right) {
  now_ += Duration{8 * 3'600'000};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(try_once("10.0.0.7:443"));
  EXPECT_FALSE(try_once("10.0.0.7:443"));
  now_ = kBegin;
  EXPECT_TRUE(try_once("10.0.0.7:443"));
}

TEST_F(BmcMemory, what_is_no_line_is_passed_over) {
  std::ofstream(dir_ / "logins") << "nonsense\n12\n99999999999999999999 a\n\n";
  EXPECT_TRUE(try_once("10.0.0.7:443"));
}

TEST_F(BmcMemory, an_unwritable_folder_is_no_reason_to_stop) {
  LoginGuard guard([this] { return now_; });
  remember_logins("/nowhere/at/all", guard, now_);
  for (int i = 0; i < 3; ++i) guard.refused("10.0.0.7:443");
  EXPECT_FALSE(guard.may_try("10.0.0.7:443"));
}

TEST_F(BmcMemory, a_bmc_that_offered_suite_17_is_known_to_the_next_process) {
  LoginGuard guard([this] { return now_; });
  {
    ipmi::IpmiContext first(guard);
    remember_suites(dir_, first);
    first.remember_seventeen("10.0.0.7:623");
    first.remember_seventeen("10.0.0.7:623");
    first.remember_seventeen("10.0.0.8:623");
  }
  ipmi::IpmiContext next(guard);
  remember_suites(dir_, next);
  EXPECT_TRUE(next.offers_seventeen("10.0.0.7:623"));
  EXPECT_TRUE(next.offers_seventeen("10.0.0.8:623"));
  EXPECT_FALSE(next.offers_seventeen("10.0.0.9:623"));
  std::ifstream in(dir_ / "cipher-suites");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, "10.0.0.7:623\n10.0.0.8:623\n") << "each once";
}

}  // namespace
}  // namespace breakwater::operations::bmc_memory_test
