// The crew of a model: the real conversation with a modelled BMC, in virtual time, by one process or by several in
// turn.
#include "orchestrator/crews/model/model_crew.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/crews/model/model_fixture.hpp"

namespace breakwater::model::model_crew_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

constexpr std::chrono::hours kLongest{24};

/// How a command went on: to its end, or to the death of its process.
struct Course {
  std::vector<Evidence> evidence;  ///< that is durable
  std::optional<Outcome> outcome;  ///< nothing where the process died
};

/// When a process dies: at the evidence of this number, right before it is durable or right after.
struct Death {
  std::size_t at = 100;
  bool durable = false;
};

class ModelCrewTest : public ModelTest {
 protected:
  ModelCrewTest() {
    PlannedImage image;
    image.version = "3.4";
    image.reported_as = {"3.4"};
    plan_.images = {image};
    PlannedComponent component;
    component.id = "bios";
    component.kind = ComponentKind::bios;
    component.select.software_id = "BIOS";
    component.activate_by = ActivateBy::host_reboot;
    plan_.components = {component};
    PlannedHost planned;
    planned.name = "n1";
    planned.identity = host().identity;
    planned.updates = {PlannedUpdate{0, "3.2", WayBack::bank_switch}};
    plan_.hosts = {planned};
    plan_.checks.stable_for = std::chrono::minutes(5);
    plan_.checks.host_booted = true;
  }

  void up(Instant not_before = Instant()) { crew_.emplace(fleet_, not_before); }
  ModelCrew& crew() { return *crew_; }

  Order order(Action action) {
    Order made;
    made.command.id = ++last_;
    made.command.action = action;
    made.command.update = action == Action::check ? 1 : 0;
    made.plan = std::make_shared<const ResolvedPlan>(plan_);
    made.baseline = baseline_;
    made.task = task_;
    return made;
  }
  /// Evidence is durable at once, until the process dies.
  Course carry_out(Order order, Death death = {}) {
    Course course;
    course.evidence = order.evidence;
    crew().start(std::move(order));
    for (std::size_t met = 0;; ++met) {
      const std::vector<CrewEvent> events = crew().wait_until(crew().now().steady + kLongest);
      if (events.size() != 1) throw std::runtime_error("one event at a time is to come of one command");
      if (const auto* end = std::get_if<CommandEnded>(&events[0])) {
        course.outcome = end->outcome;
        return course;
      }
      const auto& offered = std::get<EvidenceOffered>(events[0]);
      if (met != death.at || death.durable) course.evidence.push_back(offered.evidence.evidence);
      if (met == death.at) return course;
      crew().durable(offered.ticket);
    }
  }
  Verdict verdict(Action action) {
    const Course course = carry_out(order(action));
    for (const Evidence& one : course.evidence) {
      if (one.kind == Kind::task) task_ = one.text;
    }
    if (action == Action::prepare) baseline_ = course.outcome->baseline;
    return course.outcome->verdict;
  }
  /// Two processes carry a command out, the second from what the first left. Nothing where the first needed no other.
  std::optional<Outcome> in_two_processes(Action action, Death death) {
    Order first = order(action);
    Order second = first;
    const Course left = carry_out(std::move(first), death);
    if (left.outcome) return std::nullopt;
    up(fleet_.now());
    second.evidence = left.evidence;
    second.resumed = true;
    return carry_out(std::move(second)).outcome;
  }
  static std::vector<Kind> kinds(const std::vector<Evidence>& evidence) {
    std::vector<Kind> made;
    for (const Evidence& one : evidence) made.push_back(one.kind);
    return made;
  }

  ResolvedPlan plan_;
  Baseline baseline_;
  std::string task_;

 private:
  CommandId last_ = 0;
  std::optional<ModelCrew> crew_;
};

// ---- one process

TEST_F(ModelCrewTest, a_withdrawal_ends_what_is_read_slowly) {
  host().faults.read_takes = Duration(60'000);
  up();
  Order looks = order(Action::prepare);
  const CommandId command = looks.command.id;
  crew().start(std::move(looks));
  const auto login = crew().wait_until(crew().now().steady + kLongest);
  crew().durable(std::get<EvidenceOffered>(login.at(0)).ticket);
  EXPECT_THAT(crew().wait_until(crew().now().steady + Duration(10'000)), IsEmpty()) << "it reads";
  const Instant withdrawn = crew().now().steady;
  crew().withdraw(command);
  const auto events = crew().wait_until(crew().now().steady + kLongest);
  EXPECT_EQ(std::get<CommandEnded>(events.at(0)).outcome.cause, Cause::withdrawn);
  EXPECT_LT(crew().now().steady - withdrawn, Duration(2'000));
}

TEST_F(ModelCrewTest, a_host_goes_its_whole_trip) {
  up();
  EXPECT_EQ(verdict(Action::prepare), Verdict::done);
  const Course staged = carry_out(order(Action::stage));
  ASSERT_TRUE(staged.outcome);
  EXPECT_EQ(staged.outcome->verdict, Verdict::done) << staged.outcome->detail;
  EXPECT_THAT(kinds(staged.evidence), ElementsAre(Kind::session, Kind::sending, Kind::body_sent, Kind::task));
  EXPECT_EQ(bios().staged, "3.4");
  task_ = staged.evidence.back().text;
  const Course activated = carry_out(order(Action::activate));
  ASSERT_TRUE(activated.outcome);
  EXPECT_EQ(activated.outcome->verdict, Verdict::done) << activated.outcome->detail;
  EXPECT_THAT(kinds(activated.evidence), ElementsAre(Kind::session, Kind::reset_asked));
  EXPECT_EQ(verdict(Action::check), Verdict::done);
  EXPECT_EQ(bios().running, "3.4");
  EXPECT_EQ(bios().other, "3.2");
  EXPECT_EQ(count(Act::Kind::body_taken), 1);
  EXPECT_EQ(count(Act::Kind::reset), 1);
  EXPECT_GT(fleet_.now() - kBegin, host().times.upload + host().times.flash + plan_.checks.stable_for);
}

TEST_F(ModelCrewTest, the_acts_of_a_conversation_carry_the_number_of_its_command) {
  up();
  const Order stage = order(Action::stage);
  const CommandId id = stage.command.id;
  carry_out(stage);
  ASSERT_FALSE(acts_.empty());
  for (const Act& act : acts_) EXPECT_EQ(act.command, id) << to_string(act.kind);
}

TEST_F(ModelCrewTest, where_nothing_is_durable_nothing_is_sent) {
  up();
  crew().start(order(Action::stage));
  EXPECT_EQ(crew().wait_until(crew().now().steady + kLongest).size(), 1U);
  const Instant until = crew().now().steady + kLongest;
  EXPECT_THAT(crew().wait_until(until), IsEmpty());
  EXPECT_EQ(fleet_.now(), until);
  EXPECT_THAT(acts_, IsEmpty());
}

TEST_F(ModelCrewTest, a_wait_ends_early_where_somebody_knocks) {
  up();
  fleet_.knock(kBegin + Duration(7'000));
  EXPECT_THAT(crew().wait_until(kBegin + kLongest), IsEmpty());
  EXPECT_EQ(fleet_.now(), kBegin + Duration(7'000));
}

TEST_F(ModelCrewTest, a_crew_that_came_up_under_a_wrong_clock_goes_on_where_the_journal_ended) {
  const Instant journal_end = kBegin + std::chrono::hours(5);
  up(journal_end);
  EXPECT_EQ(crew().now().steady, journal_end);
  EXPECT_EQ(crew().now().wall, kBegin);
  EXPECT_THAT(crew().wait_until(journal_end + Duration(1'000)), IsEmpty());
  EXPECT_EQ(fleet_.now(), kBegin + Duration(1'000));
  host().gone = true;
  Order check = order(Action::check);
  check.deadline = crew().now().steady + Duration(60'000);
  const Duration may_return = check.plan->timeouts.bmc_return;
  EXPECT_EQ(carry_out(std::move(check)).outcome->verdict, Verdict::lost);
  EXPECT_LE(fleet_.now(), kBegin + Duration(70'000) + may_return) << "the deadline of the trip goes by the same clock";
}

TEST_F(ModelCrewTest, the_key_that_an_order_knows_is_believed) {
  plan_.hosts[0].bmc.tls.mode = TlsPolicy::Mode::pin;
  up();
  host().key = 2;
  EXPECT_EQ(carry_out(order(Action::prepare)).outcome->cause, Cause::tls_refused);
  Order pinned = order(Action::prepare);
  pinned.pins = {*bmc_.peer_key()};
  EXPECT_EQ(carry_out(std::move(pinned)).outcome->verdict, Verdict::done);
}

TEST_F(ModelCrewTest, a_host_that_the_fleet_does_not_have_is_untouched_where_it_was_only_to_be_looked_at) {
  plan_.hosts[0].name = "n9";
  up();
  EXPECT_EQ(carry_out(order(Action::prepare)).outcome->verdict, Verdict::untouched);
  EXPECT_EQ(carry_out(order(Action::activate)).outcome->verdict, Verdict::lost);
}

// ---- one process after another

TEST_F(ModelCrewTest, wherever_its_process_dies_a_successor_ends_the_command_and_nothing_is_done_twice) {
  const ModelHost fresh = host();
  int deaths = 0;
  for (const Action dies : {Action::stage, Action::activate}) {
    for (std::size_t at = 0; at < 6; ++at) {
      for (const bool durable : {false, true}) {
        SCOPED_TRACE(std::string(to_string(dies)) + ", evidence " + std::to_string(at) + (durable ? " durable" : ""));
        host() = fresh;
        acts_.clear();
        task_.clear();
        up();
        if (dies == Action::activate) verdict(Action::stage);
        const std::optional<Outcome> ended = in_two_processes(dies, {at, durable});
        if (!ended) continue;
        ++deaths;
        EXPECT_EQ(ended->verdict, Verdict::done) << ended->detail;
        task_ = task_uri(bios().staged_task);
        if (dies == Action::stage) verdict(Action::activate);
        EXPECT_EQ(verdict(Action::check), Verdict::done);
        EXPECT_EQ(count(Act::Kind::body_taken), 1);
        EXPECT_EQ(count(Act::Kind::reset), 1);
        EXPECT_EQ(count(Act::Kind::flash_over), 1);
      }
    }
  }
  EXPECT_EQ(deaths, 2 * 4 + 2 * 2) << "at a session, sending, body_sent and a task; at a session and reset_asked";
}

TEST_F(ModelCrewTest, an_upload_dies_with_its_process_and_its_successor_sends_it_again) {
  up();
  Order stage = order(Action::stage);
  Order again = stage;
  crew().start(std::move(stage));
  std::vector<Evidence> evidence;
  while (evidence.empty() || evidence.back().kind != Kind::sending) {
    const CrewEvent event = crew().wait_until(crew().now().steady + kLongest).at(0);
    evidence.push_back(std::get<EvidenceOffered>(event).evidence.evidence);
    crew().durable(std::get<EvidenceOffered>(event).ticket);
  }
  EXPECT_THAT(crew().wait_until(crew().now().steady + host().times.upload / 2), IsEmpty());
  ASSERT_EQ(count(Act::Kind::bytes_left), 1);
  up(fleet_.now());
  again.evidence = evidence;
  again.resumed = true;
  const Course course = carry_out(std::move(again));
  EXPECT_EQ(course.outcome->verdict, Verdict::done) << course.outcome->detail;
  EXPECT_EQ(count(Act::Kind::bytes_left), 2);
  EXPECT_EQ(count(Act::Kind::body_taken), 1) << "half an image arrives as none";
}

}  // namespace
}  // namespace breakwater::model::model_crew_test
