// Random plans, scripts and operators from fixed seeds; the invariants are checked after every record.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

#include "tests/orchestrator/core/drill.hpp"

namespace breakwater::property_test {
namespace {

constexpr int kSeeds = 300;
constexpr int kTurnsMost = 5'000;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int upto(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most + 1)); }
  int between(int least, int most) { return least + upto(most - least); }
  bool in_hundred(int percent) { return upto(99) < percent; }

 private:
  std::mt19937 random_;
};

/// Some of them too short for hosts with several components.
void add_windows(Dice& dice, ResolvedPlan& plan) {
  plan.calendar.always_open = false;
  Instant begin = kBegin + Duration(dice.upto(60) * 60'000);
  for (int i = 0; i < 400; ++i) {
    const Instant end = begin + Duration(dice.between(30, 400) * 60'000);
    plan.calendar.windows.push_back({begin, end, "w" + std::to_string(i)});
    begin = end + Duration(dice.between(10, 600) * 60'000);
  }
  plan.calendar.horizon = begin;
}

ResolvedPlan random_plan(Dice& dice, const std::string& prefix) {
  Shape shape;
  shape.waves.clear();
  for (int i = dice.between(1, 4); i > 0; --i) shape.waves.push_back(static_cast<std::uint32_t>(dice.between(1, 8)));
  shape.racks = static_cast<std::uint32_t>(dice.between(1, 5));
  shape.updates = static_cast<std::uint32_t>(dice.between(1, 3));
  shape.per_rack = dice.between(1, 4);
  shape.global = dice.between(1, 8);
  shape.soak = Duration(dice.upto(3) * 60'000);
  shape.gate = Gate{Share{dice.upto(10) * 1'000}, 1};
  ResolvedPlan plan = plan_of(shape);
  plan.rollout = prefix;
  for (int i = 0; i < 3; ++i) plan.domain_limits.push_back({"pdu", "p" + std::to_string(i), dice.between(1, 5)});
  for (PlannedHost& host : plan.hosts) {
    host.name = prefix + host.name;
    host.labels["pdu"] = "p" + std::to_string(dice.upto(2));
    for (PlannedUpdate& update : host.updates) {
      if (dice.in_hundred(10)) update.way_back = WayBack::none;
    }
    if (dice.in_hundred(30)) host.updates.resize(1);
  }
  if (dice.in_hundred(30)) plan.left_out.push_back({"down", {{"rack", "r0"}}, "unreachable", "", true});
  if (dice.in_hundred(40)) plan.wave_failure.failed_hosts = dice.between(1, 4);
  if (dice.in_hundred(40)) plan.wave_failure.failed_share = Share{dice.between(1, 5) * 1'000};
  plan.wave_failure.min_hosts = dice.between(1, 5);
  plan.wave_failure.undo_wave = dice.in_hundred(70);
  plan.roll_back_host = dice.in_hundred(85);
  plan.attempts.upload = dice.between(1, 3);
  if (dice.in_hundred(30)) add_windows(dice, plan);
  return plan;
}

Outcome random_outcome(Dice& dice, const Command& command, int trouble) {
  Outcome outcome;
  if (command.action == Action::prepare) outcome.stages = dice.in_hundred(70);
  if (!dice.in_hundred(trouble)) return outcome;
  outcome.stages = false;
  outcome.cause = dice.in_hundred(40) ? Cause::upload_failed : static_cast<Cause>(dice.between(1, 20));
  outcome.verdict = static_cast<Outcome::Verdict>(dice.between(1, 4));
  const bool may_be_current = command.action == Action::prepare || command.action == Action::activate;
  if (outcome.verdict == Outcome::Verdict::current && !may_be_current) outcome.verdict = Outcome::Verdict::failed;
  return outcome;
}

/// Recounts from the states alone what the fleet keeps in counters, and judges every command by it.
class Judge {
 public:
  explicit Judge(const Drill& drill) : drill_(drill) {}

  /// `event` is about to be recorded.
  void foresee(const Event& event) const {
    if (const auto* issued = std::get_if<CommandIssued>(&event)) let_through(issued->command);
  }

  /// Once nothing is left to decide, every host that waits is blocked by a rule.
  void rest() const {
    for (const auto& [id, rollout] : drill_.fleet.rollouts()) {
      if (rollout.finished) continue;
      for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
        const HostTrip& trip = rollout.hosts[host];
        const bool goes_back = may_go_back(trip) && trip.undo && trip.cause != Cause::no_way_back;
        if (trip.state != State::waiting && !goes_back) continue;
        EXPECT_TRUE(may_start({drill_.fleet, rollout, host, drill_.now}))
            << rollout.plan->hosts[host].name << " could start and nobody starts it";
      }
    }
  }

  void take(const Recorded& record) {
    if (const auto* issued = std::get_if<CommandIssued>(&record.event)) issue(issued->command);
    if (const auto* ended = std::get_if<CommandEnded>(&record.event)) open_.erase({ended->rollout, ended->host});
    if (const auto* judged = std::get_if<GateJudged>(&record.event)) {
      if (judged->verdict == GateVerdict::pass) passed_.insert({judged->rollout, judged->wave});
    }
    if (const auto* finished = std::get_if<RolloutFinished>(&record.event)) finish(finished->rollout);
    recount();
    remember_who_may_go_back();
  }

 private:
  /// Right before its start the start rules let it through.
  void let_through(const Command& command) const {
    const RolloutState& rollout = drill_.rollout(command.rollout);
    const HostTrip& trip = rollout.hosts[command.host];
    if (command.action == Action::watch || (trip.state != State::waiting && !may_go_back(trip))) return;
    const auto blocker = may_start({drill_.fleet, rollout, command.host, drill_.now});
    EXPECT_FALSE(blocker) << rollout.plan->hosts[command.host].name << " starts, but " << blocker->text;
  }

  void issue(const Command& command) {
    const RolloutState& rollout = drill_.rollout(command.rollout);
    const PlannedHost& host = rollout.plan->hosts[command.host];
    const std::pair<RolloutId, HostIndex> key{command.rollout, command.host};
    EXPECT_TRUE(open_.insert({command.rollout, command.host}).second) << host.name << " has two open commands";
    EXPECT_NE(rollout.hosts[command.host].state, State::quarantined);
    EXPECT_EQ(drill_.fleet.quarantines().count(host.name), 0u) << host.name << " is quarantined";
    if (command.action != Action::roll_back && command.action != Action::check_back && host.wave > 0) {
      EXPECT_EQ(passed_.count({command.rollout, host.wave - 1}), 1u) << host.name << " starts before its wave opens";
    }
    if (command.action == Action::roll_back) {
      EXPECT_TRUE(undone_.insert({command.rollout, command.host, command.update}).second)
          << host.name << " is rolled back twice";
    }
    if (command.action == Action::activate) {
      EXPECT_TRUE(activated_.insert({command.rollout, command.host, command.update}).second)
          << host.name << " is activated twice";
    }
    if (command.action == Action::prepare || (command.action == Action::roll_back && may_go_back_.count(key) == 1)) {
      limits(rollout, host);
    }
    if (command.action != Action::watch) may_go_back_.erase(key);
  }

  void limits(const RolloutState& rollout, const PlannedHost& host) const {
    EXPECT_LE(drill_.fleet.in_flight(), rollout.plan->global_limit);
    for (const DomainLimit& limit : rollout.plan->domain_limits) {
      const auto label = host.labels.find(limit.label);
      if (label == host.labels.end() || label->second != limit.value) continue;
      EXPECT_LE(away(limit.label, limit.value), limit.most) << limit.label << ' ' << limit.value;
    }
  }

  static bool in_domain(const Labels& labels, const std::string& label, const std::string& value) {
    const auto found = labels.find(label);
    return found != labels.end() && found->second == value;
  }

  int away(const std::string& label, const std::string& value) const {
    std::set<std::string> names;
    for (const auto& [id, rollout] : drill_.fleet.rollouts()) {
      for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
        const HostTrip& trip = rollout.hosts[i];
        const PlannedHost& host = rollout.plan->hosts[i];
        const bool in = label.empty() ? host.name == value : in_domain(host.labels, label, value);
        if (is_away(trip.state) && !is_released(trip) && in) names.insert(host.name);
      }
      for (const LeftOut& host : rollout.plan->left_out) {
        if (host.down && !rollout.finished && in_domain(host.labels, label, value)) names.insert(host.host);
      }
    }
    return static_cast<int>(names.size());
  }

  void recount() const {
    for (const Domain& domain : drill_.fleet.domains()) {
      EXPECT_EQ(domain.away, away(domain.label, domain.value)) << domain.label << ' ' << domain.value;
    }
    int flying = 0;
    for (const auto& [id, rollout] : drill_.fleet.rollouts()) {
      for (const HostTrip& trip : rollout.hosts) flying += trip.state != State::waiting && !is_end(trip.state);
    }
    EXPECT_EQ(drill_.fleet.in_flight(), flying);
  }

  void remember_who_may_go_back() {
    for (const auto& [id, rollout] : drill_.fleet.rollouts()) {
      for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
        if (may_go_back(rollout.hosts[i])) may_go_back_.insert({id, i});
        if (!is_released(rollout.hosts[i])) continue;
        std::erase_if(undone_, [&](const auto& one) { return std::get<0>(one) == id && std::get<1>(one) == i; });
      }
    }
  }

  void finish(RolloutId id) const {
    for (const HostTrip& trip : drill_.rollout(id).hosts) EXPECT_TRUE(is_end(trip.state)) << to_string(trip.state);
  }

  const Drill& drill_;
  std::set<std::pair<RolloutId, HostIndex>> open_;
  std::set<std::pair<RolloutId, HostIndex>> may_go_back_;
  std::set<std::pair<RolloutId, std::uint32_t>> passed_;
  std::set<std::tuple<RolloutId, HostIndex, std::uint32_t>> undone_;
  std::set<std::tuple<RolloutId, HostIndex, std::uint32_t>> activated_;
};

void meddle(Drill& drill, Dice& dice) {
  const auto& rollouts = drill.fleet.rollouts();
  const RolloutId id = dice.in_hundred(50) ? rollouts.begin()->first : rollouts.rbegin()->first;
  const ResolvedPlan& plan = *drill.rollout(id).plan;
  const auto& host = plan.hosts[static_cast<std::size_t>(dice.upto(static_cast<int>(plan.hosts.size()) - 1))].name;
  switch (dice.upto(7)) {
    case 0:
      return drill.ask(Verb::pause, id);
    case 1:
      return drill.ask(Verb::stop, id);
    case 2:
    case 3:
      return drill.ask(Verb::resume, id);
    case 4:
      return drill.ask(Verb::roll_back, id, host);
    case 5:
      return drill.ask(Verb::release, 0, host);
    case 6:
      if (dice.in_hundred(30)) return drill.ask(Verb::roll_back, id, "", static_cast<std::uint32_t>(dice.upto(3)));
      return;
    default:
      if (dice.in_hundred(15)) return drill.ask(Verb::roll_back, id);
  }
}

bool all_finished(const Drill& drill) {
  for (const auto& [id, rollout] : drill.fleet.rollouts()) {
    if (!rollout.finished) return false;
  }
  return true;
}

/// Whatever still waits, waits for an operator: a resume or a release sets it going. A rollout whose rack is full of
/// hosts that were down before it can only be given up.
void let_go(Drill& drill) {
  for (const auto& [id, rollout] : drill.fleet.rollouts()) {
    if (rollout.paused || rollout.ways_back.held_at > 0) return drill.ask(Verb::resume, id);
  }
  if (!drill.fleet.quarantines().empty()) {
    return drill.ask(Verb::release, 0, std::string(drill.fleet.quarantines().begin()->first));
  }
  for (const auto& [id, rollout] : drill.fleet.rollouts()) {
    if (rollout.finished) continue;
    const bool down = std::any_of(drill.fleet.rollouts().begin(), drill.fleet.rollouts().end(), [](const auto& one) {
      return !one.second.finished && !one.second.plan->left_out.empty();
    });
    ASSERT_TRUE(down && !rollout.halted && !drill.waits.empty()) << "stuck: " << facts(drill.fleet);
    return drill.ask(Verb::roll_back, id);
  }
}

class Property : public testing::TestWithParam<unsigned> {};

TEST_P(Property, every_invariant_holds) {
  Dice dice(GetParam());
  Drill drill;
  Judge judge(drill);
  drill.on_act = [&](const Event& event) { judge.foresee(event); };
  drill.on_record = [&](const Recorded& record) { judge.take(record); };
  drill.on_rest = [&] { judge.rest(); };
  drill.folds_again = GetParam() % 10 == 0;
  const int trouble = dice.upto(40);
  drill.script = [&](const Command& command) { return random_outcome(dice, command, trouble); };
  drill.start(random_plan(dice, "a"));
  if (dice.in_hundred(50)) drill.start(random_plan(dice, "b"));
  const int meddling = dice.in_hundred(60) ? dice.upto(20) : 0;
  int turns = 0;
  while (!all_finished(drill) && ++turns < kTurnsMost && !HasFatalFailure()) {
    if (turns < 200 && dice.in_hundred(meddling)) meddle(drill, dice);
    if (!drill.turn() && !all_finished(drill)) let_go(drill);
  }
  EXPECT_TRUE(all_finished(drill)) << facts(drill.fleet);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Range(1u, 1u + kSeeds));

}  // namespace
}  // namespace breakwater::property_test
