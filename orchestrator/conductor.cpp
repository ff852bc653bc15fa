#include "orchestrator/conductor.hpp"

#include <unistd.h>

#include <algorithm>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/core/outcome.hpp"
#include "orchestrator/core/trip_time.hpp"

namespace breakwater {

using journal::StoreFault;

namespace {

constexpr std::size_t kRequestsAtOnce = 64;
/// With a full disk what is in flight is given this long to come to rest by itself.
constexpr Duration kDrainMost{600'000};
/// Ten minutes of SQLite's time-out. What is in flight waits with it, and is found again by looking if this is not
/// enough.
constexpr int kBusyTries = 60;
/// What an append takes longer than this, it waited for its turn.
constexpr Duration kAppendUsual{1'000};

}  // namespace

Conductor::Conductor(journal::Store& store, Crew& crew, Fleet& fleet, Watcher watcher,
                     const std::atomic<int>& interrupts, Duration request_poll, std::uint64_t snapshot_every,
                     OwnSide own_side)
    : store_(store),
      crew_(crew),
      fleet_(fleet),
      watcher_(std::move(watcher)),
      interrupts_(interrupts),
      request_poll_(request_poll),
      snapshots_(store, snapshot_every),
      own_side_(std::move(own_side)) {}

/// One durable transaction for all of them; only then are they true. Returns the number of the first.
Result<std::uint64_t, StoreFault> Conductor::write(std::vector<Event> events, const std::vector<std::uint64_t>& taken) {
  if (events.empty()) return fleet_.last_seq();
  const Now now = crew_.now();
  std::vector<journal::Draft> drafts;
  drafts.reserve(events.size());
  for (const Event& event : events) drafts.push_back(journal::Draft{now, codec::kind_of(event), codec::encode(event)});
  auto appended = store_.append(drafts, taken);
  // A store that is busy wrote nothing, and has waited for its turn before it says so.
  for (int tries = 1; is_busy(appended) && tries < kBusyTries && interrupts_ < 2; ++tries) {
    appended = store_.append(drafts, taken);
  }
  if (!appended) return fail(appended.error());
  const bool waited = crew_.now().steady - now.steady > kAppendUsual;
  std::uint64_t seq = appended->first;
  for (Event& event : events) {
    const Recorded record{seq++, now.steady, std::move(event)};
    fleet_.apply(record);
    if (watcher_.on_record) watcher_.on_record(record);
  }
  if (waited && own_) {
    if (auto taken_up = take_up(*own_); !taken_up) return fail(taken_up.error());
  }
  return appended->first;
}

Result<RolloutId, StoreFault> Conductor::begin(ResolvedPlan plan, const std::string& by) {
  RolloutStarted started;
  started.by = by;
  started.digest = codec::plan_digest(plan);
  started.plan = std::move(plan);
  std::vector<Event> events;
  events.emplace_back(std::move(started));
  return write(std::move(events));
}

Result<void, StoreFault> Conductor::ask(OperatorAsked asked) {
  std::vector<Event> events;
  events.emplace_back(std::move(asked));
  if (auto written = write(std::move(events)); !written) return fail(written.error());
  return {};
}

Result<void, StoreFault> Conductor::take_requests() {
  const auto waiting = store_.waiting_requests(kRequestsAtOnce);
  if (is_busy(waiting)) return {};  // asked again at the next turn
  if (!waiting) return fail(waiting.error());
  for (const journal::Request& request : *waiting) {
    std::vector<Event> events;
    events.push_back(answer_to(request, fleet_, crew_.now().wall, own_side_.unable));
    const Event wish = events.front();
    const std::vector<CommandId> left = given_up(wish);
    const auto written = write(std::move(events), {request.id});
    if (is_withdrawn(written)) continue;
    if (!written) return fail(written.error());
    for (const CommandId command : left) crew_.withdraw(command);
    pass_on_trust(wish);
  }
  if (!waiting->empty()) withdraw_bound();
  return {};
}

/// Its command is over by an abandon: no act may follow from it, so it is not recorded.
bool Conductor::is_given_up(const EvidenceSeen& seen) const {
  const std::optional<Command>& open = fleet_.find(seen.rollout)->hosts[seen.host].open;
  return !open || open->id != seen.command;
}

/// Evidence and ends in one transaction; the conversations that wait for it go on after.
Result<void, StoreFault> Conductor::take(std::vector<CrewEvent> arrived) {
  std::vector<Event> events;
  std::vector<std::uint64_t> tickets;
  std::vector<std::uint64_t> refused;
  std::vector<CommandId> ended;
  for (CrewEvent& one : arrived) {
    if (auto* offered = std::get_if<EvidenceOffered>(&one)) {
      if (is_given_up(offered->evidence)) {
        refused.push_back(offered->ticket);
        continue;
      }
      tickets.push_back(offered->ticket);
      events.emplace_back(std::move(offered->evidence));
    } else {
      auto& last = std::get<CommandEnded>(one);
      last.input = input_of(fleet_, last);
      ended.push_back(last.command);
      events.emplace_back(std::move(last));
    }
  }
  if (auto written = write(std::move(events)); !written) return fail(written.error());
  for (const CommandId command : ended) open_.erase(command);
  for (const std::uint64_t ticket : tickets) crew_.durable(ticket);
  for (const std::uint64_t ticket : refused) crew_.refuse(ticket);
  return {};
}

void Conductor::start(const Command& command, bool resumed) {
  const RolloutState& rollout = *fleet_.find(command.rollout);
  const HostTrip& trip = rollout.hosts[command.host];
  Order order;
  order.command = command;
  order.plan = rollout.plan;
  order.baseline = trip.baseline;
  if (resumed) order.evidence = trip.evidence;
  order.resumed = resumed;
  order.task = trip.task;
  order.pins = fleet_.pins_of(rollout.plan->hosts[command.host].bmc);
  const bool forward = command.action == Action::prepare || command.action == Action::stage ||
                       command.action == Action::activate || command.action == Action::check;
  const Now now = crew_.now();
  if (forward) {
    const Instant until = stands_still(trip) ? trip.stands_since : rollout.under_way(now.steady);
    order.deadline = now.steady + (rollout.plan->timeouts.host - (trip.spent + (until - trip.issued)));
  }
  if (command.action == Action::stage || command.action == Action::activate) {
    const PlannedUpdate& update = rollout.plan->hosts[command.host].updates[command.update];
    order.act_until = last_activation(*rollout.plan, update, command.upload, now);
  }
  open_.insert(command.id);
  crew_.start(std::move(order));
}

/// The open commands of a rollout that is about to be abandoned. Nobody waits for one that waits for an operator's
/// word.
std::vector<CommandId> Conductor::given_up(const Event& wish) {
  const auto* asked = std::get_if<OperatorAsked>(&wish);
  std::vector<CommandId> open;
  if (!asked || asked->verb != Verb::abandon) return open;
  for (const HostTrip& trip : fleet_.find(asked->rollout)->hosts) {
    if (trip.open) open.push_back(trip.open->id);
    if (trip.open && trip.key_shown) open_.erase(trip.open->id);
  }
  return open;
}

/// A pause or a stop reaches what was ordered before it and did not begin yet.
void Conductor::withdraw_bound() {
  for (const RolloutId id : fleet_.unfinished()) {
    const RolloutState& rollout = *fleet_.find(id);
    if (!rollout.paused) continue;
    for (const HostTrip& trip : rollout.hosts) {
      if (withdraws(rollout, trip)) crew_.withdraw(trip.open->id);
    }
  }
}

/// A conversation that waits for this word goes on.
void Conductor::pass_on_trust(const Event& wish) {
  const auto* asked = std::get_if<OperatorAsked>(&wish);
  if (!asked || asked->verb != Verb::trust_key || !asked->key) return;
  const RolloutState& rollout = *fleet_.find(asked->rollout);
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const HostTrip& trip = rollout.hosts[host];
    if (rollout.plan->hosts[host].name == asked->host && trip.open) crew_.trust(trip.open->id, *asked->key);
  }
}

/// Commands that an earlier process left open: their conversations look first and adopt what is there. Those that wait
/// for an operator's word may be this crew's already.
void Conductor::resume_open_commands() {
  for (const RolloutId id : fleet_.unfinished()) {
    for (const HostTrip& trip : fleet_.find(id)->hosts) {
      if (trip.open && !open_.contains(trip.open->id)) start(*trip.open, true);
    }
  }
  withdraw_bound();
}

Result<Decision, StoreFault> Conductor::decide_for(RolloutId rollout, Starts starts) {
  for (;;) {
    const auto lacks = lacks_.find(rollout);
    Decision decision =
        decide(fleet_, rollout, crew_.now(), interrupts_ == 0 ? std::min(starts, starts_) : Starts::none,
               lacks == lacks_.end() ? std::string_view() : lacks->second);
    if (decision.acts.empty()) return decision;
    std::vector<std::pair<std::size_t, Command>> issued;
    for (std::size_t i = 0; i < decision.acts.size(); ++i) {
      if (const auto* one = std::get_if<CommandIssued>(&decision.acts[i])) issued.emplace_back(i, one->command);
    }
    const auto first = write(std::move(decision.acts));
    if (!first) return fail(first.error());
    for (auto& [offset, command] : issued) {
      command.id = *first + offset;
      start(command, false);
    }
  }
}

/// Own rollout last: its waits are the answer, and the others' ends may have given it room. Once it is over nothing
/// of them starts but ways back: whoever asked for those was told that this process conducts them.
Result<Decision, StoreFault> Conductor::decide_all(RolloutId own) {
  std::optional<Instant> wake;
  const bool over = starts_ == Starts::allowed && end_of(*fleet_.find(own)).has_value();
  const bool leaves = over && somebody_stands_by(own);
  for (const RolloutId id : std::set<RolloutId>(fleet_.unfinished())) {
    const bool starts = !over || starts_nobody(*fleet_.find(id));
    if (id == own || (leaves && !starts)) continue;
    const Result<Decision, StoreFault> decision = decide_for(id, starts ? Starts::allowed : Starts::none);
    if (!decision) return fail(decision.error());
    if (decision->wake) wake = wake ? std::min(*wake, *decision->wake) : *decision->wake;
  }
  Result<Decision, StoreFault> decision = decide_for(own, Starts::allowed);
  if (decision && wake) decision->wake = decision->wake ? std::min(*wake, *decision->wake) : *wake;
  return decision;
}

/// Nobody conducted until now: there was no process, or it waited for its turn at the store. That is no host's time.
Result<std::uint64_t, StoreFault> Conductor::take_up(RolloutId id) {
  return write({ConductorStarted{id, getpid()}});
}

Result<Conductor::End, StoreFault> Conductor::run(RolloutId id, Starts starts) {
  own_ = id;
  starts_ = starts;
  alone_until_.reset();
  own_side_asked_.reset();
  handed_on_ = false;
  ask_own_side(id);
  if (auto taken_up = take_up(id); !taken_up) return fail(taken_up.error());
  const RolloutState& rollout = *fleet_.find(id);
  resume_open_commands();
  for (;;) {
    if (auto taken = take_requests(); !taken) return fail(taken.error());
    ask_own_side(id);
    Result<Decision, StoreFault> decision = decide_all(id);
    if (!decision) {
      if (decision.error().reason == StoreFault::Reason::disk_full) drain(0);
      return fail(decision.error());
    }
    say_whether_it_leaves(rollout);
    for (const CommandId look : needless_looks(fleet_)) crew_.withdraw(look);
    if (auto kept = keep_snapshot(); !kept) {
      if (kept.error().reason == StoreFault::Reason::disk_full) drain(0);
      return fail(kept.error());
    }
    if (watcher_.on_decision) watcher_.on_decision(rollout, *decision, crew_.now());
    if (interrupts_ >= 2) {
      open_.clear();
      return rollout.finished ? End::finished : End::left;
    }
    if (const auto end = end_of(rollout); end && rests()) {
      if (somebody_stands_by(id)) {
        const auto handed = hand_on();
        if (!handed) return fail(handed.error());
        handed_on_ = *handed;
        if (!handed_on_) continue;
      }
      if (handed_on_ || nobody_moves()) return *end;
    }
    if (interrupts_ > 0 && nobody_moves()) return End::at_rest;

    const Instant poll = crew_.now().steady + request_poll_;
    std::vector<CrewEvent> arrived = crew_.wait_until(decision->wake ? std::min(*decision->wake, poll) : poll);
    const std::size_t heard = arrived.size();
    if (auto taken = take(std::move(arrived)); !taken) {
      if (taken.error().reason == StoreFault::Reason::disk_full) drain(heard);
      return fail(taken.error());
    }
  }
}

/// Between two turns: whatever command is in the journal is in the hands of the crew.
Result<void, StoreFault> Conductor::keep_snapshot() {
  const auto taken = snapshots_.take_if_due(fleet_, watcher_.on_warning);
  if (!taken) return {};
  std::vector<Event> events;
  events.emplace_back(*taken);
  if (auto written = write(std::move(events)); !written) return fail(written.error());
  drop_old_snapshots(store_);
  return {};
}

/// The disk is full: nothing new starts, what is in flight comes to rest, and its outcome is found again by looking.
/// A conversation that asks for durable evidence stops there by itself. `heard` of them have said their last word
/// already, in the events that could not be written.
void Conductor::drain(std::size_t heard) {
  std::size_t open = open_.size() - std::min(open_.size(), heard);
  const Instant deadline = crew_.now().steady + kDrainMost;
  while (open > 0 && interrupts_ < 2 && crew_.now().steady < deadline) {
    const auto arrived = crew_.wait_until(std::min(deadline, crew_.now().steady + request_poll_));
    open -= std::min(open, arrived.size());
  }
}

}  // namespace breakwater
