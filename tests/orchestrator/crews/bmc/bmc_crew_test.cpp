// The crew for BMCs: what becomes of a command, and of a crew that goes while its conversations wait.
#include "orchestrator/crews/bmc/bmc_crew.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <stdexcept>

#include "tests/orchestrator/crews/bmc/crew_fixture.hpp"

namespace breakwater::bmc_crew_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class BmcCrewTest : public CrewTest {};

// ---- a command and its end

TEST_F(BmcCrewTest, a_command_runs_to_its_end_and_both_say_whose_they_are) {
  up();
  const Order prepare = order(Action::prepare, 1);
  crew().start(prepare);
  const EvidenceOffered first = offered();
  EXPECT_EQ(first.evidence.command, prepare.command.id);
  EXPECT_EQ(first.evidence.rollout, 40U);
  EXPECT_EQ(first.evidence.host, 1U);
  EXPECT_EQ(first.evidence.evidence.kind, Kind::session);
  crew().durable(first.ticket);
  const auto end = std::get<CommandEnded>(next());
  EXPECT_EQ(end.command, prepare.command.id);
  EXPECT_EQ(end.rollout, 40U);
  EXPECT_EQ(end.host, 1U);
  EXPECT_EQ(end.outcome.verdict, Verdict::done) << end.outcome.detail;
  EXPECT_FALSE(other_.in) << "it logs out at its end";
}

// One thread: had the first conversation not waited, it would have looked before the second had its first word.
TEST_F(BmcCrewTest, a_conversation_goes_on_once_its_own_evidence_is_durable) {
  up();
  const Order waits = order(Action::prepare, 0);
  const Order goes_on = order(Action::prepare, 1);
  crew().start(waits);
  crew().start(goes_on);
  const EvidenceOffered first = offered();
  const EvidenceOffered second = offered();
  ASSERT_EQ(second.evidence.command, goes_on.command.id);
  EXPECT_NE(first.ticket, second.ticket);
  EXPECT_EQ(machine_.looks + other_.looks, 0);
  crew().durable(second.ticket);
  EXPECT_EQ(ended(goes_on.command.id).verdict, Verdict::done);
  EXPECT_EQ(machine_.looks, 0);
  crew().durable(first.ticket);
  EXPECT_EQ(ended(waits.command.id).verdict, Verdict::done);
}

TEST_F(BmcCrewTest, hosts_do_not_wait_for_each_other_where_there_are_threads) {
  up(Instant(), 2);
  std::promise<void> go_on;
  machine_.on_look = [&go_on](FakeMachine&) { go_on.get_future().wait(); };
  const Order slow = order(Action::prepare, 0);
  crew().start(slow);
  crew().durable(offered().ticket);
  EXPECT_EQ(carry_out(order(Action::prepare, 1)).verdict, Verdict::done);
  go_on.set_value();
  EXPECT_EQ(ended(slow.command.id).verdict, Verdict::done);
}

TEST_F(BmcCrewTest, what_a_driver_throws_ends_the_command_as_lost) {
  up();
  machine_.on_look = [](FakeMachine&) { throw std::runtime_error("no memory for it"); };
  const Outcome ended = carry_out(order(Action::prepare));
  EXPECT_EQ(ended.verdict, Verdict::lost);
  EXPECT_EQ(ended.cause, Cause::interrupted);
  EXPECT_EQ(ended.detail, "no memory for it");
  EXPECT_EQ(carry_out(order(Action::prepare, 1)).verdict, Verdict::done) << "the thread goes on";
}

// ---- time

TEST_F(BmcCrewTest, where_nothing_comes_the_wait_ends_at_its_deadline) {
  up();
  const Instant until = crew().now().steady + Duration(20);
  EXPECT_THAT(crew().wait_until(until), IsEmpty());
  EXPECT_GE(crew().now().steady, until);
}

TEST_F(BmcCrewTest, the_wait_ends_early_when_something_comes) {
  up();
  const Instant until = crew().now().steady + kPatience;
  crew().start(order(Action::prepare));
  EXPECT_EQ(crew().wait_until(until).size(), 1U);
  EXPECT_LT(crew().now().steady, until);
}

TEST_F(BmcCrewTest, the_steady_clock_goes_on_where_the_journal_ended) {
  const Instant wall = up().now().wall;
  const Instant journal_end = wall + std::chrono::hours(5);
  const Now after = up(journal_end).now();
  EXPECT_GE(after.steady, journal_end);
  EXPECT_LT(after.wall, journal_end);
}

/// Nothing ever answers, and nothing but the trip's deadline would end the command.
TEST_F(BmcCrewTest, the_deadline_of_the_trip_ends_what_would_be_waited_for) {
  up(Instant(std::chrono::hours(1'000'000)));
  plan_.timeouts.host_return = std::chrono::hours(24);
  machine_.on_look = [](FakeMachine& machine) { machine.weather = {fault_of(Fault::Kind::unreachable)}; };
  Order check = order(Action::check);
  check.deadline = crew().now().steady + Duration(1);
  EXPECT_EQ(carry_out(std::move(check)).verdict, Verdict::lost);
}

// ---- who is spoken to

TEST_F(BmcCrewTest, the_keys_that_an_order_knows_count_where_pins_do) {
  Sha256 key;
  key.bytes.fill(7);
  up();
  plan_.hosts[0].bmc.tls = TlsPolicy{TlsPolicy::Mode::ca, "/etc/bmc-ca.pem", {}};
  const BmcEndpoint by_ca = plan_.hosts[0].bmc;
  carry_out(order(Action::prepare));
  plan_.hosts[0].bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
  Order pinned = order(Action::prepare);
  pinned.pins = {Sha256(), key};
  carry_out(std::move(pinned));
  BmcEndpoint with_key = plan_.hosts[0].bmc;
  with_key.tls.pins = {Sha256(), key};
  EXPECT_THAT(endpoints(), ElementsAre(by_ca, with_key));
}

// It went to quarantine, or was turned away, and so did its neighbours.
TEST_F(BmcCrewTest, without_credentials_a_command_waits_and_goes_on_once_they_are_there) {
  for (const Action action : {Action::prepare, Action::stage, Action::check, Action::roll_back}) {
    up();
    fail_own_side("env:BMC is not set in the environment");
    const Order waits = order(action);
    crew().start(waits);
    const EvidenceOffered first = offered();
    EXPECT_EQ(first.evidence.evidence.kind, Kind::own_fault);
    EXPECT_EQ(first.evidence.evidence.text, "env:BMC is not set in the environment");
    fail_own_side("");
    crew().durable(first.ticket);
    EXPECT_EQ(offered().evidence.evidence.kind, Kind::session) << "it goes on by itself";
    leave();
  }
}

TEST_F(BmcCrewTest, a_crew_that_goes_ends_a_wait_for_its_own_side) {
  up();
  fail_own_side("file:/gone cannot be read");
  crew().start(order(Action::check));
  EXPECT_EQ(offered().evidence.evidence.kind, Kind::own_fault);
  leave();
  EXPECT_EQ(machine_.logins_tried, 0);
}

// ---- leaving

TEST_F(BmcCrewTest, a_crew_that_goes_ends_a_conversation_that_waits_without_another_request) {
  up();
  crew().start(order(Action::prepare));
  ASSERT_EQ(offered().evidence.evidence.kind, Kind::session);
  leave();
  EXPECT_EQ(machine_.looks, 0);
  EXPECT_THAT(machine_.acts, IsEmpty());
  EXPECT_TRUE(machine_.in) << "not even logged out: its successor deletes the session";
}

TEST_F(BmcCrewTest, nothing_is_recorded_any_more_by_hands_that_leave) {
  int offers = 0;
  BmcHands hands(store_, [&offers](const EvidenceOffered&) { ++offers; });
  hands.leave();
  std::exception_ptr thrown;
  const Command command;
  boost::asio::co_spawn(io_, hands.record(command, evidence_of(Kind::session, "/s/1")),
                        [&thrown](std::exception_ptr error) { thrown = error; });
  io_.poll();
  ASSERT_TRUE(thrown);
  EXPECT_THROW(std::rethrow_exception(thrown), Leaving);
  EXPECT_EQ(offers, 0);
}

}  // namespace
}  // namespace breakwater::bmc_crew_test
