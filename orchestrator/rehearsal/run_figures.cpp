#include "orchestrator/rehearsal/run_figures.hpp"

#include <algorithm>

namespace breakwater::rehearsal {

namespace {

std::size_t place(State state) {
  return static_cast<std::size_t>(state);
}

/// Rules that a reader takes for one: the calendar, and the soak with the looks that end it.
StartRule kind_of(StartRule rule) {
  if (is_calendar(rule)) return StartRule::window;
  return rule == StartRule::last_looks || rule == StartRule::gate_held ? StartRule::soak : rule;
}

/// The host that a record is about; nothing for one that may move many.
std::optional<HostIndex> host_of(const Event& event) {
  if (const auto* issued = std::get_if<CommandIssued>(&event)) return issued->command.host;
  if (const auto* ended = std::get_if<CommandEnded>(&event)) return ended->host;
  return std::nullopt;
}

}  // namespace

/// An upload that backs off holds back its own host alone: it binds where nothing else does but hosts in flight.
std::optional<HeldBy> binding_hold(const Fleet& fleet, const Decision& decision) {
  const Blocker* binding = nullptr;
  for (const Blocker& wait : decision.waits) {
    const bool stronger = binding && binding->rule == StartRule::back_off && wait.rule != StartRule::in_flight;
    if (!binding || stronger) binding = &wait;
  }
  if (!binding) return std::nullopt;
  HeldBy hold{kind_of(binding->rule), {}};
  if (binding->domain) hold.label = fleet.domains()[*binding->domain].label;
  return hold;
}

void RunFigureFold::pass_time(Instant now) {
  if (hold_ && now > last_) figures_.held[*hold_] += now - last_;
  last_ = std::max(last_, now);
}

void RunFigureFold::take(const Recorded& record, const Fleet& fleet) {
  static_assert(std::variant_size_v<Event> == 11, "what does a new event mean for the figures of a run?");
  const RolloutState& rollout = fleet.rollouts().begin()->second;
  if (const auto* seen = std::get_if<EvidenceSeen>(&record.event)) return note_exposed(rollout, *seen);
  const std::optional<HostIndex> host = host_of(record.event);
  if (const auto* issued = std::get_if<CommandIssued>(&record.event)) {
    if (issued->command.action == Action::prepare) note_start(rollout, record.at);
  }
  if (std::holds_alternative<RolloutHalted>(record.event)) figures_.halted_after = record.at - begin_;
  if (host) note_away(fleet, rollout, *host);
  figures_.most_in_flight = std::max(figures_.most_in_flight, rollout.in_flight);
  if (samples_) sample(rollout, host, record.at);
}

void RunFigureFold::note_exposed(const RolloutState& rollout, const EvidenceSeen& seen) {
  if (seen.evidence.kind != Evidence::Kind::sending || rollout.halted) return;
  const auto& open = rollout.hosts[seen.host].open;
  if (open && (open->action == Action::stage || open->action == Action::activate)) exposed_.insert(seen.host);
}

void RunFigureFold::note_start(const RolloutState& rollout, Instant at) {
  for (const Interval& window : rollout.plan->calendar.windows) {
    if (window.begin <= at && at < window.end) nights_.insert(window.begin);
  }
}

void RunFigureFold::note_away(const Fleet& fleet, const RolloutState& rollout, HostIndex host) {
  for (const DomainId id : rollout.hosts[host].domains) {
    const Domain& domain = fleet.domains()[id];
    if (domain.limit == 0 || domain.is_host()) continue;
    Crowd& most = figures_.most_away[domain.label];
    if (domain.away > most.away) most = Crowd{domain.value, domain.away, domain.limit};
  }
}

void RunFigureFold::sample(const RolloutState& rollout, std::optional<HostIndex> host, Instant at) {
  if (states_.empty()) states_.resize(rollout.hosts.size(), State::waiting);
  Sample next = figures_.samples.empty() ? Sample() : figures_.samples.back();
  if (figures_.samples.empty()) next.hosts[place(State::waiting)] = static_cast<std::uint32_t>(states_.size());
  const HostIndex begin = host.value_or(0);
  const HostIndex end = host ? *host + 1 : static_cast<HostIndex>(states_.size());
  for (HostIndex i = begin; i < end; ++i) {
    --next.hosts[place(states_[i])];
    states_[i] = rollout.hosts[i].state;
    ++next.hosts[place(states_[i])];
  }
  next.after = at - begin_;
  if (!figures_.samples.empty() && figures_.samples.back().after == next.after) figures_.samples.pop_back();
  figures_.samples.push_back(next);
}

void RunFigureFold::decided(const Fleet& fleet, const Decision& decision, Instant now) {
  pass_time(now);
  hold_ = binding_hold(fleet, decision);
}

RunFigures RunFigureFold::finish(const RolloutState& rollout, Instant now) {
  pass_time(now);
  figures_.length = now - begin_;
  figures_.halted = rollout.halted;
  figures_.halt_reason = rollout.halt_reason;
  figures_.waits = !rollout.finished;
  figures_.exposed = static_cast<std::uint32_t>(exposed_.size());
  figures_.nights = static_cast<std::uint32_t>(nights_.size());
  for (const HostTrip& trip : rollout.hosts) ++figures_.ends[trip.state];
  return std::move(figures_);
}

}  // namespace breakwater::rehearsal
