#include "orchestrator/journal/conductor_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::conductor_lock_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Reason = StoreFault::Reason;

class Lock : public testing::Test {
 protected:
  std::string text() const {
    std::ifstream input(file());
    return {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  }
  fs::path file() const { return folder_.path() / "conductor.lock"; }

  StateFolder folder_;
  ConductorLock lock_{folder_.path()};
  ConductorLock other_{folder_.path()};
};

TEST_F(Lock, says_in_its_file_who_holds_it_and_takes_the_words_back) {
  ASSERT_TRUE(lock_.take(kHolder));
  EXPECT_EQ(text(), R"({"pid":4711,"rollout":"x13-bios-3.4","started":"2023-11-14T22:13:20.000Z"})"
                    "\n");
  lock_.release();
  EXPECT_EQ(text(), "") << "nobody is named who does not hold it any more";
  EXPECT_EQ(other_.holder().value(), std::nullopt);
}

TEST_F(Lock, a_shorter_holder_leaves_nothing_of_a_longer_one) {
  ASSERT_TRUE(lock_.take({1, std::string(60, 'r'), at_ms(0)}));
  std::ofstream(file()) << std::string(500, 'x');
  lock_.release();
  ASSERT_TRUE(other_.take({2, "", at_ms(0)}));
  EXPECT_EQ(lock_.holder().value(), (Holder{2, "", at_ms(0)}));
}

TEST_F(Lock, says_that_its_holder_leaves_and_that_it_stays_after_all) {
  EXPECT_EQ(lock_.say(Leaving::asked, {}).error().reason, Reason::not_locked);
  ASSERT_TRUE(lock_.take(kHolder));
  EXPECT_EQ(other_.holder().value()->leaving, Leaving::no);
  for (const Leaving leaving :
       {Leaving::own_over, Leaving::ways_back, Leaving::asked, Leaving::no, Leaving::own_over}) {
    ASSERT_TRUE(lock_.say(leaving, {}));
    Holder expected = kHolder;
    expected.leaving = leaving;
    EXPECT_EQ(other_.holder().value(), expected);
  }
  lock_.release();
  EXPECT_EQ(text(), "");
  ASSERT_TRUE(other_.take(kHolder));
  EXPECT_EQ(other_.holder().value(), kHolder) << "the next one does not leave";
}

TEST_F(Lock, is_held_whatever_its_file_says) {
  ASSERT_TRUE(lock_.take(kHolder));
  for (const std::string& said :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"pid":"1","rollout":"r"})"),
        std::string(R"({"pid":1,"rollout":"r","started":"today"})"), std::string(10'000, '{')}) {
    std::ofstream(file(), std::ios::trunc) << said;
    const auto holder = other_.holder();
    ASSERT_TRUE(holder && *holder) << said;
    EXPECT_EQ((*holder)->pid, 0) << said;
    const auto refused = other_.take({2, "", at_ms(0)});
    ASSERT_FALSE(refused) << said;
    EXPECT_EQ(refused.error().reason, Reason::locked);
    EXPECT_FALSE(refused.error().holder) << said;
  }
}

TEST_F(Lock, what_a_file_says_holds_nothing) {
  std::ofstream(file()) << R"({"pid":1,"rollout":"r","started":"2026-11-02T22:00:00Z"})";
  EXPECT_EQ(lock_.holder().value(), std::nullopt);
  EXPECT_TRUE(lock_.take(kHolder));
}

// Two processes conducted at once.
TEST_F(Lock, is_held_though_its_file_is_deleted) {
  ASSERT_TRUE(lock_.take(kHolder));
  fs::remove(file());
  const auto refused = other_.take({2, "", at_ms(0)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::locked);
  EXPECT_THAT(refused.error().message, HasSubstr("the file that says which one was deleted"));
  for (int i = 0; i < 2; ++i) {  // before and after somebody made the file anew
    const auto holder = other_.holder();
    ASSERT_TRUE(holder && *holder) << "a status would say that nobody conducts";
    EXPECT_TRUE((*holder)->file_deleted);
    EXPECT_THAT(words_of(**holder), HasSubstr("conductor.lock, was deleted"));
    EXPECT_EQ(lock_.holder().value(), kHolder);
    SuccessorLock makes_it(folder_.path());
    ASSERT_TRUE(makes_it.hold());
  }
  lock_.release();
  EXPECT_EQ(other_.holder().value(), std::nullopt);
  EXPECT_TRUE(other_.take(kHolder));
}

TEST_F(Lock, of_the_set_up_is_another_one) {
  const auto setup = lock_for_setup(folder_.path());
  ASSERT_TRUE(setup);
  EXPECT_EQ(lock_.holder().value(), std::nullopt);
  EXPECT_TRUE(lock_.take(kHolder));
}

TEST_F(Lock, follows_no_link_and_makes_no_folder) {
  const fs::path target = folder_.path() / "precious";
  std::ofstream(target) << "text";
  fs::create_symlink(target, file());
  EXPECT_EQ(lock_.take(kHolder).error().reason, Reason::unreadable);
  EXPECT_EQ(lock_.holder().error().reason, Reason::unreadable);
  EXPECT_FALSE(lock_for_setup(folder_.path()));
  EXPECT_EQ(fs::file_size(target), 4U) << "what the link leads to was emptied";
  ConductorLock nowhere(folder_.path() / "none");
  EXPECT_THAT(nowhere.take(kHolder).error().message, HasSubstr("none/conductor.lock: No such file"));
  EXPECT_EQ(nowhere.holder().value(), std::nullopt) << "where nothing ever ran nobody holds anything";
}

}  // namespace
}  // namespace breakwater::journal::conductor_lock_test
