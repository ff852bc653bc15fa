// A look at an updated host while its wave soaks, and at a host that was current before anything was done.
#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::watch_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::StartsWith;
using Verdict = Outcome::Verdict;

class Watch : public ConversationTest {
 protected:
  /// As its other commands, the fixture's look wants version 3.2.
  Watch() {
    plan_.checks.health_no_worse = true;
    plan_.checks.no_component_lost = true;
    plan_.checks.power_restored = true;
    plan_.checks.host_booted = true;
    InstalledComponent nic = machine_.shown.inventory.front();
    nic.id = "NIC";
    nic.uri += "-NIC";
    nic.key.software_id = nic.key.name = "NIC";
    machine_.shown.inventory.push_back(nic);
    plan_.timeouts.host_return = Duration(60'000);
    baseline_.health = Health::ok;
    baseline_.power = Power::on;
    baseline_.boot = Boot::booted;
    baseline_.inventory = machine_.shown.inventory;
  }
  /// It looks so until the n-th look.
  void until_look(int n, const std::function<void(FakeMachine&)>& wrong,
                  const std::function<void(FakeMachine&)>& well) {
    machine_.on_look = [n, wrong, well](FakeMachine& machine) { machine.looks < n ? wrong(machine) : well(machine); };
  }
};

TEST_F(Watch, one_good_look_is_enough) {
  const Outcome ended = run(Action::watch);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_EQ(machine_.looks, 1);
  EXPECT_THAT(machine_.acts, testing::Each(StartsWith("delete"))) << "it reads, and does nothing";
}

TEST_F(Watch, what_stays_wrong_fails_with_its_own_cause) {
  struct Row {
    const char* what;
    std::function<void(FakeMachine&)> turn;
    Cause cause;
  };
  const Row kRows[] = {
      {"health", [](FakeMachine& machine) { machine.shown.health = Health::critical; }, Cause::unhealthy},
      {"power", [](FakeMachine& machine) { machine.shown.power = Power::off; }, Cause::power_not_restored},
      {"component", [](FakeMachine& machine) { machine.shown.inventory.pop_back(); }, Cause::component_lost},
  };
  const Observation well = machine_.shown;
  for (const Row& row : kRows) {
    machine_.shown = well;
    row.turn(machine_);
    const Outcome ended = run(Action::watch);
    EXPECT_EQ(ended.verdict, Verdict::failed) << row.what;
    EXPECT_EQ(ended.cause, row.cause) << row.what << ": " << ended.detail;
    EXPECT_GE(took_, plan_.timeouts.host_return) << row.what << ": it had time to come back";
  }
}

/// It was read running what we brought: what it runs now says nothing of that.
TEST_F(Watch, a_version_of_somebody_else_is_drift_and_no_failure) {
  entry(Slot::running).version = "3.3";
  const Outcome ended = run(Action::watch);
  EXPECT_EQ(ended.verdict, Verdict::untouched);
  EXPECT_EQ(ended.cause, Cause::drifted);
  EXPECT_THAT(ended.detail, HasSubstr("reports \"3.3\""));
  EXPECT_THAT(ended.versions, testing::ElementsAre("3.3"));
  EXPECT_THAT(took_, Lt(Duration(10'000)));
}

TEST_F(Watch, the_version_from_before_is_a_failure_of_ours) {
  touched_ = 1;
  const Outcome ended = run(Action::watch);
  EXPECT_EQ(ended.verdict, Verdict::failed);
  EXPECT_EQ(ended.cause, Cause::failed_back) << ended.detail;
  EXPECT_THAT(took_, Lt(Duration(10'000)));
}

TEST_F(Watch, what_cannot_be_read_of_others_is_a_finding_and_hides_nothing) {
  const auto nic = machine_.shown.inventory.back();
  machine_.shown.inventory.pop_back();
  machine_.shown.unread = {{nic.uri, "HTTP 404 for " + nic.uri}};
  const Outcome finding = run(Action::watch);
  EXPECT_EQ(finding.verdict, Verdict::done);
  EXPECT_EQ(finding.cause, Cause::none);
  EXPECT_THAT(finding.detail, HasSubstr("not found in what can be read: HTTP 404 for " + nic.uri));
  machine_.shown.health = Health::critical;
  const Outcome ill = run(Action::watch);
  EXPECT_EQ(ill.verdict, Verdict::failed);
  EXPECT_EQ(ill.cause, Cause::unhealthy) << ill.detail;
}

TEST_F(Watch, a_component_of_the_update_that_cannot_be_read_is_no_evidence_and_no_failure) {
  touched_ = 1;
  const Observation well = machine_.shown;
  entry(Slot::running).version = "";
  const Outcome untold = run(Action::watch);
  EXPECT_EQ(untold.verdict, Verdict::untouched);
  EXPECT_EQ(untold.cause, Cause::unreadable) << untold.detail;
  machine_.shown = well;
  machine_.shown.unread = {{entry(Slot::running).uri, "it tells nothing of itself"}};
  std::erase_if(machine_.shown.inventory, [](const InstalledComponent& one) { return one.id != "NIC"; });
  const Outcome unread = run(Action::watch);
  EXPECT_EQ(unread.verdict, Verdict::untouched);
  EXPECT_EQ(unread.cause, Cause::unreadable) << unread.detail;
  machine_.shown.unread.clear();
  const Outcome gone = run(Action::watch);
  EXPECT_EQ(gone.verdict, Verdict::failed);
  EXPECT_EQ(gone.cause, Cause::component_lost) << gone.detail;
}

// It was called ill, and a well host was rolled back because its BMC had filled or cut its event log.
TEST_F(Watch, an_event_log_that_cannot_be_read_is_no_evidence_and_no_failure) {
  plan_.checks.new_critical_most = 0;
  touched_ = 1;
  entry(Slot::running).version = "3.4";
  baseline_.critical_events = machine_.shown.critical_events = 0;
  EXPECT_EQ(run(Action::watch).verdict, Verdict::done);
  machine_.shown.critical_events.reset();
  machine_.shown.log_unread = "it has overflown";
  const Outcome unread = run(Action::watch);
  EXPECT_EQ(unread.verdict, Verdict::untouched);
  EXPECT_EQ(unread.cause, Cause::unreadable) << unread.detail;
  EXPECT_THAT(unread.detail, HasSubstr("it has overflown"));
  machine_.shown.health = Health::critical;
  const Outcome ill = run(Action::watch);
  EXPECT_EQ(ill.verdict, Verdict::failed) << "what is unknown hides nothing";
  EXPECT_EQ(ill.cause, Cause::unhealthy);
  machine_.shown.health = Health::ok;
  machine_.shown.critical_events = 1;
  EXPECT_EQ(run(Action::watch).cause, Cause::unhealthy);
}

TEST_F(Watch, a_component_that_changes_though_nobody_asked_is_a_finding_or_by_the_policy_a_failure) {
  machine_.shown.inventory.back().version = "9";
  const Outcome finding = run(Action::watch);
  EXPECT_EQ(finding.verdict, Verdict::done);
  EXPECT_THAT(finding.detail, HasSubstr("to \"9\", though nobody asked"));
  plan_.unasked_change = UnaskedChange::failure;
  entry(Slot::running).version = "3.4";
  touched_ = 1;
  EXPECT_EQ(run(Action::watch).cause, Cause::component_changed);
  EXPECT_THAT(took_, Lt(Duration(10'000)));
  beside_ = true;
  const Outcome beside = run(Action::watch);
  EXPECT_EQ(beside.verdict, Verdict::done) << "another run brought it, or rolled it back";
  EXPECT_EQ(beside.detail, "");
}

/// Somebody restarts it: it is away, then it boots, then it is well.
TEST_F(Watch, a_host_that_comes_back_in_its_time_is_well) {
  until_look(
      8,
      [](FakeMachine& machine) {
        machine.shown.boot = Boot::booting;
        machine.shown.health = Health::critical;
      },
      [](FakeMachine& machine) {
        machine.shown.boot = Boot::booted;
        machine.shown.health = Health::ok;
      });
  EXPECT_EQ(run(Action::watch).verdict, Verdict::done);
}

TEST_F(Watch, silence_and_refused_logins_are_no_evidence_and_no_failure) {
  for (const Fault& fault : {fault_of(Fault::Kind::unreachable), fault_of(Fault::Kind::login_refused),
                             fault_of(Fault::Kind::tls_pin_mismatch), fault_of(Fault::Kind::http_status, 500)}) {
    machine_.on_look = [&fault](FakeMachine& machine) { machine.weather = {fault}; };
    const Outcome ended = run(Action::watch);
    EXPECT_EQ(ended.verdict, Verdict::untouched) << to_string(fault.kind);
    EXPECT_NE(ended.cause, Cause::none);
    EXPECT_THAT(ended.detail, HasSubstr(to_string(fault.kind)));
  }
}

TEST_F(Watch, a_host_that_was_ill_and_falls_silent_is_no_evidence) {
  machine_.on_look = [](FakeMachine& machine) {
    machine.shown.health = Health::critical;
    if (machine.looks > 3) machine.weather = {fault_of(Fault::Kind::unreachable)};
  };
  EXPECT_EQ(run(Action::watch).verdict, Verdict::untouched);
}

/// Of a host that runs what we brought, and that nobody works on: its new key is a person's to judge all the same.
TEST_F(Watch, a_new_key_waits_for_an_operators_word_and_gets_nothing_before) {
  Sha256 old_key;
  old_key.bytes.fill(1);
  machine_.pinned = old_key;
  machine_.key.emplace().bytes.fill(2);
  const Duration word_after = 2 * plan_.timeouts.host_return;
  vouches_after_ = word_after;
  const Outcome ended = run(Action::watch);
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(recorded(Evidence::Kind::key_shown), testing::ElementsAre(to_hex(*machine_.key)));
  EXPECT_EQ(machine_.logins_tried, 1);
  EXPECT_GE(took_, word_after);
  vouches_after_.reset();
  withdrawn_at_ = kBegin + Duration(4'000);
  EXPECT_EQ(run(Action::watch).cause, Cause::withdrawn);
  EXPECT_EQ(machine_.logins_tried, 1) << "nobody vouched: no second login";
}

TEST_F(Watch, a_look_that_is_withdrawn_ends) {
  machine_.shown.health = Health::critical;
  withdrawn_at_ = kBegin + Duration(4'000);
  EXPECT_EQ(run(Action::watch).cause, Cause::withdrawn);
  EXPECT_THAT(took_, Lt(Duration(12'000)));
}

TEST_F(Watch, a_current_host_has_its_checks_run_before_it_counts) {
  entry(Slot::running).version = "3.4";
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::current);
  EXPECT_GE(machine_.looks, plan_.checks.ready_reads);
  EXPECT_GE(took_, plan_.checks.stable_for);
  machine_.shown.health = Health::critical;
  const Outcome ill = run(Action::prepare);
  EXPECT_EQ(ill.verdict, Verdict::untouched);
  EXPECT_EQ(ill.cause, Cause::unfit) << ill.detail;
  machine_.shown.health = Health::ok;
  machine_.shown.boot = Boot::booting;
  EXPECT_EQ(run(Action::prepare).cause, Cause::host_not_booted);
}

}  // namespace
}  // namespace breakwater::watch_test
