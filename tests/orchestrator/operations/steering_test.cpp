// An operator's verbs from a name to a durable record.
#include "orchestrator/operations/steering.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::steering_test {
namespace {

using testing::HasSubstr;

class Steering : public Estate {
 protected:
  OperatorAsked last_asked() const {
    const std::vector<Event> all = events();
    const auto* asked = all.empty() ? nullptr : std::get_if<OperatorAsked>(&all.back());
    if (!asked) ADD_FAILURE() << "the last record is nobody's wish";
    return asked ? *asked : OperatorAsked();
  }
  /// n1 needs hands, and the rollout goes on.
  void quarantine_n1() {
    begin_rollout();
    quarantine(0);
  }
  void quarantine(HostIndex host) {
    CommandIssued issued;
    issued.command.rollout = 1;
    issued.command.host = host;
    for (const Action action : {Action::prepare, Action::stage}) {
      issued.command.action = action;
      record(Event(issued));
      CommandEnded ended;
      ended.command = events().size();
      ended.rollout = 1;
      ended.host = host;
      ended.outcome.stages = true;
      ended.input = Input::can_stage;
      if (action == Action::stage) {
        ended.outcome.verdict = Outcome::Verdict::lost;
        ended.outcome.cause = Cause::armed;
        ended.input = Input::hands_needed;
      }
      record(Event(ended));
    }
  }

  const Asker lena_{"lena@bastion", "CHG-4711"};
};

TEST_F(Steering, each_verb_is_written_with_who_and_why) {
  begin_rollout();
  for (const Verb verb : {Verb::pause, Verb::resume, Verb::stop}) {
    const auto steered = steer(installation_, verb, "bios-3.4", lena_);
    ASSERT_TRUE(steered) << steered.error().messages.front();
    EXPECT_EQ(steered->rollout, "bios-3.4");
    EXPECT_EQ(steered->goes_on, verb == Verb::resume);
    EXPECT_FALSE(steered->delivered.by) << "nobody conducts";
    EXPECT_EQ(steered->delivered.record, events().size());
    const OperatorAsked asked = last_asked();
    EXPECT_EQ(asked.verb, verb);
    EXPECT_EQ(asked.rollout, 1U);
    EXPECT_EQ(asked.by, "lena@bastion");
    EXPECT_EQ(asked.reason, "CHG-4711");
  }
}

TEST_F(Steering, it_is_told_whether_something_has_to_come_to_rest) {
  begin_rollout();
  CommandIssued issued;
  issued.command.rollout = 1;
  record(Event(issued));
  EXPECT_TRUE(steer(installation_, Verb::stop, "bios-3.4", lena_)->goes_on);
}

TEST_F(Steering, a_host_that_a_stop_leaves_half_way_does_not_go_on) {
  begin_rollout();
  views::MadeFleet made;
  made.start();
  const auto goes_through = [&](Action action, std::uint32_t update) {
    record(made.issue(0, action, update).event);
    record(made.end(0, Outcome::Verdict::done).event);
  };
  goes_through(Action::prepare, 0);
  goes_through(Action::stage, 0);
  goes_through(Action::activate, 0);
  goes_through(Action::check, 1);
  ASSERT_EQ(installation_.read_fleet()->find(1)->in_flight, 1U) << "its second component is to come";
  const auto steered = steer(installation_, Verb::stop, "bios-3.4", lena_);
  ASSERT_TRUE(steered) << steered.error().messages.front();
  EXPECT_FALSE(steered->goes_on);
}

TEST_F(Steering, a_rollout_that_is_over_is_not_steered) {
  begin_rollout(true);
  const std::size_t before = events().size();
  const auto steered = steer(installation_, Verb::pause, "bios-3.4", lena_);
  ASSERT_FALSE(steered);
  EXPECT_EQ(steered.error().messages.front(), "rollout bios-3.4 is over: there is nothing to pause");
  EXPECT_EQ(steered.error().next, "breakwater report bios-3.4");
  EXPECT_EQ(events().size(), before);
}

TEST_F(Steering, a_name_that_nobody_knows_writes_nothing) {
  begin_rollout();
  EXPECT_FALSE(steer(installation_, Verb::stop, "bios-3.5", lena_));
  EXPECT_FALSE(ask_roll_back(installation_, {"bios-3.5", "", "", "", ""}, lena_));
  EXPECT_FALSE(ask_roll_back(installation_, {"bios-3.4", "nowhere", "", "", ""}, lena_));
  EXPECT_FALSE(ask_roll_back(installation_, {"bios-3.4", "", "n9", "", ""}, lena_));
  EXPECT_FALSE(release_host(installation_, "n1", lena_));
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(Steering, a_roll_back_that_nobody_takes_up_is_ours_with_the_lock) {
  begin_rollout(true);
  const auto asked = ask_roll_back(installation_, {"bios-3.4", "rest", "", "", ""}, lena_);
  ASSERT_TRUE(asked) << asked.error().messages.front();
  ASSERT_EQ(asked->asked.size(), 1U);
  EXPECT_EQ(asked->asked.front().wave, 1U);
  EXPECT_FALSE(asked->delivered.by);
  const auto other = installation_.open_to_write();
  const auto lock = (*other)->lock(journal::Holder{2, "", views::kBegin});
  ASSERT_FALSE(lock) << "nobody else may carry it out at the same time";
  EXPECT_EQ(lock.error().reason, journal::StoreFault::Reason::locked);
  EXPECT_EQ(lock.error().holder->rollout, "bios-3.4");
  EXPECT_EQ(last_asked().verb, Verb::roll_back);
}

TEST_F(Steering, a_name_alone_means_every_run_that_is_not_over_and_every_run_to_roll_back) {
  begin_rollout(true);
  begin_rollout();
  const std::size_t before = events().size();
  const auto steered = steer(installation_, Verb::pause, "bios-3.4", lena_);
  ASSERT_TRUE(steered) << steered.error().messages.front();
  EXPECT_EQ(steered->rollout, "bios-3.4#2");
  EXPECT_EQ(events().size(), before + 1);
  EXPECT_FALSE(steer(installation_, Verb::pause, "bios-3.4#1", lena_)) << "that run is over";
  const auto asked = ask_roll_back(installation_, {"bios-3.4", "", "", "", ""}, lena_);
  ASSERT_TRUE(asked) << asked.error().messages.front();
  EXPECT_EQ(asked->asked.size(), 2U);
  EXPECT_EQ(events().size(), before + 3);
  EXPECT_EQ(last_asked().by, "lena@bastion");
}

TEST_F(Steering, a_verb_lets_the_lock_go_where_there_is_nothing_to_carry_out) {
  begin_rollout();
  ASSERT_TRUE(steer(installation_, Verb::pause, "bios-3.4", lena_));
  const auto other = installation_.open_to_write();
  EXPECT_TRUE((*other)->lock(journal::Holder{2, "", views::kBegin}));
}

TEST_F(Steering, a_quarantined_host_is_released_once) {
  quarantine_n1();
  ASSERT_TRUE(release_host(installation_, "n1", lena_));
  const OperatorAsked asked = last_asked();
  EXPECT_EQ(asked.verb, Verb::release);
  EXPECT_EQ(asked.host, "n1");
  EXPECT_EQ(asked.reason, "CHG-4711");
  EXPECT_TRUE(installation_.read_fleet()->quarantines().empty());
  const auto again = release_host(installation_, "n1", lena_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().messages.front(), HasSubstr("'n1' is not quarantined"));
  EXPECT_EQ(again.error().next, "breakwater quarantine list");
}

/// n1 is quarantined; a later plan has its machine as x1, leaves half of it out as y1, and has half of it as z1.
TEST_F(Steering, a_quarantine_is_found_by_the_names_that_its_machine_got_since) {
  RolloutStarted first;
  first.plan = views::made_plan();
  first.plan.hosts[0].identity = {"V", "M", "S1", "u1-a"};
  const auto later = [&first](const std::string& rollout, const std::string& name, const std::string& serial) {
    RolloutStarted started = first;
    started.plan.rollout = rollout;
    started.plan.hosts.resize(1);
    started.plan.waves.resize(1);
    started.plan.hosts[0].name = name;
    started.plan.hosts[0].identity.serial = serial;
    started.plan.left_out = {LeftOut{"y1", {}, "quarantined", "lost", false, {}, "n1"}};
    return Event(std::move(started));
  };
  record(Event(first));
  quarantine(0);
  record(later("whole", "x1", "S1"));
  record(later("half", "z1", "S2"));
  const std::string command = "breakwater quarantine release n1 --reason \"...\"";
  for (const char* name : {"y1", "z1"}) {
    const auto not_sure = release_host(installation_, name, lena_);
    ASSERT_FALSE(not_sure) << name;
    EXPECT_THAT(not_sure.error().messages.front(), HasSubstr("is quarantined as n1")) << name;
    EXPECT_THAT(not_sure.error().next, HasSubstr(command)) << name;
  }
  const auto discounted = discount_host(installation_, "x1", lena_);
  ASSERT_FALSE(discounted);
  EXPECT_EQ(discounted.error().next, "breakwater quarantine discount n1 --reason \"...\"");
  const auto released = release_host(installation_, "x1", lena_);
  ASSERT_TRUE(released) << released.error().messages.front();
  EXPECT_EQ(released->host, "n1");
  EXPECT_EQ(last_asked().host, "n1");
  EXPECT_TRUE(installation_.read_fleet()->quarantines().empty());
}

/// Two cables were swapped: the machine of n1 answers as n2 now, and a plan that was applied left it out for that.
TEST_F(Steering, a_quarantine_is_found_by_the_name_under_which_a_plan_left_its_machine_out) {
  RolloutStarted first;
  first.plan = views::made_plan();
  record(Event(first));
  quarantine(0);
  const auto unknown = release_host(installation_, "n2", lena_);
  ASSERT_FALSE(unknown) << "no plan in the journal knows it";
  EXPECT_THAT(unknown.error().messages.front(), HasSubstr("the name it had, which `plan` tells (as NAME): n1"));
  RolloutStarted later;
  later.plan = views::made_plan();
  later.plan.rollout = "later";
  later.plan.hosts.erase(later.plan.hosts.begin(), later.plan.hosts.begin() + 2);
  later.plan.waves.erase(later.plan.waves.begin());
  later.plan.waves[0].hosts = 2;
  for (PlannedHost& host : later.plan.hosts) host.wave = 0;
  later.plan.left_out = {LeftOut{"n1", {}, "quarantined", "lost"},
                         LeftOut{"n2", {}, "quarantined", "lost, as n1", false, {}, "n1", true}};
  record(Event(later));
  const auto released = release_host(installation_, "n2", lena_);
  ASSERT_TRUE(released) << released.error().messages.front();
  EXPECT_EQ(released->host, "n1");
  EXPECT_TRUE(installation_.read_fleet()->quarantines().empty());
}

TEST_F(Steering, a_key_is_vouched_for_where_it_is_shown_and_no_other) {
  begin_rollout();
  Sha256 shown;
  shown.bytes.fill(2);
  Sha256 other;
  other.bytes.fill(3);
  const auto nothing = trust_host_key(installation_, "n1", shown, lena_);
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().messages.front(), HasSubstr("'n1' is not in flight with a key that waits"));
  EXPECT_EQ(nothing.error().next, "breakwater explain n1");
  CommandIssued issued;
  issued.command.rollout = 1;
  record(Event(issued));
  record(Event(EvidenceSeen{events().size(), 1, 0, {Evidence::Kind::key_shown, to_hex(shown)}}));
  const std::size_t before = events().size();
  const auto wrong = trust_host_key(installation_, "n1", other, lena_);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().messages.front(), HasSubstr("shows the key sha256:" + to_hex(shown)));
  EXPECT_EQ(events().size(), before);
  const auto trusted = trust_host_key(installation_, "n1", shown, lena_);
  ASSERT_TRUE(trusted) << trusted.error().messages.front();
  EXPECT_EQ(trusted->rollout, "bios-3.4");
  const OperatorAsked asked = last_asked();
  EXPECT_EQ(asked.verb, Verb::trust_key);
  EXPECT_EQ(asked.host, "n1");
  EXPECT_EQ(asked.key, shown);
  EXPECT_EQ(asked.reason, "CHG-4711");
  EXPECT_FALSE(trust_host_key(installation_, "n1", shown, lena_)) << "it waits for nobody any more";
}

TEST_F(Steering, a_quarantined_host_is_discounted_once_and_stays_quarantined) {
  quarantine_n1();
  const auto delivered = discount_host(installation_, "n1", lena_);
  ASSERT_TRUE(delivered) << delivered.error().messages.front();
  EXPECT_EQ(last_asked().verb, Verb::discount);
  EXPECT_EQ(last_asked().host, "n1");
  EXPECT_TRUE(installation_.read_fleet()->quarantines().begin()->second.discounted);
  const auto again = discount_host(installation_, "n1", lena_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().messages.front(), HasSubstr("n1 is discounted already"));
  EXPECT_FALSE(discount_host(installation_, "n2", lena_)) << "it is not quarantined";
}

TEST_F(Steering, quarantined_hosts_are_released_by_their_labels) {
  quarantine_n1();
  for (const HostIndex host : {1U, 2U}) quarantine(host);
  const auto released = release_hosts(installation_, *parse_selector("rack=r1"), lena_);
  ASSERT_TRUE(released) << released.error().messages.front();
  ASSERT_EQ(released->size(), 2U);
  EXPECT_EQ((*released)[0].host, "n1");
  EXPECT_EQ((*released)[1].host, "n2");
  EXPECT_EQ(last_asked().reason, "CHG-4711");
  const auto fleet = installation_.read_fleet();
  ASSERT_EQ(fleet->quarantines().size(), 1U);
  EXPECT_EQ(fleet->quarantines().begin()->first, "n3");
  const std::size_t before = events().size();
  const auto nobody = release_hosts(installation_, *parse_selector("rack=r1"), lena_);
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().messages.front(), HasSubstr("no quarantined host has labels that match 'rack=r1'"));
  EXPECT_EQ(events().size(), before);
}

// By the labels of the plan that had quarantined them.
TEST_F(Steering, quarantined_hosts_are_released_by_the_labels_of_the_newest_plan) {
  quarantine_n1();
  ResolvedPlan later = views::made_plan();
  later.rollout = "later";
  for (PlannedHost& host : later.hosts) host.name = "of-later-" + host.name;
  later.left_out = {LeftOut{"n1", {{"rack", "r9"}}, "quarantined", "it is"}};
  record(Event(RolloutStarted{"lena", later, {}}));
  EXPECT_FALSE(release_hosts(installation_, *parse_selector("rack=r1"), lena_));
  const auto released = release_hosts(installation_, *parse_selector("rack=r9"), lena_);
  ASSERT_TRUE(released) << released.error().messages.front();
  EXPECT_EQ(released->front().host, "n1");
}

TEST_F(Steering, where_nothing_ever_ran_every_verb_says_so) {
  std::filesystem::remove_all(state_);
  const auto steered = steer(installation_, Verb::pause, "bios-3.4", lena_);
  ASSERT_FALSE(steered);
  EXPECT_THAT(steered.error().messages.front(), HasSubstr("no rollout was ever applied here"));
  EXPECT_FALSE(ask_roll_back(installation_, {"bios-3.4", "", "", "", ""}, lena_));
  EXPECT_FALSE(release_host(installation_, "n1", lena_));
  EXPECT_FALSE(std::filesystem::exists(state_));
}

}  // namespace
}  // namespace breakwater::operations::steering_test
