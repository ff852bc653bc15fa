// The begin of a way back: what runs there is ours, the way is free, and a refusal that did nothing is told as one.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::way_back_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Verdict = Outcome::Verdict;

/// An updated host that runs 3.4, with 3.2 in its other bank.
class WayBackBegins : public ConversationTest {
 protected:
  WayBackBegins() {
    well_ = true;
    entry(Slot::running).version = "3.4";
    entry(Slot::previous).version = "3.2";
  }
  void expect_untouched(const Outcome& ended, Cause cause) {
    EXPECT_EQ(ended.verdict, Verdict::untouched) << ended.detail;
    EXPECT_EQ(ended.cause, cause) << ended.detail;
  }
};

TEST_F(WayBackBegins, a_version_of_somebody_else_is_left_alone) {
  for (const bool reflash : {false, true}) {
    if (reflash) way_back_is_a_reflash();
    entry(Slot::running).version = "9.9";
    const Outcome ended = run(Action::roll_back);
    expect_untouched(ended, Cause::drifted);
    EXPECT_THAT(ended.detail, HasSubstr("reports \"9.9\", and was given \"3.4\""));
    EXPECT_THAT(ended.versions, ElementsAre("9.9"));
    EXPECT_THAT(machine_.acts, IsEmpty());
  }
}

/// What a flash of ours left there is ours, whatever it calls itself.
TEST_F(WayBackBegins, a_version_that_was_never_read_running_goes_back_all_the_same) {
  well_ = false;
  entry(Slot::running).version = "3.4-dirty";
  runs_after("switch", "3.2");
  const Outcome ended = run(Action::roll_back);
  EXPECT_NE(ended.cause, Cause::drifted) << ended.detail;
  EXPECT_THAT(machine_.acts, testing::Not(IsEmpty()));
}

TEST_F(WayBackBegins, what_somebody_else_put_there_while_our_own_side_failed_is_left_alone) {
  machine_.own_faults = {own_fault("no descriptors are left")};
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.own_faults.empty()) entry(Slot::running).version = "9.9";
  };
  expect_untouched(run(Action::roll_back), Cause::drifted);
}

TEST_F(WayBackBegins, a_host_that_never_tells_what_it_runs_is_left_alone) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "N/A";
  expect_untouched(run(Action::roll_back), Cause::unreadable);
  EXPECT_THAT(machine_.acts, IsEmpty());
  EXPECT_GE(took_, plan_.timeouts.bmc_return) << "it may be restarting";
}

TEST_F(WayBackBegins, a_host_that_tells_what_it_runs_in_time_goes_back) {
  way_back_is_a_reflash();
  entry(Slot::running).version = "N/A";
  machine_.on_look = [this](FakeMachine& machine) {
    if (machine.looks == 3) entry(Slot::running).version = "3.4";
  };
  machine_.on_act = [this](FakeMachine& machine, const std::string& act) {
    if (act == "upload") stage_image("3.2");
    if (act != "reset_host") return;
    unstage();
    entry(Slot::running).version = "3.2";
    machine.shown.host_reset_time = "H1";
  };
  EXPECT_EQ(run(Action::roll_back).verdict, Verdict::done);
}

TEST_F(WayBackBegins, a_bank_without_the_old_version_touches_nothing) {
  entry(Slot::previous).version = "3.1";
  expect_untouched(run(Action::roll_back), Cause::no_way_back);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

// One bad answer of the other bank's entry, and the host was quarantined for having no way back.
TEST_F(WayBackBegins, a_bank_that_cannot_be_read_is_waited_for) {
  runs_after("switch", "3.2");
  for (const bool well : {true, false}) {
    well_ = well;
    hide_entry(Slot::previous);
    expect_untouched(run(Action::roll_back), Cause::unreadable);
    EXPECT_THAT(machine_.acts, IsEmpty());
    EXPECT_GE(took_, plan_.timeouts.bmc_return);
    show_entries();
  }
  hide_entry(Slot::previous);
  const int before = machine_.looks;
  machine_.on_look = [this, before](FakeMachine& machine) {
    if (machine.looks == before + 3) show_entries();
  };
  EXPECT_EQ(run(Action::roll_back).verdict, Verdict::done);
  EXPECT_THAT(machine_.acts, ElementsAre("switch"));
}

/// A completion code of a BMC that is busy: it answered.
TEST_F(WayBackBegins, a_switch_that_a_busy_bmc_refuses_is_no_bmc_that_cannot_be_reached) {
  machine_.reset = fault_of(Fault::Kind::busy, 0, false);
  expect_untouched(run(Action::roll_back), Cause::request_refused);
}

TEST_F(WayBackBegins, a_switch_that_is_refused_is_looked_after_and_touches_nothing) {
  machine_.reset = fault_of(Fault::Kind::http_status, 409, true);
  expect_untouched(run(Action::roll_back), Cause::request_refused);
  EXPECT_THAT(recorded(Evidence::Kind::start_asked), testing::SizeIs(1));
}

TEST_F(WayBackBegins, a_switch_that_is_refused_and_done_is_done) {
  machine_.reset = fault_of(Fault::Kind::http_status, 409, true);
  machine_.on_look = [this](FakeMachine&) {
    if (!recorded(Evidence::Kind::start_asked).empty()) entry(Slot::running).version = "3.2";
  };
  EXPECT_EQ(run(Action::roll_back).verdict, Verdict::done);
}

TEST_F(WayBackBegins, an_image_that_is_not_what_was_signed_is_refused_before_a_byte_leaves) {
  way_back_is_a_reflash();
  plan_.images[1].image.size += 1;
  expect_untouched(run(Action::roll_back), Cause::image_refused);
  EXPECT_THAT(machine_.acts, IsEmpty());
}

/// Nothing was sent, so nothing of a well host has changed: its silence is a reason to ask a person, not to lock it up.
TEST_F(WayBackBegins, a_well_host_that_cannot_be_read_is_not_touched) {
  const std::pair<Fault::Kind, Cause> kRows[] = {{Fault::Kind::unreachable, Cause::lost},
                                                 {Fault::Kind::logins_exhausted, Cause::login_refused},
                                                 {Fault::Kind::http_status, Cause::unreadable}};
  for (const auto& [kind, cause] : kRows) {
    machine_.on_look = [kind = kind](FakeMachine& machine) { machine.weather = {fault_of(kind, 500)}; };
    well_ = true;
    expect_untouched(run(Action::roll_back), cause);
    EXPECT_LE(took_, plan_.timeouts.task + plan_.timeouts.bmc_return + Duration(60'000)) << "it is waited for once";
    EXPECT_THAT(machine_.acts, IsEmpty());
    EXPECT_EQ(run(Action::roll_back, {evidence_of(Evidence::Kind::start_asked, " ")}).verdict, Verdict::lost)
        << "what was asked for before may have been done";
    well_ = false;
    EXPECT_EQ(run(Action::roll_back).verdict, Verdict::lost) << "it failed, and what it runs is not known";
  }
}

// The image was uploaded, its restart refused, and a well host quarantined.
TEST_F(WayBackBegins, a_well_host_that_is_switched_off_keeps_what_it_runs) {
  for (const Power power : {Power::off, Power::changing}) {
    machine_.shown.power = power;
    expect_untouched(run(Action::roll_back), Cause::unfit);
    EXPECT_THAT(machine_.acts, IsEmpty());
  }
  well_ = false;
  EXPECT_NE(run(Action::roll_back).cause, Cause::unfit) << "one that failed goes back all the same";
}

}  // namespace
}  // namespace breakwater::way_back_test
