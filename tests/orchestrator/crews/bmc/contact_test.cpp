// Contact with a BMC: how long it rests, through which faults waiting may help, whose sessions it deletes, and which
// new key it takes.
#include "orchestrator/crews/bmc/contact.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::contact_test {
namespace {

using boost::asio::awaitable;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Evidence::Kind;

class ContactTest : public ConversationTest {
 protected:
  ContactTest() { order_.plan = std::make_shared<const ResolvedPlan>(plan_); }

  Contact& contact() {
    if (contact_) return *contact_;
    contact_.emplace(order_, make_fake(), hands_);
    return *contact_;
  }
  template <class T>
  T wait(awaitable<T> work) {
    std::optional<T> value;
    run_all(store(std::move(work), value));
    return std::move(*value);
  }
  void wait(awaitable<void> work) { run_all(std::move(work)); }

  /// How long it rests, where it has waited for so long and so much is left.
  Duration rest(Duration waited, Duration left) {
    const Clock::time_point now = hands_.now();
    wait(contact().rest(now - waited, now + left));
    return std::chrono::duration_cast<Duration>(hands_.now() - now);
  }

  static Sha256 key(std::uint8_t number) {
    Sha256 made;
    made.bytes.fill(number);
    return made;
  }
  /// The BMC comes back with another key than the one that is believed in.
  void has_a_new_key() {
    machine_.pinned = key(1);
    machine_.key = key(2);
  }

  Order order_;
  FakeHands hands_{recorded_, folder_};

 private:
  template <class T>
  static awaitable<void> store(awaitable<T> work, std::optional<T>& into) {
    into.emplace(co_await std::move(work));
  }
  void run_all(awaitable<void> work) {
    std::exception_ptr thrown;
    boost::asio::co_spawn(io_, std::move(work), [&thrown](std::exception_ptr error) { thrown = error; });
    io_.restart();
    io_.run();
    if (thrown) std::rethrow_exception(thrown);
  }

  std::optional<Contact> contact_;
};

// ---- rest

TEST_F(ContactTest, it_rests_for_a_tenth_of_the_time_waited_within_bounds) {
  const Duration long_time = std::chrono::hours(1);
  EXPECT_EQ(rest(Duration(0), long_time), Duration(100)) << "at least";
  EXPECT_EQ(rest(Duration(2'000), long_time), Duration(200));
  EXPECT_EQ(rest(Duration(30'000), long_time), Duration(3'000));
  EXPECT_EQ(rest(Duration(100'000), long_time), Duration(5'000)) << "at most";
}

TEST_F(ContactTest, it_never_rests_beyond_the_deadline) {
  EXPECT_EQ(rest(Duration(100'000), Duration(70)), Duration(70));
  EXPECT_EQ(rest(Duration(0), Duration(0)), Duration(0));
  EXPECT_EQ(rest(Duration(0), Duration(-50)), Duration(0));
}

TEST_F(ContactTest, it_rests_for_as_long_as_the_bmc_asked_for_in_its_last_answer) {
  Fault busy = fault_of(Fault::Kind::busy, 503);
  busy.retry_after = Duration(9'000);
  machine_.weather = {busy};
  EXPECT_FALSE(wait(contact().look()));
  EXPECT_EQ(rest(Duration(0), Duration(60'000)), Duration(9'000));
  EXPECT_EQ(rest(Duration(0), Duration(4'000)), Duration(4'000)) << "but not beyond the deadline";
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_EQ(rest(Duration(0), Duration(60'000)), Duration(100));
}

// ---- what waiting may help against

TEST_F(ContactTest, before_a_host_is_touched_only_what_a_restart_shows_is_waited_for) {
  EXPECT_TRUE(contact().may_pass(fault_of(Fault::Kind::unreachable)));
  EXPECT_TRUE(contact().may_pass(fault_of(Fault::Kind::busy)));
  EXPECT_FALSE(contact().may_pass(fault_of(Fault::Kind::http_status, 500)));
  EXPECT_FALSE(contact().may_pass(fault_of(Fault::Kind::login_refused)));
  EXPECT_FALSE(contact().may_pass(fault_of(Fault::Kind::not_supported)));
}

TEST_F(ContactTest, once_a_host_is_touched_everything_is_waited_for_that_waiting_may_mend) {
  contact().touch();
  for (const Fault::Kind passes :
       {Fault::Kind::unreachable, Fault::Kind::http_status, Fault::Kind::login_refused, Fault::Kind::user_unknown,
        Fault::Kind::not_supported, Fault::Kind::name_not_resolved, Fault::Kind::deadline, Fault::Kind::foreign_link,
        Fault::Kind::bound_exceeded, Fault::Kind::task_gone, Fault::Kind::cancelled}) {
    EXPECT_TRUE(contact().may_pass(fault_of(passes))) << to_string(passes);
  }
  for (const Fault::Kind is_final :
       {Fault::Kind::tls_untrusted, Fault::Kind::tls_wrong_name, Fault::Kind::tls_expired,
        Fault::Kind::tls_pin_mismatch, Fault::Kind::suite_refused, Fault::Kind::logins_exhausted,
        Fault::Kind::image_refused, Fault::Kind::wrong_identity}) {
    EXPECT_FALSE(contact().may_pass(fault_of(is_final))) << to_string(is_final);
  }
}

// ---- sessions

TEST_F(ContactTest, sessions_of_an_earlier_process_are_deleted_once) {
  order_.evidence = {evidence_of(Kind::session, "/s/1"), evidence_of(Kind::sending, "d"),
                     evidence_of(Kind::session, "/s/2")};
  EXPECT_TRUE(wait(contact().look()));
  contact().bmc().drop();
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(machine_.acts, ElementsAre("delete /s/1", "delete /s/2"));
  EXPECT_THAT(recorded(Kind::session), ElementsAre("/s/own", "/s/own")) << "every login of its own is recorded";
  ASSERT_EQ(order_.evidence.size(), 1U);
  EXPECT_EQ(order_.evidence[0].kind, Kind::sending);
}

TEST_F(ContactTest, they_wait_for_a_login_that_succeeds) {
  order_.evidence = {evidence_of(Kind::session, "/s/1")};
  machine_.logins = {fault_of(Fault::Kind::busy)};
  EXPECT_FALSE(wait(contact().look()));
  EXPECT_THAT(machine_.acts, IsEmpty());
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(machine_.acts, ElementsAre("delete /s/1"));
}

TEST_F(ContactTest, a_session_that_cannot_be_deleted_does_not_keep_the_host_from_being_looked_at) {
  order_.evidence = {evidence_of(Kind::session, "/s/1"), evidence_of(Kind::session, "/s/2")};
  machine_.deletes = {fault_of(Fault::Kind::http_status, 500)};
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(machine_.acts, ElementsAre("delete /s/2"));
}

// ---- our own side

TEST_F(ContactTest, a_fault_of_our_own_side_is_waited_out_and_recorded_once) {
  unmade_ = 3;
  machine_.logins = {own_fault("no descriptors"), own_fault("no descriptors")};
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(recorded(Kind::own_fault), ElementsAre("env:BMC is not set in the environment", "no descriptors"));
  EXPECT_EQ(recorded(Kind::mended).size(), 1U);
  EXPECT_EQ(hands_.now() - FakeHands::kBegin, Duration(1'000 + 2'000 + 4'000 + 8'000 + 16'000));
  EXPECT_EQ(contact().now(), FakeHands::kBegin) << "no deadline runs meanwhile";
}

TEST_F(ContactTest, it_pauses_for_half_a_minute_at_most) {
  unmade_ = 20;
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_EQ(hands_.now() - FakeHands::kBegin, Duration(31'000 + 15 * 30'000));
  EXPECT_EQ(recorded(Kind::own_fault).size(), 1U);
}

TEST_F(ContactTest, it_is_mended_too_where_the_bmc_then_is_at_fault) {
  unmade_ = 1;
  machine_.logins = {fault_of(Fault::Kind::unreachable)};
  EXPECT_FALSE(wait(contact().look()));
  EXPECT_EQ(recorded(Kind::mended).size(), 1U);
}

TEST_F(ContactTest, a_reason_that_an_earlier_process_recorded_is_not_recorded_again_and_its_mend_is) {
  order_.evidence = {evidence_of(Kind::own_fault, "env:BMC is not set in the environment")};
  unmade_ = 2;
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(recorded(Kind::own_fault), IsEmpty());
  EXPECT_EQ(recorded(Kind::mended).size(), 1U);
}

TEST_F(ContactTest, what_a_request_met_is_not_mended_by_a_look) {
  EXPECT_TRUE(wait(contact().look()));
  wait(contact().wait_for_mend(own_fault("the image cannot be read")));
  EXPECT_TRUE(wait(contact().look()));
  wait(contact().wait_for_mend(own_fault("the image cannot be read")));
  EXPECT_EQ(recorded(Kind::own_fault).size(), 1U);
  EXPECT_THAT(recorded(Kind::mended), IsEmpty());
  wait(contact().mended());
  EXPECT_EQ(recorded(Kind::mended).size(), 1U);
}

// ---- a new key

/// An operator vouches for this key after so long.
class NewKey : public ContactTest {
 protected:
  NewKey() {
    has_a_new_key();
    order_.command.id = 7;
    contact().touch();
    hands_.vouches = [this](const Sha256& key) {
      return vouched_ == key && hands_.now() - FakeHands::kBegin >= Duration(600'000);
    };
  }
  Duration waited() { return std::chrono::duration_cast<Duration>(hands_.now() - FakeHands::kBegin); }

  std::optional<Sha256> vouched_ = key(2);
};

TEST_F(NewKey, gets_no_login_until_an_operator_vouches_for_it_and_no_deadline_runs_meanwhile) {
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_EQ(machine_.logins_tried, 1);
  EXPECT_EQ(waited(), Duration(600'000)) << "it goes on at once";
  EXPECT_EQ(contact().now(), FakeHands::kBegin);
  EXPECT_THAT(recorded(Kind::key_shown), ElementsAre(to_hex(key(2)))) << "once";
  EXPECT_THAT(recorded(Kind::key_gone), IsEmpty()) << "the operator's word is recorded already";
  contact().bmc().drop();
  EXPECT_TRUE(wait(contact().look())) << "it counts from here on";
}

TEST_F(NewKey, that_is_not_shown_any_more_is_waited_for_no_longer) {
  vouched_.reset();
  hands_.vouches = [this](const Sha256&) {
    if (waited() >= Duration(90'000)) machine_.key = key(1);
    return false;
  };
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(recorded(Kind::key_shown), ElementsAre(to_hex(key(2))));
  EXPECT_EQ(recorded(Kind::key_gone).size(), 1U);
  EXPECT_LE(waited(), Duration(120'000));
}

TEST_F(NewKey, that_gives_way_to_a_third_one_waits_for_another_word) {
  hands_.vouches = [this](const Sha256& asked) {
    if (waited() >= Duration(60'000)) machine_.key = key(3);
    return asked == key(2) ? waited() >= Duration(120'000) : waited() >= Duration(240'000);
  };
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_THAT(recorded(Kind::key_shown), ElementsAre(to_hex(key(2)), to_hex(key(3))));
  EXPECT_EQ(machine_.logins_tried, 1);
}

TEST_F(NewKey, whose_bmc_falls_silent_leaves_its_deadlines_running_again) {
  vouched_.reset();
  hands_.vouches = [this](const Sha256&) {
    if (waited() >= Duration(60'000)) {
      machine_.key = key(1);
      machine_.logins = {fault_of(Fault::Kind::unreachable)};
    }
    return false;
  };
  const Result<Look, Fault> seen = wait(contact().look());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::unreachable);
  EXPECT_EQ(recorded(Kind::key_gone).size(), 1U);
}

TEST_F(NewKey, is_no_reason_to_stay_for_a_conversation_that_began_nothing_and_is_withdrawn) {
  vouched_.reset();
  const std::optional<Clock::time_point> withdrawn = FakeHands::kBegin + Duration(45'000);
  hands_.withdrawn_at = &withdrawn;
  const Result<Look, Fault> seen = wait(contact().look());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::cancelled) << "no further handshake either";
  EXPECT_LE(waited(), Duration(46'000));
  EXPECT_EQ(machine_.logins_tried, 0);
}

TEST_F(NewKey, that_an_earlier_process_recorded_is_not_recorded_again) {
  order_.evidence = {evidence_of(Kind::key_shown, to_hex(key(2)))};
  Contact later(order_, make_fake(), hands_);
  later.touch();
  EXPECT_TRUE(wait(later.look()));
  EXPECT_THAT(recorded(Kind::key_shown), IsEmpty());
}

TEST_F(NewKey, that_the_policy_expects_is_taken_and_recorded_once_the_machine_is_proved) {
  plan_.new_bmc_keys = {key(4), key(2)};
  order_.plan = std::make_shared<const ResolvedPlan>(plan_);
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_EQ(waited(), Duration(0));
  EXPECT_THAT(recorded(Kind::new_key), ElementsAre(to_hex(key(2))));
  EXPECT_THAT(recorded(Kind::key_shown), IsEmpty());
  EXPECT_TRUE(wait(contact().look()));
  EXPECT_EQ(recorded(Kind::new_key).size(), 1U);
}

TEST_F(NewKey, that_the_policy_expects_is_not_recorded_for_another_machine) {
  plan_.new_bmc_keys = {key(2)};
  order_.plan = std::make_shared<const ResolvedPlan>(plan_);
  machine_.shown.identity.uuid = "u-2";
  const Result<Look, Fault> seen = wait(contact().look());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::wrong_identity);
  EXPECT_THAT(recorded(Kind::new_key), IsEmpty());
}

TEST_F(ContactTest, a_key_that_is_shown_before_anything_was_sent_is_refused) {
  has_a_new_key();
  const Result<Look, Fault> seen = wait(contact().look());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::tls_pin_mismatch);
  EXPECT_THAT(recorded(Kind::key_shown), IsEmpty());
  EXPECT_EQ(machine_.logins_tried, 0);
}

}  // namespace
}  // namespace breakwater::contact_test
