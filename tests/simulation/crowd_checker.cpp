#include "tests/simulation/crowd_checker.hpp"

#include <algorithm>

#include "tests/simulation/small_plan.hpp"

namespace breakwater::simulation {

using model::Act;

namespace {

/// From a record to the last that a conversation which it ends may begin.
constexpr Duration kGivenUpWithin{1'000};

/// What is ordered before an image runs, or to make it run.
bool is_forward(Action action) {
  return action == Action::prepare || action == Action::stage || action == Action::activate || action == Action::check;
}

}  // namespace

CrowdChecker::CrowdChecker(const model::ModelFleet& fleet)
    : fleet_(fleet), machines_(fleet.hosts.size()), requests_(fleet) {
  for (std::uint32_t i = 0; i < fleet.hosts.size(); ++i) by_name_[fleet.hosts[i].name] = i;
}

void CrowdChecker::broken(const char* invariant, const std::string& text) const {
  throw Violation{invariant, text};
}

void CrowdChecker::demand(bool holds, const char* invariant, const char* text, const Trip& trip) const {
  if (!holds) broken(invariant, fleet_.hosts[trip.machine].name + ": " + text);
}

const std::string& CrowdChecker::runs(const Book& book, const Trip& trip) const {
  return running(fleet_.hosts[trip.machine], book.plan.components.front().id);
}

bool CrowdChecker::image_waits(const Trip& trip) const {
  const auto& components = fleet_.hosts[trip.machine].components;
  return std::any_of(components.begin(), components.end(), [](const auto& one) { return !one.staged.empty(); });
}

/// A command that ended so read nothing of what its host runs.
bool CrowdChecker::tells_nothing(Cause cause) {
  return cause == Cause::withdrawn || cause == Cause::unreadable || cause == Cause::lost ||
         cause == Cause::login_refused || cause == Cause::tls_refused || cause == Cause::identity_mismatch;
}

void CrowdChecker::take(const Recorded& record) {
  if (record.seq != last_seq_ + 1) broken("I16", "the journal's numbers have a gap");
  last_seq_ = record.seq;
  heard_at_ = fleet_.now();
  if (const auto* event = std::get_if<RolloutStarted>(&record.event)) started(*event);
  if (const auto* event = std::get_if<StartRefused>(&record.event)) refused(*event);
  if (const auto* event = std::get_if<CommandIssued>(&record.event)) {
    Command command = event->command;
    command.id = record.seq;
    issued(command);
  }
  if (const auto* event = std::get_if<EvidenceSeen>(&record.event)) requests_.seen(*event);
  if (const auto* event = std::get_if<CommandEnded>(&record.event)) {
    touched_.insert(event->rollout);
    Trip& trip = books_.at(event->rollout).trips[event->host];
    if (trip.open && trip.open->id == event->command) {
      trip.ill = trip.open->action == Action::watch && event->outcome.verdict == Outcome::Verdict::failed;
      trip.unread = tells_nothing(event->outcome.cause);
      trip.open.reset();
      --open_commands_;
    }
  }
  if (const auto* event = std::get_if<OperatorAsked>(&record.event)) asked(*event);
  if (const auto* event = std::get_if<RolloutHalted>(&record.event)) touched_.insert(event->rollout);
  if (const auto* event = std::get_if<RolloutFinished>(&record.event)) {
    touched_.insert(event->rollout);
    unfinished_.erase(event->rollout);
  }
}

/// A rollout that is over and that hosts go back in has only those.
bool CrowdChecker::belongs(RolloutId id, std::uint32_t machine) const {
  const Book& book = books_.at(id);
  return std::any_of(book.trips.begin(), book.trips.end(), [&](const Trip& trip) {
    return trip.machine == machine && (!book.reopened || is_in_flight(trip.claim));
  });
}

bool CrowdChecker::is_free(std::uint32_t machine) const {
  if (!machines_[machine].quarantined.empty()) return false;
  return std::none_of(unfinished_.begin(), unfinished_.end(), [&](RolloutId id) { return belongs(id, machine); });
}

void CrowdChecker::started(const RolloutStarted& event) {
  Book book;
  book.plan = event.plan;
  for (const PlannedHost& host : event.plan.hosts) {
    const std::uint32_t machine = by_name_.at(host.name);
    if (!is_free(machine)) broken("I37", host.name + " is taken by a rollout though another one has it");
    book.trips.emplace_back().machine = machine;
  }
  books_[last_seq_] = std::move(book);
  unfinished_.insert(last_seq_);
  touched_.insert(last_seq_);
  if (tray_.empty() || tray_.front().plan.rollout != event.plan.rollout) return;
  if (tray_.front().asker_left) broken("I37", "rollout " + event.plan.rollout + " begins though its asker left");
  tray_.erase(tray_.begin());
}

void CrowdChecker::refused(const StartRefused& event) {
  if (tray_.empty()) broken("I37", "a rollout is refused that nobody handed over");
  const auto [plan, asker_left] = tray_.front();
  tray_.erase(tray_.begin());
  const bool old = event.reason.find("its plan is old") != std::string::npos;
  // One that was rolled back after its end may still own hosts whose way back is over.
  const auto any_taken = std::any_of(plan.hosts.begin(), plan.hosts.end(), [this](const PlannedHost& host) {
    const std::uint32_t machine = by_name_.at(host.name);
    const bool reopened =
        std::any_of(unfinished_.begin(), unfinished_.end(), [this](RolloutId id) { return books_.at(id).reopened; });
    return !is_free(machine) || reopened;
  });
  if (!old && !any_taken && !asker_left)
    broken("I37", "rollout " + event.rollout + " is refused though its hosts are free");
}

void CrowdChecker::issued(const Command& command) {
  Book& book = books_.at(command.rollout);
  Trip& trip = book.trips.at(command.host);
  Machine& machine = machines_[trip.machine];
  touched_.insert(command.rollout);
  commands_.insert({command.id, Known{command.rollout, command.host, command.action}});
  for (const auto& [id, other] : books_) {
    for (const Trip& one : other.trips) {
      demand(one.machine != trip.machine || !one.open, "I1", "a command is issued while another one is open", trip);
    }
  }
  demand(machine.quarantined.empty() || !is_mutating(command.action), "I5", "a quarantined host is sent a command",
         trip);
  demand(!book.abandoned || !is_forward(command.action), "I32", "an abandoned rollout goes on with it", trip);
  const bool starts = command.action == Action::prepare;
  const bool sends = command.action == Action::stage || command.upload;
  demand(!book.paused || (!starts && !sends), "I17", "it starts, or gets an image, in a rollout that is paused", trip);
  demand(!book.stopped || command.action != Action::activate, "I17", "it is activated in a rollout that is stopped",
         trip);
  if (starts) {
    trip.before = runs(book, trip);
    trip.waited = image_waits(trip);
  }
  const bool stands = trip.claim == State::updated || trip.claim == State::quarantined;
  const bool taken_up_again = command.action == Action::roll_back && stands;
  if (starts || taken_up_again) {
    demand(machine.in_flight.empty(), "I37", "it starts while another rollout has it in flight", trip);
    machine.in_flight.insert(command.rollout);
    within_limits(book, trip);
  }
  trip.open = command;
  ++open_commands_;
}

/// All plans have the same limits for racks.
void CrowdChecker::within_limits(const Book& book, const Trip& trip) const {
  int away = 0;
  int flying = 0;
  for (std::uint32_t i = 0; i < machines_.size(); ++i) {
    if (!machines_[i].in_flight.empty()) ++flying;
    if (machines_[i].away() && fleet_.hosts[i].rack == fleet_.hosts[trip.machine].rack) ++away;
  }
  demand(away <= kPerRack, "I2", "more hosts of its rack are away than may be", trip);
  demand(flying <= book.plan.global_limit, "I2", "more hosts are in flight than may be", trip);
}

void CrowdChecker::asked(const OperatorAsked& event) {
  if (event.verb == Verb::release) {
    const auto found = by_name_.find(event.host);
    if (found != by_name_.end()) machines_[found->second].quarantined.clear();
    return;
  }
  Book& book = books_.at(event.rollout);
  touched_.insert(event.rollout);
  if (event.verb == Verb::pause || event.verb == Verb::stop) hold(book, event.verb == Verb::stop);
  if (event.verb == Verb::resume) book.paused = book.stopped = false;
  if (event.verb == Verb::abandon && unfinished_.contains(event.rollout)) abandon(book);
  if (event.verb == Verb::roll_back && unfinished_.insert(event.rollout).second) book.reopened = true;
}

void CrowdChecker::hold(Book& book, bool stops) const {
  if (!std::exchange(book.paused, true)) book.held_since = fleet_.now();
  if (stops && !std::exchange(book.stopped, true)) book.stopped_since = fleet_.now();
}

void CrowdChecker::abandon(Book& book) {
  book.abandoned = fleet_.now();
  book.giving_up = true;
  for (Trip& trip : book.trips) {
    if (std::exchange(trip.open, std::nullopt)) --open_commands_;
  }
  for (const auto& [id, other] : books_) {
    if (&other == &book) unfinished_.erase(id);
  }
}

void CrowdChecker::hear(const Fleet& fleet) {
  for (const RolloutId id : std::exchange(touched_, {})) {
    const RolloutState* said = fleet.find(id);
    if (!said) broken("I4", "a rollout of the journal is not in its fold");
    Book& book = books_.at(id);
    for (HostIndex i = 0; i < book.trips.size(); ++i) claims(id, book, i, said->hosts[i]);
    book.giving_up = false;
    if (said->finished == unfinished_.contains(id)) broken("I4", "the fold says something else of a rollout's end");
    for (const Trip& trip : book.trips) {
      demand(!said->finished || is_end(trip.claim), "I4", "its rollout is finished and it has no end", trip);
    }
  }
}

void CrowdChecker::refolded(const Fleet& fleet) {
  requests_.reborn();
  hear(fleet);
  for (const auto& [id, book] : books_) {
    const RolloutState* said = fleet.find(id);
    for (HostIndex i = 0; i < book.trips.size(); ++i) {
      demand(said && said->hosts[i].state == book.trips[i].claim, "I4",
             "the fold of the journal says something else of it", book.trips[i]);
    }
  }
}

void CrowdChecker::claims(RolloutId id, Book& book, HostIndex host, const HostTrip& said) {
  Trip& trip = book.trips[host];
  if (said.state == trip.claim) return;
  const State before = std::exchange(trip.claim, said.state);
  Machine& machine = machines_[trip.machine];
  const bool kept = said.state == State::quarantined && (book.giving_up || trip.ill);
  const bool released = before == State::quarantined && machine.quarantined.empty();
  const bool back = (before == State::updated || released) && said.state == State::rolling_back;
  const bool goes_on = back || (before == State::updated && kept);
  demand(!is_end(before) || goes_on, "I4", "it had an end and got another one", trip);
  if (!is_in_flight(said.state)) machine.in_flight.erase(id);
  if (said.state == State::quarantined) machine.quarantined.insert(id);
  if (book.giving_up && is_in_flight(before)) {
    demand(said.state == State::quarantined || said.state == State::not_started, "I32",
           "it was in flight when its rollout was abandoned, and is called something else", trip);
  }
  check_end(book, trip, said.cause);
}

/// By somebody else: too late for the look that ended its trip, or seen there and left alone.
bool CrowdChecker::flashed_by_hand(const Book& book, const Trip& trip, Cause cause) const {
  const auto& components = fleet_.hosts[trip.machine].components;
  return std::any_of(components.begin(), components.end(), [&](const model::ModelComponent& one) {
    const bool seen_there = cause == Cause::drifted && trip.claim == State::updated;
    return one.id == book.plan.components.front().id && one.by_hand &&
           (seen_there || *one.by_hand + kSlowestLook >= heard_at_);
  });
}

/// A restart ran what another rollout had left there: what this one brought is below it.
bool CrowdChecker::left_by_another(const Book& book, const Trip& trip, Cause cause) const {
  if (cause != Cause::drifted || trip.claim != State::updated) return false;
  return std::ranges::any_of(books_, [&](const auto& entry) {
    const ResolvedPlan& plan = entry.second.plan;
    const std::vector<Trip>& trips = entry.second.trips;
    for (HostIndex i = 0; i < trips.size(); ++i) {
      const bool same = &entry.second != &book && trips[i].machine == trip.machine && !trips[i].before.empty();
      if (same && image_of(plan, plan.hosts[i].updates.front()).version == runs(book, trip)) return true;
    }
    return false;
  });
}

void CrowdChecker::check_end(const Book& book, const Trip& trip, Cause cause) const {
  const PlannedUpdate& update = book.plan.hosts[static_cast<std::size_t>(&trip - book.trips.data())].updates.front();
  const bool by_hand = flashed_by_hand(book, trip, cause);
  const bool waits = image_waits(trip);
  switch (trip.claim) {
    case State::updated:
    case State::current:
      if (trip.unread) return;  // since its update
      demand(by_hand || left_by_another(book, trip, cause) || runs(book, trip) == image_of(book.plan, update).version,
             "I4", "updated, though it runs something else", trip);
      demand(!waits || cause == Cause::foreign_task, "I4", "updated, though an image waits there", trip);
      return;
    case State::rolled_back:
      demand(runs(book, trip) == update.from_version, "I4", "rolled back, though it runs something else", trip);
      demand(!waits, "I4", "rolled back, though an image waits there", trip);
      return;
    case State::refused:
    case State::not_started:
      if (trip.before.empty()) return;  // it never came to it
      demand((!waits || trip.waited) && (by_hand || runs(book, trip) == trip.before), "I4",
             "said to be untouched, and is not", trip);
      return;
    case State::waiting:
    case State::preparing:
    case State::staging:
    case State::staged:
    case State::activating:
    case State::checking:
    case State::rolling_back:
    case State::checking_back:
    case State::quarantined:
      return;
  }
}

void CrowdChecker::ordered(const Order& order) const {
  const Command& command = order.command;
  const auto found = commands_.find(command.id);
  const bool known = found != commands_.end() && found->second.rollout == command.rollout &&
                     found->second.host == command.host && found->second.action == command.action;
  if (!known) broken("I7", "command " + std::to_string(command.id) + " is carried out before its intent is durable");
  requests_.ordered(order);
}

void CrowdChecker::act(const Act& act) {
  Machine& machine = machines_[act.host];
  using Kind = Act::Kind;
  if (act.kind == Kind::flash_over || act.kind == Kind::flash_cut) machine.flashing = false;
  if (act.kind == Kind::flash_began) {
    if (machine.flashing && act.command != 0)
      broken("I1", fleet_.hosts[act.host].name + ": it is flashed twice at once");
    machine.flashing = true;
  }
  const bool by_itself = act.kind == Kind::image_waits || act.kind == Kind::flash_over || act.kind == Kind::flash_cut ||
                         act.kind == Kind::flash_began || act.kind == Kind::body_taken;
  if (act.command == 0 || by_itself) return requests_.act(act);
  const auto known = commands_.find(act.command);
  if (known == commands_.end())
    broken("I7", fleet_.hosts[act.host].name + ": something is done without a durable intent");
  requests_.act(act);
  const Book& book = books_.at(known->second.rollout);
  const Trip& trip = book.trips[known->second.host];
  demand(trip.machine == act.host || fleet_.hosts[act.host].swapped_at.has_value(), "I21",
         "its command reaches another machine", trip);
  // A conversation that is given up ends at its next step.
  const bool given_up = book.abandoned && act.at <= *book.abandoned + kGivenUpWithin;
  const bool back_later = known->second.action == Action::roll_back && trip.open && trip.open->id == act.command;
  demand(!book.abandoned || given_up || back_later, "I32", "something begins for a rollout that was abandoned", trip);
  demand(machine.quarantined.empty() || given_up, "I5", "something is done to a quarantined host", trip);
  not_bound(book, trip, known->second, act);
}

/// A pause leaves what waits on its BMC to be run, a stop does not. A way back may have been asked for since.
void CrowdChecker::not_bound(const Book& book, const Trip& trip, const Known& known, const Act& act) const {
  if (!is_forward(known.action)) return;
  const bool sends = act.kind == Act::Kind::bytes_left;
  const bool runs =
      act.kind == Act::Kind::reset || act.kind == Act::Kind::started || act.kind == Act::Kind::bank_switched;
  demand(!book.paused || !sends || act.at <= book.held_since + kBindsWithin, "I17", "an image is sent after a pause",
         trip);
  demand(!book.stopped || !(sends || runs) || act.at <= book.stopped_since + kBindsWithin, "I17",
         "something begins after a stop", trip);
}

/// A pause, a stop or the failures of others hold a way back half way, and a pause the next component.
void CrowdChecker::left(bool taken_over) const {
  for (const RolloutId id : unfinished_) {
    const Book& book = books_.at(id);
    for (const Trip& trip : book.trips) {
      const bool held = taken_over || book.paused || trip.claim == State::rolling_back;
      demand(!trip.open, "I35", "the process left in the middle of a command", trip);
      demand(!is_in_flight(trip.claim) || held, "I35", "the process left with it in flight", trip);
    }
  }
}

std::optional<std::string> CrowdChecker::in_the_way() const {
  for (std::uint32_t i = 0; i < machines_.size(); ++i) {
    if (!machines_[i].quarantined.empty()) return fleet_.hosts[i].name;
  }
  return std::nullopt;
}

}  // namespace breakwater::simulation
