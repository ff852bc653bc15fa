// What one event costs, counted in hosts that are looked at: the same for a small fleet and for a large one.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "orchestrator/core/outcome.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::scale_test {
namespace {

constexpr std::size_t kEnds = 3'000;

struct Looks {
  std::uint64_t first = 0;  ///< decision with its records, which park whoever waits for a full rack, each once
  std::uint64_t most_in_a_decision = 0;
  std::uint64_t most_in_a_record = 0;
  std::uint64_t after_the_first = 0;  ///< decisions and records
  std::size_t records = 0;
};

/// Every rack is full, 160 hosts are in flight, one host in fifty is rolled back; commands end in the order
/// of their start.
class Counting {
 public:
  explicit Counting(std::uint32_t hosts) {
    RolloutStarted started;
    started.plan = plan_of({.waves = {hosts}, .racks = 40, .per_rack = 4, .global = 200, .gate = {Share{0}, 1}});
    fleet_.apply({1, now_.steady, std::move(started)});
  }

  Looks run() {
    decide_once();
    looks_ = {.first = looks_.after_the_first};
    for (std::size_t ended = 0; ended < kEnds && !open_.empty(); ++ended) {
      end(open_.front());
      open_.pop_front();
      do {
        looks_.most_in_a_decision = std::max(looks_.most_in_a_decision, decide_once());
      } while (acted_ > 0);
    }
    return looks_;
  }

 private:
  std::uint64_t visited() const { return fleet_.find(1)->hosts.visited(); }

  std::uint64_t decide_once() {
    const std::uint64_t before = visited();
    Decision decision = decide(fleet_, 1, now_);
    const std::uint64_t looked = visited() - before;
    looks_.after_the_first += looked;
    acted_ = decision.acts.size();
    for (Event& act : decision.acts) record(std::move(act));
    return looked;
  }

  void record(Event event) {
    const Recorded one{fleet_.last_seq() + 1, now_.steady, std::move(event)};
    const std::uint64_t before = visited();
    fleet_.apply(one);
    const std::uint64_t looked = visited() - before;
    looks_.most_in_a_record = std::max(looks_.most_in_a_record, looked);
    looks_.after_the_first += looked;
    ++looks_.records;
    const auto* issued = std::get_if<CommandIssued>(&one.event);
    if (issued == nullptr) return;
    open_.push_back(issued->command);
    open_.back().id = one.seq;
  }

  void end(const Command& command) {
    now_.steady += Duration(100);
    now_.wall += Duration(100);
    const bool fails = command.host % 50 == 7 && command.action == Action::check;
    Outcome outcome = fails ? ends(Outcome::Verdict::failed, Cause::unhealthy) : done();
    outcome.stages = command.action == Action::prepare;
    CommandEnded ended{command.id, command.rollout, command.host, std::move(outcome)};
    ended.input = input_of(fleet_, ended);
    record(std::move(ended));
  }

  Fleet fleet_;
  Now now_{kBegin, kBegin};
  std::deque<Command> open_;
  std::size_t acted_ = 0;
  Looks looks_;
};

TEST(Scale, an_event_looks_at_as_many_hosts_in_a_small_fleet_as_in_a_large_one) {
  const Looks small = Counting(1'000).run();
  const Looks large = Counting(20'000).run();
  EXPECT_GE(small.records, 2 * kEnds);
  EXPECT_EQ(small.records, large.records);
  EXPECT_EQ(small.after_the_first, large.after_the_first);
  EXPECT_EQ(small.most_in_a_decision, large.most_in_a_decision);
  EXPECT_EQ(small.most_in_a_record, large.most_in_a_record);
  EXPECT_LE(small.most_in_a_decision, 10U);
  EXPECT_LE(small.most_in_a_record, 12U);
  EXPECT_LE(small.first, 7 * 1'000U);
  EXPECT_LE(large.first, 7 * 20'000U);
}

}  // namespace
}  // namespace breakwater::scale_test
