// A BMC that shows a new key while the loop goes on: who waits for the word on it, and who does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/codec/event_json.hpp"
#include "tests/orchestrator/conducted.hpp"

namespace breakwater::conductor_keys_test {
namespace {

/// One host, whose BMC shows a new key while it is activated: its command hangs until somebody vouches.
struct NewKey : Conducted {
  NewKey() {
    ResolvedPlan plan = plan_of({.waves = {1}});
    plan.hosts[0].bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
    plan.hosts[0].bmc.address = "bmc";
    key.bytes.fill(2);
    const auto begun = conductor.begin(std::move(plan), "lena");
    if (!begun) ADD_FAILURE() << begun.error().message;
    id = begun.value_or(0);
    crew.hangs = [this](const Command& command) {
      if (command.action != Action::activate) return false;
      if (crew.trusted.empty() && !shown) {
        shown = true;
        crew.offer(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::key_shown, to_hex(key)}});
        if (on_shown) on_shown();
      }
      return crew.trusted.empty() && pins.empty();
    };
    crew.on_start = [this](const Order& order) {
      if (order.resumed) pins = order.pins;
    };
  }
  OperatorAsked wish(Verb verb) const { return {verb, id, "omar", "", {}, "", {}, "", {}}; }
  OperatorAsked trust() const {
    OperatorAsked asked = wish(Verb::trust_key);
    asked.host = "n0";
    asked.key = key;
    return asked;
  }
  void request(const OperatorAsked& asked) {
    const Event event(asked);
    EXPECT_TRUE(store->add_request(crew.now().wall, codec::kind_of(event), codec::encode(event), "omar"));
  }

  Sha256 key;
  RolloutId id = 0;
  bool shown = false;
  std::vector<Sha256> pins;  ///< of the order that went on
  std::function<void()> on_shown;
};

TEST_F(NewKey, goes_to_the_conversation_that_waits_for_it) {
  on_shown = [this] { request(trust()); };
  EXPECT_EQ(run(id), Conductor::End::finished);
  ASSERT_EQ(crew.trusted.size(), 1U);
  EXPECT_EQ(crew.trusted[0].second, key);
  EXPECT_EQ(state(id, 0), State::updated);
}

TEST_F(NewKey, keeps_no_stopped_rollout_from_its_rest_and_waits_on_after_a_resume) {
  on_shown = [this] { request(wish(Verb::stop)); };
  EXPECT_EQ(run(id), Conductor::End::at_rest);
  EXPECT_EQ(state(id, 0), State::activating);
  EXPECT_TRUE(fleet.find(id)->hosts[0].open);
  ASSERT_TRUE(conductor.ask(wish(Verb::resume)));
  request(trust());
  EXPECT_EQ(run(id), Conductor::End::finished);
  EXPECT_EQ(crew.started(Action::activate), 1) << "the conversation was there all the time";
  EXPECT_EQ(state(id, 0), State::updated);
}

TEST_F(NewKey, keeps_no_process_that_is_asked_to_leave_and_the_next_one_knows_the_word) {
  on_shown = [this] { interrupts = 1; };
  EXPECT_EQ(run(id), Conductor::End::at_rest);
  crew.gone_for(Duration(60'000));
  ASSERT_TRUE(conductor.ask(trust()));
  interrupts = 0;
  MadeCrew later(interrupts);
  later.gone_for(crew.now().steady - kBegin);
  later.on_start = crew.on_start;
  Conductor next{*store, later, fleet, Watcher(), interrupts};
  const auto end = next.run(id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_THAT(pins, testing::ElementsAre(Sha256(), key));
}

TEST_F(NewKey, keeps_no_abandoned_rollout) {
  on_shown = [this] { request(wish(Verb::abandon)); };
  EXPECT_EQ(run(id), Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::quarantined);
  EXPECT_EQ(interrupts, 0);
  EXPECT_EQ(crew.refused.size(), 1U) << "what comes of a command that is over is not recorded: no act follows";
  EXPECT_THAT(fleet.find(id)->hosts[0].evidence, testing::IsEmpty());
}

TEST_F(NewKey, keeps_no_rollout_that_was_abandoned_while_it_waited) {
  Watcher watcher;
  watcher.on_record = [this](const Recorded& record) {
    const auto* seen = std::get_if<EvidenceSeen>(&record.event);
    if (seen && seen->evidence.kind == Evidence::Kind::key_shown) request(wish(Verb::abandon));
  };
  Conductor watched{*store, crew, fleet, watcher, interrupts};
  const auto end = watched.run(id);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::quarantined);
  EXPECT_EQ(interrupts, 0);
}

TEST_F(NewKey, of_a_host_that_goes_back_is_waited_for_by_a_process_that_rolls_back) {
  crew.hangs = nullptr;
  ASSERT_EQ(run(id), Conductor::End::finished);
  crew.hangs = [this](const Command& command) {
    if (command.action != Action::roll_back) return false;
    if (!std::exchange(shown, true)) {
      crew.offer(EvidenceSeen{command.id, command.rollout, command.host, {Evidence::Kind::key_shown, to_hex(key)}});
    }
    return crew.trusted.empty();
  };
  int waits = 0;
  crew.meanwhile = [this, &waits] {
    if (shown && ++waits == 3) request(trust());
  };
  ASSERT_TRUE(conductor.ask(wish(Verb::roll_back)));
  const auto end = conductor.run(id, Starts::ways_back);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, Conductor::End::finished);
  EXPECT_EQ(state(id, 0), State::rolled_back);
}

}  // namespace
}  // namespace breakwater::conductor_keys_test
