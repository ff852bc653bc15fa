// A BMC that shows a new key while its wave soaks.
#include <gmock/gmock.h>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/soak.hpp"
#include "tests/orchestrator/core/soaking.hpp"

namespace breakwater::soak_keys_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SoakKeys : public SoakLooks {
 protected:
  /// Runs until the first looks are under way, and meets a new key with each of them.
  void meet(const Shape& shape) {
    ResolvedPlan plan = plan_of(shape);
    for (PlannedHost& host : plan.hosts) host.bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {Sha256()}};
    drill_.start(std::move(plan));
    ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout().waves[0].looks > 0; }));
    show();
  }
  void show() {
    for (HostIndex host = 0; host < drill_.rollout().hosts.size(); ++host) {
      const auto& open = drill_.rollout().hosts[host].open;
      if (open) drill_.record(EvidenceSeen{open->id, 1, host, {Evidence::Kind::key_shown, to_hex(kKey)}});
    }
  }
  void pass(Duration length) { drill_.now = {drill_.now.steady + length, drill_.now.wall + length}; }

  static inline const Sha256 kKey = [] {
    Sha256 key;
    key.bytes.fill(0xaa);
    return key;
  }();
  static inline const std::string kCommand = "breakwater trust-key n0 --sha256 " + to_hex(kKey);
};

TEST_F(SoakKeys, the_wave_waits_and_says_for_what_and_goes_on_with_the_word) {
  meet({.waves = {1, 1}, .soak = hours(8)});
  pass(hours(30));
  drill_.decide_all();
  EXPECT_THAT(verdicts(), IsEmpty());
  ASSERT_TRUE(waits_for(StartRule::last_looks));
  EXPECT_THAT(drill_.waits.front().command, IsEmpty()) << "the key is a row of its own";
  EXPECT_EQ(drill_.waits.back().rule, StartRule::new_key);
  EXPECT_THAT(drill_.waits.back().text, HasSubstr("n0 shows a new key, sha256:" + to_hex(kKey)));
  EXPECT_EQ(drill_.waits.back().command, kCommand);
  const Explanation shown = explain(drill_.fleet, "n0", drill_.present());
  EXPECT_EQ(shown.reasons.at(0).word, "KeyNotTrusted");
  EXPECT_EQ(shown.reasons.at(0).command, kCommand);
  EXPECT_EQ(explain(drill_.fleet, "n1", drill_.present()).reasons.at(0).command, kCommand);
  EXPECT_EQ(drill_.state("n0"), State::updated);
  OperatorAsked word{Verb::trust_key, 1, "omar", "read off its console", {}, "n0"};
  word.key = kKey;
  drill_.record(word);
  drill_.run();
  EXPECT_EQ(drill_.state("n1"), State::updated);
}

TEST_F(SoakKeys, a_decision_names_the_key_while_the_wave_soaks) {
  meet({.waves = {1, 1}, .soak = hours(8)});
  const std::vector<Blocker> waits = decide(drill_.fleet, 1, drill_.now).waits;
  ASSERT_THAT(waits, SizeIs(2));
  EXPECT_EQ(waits[0].rule, StartRule::soak);
  EXPECT_EQ(waits[1].rule, StartRule::new_key);
  EXPECT_EQ(what_to_type(waits[1], "bios"), kCommand);
}

TEST_F(SoakKeys, looks_that_wait_keep_no_others) {
  drill_.folds_again = false;
  meet({.waves = {200, 1}, .racks = 200, .global = 200, .soak = minutes(10)});
  ASSERT_EQ(drill_.rollout().untrusted.size(), kLooksAtOnce);
  drill_.decide_all();
  EXPECT_EQ(drill_.rollout().waves[0].looks, 2 * kLooksAtOnce);
}

TEST_F(SoakKeys, a_look_that_waits_is_needless_once_its_host_is_to_go_back) {
  meet({.waves = {2, 1}, .soak = hours(8)});
  EXPECT_THAT(needless_looks(drill_.fleet), IsEmpty());
  drill_.ask(Verb::roll_back, 1, "n0");
  EXPECT_THAT(needless_looks(drill_.fleet), ElementsAre(drill_.trip("n0").open->id));
  drill_.ask(Verb::roll_back, 1);
  EXPECT_THAT(needless_looks(drill_.fleet), SizeIs(2));
  drill_.record(CommandEnded{drill_.trip("n0").open->id, 1, 0, ends(Outcome::Verdict::untouched, Cause::withdrawn)});
  EXPECT_THAT(needless_looks(drill_.fleet), SizeIs(1));
  EXPECT_FALSE(drill_.trip("n0").key_shown);
}

/// A recall by another rollout finds the machine in the hands of a look, and is not to wait for that one's key.
TEST_F(SoakKeys, and_once_another_rollout_is_to_roll_it_back) {
  const RolloutId first = drill_.start(nic_plan());
  drill_.run();
  const RolloutId second = drill_.start(plan_of({.waves = {1, 1}, .soak = hours(8)}));
  ASSERT_TRUE(drill_.run_until([&] { return drill_.rollout(second).waves[0].looks > 0; }));
  const CommandId look = drill_.trip("n0", second).open->id;
  drill_.record(EvidenceSeen{look, second, 0, {Evidence::Kind::key_shown, to_hex(kKey)}});
  EXPECT_THAT(needless_looks(drill_.fleet), IsEmpty());
  drill_.ask(Verb::roll_back, first);
  EXPECT_THAT(needless_looks(drill_.fleet), ElementsAre(look));
}

}  // namespace
}  // namespace breakwater::soak_keys_test
