// The loop over a real journal, with a crew that answers at once.
#include "orchestrator/conductor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/orchestrator/core/drill.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::conductor_test {
namespace {

/// Every command ends as the script says, or well. A wait that hears nothing lets time run, and is over for good once
/// nothing has happened for an hour: then the conductor is asked to leave.
class MadeCrew : public Crew {
 public:
  explicit MadeCrew(std::atomic<int>& interrupts) : interrupts_(interrupts) {}

  std::function<std::optional<Outcome>(const Command&)> script;
  std::vector<Duration> left;  ///< of the trip, at each start of a command

  /// The process is gone for so long, and its conversations with it.
  void gone_for(Duration length) {
    open_.clear();
    now_ = {now_.steady + length, now_.wall + length};
  }

  Now now() override { return now_; }
  void start(Order order) override {
    open_.push_back(order.command);
    left.push_back(order.deadline.value_or(Instant::max()) - now_.steady);
  }
  void durable(std::uint64_t) override {}

  std::vector<CrewEvent> wait_until(Instant until) override {
    std::vector<CrewEvent> events;
    for (const Command& command : std::exchange(open_, {})) {
      std::optional<Outcome> outcome;
      if (script) outcome = script(command);
      events.emplace_back(CommandEnded{command.id, command.rollout, command.host, outcome.value_or(Outcome())});
    }
    const Duration passed = events.empty() ? until - now_.steady : Duration(1);
    now_ = {now_.steady + passed, now_.wall + passed};
    idle_ = events.empty() ? idle_ + passed : Duration(0);
    if (idle_ > std::chrono::hours(1)) interrupts_ = 2;
    return events;
  }

 private:
  std::atomic<int>& interrupts_;
  Now now_{kBegin, kBegin};
  std::vector<Command> open_;
  Duration idle_{0};
};

struct Conducted : testing::Test {
  Conducted() {
    if (auto locked = store->lock(journal::kHolder); !locked) ADD_FAILURE() << locked.error().message;
  }

  Conductor::End run(RolloutId id) {
    const auto end = conductor.run(id);
    if (!end) ADD_FAILURE() << end.error().message;
    return end ? *end : Conductor::End::left;
  }
  State state(RolloutId id, HostIndex host) const { return fleet.find(id)->hosts[host].state; }

  journal::StateFolder folder;
  std::unique_ptr<journal::SqliteStore> store = journal::open_sqlite(folder.path());
  std::atomic<int> interrupts = 0;
  MadeCrew crew{interrupts};
  Fleet fleet;
  Conductor conductor{*store, crew, fleet, Watcher(), interrupts};
};

/// Three hours are a host's; the five without a conductor are nobody's.
TEST_F(Conducted, a_resume_gives_back_the_time_without_a_conductor) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.action == Action::prepare) interrupts = 2;
    return std::nullopt;
  };
  const auto id = conductor.begin(plan_of({.waves = {1}}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::left);
  const Duration before = crew.left.back();
  ASSERT_LT(before, std::chrono::hours(3)) << "prepare took its share";
  crew.gone_for(std::chrono::hours(5));
  crew.left.clear();
  interrupts = 0;
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(crew.left.front(), before);
}

TEST_F(Conducted, asked_to_leave_a_halt_starts_no_way_back_and_the_next_run_does) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.host != 1 || command.action != Action::check) return std::nullopt;
    interrupts = 1;
    return ends(Outcome::Verdict::failed, Cause::unhealthy);
  };
  const auto id = conductor.begin(plan_of({.waves = {3}, .global = 1}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::at_rest);
  EXPECT_TRUE(fleet.find(*id)->halted);
  EXPECT_EQ(state(*id, 0), State::updated);
  EXPECT_EQ(state(*id, 1), State::rolled_back);
  interrupts = 0;
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(state(*id, 0), State::rolled_back);
}

/// Stopped, on the other hand, it goes on bringing back what a halt gave up.
TEST_F(Conducted, a_stopped_rollout_that_halted_brings_its_wave_back) {
  crew.script = [&](const Command& command) -> std::optional<Outcome> {
    if (command.host != 1 || command.action != Action::check) return std::nullopt;
    EXPECT_TRUE(conductor.ask({Verb::stop, command.rollout, "omar", "", {}, ""}));
    return ends(Outcome::Verdict::failed, Cause::unhealthy);
  };
  const auto id = conductor.begin(plan_of({.waves = {3}, .global = 1}), "lena");
  ASSERT_TRUE(id);
  EXPECT_EQ(run(*id), Conductor::End::finished);
  EXPECT_EQ(state(*id, 0), State::rolled_back);
}

}  // namespace
}  // namespace breakwater::conductor_test
