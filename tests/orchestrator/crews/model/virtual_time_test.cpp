// Coroutines in virtual time: who is woken when, in which order, and how they end.
#include "orchestrator/crews/model/virtual_time.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace breakwater::model::virtual_time_test {
namespace {

using boost::asio::awaitable;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant kStart{std::chrono::hours(1)};

class VirtualTimeTest : public testing::Test {
 protected:
  /// Notes its name before and after it has slept.
  awaitable<void> sleeper(std::string name, Duration length) {
    co_await time_->sleep(length);
    notes_.push_back(name);
  }
  awaitable<void> parked(std::string name, std::uint64_t ticket) {
    co_await time_->park(ticket);
    notes_.push_back(name);
  }
  awaitable<void> thrower(Duration length) {
    co_await time_->sleep(length);
    throw std::runtime_error("out of order");
  }
  awaitable<void> throws_at_once() {
    throw std::runtime_error("never began");
    co_return;
  }
  /// Starts another in the middle of its own run.
  awaitable<void> starter(std::string name) {
    co_await time_->sleep(Duration(10));
    time_->spawn(sleeper(name, Duration(0)));
    notes_.push_back("starter");
  }

  struct Notes {
    std::vector<std::string>& to;
    std::string text;
    ~Notes() { to.push_back(text); }
  };
  awaitable<void> leaves_a_note(bool parks) {
    const Notes last_word{notes_, parks ? "parked ended" : "sleeper ended"};
    if (parks) {
      co_await time_->park(1);
    } else {
      co_await time_->sleep(Duration(10));
    }
    notes_.push_back("went on");
  }

  void pass(Duration length) {
    fleet_.run_to(fleet_.now() + length);
    time_->run_due();
  }

  std::vector<std::string> notes_;
  ModelFleet fleet_{kStart, Dice(1)};
  std::optional<VirtualTime> time_{std::in_place, fleet_};
};

TEST_F(VirtualTimeTest, they_wake_in_order_of_time_and_at_the_same_time_in_order_of_planning) {
  time_->spawn(sleeper("late", Duration(20)));
  time_->spawn(sleeper("first", Duration(10)));
  time_->spawn(sleeper("second", Duration(10)));
  time_->spawn(sleeper("earliest", Duration(5)));
  EXPECT_EQ(time_->next(), kStart + Duration(5));
  pass(Duration(20));
  EXPECT_THAT(notes_, ElementsAre("earliest", "first", "second", "late"));
  EXPECT_EQ(time_->next(), std::nullopt);
}

TEST_F(VirtualTimeTest, nobody_wakes_early) {
  time_->spawn(sleeper("one", Duration(10)));
  pass(Duration(9));
  EXPECT_THAT(notes_, IsEmpty());
  pass(Duration(1));
  EXPECT_THAT(notes_, ElementsAre("one"));
}

TEST_F(VirtualTimeTest, a_sleep_of_no_length_lets_those_go_first_who_are_due) {
  time_->spawn(sleeper("one", Duration(0)));
  time_->spawn(sleeper("two", Duration(0)));
  EXPECT_THAT(notes_, IsEmpty()) << "it is woken by run_due() alone";
  time_->run_due();
  EXPECT_THAT(notes_, ElementsAre("one", "two"));
}

TEST_F(VirtualTimeTest, what_becomes_due_while_others_run_runs_with_them) {
  time_->spawn(starter("started"));
  time_->spawn(sleeper("second", Duration(10)));
  pass(Duration(10));
  EXPECT_THAT(notes_, ElementsAre("starter", "second", "started"));
}

TEST_F(VirtualTimeTest, who_is_parked_waits_for_the_wake_of_its_ticket) {
  time_->spawn(parked("one", 1));
  time_->spawn(parked("two", 2));
  EXPECT_EQ(time_->next(), std::nullopt);
  time_->wake(3, Duration(0));
  time_->wake(2, Duration(5));
  EXPECT_EQ(time_->next(), kStart + Duration(5));
  pass(Duration(100));
  EXPECT_THAT(notes_, ElementsAre("two"));
  time_->wake(2, Duration(0));
  EXPECT_EQ(time_->next(), std::nullopt) << "a ticket is woken once";
  time_->wake(1, Duration(0));
  time_->run_due();
  EXPECT_THAT(notes_, ElementsAre("two", "one"));
}

TEST_F(VirtualTimeTest, its_end_ends_the_coroutines_where_they_stand) {
  time_->spawn(leaves_a_note(false));
  time_->spawn(leaves_a_note(true));
  EXPECT_THAT(notes_, IsEmpty());
  time_.reset();
  EXPECT_THAT(notes_, ElementsAre("sleeper ended", "parked ended"));
}

TEST_F(VirtualTimeTest, what_a_coroutine_throws_reaches_who_let_it_run) {
  EXPECT_THROW(time_->spawn(throws_at_once()), std::runtime_error);
  time_->spawn(thrower(Duration(10)));
  time_->spawn(sleeper("another", Duration(10)));
  fleet_.run_to(kStart + Duration(10));
  EXPECT_THROW(time_->run_due(), std::runtime_error);
  time_->run_due();
  EXPECT_THAT(notes_, ElementsAre("another")) << "the others go on";
}

}  // namespace
}  // namespace breakwater::model::virtual_time_test
