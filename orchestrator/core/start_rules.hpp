#pragma once
// The start rules: one row for each thing that keeps a host, or a whole rollout, waiting. decide() starts a host where
// no row blocks it, explain and status show the same rows.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/fleet.hpp"

namespace breakwater {

enum class StartRule {
  stopped,        ///< an operator stopped the rollout
  paused,         ///< an operator paused it
  held_back,      ///< ways back failed, or one was refused: the rest waits to be asked for
  leaving,        ///< the process that conducts was asked to leave, or its own rollout is over
  own_side,       ///< a host in flight, or the process that conducts, waits for our own side: a file, a variable, ...
  new_key,        ///< a host in flight shows a key that nobody vouched for
  quarantined,    ///< the machine is quarantined, under whatever name and by whatever rollout
  same_machine,   ///< the machine is in flight under another name or by another rollout
  soak,           ///< the open wave soaks before its gate
  last_looks,     ///< it has soaked, and its hosts are read once more
  gate_held,      ///< its gate holds: hosts of it gave no evidence
  wave_not_open,  ///< an earlier wave has not passed its gate
  window,         ///< no maintenance window is open
  freeze,         ///< a freeze is on, or begins too soon
  too_late,       ///< a window is open and closes too soon
  no_window,      ///< the calendar has no window that is long enough
  turn,           ///< a host before it in the line waits for the calendar
  first_back,     ///< the first ways back must end well before others begin
  global_limit,   ///< as many hosts are in flight as may be
  domain_full,    ///< as many hosts of a domain are away as may be
  back_off,       ///< an upload is tried again later
  in_flight,      ///< hosts are under way; the rollout goes on when they end
  not_conducted,  ///< no process conducts the rollout: of those who look, and of no decision
};

/// The rules that keep one host and say nothing of the one behind it in the line.
bool is_of_one_host(StartRule rule);

/// The rules that hold until a person resumes the rollout.
bool needs_resume(StartRule rule);

/// The rules that ask what the same decision starts before.
constexpr bool is_of_room(StartRule rule) {
  return rule == StartRule::same_machine || rule == StartRule::first_back || rule == StartRule::global_limit ||
         rule == StartRule::domain_full;
}

/// The rules of windows and freezes.
bool is_calendar(StartRule rule);

/// Whether whoever follows a rollout is told of a wait once, when it begins.
enum class News {
  none,       ///< it ends with what is in flight
  is_record,  ///< a record of its own says it
  always,     ///< it is for a person, a window or a soak
  by_hand,    ///< where it has a command of its own: else it ends by itself
};

/// What a person needs beside a rule: its stable word, which of our verbs changes it (`resume`, `release`, ...; empty
/// where only time does), and whether it is news.
struct StartRuleRow {
  StartRule rule;
  std::string_view word;
  std::string_view verb;
  News news;
};
const StartRuleRow& row_of(StartRule rule);

struct Blocker {
  StartRule rule = StartRule::in_flight;
  std::string text;                  ///< for people, on one line
  std::optional<Instant> until{};    ///< when it may be gone by itself, by the wall clock
  std::optional<Instant> wake{};     ///< the same on the conductor's steady clock
  std::optional<DomainId> domain{};  ///< where one domain is full
  std::string host{};                ///< where one host is in the way
  Cause cause = Cause::none;         ///< what that host was quarantined for
  std::string command{};             ///< what helps, where that is another verb or rollout than the rule's own
};

bool is_news(const Blocker& wait);

/// What a person types to change what keeps a rollout: `breakwater resume NAME`. Empty where only time does, or where
/// the host to release stands in the fold alone (see discount.hpp).
std::string what_to_type(const Blocker& blocker, const std::string& rollout);
std::string release_command(const std::string& host);
/// What a person does first where an image may wait at a BMC: nothing of ours asks that BMC any more.
inline constexpr const char* kCancelByHand = "cancel the image at its BMC, with the BMC's own tools";
/// How a quarantined host is freed, by what it was quarantined for.
std::string way_out(const std::string& host, Cause cause);

/// Who starts in a process. One that was asked to leave starts nothing: neither a host's trip nor the way back of an
/// updated one. One that carries out rollbacks starts ways back, and takes no host forward that waits.
enum class Starts : std::uint8_t { none, ways_back, allowed };

/// Room that one decision has given away already: the hosts it starts count as away.
struct RoomTaken {
  int hosts = 0;
  std::map<DomainId, int> in;
  std::map<std::string, std::string> machines;  ///< that it starts, each with the host's name
  int ways_back = 0;                            ///< that it begins
};

/// What is asked about: the start of a waiting host, or of the way back of an updated one.
struct Start {
  const Fleet& fleet;
  const RolloutState& rollout;
  HostIndex host;
  Now now;
  Starts starts = Starts::allowed;
  const RoomTaken* before = nullptr;  ///< of the same decision
  std::string_view lacks{};           ///< why the process that conducts cannot speak to hosts of this rollout
};

/// The rule that binds a start, the first one of the list above; nothing where the host may start.
std::optional<Blocker> may_start(const Start& start);

/// Every rule that stands in the way of a start, the binding one first, and those that do not, in words.
struct StartAnswer {
  std::vector<Blocker> blockers;
  std::vector<std::string> passing;  ///< `not paused`, `window`, `rack r07 1/2`, ...
};
StartAnswer every_rule(const Start& start);

/// The machine of a host is in flight under this name already.
Blocker in_flight_as(const Fleet& fleet, const std::string& machine);

// Rows that a rollout as a whole waits for.

std::optional<Blocker> held_by_operator(const RolloutState& rollout);
/// Hosts whose next component or way back a pause or a stop holds.
Blocker bound_half_way(const RolloutState& rollout, std::size_t hosts);
/// Hosts whose way back the failures of others hold.
Blocker held_way_back(const RolloutState& rollout, std::size_t hosts);
std::optional<Blocker> asked_to_leave(Starts starts, bool way_back);
/// The calendar, asked again before each image of a host in flight: its window has less room left than what makes the
/// image run may take.
std::optional<Blocker> closed_for_next(const RolloutState& rollout, HostIndex host, Now now);
/// A host whose upload is tried again at this time, while it has not come.
std::optional<Blocker> backs_off(Instant until, Now now);
Blocker hosts_in_flight(const RolloutState& rollout);

}  // namespace breakwater
