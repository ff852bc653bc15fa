#include "orchestrator/core/soak.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/next_step.hpp"
#include "orchestrator/core/outcome.hpp"
#include "orchestrator/core/standstill.hpp"

namespace breakwater {
namespace {

constexpr Duration kLookEvery{60'000};
constexpr int kRounds = 8;
constexpr std::size_t kUnseenShown = 5;

const PlannedWave& open_wave(const RolloutState& rollout) {
  return rollout.plan->waves[rollout.open_wave];
}

bool has_open_wave(const RolloutState& rollout) {
  return !rollout.halted && rollout.open_wave < rollout.waves.size();
}

/// A machine that somebody else has in hand, or has first claim on, is left alone meanwhile; one that is quarantined,
/// under whatever name, until a person releases it.
bool is_apart(const Fleet& fleet, const RolloutState& rollout, HostIndex host) {
  const std::string machine = machine_of(rollout.plan->hosts[host]);
  return fleet.in_hand(machine) != nullptr || fleet.quarantine_of(rollout.plan->hosts[host]) != nullptr ||
         fleet.domains()[rollout.hosts[host].domains.back()].claims > 0;
}

}  // namespace

bool soaks(const ResolvedPlan& plan, std::uint32_t wave) {
  return wave + 1 < plan.waves.size() && plan.waves[wave].soak > Duration(0);
}

Duration look_interval(Duration soak) {
  return std::max(soak / kRounds, kLookEvery);
}

SoakRound soak_round(const Fleet& fleet, const RolloutState& rollout, Instant steady) {
  SoakRound round;
  const WaveState& wave = rollout.waves[rollout.open_wave];
  const Duration soak = open_wave(rollout).soak;
  const Duration every = look_interval(soak);
  const Instant at = rollout.under_way(steady);
  const Duration passed = at - wave.soaks_from;
  round.over = passed >= soak;
  // So many rounds have begun; the last one begins at the end of the soak.
  const std::int64_t last = std::max<std::int64_t>(soak / every, 1);
  const std::int64_t begun = round.over ? last : std::min<std::int64_t>(passed / every, last - 1);
  const auto begin_of = [&](std::int64_t n) { return wave.soaks_from + (n == last ? soak : n * every); };
  if (!round.over) round.next = begin_of(begun + 1) + rollout.away;
  if (begun == 0) return round;
  // Looks older than this are due again.
  const Instant fresh = round.over ? std::max(begin_of(last), rollout.went_on) : begin_of(begun);

  // A look that waits for an operator's word on a key asks nothing of anybody, and keeps none of the others.
  const std::size_t under_way = wave.looks - std::min<std::size_t>(wave.looks, rollout.untrusted.size());
  const auto has_room = [&] { return under_way + round.looks.size() < kLooksAtOnce; };
  const auto take = [&](HostIndex host) {
    (is_apart(fleet, rollout, host) ? round.apart : round.looks).push_back(host);
  };
  for (const auto& [looked, host] : wave.seen) {
    if (looked >= fresh || !has_room()) break;
    take(host);
  }
  for (const auto& [looked, host] : wave.unseen) {
    const bool due = looked < fresh || looked + every <= at;
    if (!due) round.next = std::min(round.next, looked + every + rollout.away);
    if (!due || !has_room()) break;
    take(host);
  }
  return round;
}

Command look_command(const Fleet& fleet, const RolloutState& rollout, HostIndex host) {
  Command command = command_for(rollout, host, Action::watch, rollout.hosts[host].touched);
  command.beside = fleet.worked_beside(rollout, host);
  return command;
}

std::vector<HostIndex> without_evidence(const RolloutState& rollout, const SoakRound& round) {
  std::vector<HostIndex> hosts;
  for (const auto& [looked, host] : rollout.waves[rollout.open_wave].unseen) hosts.push_back(host);
  hosts.insert(hosts.end(), round.apart.begin(), round.apart.end());
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  return hosts;
}

std::string why_unseen(const Fleet& fleet, const RolloutState& rollout, HostIndex host) {
  const PlannedHost& planned = rollout.plan->hosts[host];
  if (const Quarantine* kept = fleet.quarantine_of(planned)) return "quarantined as " + kept->host;
  if (!rollout.hosts[host].unseen.empty()) return rollout.hosts[host].unseen;
  if (const RolloutState* holder = fleet.holder(machine_of(planned))) return "in the hands of rollout " + holder->name;
  return "to be rolled back by another rollout first";
}

std::string list_unseen(const Fleet& fleet, const RolloutState& rollout, const std::vector<HostIndex>& hosts) {
  std::vector<std::string> names;
  for (const HostIndex host : hosts) {
    names.push_back(rollout.plan->hosts[host].name + " (" + why_unseen(fleet, rollout, host) + ')');
  }
  return list_some(names, kUnseenShown);
}

std::optional<Blocker> soaking(const RolloutState& rollout, Now now) {
  if (!waits_for_gate(rollout)) return std::nullopt;
  const WaveState& wave = rollout.waves[rollout.open_wave];
  const PlannedWave& planned = open_wave(rollout);
  const Duration left = planned.soak - (rollout.under_way(now.steady) - wave.soaks_from);
  if (left <= Duration(0)) return std::nullopt;
  const Instant until = now.wall + left;
  return Blocker{StartRule::soak, "wave " + planned.name + " soaks until " + to_string(until), until,
                 now.steady + left};
}

std::optional<Blocker> last_looks(const RolloutState& rollout, const SoakRound& round) {
  const WaveState& wave = rollout.waves[rollout.open_wave];
  const bool held = wave.held && !wave.unseen.empty();
  if (!round.over || held || (wave.looks == 0 && round.looks.empty())) return std::nullopt;
  return Blocker{StartRule::last_looks,
                 "wave " + open_wave(rollout).name + " has soaked; its hosts are read once more before its gate"};
}

namespace {

/// What lets a gate go on that holds for this host. A rollback would wait for whoever keeps it.
void tell_way_on(const Fleet& fleet, const RolloutState& rollout, HostIndex host, Blocker& blocker) {
  const PlannedHost& planned = rollout.plan->hosts[host];
  const std::string machine = machine_of(planned);
  if (const Quarantine* kept = fleet.quarantine_of(planned)) {
    blocker.command = way_out(kept->host, kept->cause);
  } else if (fleet.in_hand(machine)) {
    blocker.command = in_flight_as(fleet, machine).command;
  }
  if (!blocker.command.empty()) {
    blocker.text += "; " + blocker.command + " lets it be read";
    return;
  }
  const bool has_way = has_way_back(planned, rollout.hosts[host]) && fleet.way_back_lost(rollout, host).empty();
  if (is_apart(fleet, rollout, host) || !has_way) return;
  blocker.command = "breakwater rollback " + rollout.name + " --host " + planned.name;
  blocker.text += "; " + blocker.command + " takes it out of the wave";
}

}  // namespace

std::optional<Blocker> gate_held(const Fleet& fleet, const RolloutState& rollout, const SoakRound& round, Now now) {
  const std::vector<HostIndex> unseen = without_evidence(rollout, round);
  if (!round.over || unseen.empty()) return std::nullopt;
  Blocker blocker{StartRule::gate_held, "the gate of wave " + open_wave(rollout).name + " holds: no evidence of " +
                                            list_unseen(fleet, rollout, unseen)};
  if (round.next != Instant::max()) {
    blocker.wake = round.next;
    blocker.until = now.wall + (round.next - now.steady);
    blocker.text += "; read again at " + to_string(*blocker.until);
  }
  tell_way_on(fleet, rollout, unseen.front(), blocker);
  return blocker;
}

bool waits_for_gate(const RolloutState& rollout) {
  if (!has_open_wave(rollout) || !soaks(*rollout.plan, rollout.open_wave)) return false;
  const WaveState& wave = rollout.waves[rollout.open_wave];
  return wave.waiting == 0 && wave.in_flight == 0;
}

std::vector<Blocker> before_gate(const Fleet& fleet, const RolloutState& rollout, const SoakRound& round, Now now,
                                 Starts starts) {
  std::vector<Blocker> keeps;
  if (auto held = held_by_operator(rollout)) keeps.push_back(std::move(*held));
  if (auto soak = soaking(rollout, now)) {
    keeps.push_back(std::move(*soak));
  } else if (rollout.has_undos()) {
    return keeps;  // a host that is asked back leaves the wave first
  } else if (auto looks = last_looks(rollout, round)) {
    auto leaving = asked_to_leave(starts, false);
    keeps.push_back(leaving ? std::move(*leaving) : std::move(*looks));
  } else if (auto holds = gate_held(fleet, rollout, round, now)) {
    keeps.push_back(std::move(*holds));
  }
  return keeps;
}

std::optional<Blocker> before_next_wave(const Fleet& fleet, const RolloutState& rollout, Now now) {
  for (Blocker& one : before_gate(fleet, rollout, soak_round(fleet, rollout, now.steady), now)) {
    if (needs_resume(one.rule)) continue;
    if (one.rule == StartRule::last_looks && !rollout.untrusted.empty()) {
      Blocker key = key_wait(rollout, *rollout.untrusted.begin());
      one.text += "; " + key.text;
      one.command = std::move(key.command);
    }
    return std::move(one);
  }
  return std::nullopt;
}

}  // namespace breakwater
