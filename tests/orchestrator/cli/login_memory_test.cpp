#include "orchestrator/cli/login_memory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/orchestrator/cli/made_plan.hpp"

namespace breakwater::cli {
namespace {

class LoginMemory : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("logins-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
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

TEST_F(LoginMemory, ThreeAnHourHoweverManyProcessesTry) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(try_once("10.0.0.7:443"));
  EXPECT_FALSE(try_once("10.0.0.7:443"));
  EXPECT_TRUE(try_once("10.0.0.8:443")) << "each BMC counts for itself";
  now_ += Duration{3'600'000};
  EXPECT_TRUE(try_once("10.0.0.7:443"));
}

TEST_F(LoginMemory, WhatIsNoLineIsPassedOver) {
  std::ofstream(dir_ / "logins") << "nonsense\n12\n99999999999999999999 a\n\n";
  EXPECT_TRUE(try_once("10.0.0.7:443"));
}

TEST_F(LoginMemory, AnUnwritableFolderIsNoReasonToStop) {
  LoginGuard guard([this] { return now_; });
  remember_logins("/nowhere/at/all", guard, now_);
  for (int i = 0; i < 3; ++i) guard.refused("10.0.0.7:443");
  EXPECT_FALSE(guard.may_try("10.0.0.7:443"));
}

}  // namespace
}  // namespace breakwater::cli
