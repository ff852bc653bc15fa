// The keys of BMCs: a host whose BMC shows a new one waits for an operator's word, and what was vouched for is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/explain.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/core/standstill.hpp"
#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::keys_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Sha256 key(std::uint8_t number) {
  Sha256 made;
  made.bytes.fill(number);
  return made;
}

ResolvedPlan pinned(const Shape& shape) {
  ResolvedPlan plan = plan_of(shape);
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) {
    plan.hosts[i].bmc.address = "bmc-" + plan.hosts[i].name;
    plan.hosts[i].bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {key(1)}};
  }
  return plan;
}

/// n0 is being activated, and its BMC comes back with a new key.
struct Keys : testing::Test {
  Keys() {
    drill.folds_again = true;
    drill.start(pinned({.waves = {3}, .racks = 3, .per_rack = 1, .global = 1}));
    drill.run_until([this] { return drill.state("n0") == State::activating && drill.trip("n0").open; });
  }
  void say(Evidence::Kind kind, const std::string& text = {}) {
    drill.record(EvidenceSeen{drill.trip("n0").open->id, 1, 0, {kind, text}});
  }
  void shows(std::uint8_t number) { say(Evidence::Kind::key_shown, to_hex(key(number))); }
  void trust(std::uint8_t number, const std::string& host = "n0") {
    OperatorAsked asked{Verb::trust_key, 1, "omar", "read off its console", {}, host};
    asked.key = key(number);
    drill.record(asked);
  }
  Duration spent() const {
    const HostTrip& trip = drill.trip("n0");
    const Instant until = stands_still(trip) ? trip.stands_since : drill.rollout().under_way(drill.now.steady);
    return trip.spent + (until - trip.issued);
  }
  void pass(Duration length) {
    drill.now.steady += length;
    drill.now.wall += length;
  }
  std::vector<Sha256> pins(const std::string& host = "n0") const {
    return drill.fleet.pins_of(drill.rollout().plan->hosts[drill.index(host)].bmc);
  }

  Drill drill;
};

TEST_F(Keys, a_host_that_shows_a_new_one_waits_and_its_deadlines_stand_still) {
  const Duration before = spent();
  shows(2);
  pass(hours(30));
  EXPECT_EQ(spent(), before);
  EXPECT_EQ(drill.state("n0"), State::activating) << "in flight, and it counts";
  EXPECT_THAT(pins(), ElementsAre(key(1)));
  trust(2);
  EXPECT_FALSE(drill.trip("n0").key_shown);
  EXPECT_EQ(spent(), before);
  pass(minutes(3));
  EXPECT_EQ(spent(), before + minutes(3));
  drill.run();
  EXPECT_EQ(drill.in(State::updated).size(), 3U);
}

TEST_F(Keys, explain_shows_the_key_and_the_exact_command) {
  shows(2);
  pass(minutes(7));
  const Explanation explained = explain(drill.fleet, "n0", drill.present());
  ASSERT_FALSE(explained.reasons.empty());
  EXPECT_EQ(explained.reasons[0].word, "KeyNotTrusted");
  EXPECT_THAT(explained.reasons[0].text, HasSubstr("sha256:" + to_hex(key(2))));
  EXPECT_THAT(explained.reasons[0].text, HasSubstr("7m so far, and its deadlines stand still"));
  EXPECT_EQ(explained.reasons[0].command, "breakwater trust-key n0 --sha256 " + to_hex(key(2)));
}

TEST_F(Keys, decide_tells_the_same_row_as_explain) {
  const auto waits = [this] { return decide(drill.fleet, 1, drill.now).waits; };
  EXPECT_NE(waits().front().rule, StartRule::new_key);
  shows(2);
  const std::vector<Blocker> told = waits();
  const auto row =
      std::find_if(told.begin(), told.end(), [](const Blocker& b) { return b.rule == StartRule::new_key; });
  ASSERT_NE(row, told.end());
  EXPECT_EQ(row_of(row->rule).word, "KeyNotTrusted");
  EXPECT_EQ(what_to_type(*row, "bios"), "breakwater trust-key n0 --sha256 " + to_hex(key(2)));
  const Reason reason = explain(drill.fleet, "n0", drill.present()).reasons.at(0);
  EXPECT_EQ(reason.text.substr(0, row->text.size()), row->text);
  EXPECT_EQ(told.back().rule, StartRule::in_flight) << "after what holds them";
}

TEST(KeyWaits, the_first_are_named_and_the_others_counted) {
  Drill drill;
  drill.start(pinned({.waves = {8}, .racks = 8, .per_rack = 1, .global = 8}));
  drill.run_until([&] { return drill.trip("n0").open.has_value(); });
  for (HostIndex host = 0; host < 7; ++host) {
    const CommandId open = drill.rollout().hosts[host].open.value().id;
    drill.record(EvidenceSeen{open, 1, host, {Evidence::Kind::key_shown, to_hex(key(2))}});
  }
  const std::vector<Blocker> waits = key_waits(drill.rollout());
  ASSERT_EQ(waits.size(), 5U);
  EXPECT_THAT(waits.back().text, HasSubstr("n4 shows a new key"));
  EXPECT_THAT(waits.back().text, HasSubstr("; and 2 more hosts, named by breakwater status bios -o json"));
}

TEST_F(Keys, other_hosts_start_while_one_waits) {
  shows(2);
  const auto blocker = may_start({drill.fleet, drill.rollout(), 2, drill.now});
  EXPECT_TRUE(!blocker || blocker->rule == StartRule::global_limit) << "it holds its place, and nothing more";
}

TEST_F(Keys, the_word_for_one_key_is_none_for_another) {
  shows(3);
  trust(2);
  EXPECT_EQ(drill.trip("n0").key_shown, key(3));
  EXPECT_THAT(pins(), ElementsAre(key(1), key(2)));
  trust(3, "n1");
  EXPECT_EQ(drill.trip("n0").key_shown, key(3)) << "nor for another host";
  EXPECT_THAT(pins("n1"), ElementsAre(key(1), key(3)));
}

TEST_F(Keys, the_wait_ends_where_the_key_is_not_shown_any_more_and_with_the_command) {
  shows(2);
  say(Evidence::Kind::key_gone);
  EXPECT_TRUE(drill.rollout().untrusted.empty());
  shows(2);
  drill.record(CommandEnded{drill.trip("n0").open->id, 1, 0, done(), Input::activated});
  EXPECT_TRUE(drill.rollout().untrusted.empty());
  EXPECT_FALSE(drill.trip("n0").key_shown);
}

TEST_F(Keys, a_wait_within_a_wait_is_given_back_once) {
  const Duration before = spent();
  shows(2);
  pass(hours(1));
  say(Evidence::Kind::own_fault, "no descriptors");
  pass(hours(1));
  trust(2);
  pass(hours(1));
  say(Evidence::Kind::mended);
  EXPECT_EQ(spent(), before);
}

/// Nothing goes on there without an operator's word: the process need not stay for it.
TEST_F(Keys, who_waits_for_a_word_does_not_move) {
  EXPECT_TRUE(moves(drill.rollout()));
  shows(2);
  EXPECT_FALSE(moves(drill.rollout()));
  drill.ask(Verb::stop, 1);
  EXPECT_FALSE(goes_on(drill.rollout()));
  trust(2);
  EXPECT_TRUE(moves(drill.rollout()));
}

TEST_F(Keys, an_abandoned_host_waits_for_nobody) {
  shows(2);
  drill.ask(Verb::abandon, 1);
  EXPECT_EQ(drill.state("n0"), State::quarantined);
  EXPECT_TRUE(drill.rollout().untrusted.empty());
}

// ---- what is kept

TEST_F(Keys, what_was_vouched_for_counts_as_long_as_the_inventory_names_the_same_keys) {
  shows(2);
  trust(2);
  shows(3);
  trust(3);
  BmcEndpoint bmc = drill.rollout().plan->hosts[0].bmc;
  EXPECT_THAT(drill.fleet.pins_of(bmc), ElementsAre(key(1), key(2), key(3)));
  bmc.tls.pins = {key(1), key(2)};
  EXPECT_THAT(drill.fleet.pins_of(bmc), ElementsAre(key(1), key(2), key(3))) << "the first of them was taken over";
  bmc.tls.pins = {key(4)};
  EXPECT_THAT(drill.fleet.pins_of(bmc), ElementsAre(key(4))) << "another board";
  bmc.tls.pins = {key(1)};
  bmc.port = 8443;
  EXPECT_THAT(drill.fleet.pins_of(bmc), ElementsAre(key(1))) << "another address";
}

TEST_F(Keys, one_that_the_policy_expected_is_kept_too) {
  say(Evidence::Kind::new_key, to_hex(key(5)));
  EXPECT_THAT(pins(), ElementsAre(key(1), key(5)));
  say(Evidence::Kind::new_key, to_hex(key(5)));
  EXPECT_THAT(pins(), ElementsAre(key(1), key(5)));
}

TEST_F(Keys, a_ca_needs_nobody_s_word) {
  BmcEndpoint bmc = drill.rollout().plan->hosts[0].bmc;
  shows(2);
  trust(2);
  bmc.tls = TlsPolicy{TlsPolicy::Mode::ca, "/etc/ca.pem", {}};
  EXPECT_THAT(drill.fleet.pins_of(bmc), IsEmpty());
}

TEST_F(Keys, the_report_names_what_was_vouched_for) {
  shows(2);
  trust(2);
  drill.run();
  ReportBuilder builder;
  for (const Recorded& one : drill.records) builder.take(one);
  const auto report = builder.report(1);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->asked.size(), 1U);
  EXPECT_EQ(report->asked[0].what, "n0 sha256:" + to_hex(key(2)));
}

}  // namespace
}  // namespace breakwater::keys_test
