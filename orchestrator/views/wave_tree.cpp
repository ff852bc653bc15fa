#include "orchestrator/views/wave_tree.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "orchestrator/core/report.hpp"
#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

constexpr std::size_t kBarCells = 20;
constexpr std::size_t kTroublesShown = 6;
constexpr std::size_t kStates = static_cast<std::size_t>(State::quarantined) + 1;

struct Counts {
  std::array<std::size_t, kStates> of{};
  std::size_t in_part = 0;  ///< of those that are rolled back
};

std::size_t at(const Counts& counts, State state) {
  return counts.of[static_cast<std::size_t>(state)];
}

std::vector<Counts> count_states(const RolloutState& rollout) {
  std::vector<Counts> counts(rollout.plan->waves.size());
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    Counts& wave = counts[rollout.plan->hosts[host].wave];
    ++wave.of[static_cast<std::size_t>(rollout.hosts[host].state)];
    if (is_back_in_part(rollout.hosts[host])) ++wave.in_part;
  }
  return counts;
}

std::string listed(const Counts& counts, std::initializer_list<State> states) {
  std::string text;
  for (const State state : states) {
    if (at(counts, state) == 0) continue;
    text += (text.empty() ? "" : "  ") + std::to_string(at(counts, state)) + ' ' + spelled(state);
    if (state == State::rolled_back) text += in_part(counts.in_part);
  }
  return text;
}

struct Symbol {
  std::string_view mark;
  Ink ink;
};

/// The shape says what the colour says.
Symbol symbol_of(const RolloutState& rollout, std::uint32_t index, const Counts& counts) {
  const WaveState& wave = rollout.waves[index];
  const bool not_begun = at(counts, State::not_started) == rollout.plan->waves[index].hosts;
  if (wave.undo && !not_begun) return {"↩", Ink::warn};
  if (wave.judged) return index < rollout.open_wave ? Symbol{"✔", Ink::good} : Symbol{"✖", Ink::bad};
  if (rollout.halted) return not_begun ? Symbol{"–", Ink::dim} : Symbol{"✖", Ink::bad};
  if (index == rollout.open_wave) return {"▶", Ink::bold};
  return {"◦", Ink::dim};
}

std::string headline(const RolloutState& rollout, bool conducted, Instant now, const Paint& paint) {
  const Standing standing = standing_of(rollout, conducted);
  const std::size_t waves = rollout.plan->waves.size();
  std::string text = paint(Ink::bold, harmless(rollout.name)) + "   " + paint(standing.ink, standing.word);
  if (!rollout.finished && rollout.open_wave < waves) {
    text += "   wave " + std::to_string(rollout.open_wave + 1) + '/' + std::to_string(waves) + ' ' +
            harmless(rollout.plan->waves[rollout.open_wave].name);
  }
  return text + "   started " + date_time(rollout.started) + " by " + harmless(rollout.by) + ", " +
         rough(now - rollout.started) + " ago   plan " + to_hex(rollout.digest).substr(0, 12);
}

std::string wave_line(const RolloutState& rollout, std::uint32_t index, const Counts& counts, std::size_t name_cells,
                      const Paint& paint) {
  const PlannedWave& planned = rollout.plan->waves[index];
  const std::size_t good = at(counts, State::updated) + at(counts, State::current);
  const Symbol symbol = symbol_of(rollout, index, counts);
  const std::string flying = listed(counts, {State::preparing, State::staging, State::staged, State::activating,
                                             State::checking, State::rolling_back, State::checking_back});
  const std::string ended =
      listed(counts, {State::rolled_back, State::quarantined, State::refused, State::not_started});
  std::string line = "  " + paint(symbol.ink, symbol.mark) + ' ' + pad(harmless(planned.name), name_cells) + "  " +
                     pad_left(std::to_string(good) + '/' + std::to_string(planned.hosts), 11) + "  " +
                     bar(good, planned.hosts, kBarCells);
  if (!flying.empty()) line += "  " + flying;
  if (!ended.empty()) line += "  · " + paint(Ink::warn, ended);
  return line;
}

/// Which limits are reached: the ones that hold the rollout back are at the end of their line.
std::string limits_line(const RolloutState& rollout, const Fleet& fleet) {
  std::map<std::string, std::vector<std::string>> full;
  for (const DomainId id : rollout.limited) {
    const Domain& domain = fleet.domains()[id];
    if (!domain.is_full(true)) continue;
    std::string figures = domain.label + ' ' + std::to_string(domain.counted()) + '/' + std::to_string(domain.limit);
    if (domain.discounted > 0) figures += " and " + std::to_string(domain.discounted) + " discounted";
    full[std::move(figures)].push_back(harmless(domain.value));
  }
  std::string line =
      "limits  in flight " + std::to_string(fleet.in_flight()) + '/' + std::to_string(rollout.plan->global_limit);
  for (const auto& [what, values] : full) line += "   " + what + " at " + list_some(values, 6);
  return line;
}

std::string wait_line(const Blocker& wait, Now now, const Paint& paint) {
  const bool stands_still = row_of(wait.rule).news == News::is_record;
  std::string line = (stands_still ? paint(Ink::warn, "waits   ") : "waits   ") + harmless(wait.text);
  if (stands_still && !wait.command.empty()) line += "  → " + wait.command;
  if (wait.until && *wait.until > now.wall) line += " (in " + rough_most(*wait.until - now.wall) + ")";
  return line;
}

std::vector<std::string> trouble_lines(const RolloutState& rollout, const Paint& paint) {
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (const State state : {State::quarantined, State::rolling_back, State::checking_back, State::rolled_back,
                            State::refused, State::updated}) {
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      const HostTrip& trip = rollout.hosts[host];
      if (trip.state != state || (state == State::updated && !trip.drifted)) continue;
      if (lines.size() == kTroublesShown) {
        ++more;
        continue;
      }
      const std::string& name = rollout.plan->hosts[host].name;
      lines.push_back(paint(ink_of(state), "! ") + name + "  " + paint(ink_of(state), spelled(state)) +
                      (is_back_in_part(trip) ? " in part  " : "  ") + spelled(trip.cause) +
                      (trip.detail.empty() ? "" : ": " + harmless(trip.detail)) + "  → breakwater explain " + name);
    }
  }
  if (more > 0) lines.push_back("! and " + count_of(more, "more host") + "  → breakwater report " + rollout.name);
  return lines;
}

}  // namespace

Standing standing_of(const RolloutState& rollout, bool conducted) {
  constexpr std::string_view kNobody = "not conducted";
  if (rollout.finished) {
    if (rollout.halted) return {"halted, over", Ink::bad};
    const bool well = outcome_of(rollout) == RolloutOutcome::updated;
    return well ? Standing{"done", Ink::good} : Standing{"over", Ink::warn};
  }
  if (rollout.halted && rollout.paused && rollout.has_undos()) return {"halted, paused", Ink::bad};
  if (rollout.ways_back.held_at > 0 && rollout.has_undos()) return {"rollbacks held", Ink::bad};
  if (rollout.halted) {
    const bool goes_back = rollout.in_flight > 0 || !rollout.undos.empty();
    const std::string now = conducted ? "going back" : std::string(kNobody);
    return {goes_back ? "halted, " + now : "halted", Ink::bad};
  }
  const bool at_work = rollout.open_commands > rollout.untrusted.size();
  if (rollout.paused && at_work && !conducted) {
    return {(rollout.stopping ? "stopped, " : "paused, ") + std::string(kNobody), Ink::warn};
  }
  if (rollout.stopping) return {at_work ? "stopping" : "stopped", Ink::warn};
  if (rollout.paused) return {at_work ? "pausing" : "paused", Ink::warn};
  return conducted ? Standing{"running", Ink::good} : Standing{std::string(kNobody), Ink::warn};
}

std::string bar(std::size_t part, std::size_t whole, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::size_t eighths = whole == 0 ? 0 : std::min(part, whole) * width * 8 / whole;
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  for (std::size_t taken = (eighths + 7) / 8; taken < width; ++taken) text += "·";
  return text;
}

std::vector<std::string> wave_tree(const RolloutState& rollout, const Fleet& fleet, const std::vector<Blocker>& waits,
                                   Now now, const Paint& paint) {
  const bool conducted =
      std::ranges::none_of(waits, [](const Blocker& one) { return one.rule == StartRule::not_conducted; });
  std::vector<std::string> lines{headline(rollout, conducted, now.steady, paint)};
  std::size_t name_cells = 8;
  for (const PlannedWave& wave : rollout.plan->waves) name_cells = std::max(name_cells, cells(harmless(wave.name)));
  const std::vector<Counts> counts = count_states(rollout);
  for (std::uint32_t i = 0; i < counts.size(); ++i)
    lines.push_back(wave_line(rollout, i, counts[i], name_cells, paint));
  if (!rollout.finished) lines.push_back(limits_line(rollout, fleet));
  if (rollout.halted) lines.push_back(paint(Ink::bad, "halted  ") + harmless(rollout.halt_reason));
  for (const Blocker& wait : waits) {
    if (wait.rule != StartRule::in_flight) lines.push_back(wait_line(wait, now, paint));  // the waves' figures say it
  }
  std::ranges::move(trouble_lines(rollout, paint), std::back_inserter(lines));
  return lines;
}

}  // namespace breakwater::views
