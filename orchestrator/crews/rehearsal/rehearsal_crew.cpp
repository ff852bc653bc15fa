#include "orchestrator/crews/rehearsal/rehearsal_crew.hpp"

#include <algorithm>

namespace breakwater::rehearsal {

namespace {
/// From "it is durable" to the side effect: a crash may fall between.
constexpr Duration kReaction{5};
}  // namespace

RehearsalCrew::RehearsalCrew(ModelFleet& fleet, Instant not_before)
    : fleet_(fleet), ahead_(std::max(fleet.wall(), not_before) - fleet.now()) {
  for (std::uint32_t i = 0; i < fleet.hosts.size(); ++i) places_[fleet.hosts[i].name] = i;
}

CommandEnded RehearsalCrew::ended(const Command& command, Outcome outcome) const {
  CommandEnded event;
  event.command = command.id;
  event.rollout = command.rollout;
  event.host = command.host;
  event.outcome = std::move(outcome);
  return event;
}

void RehearsalCrew::start(Order order) {
  const Command command = order.command;
  const auto place = places_.find(order.plan->hosts[command.host].name);
  if (place == places_.end()) {
    Outcome unknown;
    unknown.verdict = command.action == Action::prepare ? Outcome::Verdict::untouched : Outcome::Verdict::lost;
    unknown.cause = Cause::unreachable;
    unknown.detail = "the modelled fleet has no such host";
    arrived_.emplace_back(ended(command, std::move(unknown)));
    return;
  }
  std::optional<Instant> deadline;
  if (order.deadline) deadline = *order.deadline - ahead_;
  const auto open = open_.try_emplace(++last_, fleet_, place->second, std::move(order), deadline).first;
  due_.emplace(std::pair(fleet_.now() + kReaction, last_), open->first);
}

void RehearsalCrew::durable(std::uint64_t ticket) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  due_.emplace(std::pair(fleet_.now() + kReaction, ++last_), found->second);
  tickets_.erase(found);
}

/// Lets one script go on to its next wait.
void RehearsalCrew::go(Open open) {
  Script::Next next = open->second.go();
  const Command& command = open->second.command();
  switch (next.kind) {
    case Script::Next::Kind::again:
    case Script::Next::Kind::rest:
      due_.emplace(std::pair(fleet_.now() + next.rest, ++last_), open->first);
      return;
    case Script::Next::Kind::offer: {
      EvidenceOffered offered;
      offered.ticket = ++last_;
      offered.evidence = {command.id, command.rollout, command.host, std::move(next.evidence)};
      tickets_[offered.ticket] = open->first;
      arrived_.emplace_back(std::move(offered));
      return;
    }
    case Script::Next::Kind::end:
      arrived_.emplace_back(ended(command, std::move(next.outcome)));
      open_.erase(open);
      return;
  }
}

std::vector<CrewEvent> RehearsalCrew::wait_until(Instant until) {
  const Instant end = until - ahead_;
  bool called = false;
  while (arrived_.empty() && !called) {
    const Instant stop = due_.empty() ? end : std::min(end, due_.begin()->first.first);
    fleet_.run_to(stop);
    called = fleet_.knocked();
    if (called || due_.empty() || due_.begin()->first.first > fleet_.now()) {
      if (fleet_.now() >= end) break;
      continue;
    }
    // All that is due at this moment comes back together, as a busy conductor would find it.
    const Instant moment = fleet_.now();
    while (!due_.empty() && due_.begin()->first.first <= moment) {
      const std::uint64_t script = due_.begin()->second;
      due_.erase(due_.begin());
      const auto open = open_.find(script);
      if (open != open_.end()) go(open);
    }
  }
  return std::exchange(arrived_, {});
}

}  // namespace breakwater::rehearsal
