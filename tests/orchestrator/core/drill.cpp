#include "tests/orchestrator/core/drill.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/outcome.hpp"

namespace breakwater {

ResolvedPlan plan_of(const Shape& shape) {
  ResolvedPlan plan;
  plan.rollout = "bios";
  plan.policy = "production";
  plan.images.resize(2);
  plan.images[0].release.name = "bios-3.4";
  plan.images[0].release.digest.bytes.fill(0x34);
  plan.images[0].version = "3.4";
  plan.images[1].release.name = "bios-3.2";
  plan.images[1].release.digest.bytes.fill(0x32);
  plan.images[1].version = "3.2";
  for (std::uint32_t i = 0; i < shape.updates; ++i) {
    PlannedComponent component;
    component.id = "c" + std::to_string(i);
    component.most = std::chrono::minutes(20);
    component.back_most = std::chrono::minutes(25);
    component.way_back = WayBack::reflash;
    component.back_image = 1;
    plan.components.push_back(component);
  }
  plan.timeouts.upload = plan.timeouts.task = std::chrono::minutes(5);
  plan.timeouts.bmc_return = Duration(0);
  plan.timeouts.host_return = std::chrono::minutes(15);
  std::uint32_t next = 0;
  for (std::uint32_t w = 0; w < shape.waves.size(); ++w) {
    PlannedWave wave;
    wave.name = "w" + std::to_string(w);
    wave.hosts = shape.waves[w];
    wave.soak = shape.soak;
    wave.gate_name = "strict";
    wave.gate = shape.gate;
    plan.waves.push_back(wave);
    for (std::uint32_t i = 0; i < wave.hosts; ++i, ++next) {
      PlannedHost host;
      host.name = "n" + std::to_string(next);
      host.labels = {{"rack", "r" + std::to_string(next % shape.racks)}};
      host.wave = w;
      for (std::uint32_t u = 0; u < shape.updates; ++u) host.updates.push_back({u, "3.2", WayBack::reflash});
      plan.hosts.push_back(host);
    }
  }
  for (std::uint32_t i = 0; i < shape.racks; ++i) {
    plan.domain_limits.push_back({"rack", "r" + std::to_string(i), shape.per_rack});
  }
  plan.global_limit = shape.global;
  return plan;
}

Outcome done() {
  return Outcome();
}

Outcome ends(Outcome::Verdict verdict, Cause cause) {
  Outcome outcome;
  outcome.verdict = verdict;
  outcome.cause = cause;
  outcome.detail = "as the script says";
  return outcome;
}

RolloutId Drill::start(ResolvedPlan plan, const std::string& by) {
  RolloutStarted started;
  started.by = by;
  started.plan = std::move(plan);
  record(std::move(started));
  return records.back().seq;
}

void Drill::record(Event event) {
  if (auto* ended = std::get_if<CommandEnded>(&event)) ended->input = input_of(fleet, *ended);
  records.push_back(Recorded{records.size() + 1, now.steady, std::move(event)});
  fleet.apply(records.back());
  if (on_record) on_record(records.back());
}

void Drill::ask(Verb verb, RolloutId rollout, const std::string& host, std::optional<std::uint32_t> wave) {
  record(OperatorAsked{verb, rollout, "omar", "as the test says", wave, host});
}

std::size_t Drill::decide_all() {
  std::size_t count = 0;
  bool again = true;
  while (again) {
    again = false;
    wake_.reset();
    waits.clear();
    std::vector<RolloutId> ids;
    for (const auto& [id, one] : fleet.rollouts()) ids.push_back(id);
    for (const RolloutId id : ids) {
      std::optional<Fleet> fresh;
      if (folds_again) {
        fresh = fold_of(records);
        EXPECT_EQ(facts(*fresh), facts(fleet)) << "after record " << records.size();
      }
      Decision decision = decide(fleet, id, now, starts);
      if (fresh) {
        EXPECT_EQ(describe(decide(*fresh, id, now, starts).acts), describe(decision.acts))
            << "after record " << records.size();
      }
      if (decision.wake) wake_ = wake_ ? std::min(*wake_, *decision.wake) : *decision.wake;
      waits.insert(waits.end(), decision.waits.begin(), decision.waits.end());
      for (Event& act : decision.acts) {
        const auto* issued = std::get_if<CommandIssued>(&act);
        Command command = issued ? issued->command : Command();
        const bool is_command = issued != nullptr;
        if (on_act) on_act(act);
        record(std::move(act));
        command.id = records.back().seq;
        if (is_command) issue(command);
        ++count;
        again = true;
      }
    }
  }
  if (on_rest) on_rest();
  return count;
}

void Drill::issue(const Command& command) {
  under_way_.emplace(now.steady + each, command);
}

void Drill::withdraw_bound(RolloutId id) {
  for (const HostTrip& trip_of : rollout(id).hosts) {
    if (!withdraws(rollout(id), trip_of)) continue;
    const Command command = *trip_of.open;
    std::erase_if(under_way_, [&](const auto& one) { return one.second.id == command.id; });
    record(CommandEnded{command.id, id, command.host, ends(Outcome::Verdict::untouched, Cause::withdrawn)});
  }
}

void Drill::adopt_open_commands() {
  for (const auto& [id, one] : fleet.rollouts()) {
    for (const HostTrip& trip_of : one.hosts) {
      if (trip_of.open) issue(*trip_of.open);
    }
  }
}

Outcome Drill::answer(const Command& command) {
  const std::string& host = rollout(command.rollout).plan->hosts[command.host].name;
  const auto row = table.find({host, command.action});
  if (row != table.end()) {
    const std::size_t turn = asked_[{host, command.action}]++;
    return row->second[std::min(turn, row->second.size() - 1)];
  }
  Outcome outcome;
  if (command.action == Action::prepare) outcome.stages = stages;
  return outcome;
}

bool Drill::turn() {
  decide_all();
  std::optional<Instant> next = wake_;
  if (!under_way_.empty() && (!next || under_way_.begin()->first <= *next)) next = under_way_.begin()->first;
  if (!next) return false;
  const Duration passed = std::max(Duration(0), *next - now.steady);
  now.steady += passed;
  now.wall += passed;
  if (under_way_.empty() || under_way_.begin()->first > now.steady) return true;
  const Command command = under_way_.begin()->second;
  under_way_.erase(under_way_.begin());
  std::optional<Outcome> outcome;
  if (script) outcome = script(command);
  if (!outcome) outcome = answer(command);
  record(CommandEnded{command.id, command.rollout, command.host, *outcome});
  return true;
}

void Drill::run(std::optional<Instant> until) {
  while ((!until || now.steady < *until) && turn()) {
  }
}

bool Drill::run_until(const std::function<bool()>& holds) {
  while (!holds()) {
    if (!turn()) return holds();
    if (holds()) break;
    decide_all();
  }
  return true;
}

HostIndex Drill::index(const std::string& host, RolloutId id) const {
  const auto& hosts = rollout(id).plan->hosts;
  for (HostIndex i = 0; i < hosts.size(); ++i) {
    if (hosts[i].name == host) return i;
  }
  throw std::out_of_range(host);
}

const HostTrip& Drill::trip(const std::string& host, RolloutId id) const {
  return rollout(id).hosts[index(host, id)];
}

std::vector<std::string> Drill::in(State wanted, RolloutId id) const {
  std::vector<std::string> names;
  const RolloutState& one = rollout(id);
  for (HostIndex i = 0; i < one.hosts.size(); ++i) {
    if (one.hosts[i].state == wanted) names.push_back(one.plan->hosts[i].name);
  }
  return names;
}

std::vector<std::string> Drill::commands(RolloutId id) const {
  std::vector<std::string> list;
  for (const CommandIssued& issued : all<CommandIssued>()) {
    const Command& command = issued.command;
    if (command.rollout != id) continue;
    std::string text = rollout(id).plan->hosts[command.host].name + ' ' + std::string(to_string(command.action));
    if (is_mutating(command.action)) text += ' ' + std::to_string(command.update);
    list.push_back(text);
  }
  return list;
}

std::vector<std::string> Drill::brought_back(RolloutId id) const {
  std::vector<std::string> names;
  for (const std::string& command : commands(id)) {
    const std::size_t at = command.find(" roll_back");
    if (at != std::string::npos) names.push_back(command.substr(0, at));
  }
  return names;
}

std::vector<std::string> Drill::commands_of(const std::string& host, RolloutId id) const {
  std::vector<std::string> list;
  for (const std::string& command : commands(id)) {
    if (command.starts_with(host + ' ')) list.push_back(command.substr(host.size() + 1));
  }
  return list;
}

std::vector<std::size_t> Drill::where(const std::function<bool(const Event&)>& is) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (is(records[i].event)) places.push_back(i);
  }
  return places;
}

namespace {

void write(std::ostream& out, const Command& command) {
  out << command.rollout << '/' << command.host << ' ' << to_string(command.action) << ' ' << command.update
      << (command.upload ? " upload" : "");
}

void write(std::ostream& out, const HostTrip& trip) {
  out << to_string(trip.state) << ' ' << to_string(trip.cause) << " '" << trip.detail << "' update " << trip.update
      << " touched " << trip.touched << " stages " << trip.stages << " uploads " << trip.uploads << " not before "
      << to_string(trip.not_before) << " started " << to_string(trip.started) << " since " << to_string(trip.since)
      << " looked " << to_string(trip.looked) << " unseen '" << trip.unseen << "' undo " << trip.undo << " released "
      << trip.released << " discounted " << trip.discounted << " proved " << trip.proved << " back from "
      << trip.back_from << " order " << trip.order << " key " << (trip.key_shown ? to_hex(*trip.key_shown) : "")
      << " task " << trip.task << " evidence";
  for (const Evidence& one : trip.evidence) out << ' ' << to_string(one.kind) << ' ' << one.text;
  if (trip.open) {
    out << " open " << trip.open->id << ' ';
    write(out, *trip.open);
  }
}

}  // namespace

std::string facts(const Fleet& fleet) {
  std::ostringstream out;
  for (const auto& [id, rollout] : fleet.rollouts()) {
    out << "rollout " << id << " open wave " << rollout.open_wave << " paused " << rollout.paused << " stopping "
        << rollout.stopping << " halted " << rollout.halted << " '" << rollout.halt_reason << "' finished "
        << rollout.finished << " in flight " << rollout.in_flight << " ways back " << rollout.ways_back.under_way << ' '
        << rollout.ways_back.well << ' ' << rollout.ways_back.failed << ' ' << rollout.ways_back.held_at << ' '
        << rollout.ways_back.held_why << '\n';
    for (const WaveState& wave : rollout.waves) {
      out << "  wave " << wave.waiting << ' ' << wave.in_flight << ' ' << wave.updated << ' ' << wave.current << ' '
          << wave.failed << ' ' << to_string(wave.last_end) << ' ' << wave.judged << ' ' << wave.held << ' '
          << wave.looks << ' ' << wave.undo << '\n';
    }
    for (const HostTrip& trip : rollout.hosts) {
      out << "  ";
      write(out, trip);
      out << '\n';
    }
    for (const PlannedHost& host : rollout.plan->hosts) {
      const RolloutState* owner = fleet.owner(host.name);
      out << ' ' << (owner ? owner->id : 0);
    }
    out << '\n';
  }
  for (const auto& [name, one] : fleet.quarantines()) {
    out << "quarantine " << name << ' ' << one.rollout << ' ' << to_string(one.cause) << ' ' << one.detail << '\n';
  }
  for (const Domain& domain : fleet.domains()) {
    out << "domain " << domain.label << ' ' << domain.value << ' ' << domain.away << '/' << domain.limit << '\n';
  }
  out << fleet.in_flight() << ' ' << fleet.last_seq() << ' ' << to_string(fleet.last_at());
  return out.str();
}

std::string describe(const Event& event) {
  std::ostringstream out;
  if (const auto* issued = std::get_if<CommandIssued>(&event)) {
    write(out, issued->command);
  } else if (const auto* judged = std::get_if<GateJudged>(&event)) {
    out << "gate " << judged->rollout << ' ' << judged->wave << ' ' << to_string(judged->verdict) << ' '
        << judged->reason;
  } else if (const auto* halted = std::get_if<RolloutHalted>(&event)) {
    out << "halt " << halted->rollout << ' ' << static_cast<int>(halted->undo.which) << ' ' << halted->undo.wave << ' '
        << halted->reason;
  } else if (const auto* finished = std::get_if<RolloutFinished>(&event)) {
    out << "finish " << finished->rollout;
  } else {
    out << "event " << event.index();
  }
  return out.str();
}

std::string describe(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) text += describe(event) + '\n';
  return text;
}

Fleet fold_of(std::span<const Recorded> records) {
  Fleet fleet;
  for (const Recorded& record : records) fleet.apply(record);
  return fleet;
}

}  // namespace breakwater
