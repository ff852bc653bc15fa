// When a wave has failed, what its halt may undo, and what a gate that passes has seen.
#include <algorithm>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

std::size_t Checker::open_wave() const {
  std::size_t open = 0;
  while (open < waves_.size() && waves_[open].passed == true) ++open;
  return open;
}

bool Checker::has_failed(const Wave& wave) const {
  return has_failed(wave, wave.failed, wave.hosts - (wave.ended - wave.good - wave.failed));
}

/// Those that were refused, and so not touched, are left out of the reckoning.
bool Checker::has_failed_by_touch(const Wave& wave) const {
  return has_failed(wave, wave.ill, wave.hosts - (wave.ended - wave.good - wave.ill));
}

/// `all` without those whom an operator took out.
bool Checker::has_failed(const Wave& wave, std::int64_t failed, std::int64_t all) const {
  const auto index = static_cast<std::size_t>(&wave - waves_.data());
  const WaveFailure& rule = plan_.wave_failure;
  if (failed == 0) return false;
  if (rule.failed_hosts && failed >= *rule.failed_hosts) return true;
  const std::int64_t completed = failed + wave.good;
  const bool share = rule.failed_share && completed >= rule.min_hosts &&
                     failed * 10'000 / completed >= rule.failed_share->basis_points;
  const std::int64_t reachable = (all - failed) * 10'000 / all;
  return share || reachable < plan_.waves[index].gate.success_at_least.basis_points;
}

/// Its gate failed, or what is left of it cannot pass.
bool Checker::may_halt(std::size_t open) const {
  if (open >= waves_.size()) return false;
  const Wave& wave = waves_[open];
  // Without whom an operator took out. One that failed and was tried again before that may count as either.
  const int least = wave.hosts - (wave.ended - wave.good - wave.failed);
  const int most = wave.hosts - (wave.ended - wave.good - wave.failed_most);
  return wave.passed == false || least < plan_.waves[open].gate.min_hosts || has_failed(wave, wave.failed_most, most);
}

void Checker::halted(const RolloutHalted& event) {
  const std::size_t open = open_wave();
  const bool undoes = event.undo != kUndoNone;
  if (undoes && (open >= waves_.size() || event.undo != Undo::of_wave(static_cast<std::uint32_t>(open)))) {
    broken("I23", "a halt undoes another wave than the open one");
  }
  if (undoes && !has_failed_by_touch(waves_[open])) {
    broken("I23", "a halt undoes wave " + plan_.waves[open].name + ", where too few failed that were touched");
  }
  if (!may_halt(open)) broken("I36", "it halts, and neither its gate nor its wave failed");
  if (undoes) waves_[open].undone = true;
  halted_ = true;
  all_touched_ = true;
}

/// Whoever is still taken for updated was read after the soak, and is as well as it was before.
void Checker::well_at_end_of_soak(const Wave& wave, Duration soak) const {
  constexpr Duration kSince{1'000};
  const auto index = static_cast<std::uint32_t>(&wave - waves_.data());
  for (HostIndex i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (plan_.hosts[i].wave != index || file.claim != State::updated) continue;
    if (file.drifted) continue;  // left alone, and counted no more
    demand(file.looked && *file.looked >= wave.last_end + soak, "I29", "its gate passes without a look at its end", i);
    const model::ModelHost& real = scenario_.fleet.hosts[i];
    const auto since_before = [&](Instant since) { return since + kSince < wave.ended_at + soak; };
    const bool ill = asks_of_health() && real.sick && since_before(real.sick_since);
    demand(!ill, "I29", "its gate passes, and it was ill when its soak ended", i);
    const bool off = plan_.checks.power_restored && file.power == Power::on && real.power == Power::off;
    demand(!off || !since_before(real.off_since), "I29", "its gate passes, and it was off when its soak ended", i);
    const model::ModelComponent& one = real.components.front();
    demand(!one.lost || !since_before(one.lost_since), "I29", "its gate passes, and a component of it was gone", i);
    const bool foreign = std::ranges::any_of(real.components, [&](const model::ModelComponent& component) {
      return component.by_hand && since_before(*component.by_hand);
    });
    demand(!foreign, "I29", "its gate passes by its count, and somebody else had flashed it", i);
  }
}

void Checker::judged(const GateJudged& event) {
  Wave& wave = waves_[event.wave];
  if (event.verdict == GateVerdict::hold) return;
  wave.passed = event.verdict == GateVerdict::pass;
  if (!*wave.passed) return;
  const PlannedWave& planned = plan_.waves[event.wave];
  if (wave.ended != wave.hosts) broken("I6", "the gate of " + planned.name + " is judged before all have ended");
  const bool last = event.wave + 1 == waves_.size();
  if (!last && under_way() < wave.last_end + planned.soak)
    broken("I15", "the soak of " + planned.name + " was cut short: " + to_string(planned.soak) + " asked, " +
                      to_string(under_way() - wave.last_end) + " held");
  if (!last && planned.soak > Duration(0)) well_at_end_of_soak(wave, planned.soak);
  const int completed = wave.good + wave.failed;
  const bool enough = wave.good + wave.failed_most >= planned.gate.min_hosts;
  const bool earned =
      completed == 0 || wave.good * std::int64_t{10'000} / completed >= planned.gate.success_at_least.basis_points;
  if (earned && enough) return;
  if (wave.foreign > 0) broken("I29", "the gate of " + planned.name + " passed by hosts that somebody else flashed");
  broken("I19", "the gate of " + planned.name + " passed though too many failed");
}

}  // namespace breakwater::simulation
