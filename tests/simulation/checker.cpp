#include "tests/simulation/checker.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/codec/plan_json.hpp"

namespace breakwater::simulation {

namespace {

constexpr Duration kStopWithin{1'000};
constexpr Duration kWithdrawalHeard{2'000};

bool in_domain(const Labels& labels, const DomainLimit& limit) {
  const auto found = labels.find(limit.label);
  return found != labels.end() && found->second == limit.value;
}

}  // namespace

Checker::Checker(const Scenario& scenario, const Sha256& approved)
    : scenario_(scenario),
      plan_(scenario.plan),
      approved_(approved),
      files_(plan_.hosts.size()),
      requests_(scenario.fleet) {
  waves_.resize(plan_.waves.size());
  away_in_.resize(plan_.domain_limits.size());
  discounted_in_.resize(plan_.domain_limits.size());
  for (HostIndex i = 0; i < files_.size(); ++i) {
    File& file = files_[i];
    ++waves_[plan_.hosts[i].wave].hosts;
    file.ways_back.resize(plan_.hosts[i].updates.size());
    file.activations.resize(plan_.hosts[i].updates.size());
    file.proved.resize(plan_.hosts[i].updates.size());
    for (const auto& component : scenario.fleet.hosts[i].components) file.before.push_back(component.running);
    for (std::size_t l = 0; l < plan_.domain_limits.size(); ++l) {
      if (in_domain(plan_.hosts[i].labels, plan_.domain_limits[l])) file.limits.push_back(l);
    }
  }
  std::multimap<std::string, HostIndex> by_identity;
  for (HostIndex i = 0; i < files_.size(); ++i) by_identity.emplace(machine_of(plan_.hosts[i]), i);
  for (HostIndex i = 0; i < files_.size(); ++i) {
    const auto [first, last] = by_identity.equal_range(machine_of(plan_.hosts[i]));
    for (auto it = first; it != last; ++it) {
      if (it->second != i) files_[i].twins.push_back(it->second);
    }
  }
  for (const LeftOut& host : plan_.left_out) {
    for (std::size_t l = 0; l < plan_.domain_limits.size(); ++l) {
      away_in_[l] += host.down && in_domain(host.labels, plan_.domain_limits[l]);
    }
  }
}

void Checker::broken(const std::string& invariant, const std::string& text) const {
  throw Violation{invariant, text};
}

void Checker::demand(bool holds, const char* invariant, const char* text, HostIndex host) const {
  if (!holds) broken(invariant, plan_.hosts[host].name + ": " + text);
}

void Checker::take(const Recorded& record) {
  absent_ = Duration(0);
  if (record.seq != last_seq_ + 1) broken("I16", "the journal's numbers have a gap");
  last_seq_ = record.seq;
  if (record.at < last_at_) broken("I15", "the journal's steady time ran back");
  last_at_ = record.at;
  if (!std::holds_alternative<OperatorAsked>(record.event)) conducted_ = scenario_.fleet.now();
  if (const auto* event = std::get_if<RolloutStarted>(&record.event)) started(*event);
  if (const auto* event = std::get_if<CommandIssued>(&record.event)) {
    Command command = event->command;
    command.id = record.seq;
    issued(command);
  }
  if (const auto* event = std::get_if<EvidenceSeen>(&record.event)) seen(*event);
  if (const auto* event = std::get_if<CommandEnded>(&record.event)) ended(*event);
  if (const auto* event = std::get_if<GateJudged>(&record.event)) judged(*event);
  if (const auto* event = std::get_if<OperatorAsked>(&record.event)) asked(*event);
  if (const auto* event = std::get_if<RolloutHalted>(&record.event)) halted(*event);
  if (std::holds_alternative<RolloutFinished>(record.event)) {
    finished_ = true;
    all_touched_ = true;
  }
}

void Checker::started(const RolloutStarted& event) {
  rollout_ = last_seq_;
  const bool same = event.digest == approved_ && codec::plan_digest(event.plan) == approved_;
  if (!same) broken("I14", "the plan that starts is not the one that was approved");
}

void Checker::issued(const Command& command) {
  const HostIndex host = command.host;
  File& file = files_[host];
  commands_[command.id] = command;
  demand(!file.open, "I1", "a command is issued while another one is open", host);
  demand(!file.quarantined || !is_mutating(command.action), "I5", "a quarantined host is sent a command", host);
  demand(!twin_quarantined(host), "I27", "it is sent a command while it is quarantined under another name", host);
  for (const HostIndex twin : file.twins) {
    demand(!files_[twin].flying, "I27", "it is sent a command while it is in flight under another name", host);
  }
  const std::uint32_t wave = plan_.hosts[host].wave;
  const bool forward = command.action == Action::prepare || command.action == Action::stage ||
                       command.action == Action::activate || command.action == Action::check;
  if (forward && wave > 0) demand(waves_[wave - 1].passed == true, "I6", "it goes before its wave is open", host);
  const bool sends = command.action == Action::stage || command.upload;
  demand(!paused_ || !sends, "I17", "it gets an image in a rollout that is paused", host);
  demand(!stopped_ || command.action != Action::activate, "I17", "it is activated in a rollout that is stopped", host);
  if (command.action == Action::prepare) starts(host);
  if (command.action == Action::stage)
    demand(under_way() >= file.retry_from, "I15", "its back-off was cut short", host);
  if (command.action == Action::activate) {
    demand(++file.activations[command.update] == 1, "I7", "an activation is ordered twice", host);
  }
  if (command.action == Action::roll_back) goes_back(command);
  file.open = command;
  file.ordered_at = scenario_.fleet.now();
  file.ordered_during = under_way();
  file.key_waits = Duration(0);
  file.ordered_wall = scenario_.fleet.wall();
  ++open_commands_;
  touched_.push_back(host);
}

/// A host leaves service: everything that must hold before one does.
void Checker::starts(HostIndex host) {
  demand(!leaving_, "I17", "it starts though the process was asked to leave", host);
  if (paused_) broken("I17", plan_.hosts[host].name + " starts in a paused rollout");
  for (const auto& [verb, since] : wishes_) {
    if (verb == Verb::resume) break;
    const bool stops = verb == Verb::pause || verb == Verb::stop;
    demand(!stops || scenario_.fleet.now() <= since + kStopWithin, "I17", "it starts long after a stop was asked for",
           host);
  }
  demand(!halted_, "I19", "it starts after a halt", host);
  const std::size_t open = open_wave();
  demand(open >= waves_.size() || !has_failed(waves_[open]), "I19", "it starts though its wave failed", host);
  demand(fits(host), "I11", "it starts outside the windows of the wall clock", host);
  leave(host);
  within_limits(host);
}

void Checker::leave(HostIndex host) {
  File& file = files_[host];
  file.busy = Duration(0);
  file.retry_from = Instant();  // a new trip has tries of its own
  if (!std::exchange(file.flying, true)) ++flying_;
  go_away(host);
}

void Checker::go_away(HostIndex host) {
  if (std::exchange(files_[host].away, true)) return;
  for (const std::size_t limit : files_[host].limits) ++away_in_[limit];
}

void Checker::come_back(HostIndex host) {
  File& file = files_[host];
  if (!std::exchange(file.away, false)) return;
  const bool discounted = std::exchange(file.discounted, false);
  for (const std::size_t limit : file.limits) {
    --away_in_[limit];
    discounted_in_[limit] -= discounted;
  }
}

/// A person has seen to it: each component may be rolled back once more.
void Checker::let_go(HostIndex host) {
  File& file = files_[host];
  std::fill(file.ways_back.begin(), file.ways_back.end(), 0);
  std::erase_if(file.flashes, [](const auto& one) { return one.first.second; });
}

bool Checker::twin_quarantined(HostIndex host) const {
  const std::vector<HostIndex>& twins = files_[host].twins;
  return std::any_of(twins.begin(), twins.end(), [this](HostIndex twin) { return files_[twin].quarantined; });
}

void Checker::within_limits(HostIndex host) const {
  demand(flying_ <= plan_.global_limit, "I2", "it leaves though the most in all are in flight", host);
  for (const std::size_t limit : files_[host].limits) {
    const DomainLimit& domain = plan_.domain_limits[limit];
    const int counted = away_in_[limit] - discounted_in_[limit];
    const bool below_ceiling = domain.ceiling == 0 || away_in_[limit] <= domain.ceiling;
    if (counted <= domain.most && below_ceiling) continue;
    broken("I2", plan_.hosts[host].name + " is number " + std::to_string(away_in_[limit]) + " that is away from " +
                     domain.label + ' ' + domain.value + ", " + std::to_string(domain.most) +
                     " are the most that may count" +
                     (below_ceiling ? "" : ", " + std::to_string(domain.ceiling) + " the Policy's ceiling"));
  }
}

/// From now on the calendar of the wall clock stays open for so long.
bool Checker::stays_open(Duration needed) const {
  const Instant at = scenario_.fleet.wall();
  const Instant end = at + needed;
  const Calendar& calendar = plan_.calendar;
  for (const Interval& freeze : calendar.freezes) {
    if (at < freeze.end && freeze.begin < end) return false;
  }
  return calendar.always_open ||
         std::any_of(calendar.windows.begin(), calendar.windows.end(),
                     [&](const Interval& window) { return window.begin <= at && end <= window.end; });
}

/// What one component of a host takes of a window, once it is told to run what it has.
Duration Checker::run_and_prove(HostIndex host, std::uint32_t update) const {
  const PlannedComponent& component = plan_.components[plan_.hosts[host].updates[update].component];
  const Timeouts& times = plan_.timeouts;
  const Duration returns = component.activate_by == ActivateBy::bmc_reset ? times.bmc_return : times.host_return;
  return std::min(component.most, times.task + returns) + times.host_return + plan_.checks.stable_for;
}

/// A host starts inside a window, with room for all of its components at their best, and not after the last start.
bool Checker::fits(HostIndex host) const {
  Duration needed = plan_.last_start.value_or(Duration(0));
  Duration runs{0};
  for (std::uint32_t i = 0; i < plan_.hosts[host].updates.size(); ++i) {
    runs += plan_.components[plan_.hosts[host].updates[i].component].most + plan_.checks.stable_for;
  }
  needed = std::max(needed, std::min(runs, plan_.timeouts.host));
  return stays_open(std::max(needed, run_and_prove(host, 0)));
}

void Checker::ended(const CommandEnded& event) {
  File& file = files_[event.host];
  if (!file.open || file.open->id != event.command) return;
  no_key_waits(file);
  if (file.open->action == Action::watch) return watched(*std::exchange(file.open, std::nullopt), event.outcome);
  file.busy += busy_since_order(file);
  --open_commands_;
  touched_.push_back(event.host);
  const bool back = file.open->action == Action::roll_back || file.open->action == Action::check_back;
  if (back) ends_back(*file.open, event.outcome);
  if (event.outcome.cause == Cause::withdrawn) {
    if (file.open->action == Action::roll_back) std::tie(file.last, file.ended) = std::tuple(*file.open, event.outcome);
    return was_withdrawn(*std::exchange(file.open, std::nullopt));
  }
  not_still(event.host, event.outcome);
  file.last = *std::exchange(file.open, std::nullopt);
  file.ended = event.outcome;
  file.failed = file.failed || event.outcome.verdict > Outcome::Verdict::current;
  demand(!scenario_.fleet.hosts[event.host].own_side_failed, "I24", "its command ended on a fault of our own side",
         event.host);
  const bool checked = file.last->action == Action::check || file.last->action == Action::check_back;
  const bool held = scenario_.fleet.now() - file.ordered_at >= plan_.checks.stable_for;
  const bool well = checked && event.outcome.verdict == Outcome::Verdict::done;
  demand(!well || held, "I4", "its checks were over before they had held for their time", event.host);
  demand(!well || file.last->action != Action::check || !looked_ill(event.host), "I4",
         "its checks are said to hold, though it was ill before they were over", event.host);
  // Whoever is activated was sent its image before.
  const bool failed = file.last->action == Action::stage && event.outcome.verdict == Outcome::Verdict::failed;
  demand(!failed || requests_.sent_ever(event.command), "I23",
         "its command is said to have failed, and nothing was asked of its BMC", event.host);
  const bool forwards = file.last->action == Action::activate;
  const bool runs =
      event.outcome.verdict == Outcome::Verdict::done && (forwards || file.last->action == Action::roll_back);
  demand(!runs || runs_version(event.host, file.last->update, forwards), "I4",
         "its activation was said to be done, and it runs something else", event.host);
  if (forwards && runs) file.proved[file.last->update] = scenario_.fleet.now();
  const bool never_ran = event.outcome.verdict == Outcome::Verdict::untouched;
  if (forwards && never_ran && event.outcome.cause == Cause::window_closed) --file.activations[file.last->update];
  if (checked) judges_the_present(event.host, event.outcome);
  if (file.last->action == Action::prepare) prepared(event.host, event.outcome);
  const bool retried = file.last->action == Action::stage && event.outcome.verdict == Outcome::Verdict::untouched &&
                       event.outcome.cause == Cause::upload_failed;
  if (retried) file.retry_from = under_way() + plan_.attempts.backoff_first;
}

/// What is ill before it is touched is left alone, and so is what cannot be restarted.
void Checker::prepared(HostIndex host, const Outcome& outcome) {
  files_[host].power = outcome.baseline.power;
  if (outcome.verdict != Outcome::Verdict::done) return;
  demand(outcome.baseline.health <= plan_.worst_health, "I33", "it is to be touched, and it is ill already", host);
  const bool off = outcome.baseline.power == Power::off && restarts(plan_, plan_.hosts[host]);
  demand(!off, "I33", "it is to be restarted, and it is off", host);
}

/// A look within a soak: it says what is so, and nothing of what was done.
void Checker::watched(const Command& command, const Outcome& outcome) {
  File& file = files_[command.host];
  --open_commands_;
  touched_.push_back(command.host);
  if (outcome.cause == Cause::withdrawn) return;
  demand(!scenario_.fleet.hosts[command.host].own_side_failed, "I24", "its look ended on a fault of our own side",
         command.host);
  judges_the_present(command.host, outcome);
  if (outcome.verdict == Outcome::Verdict::done) file.looked = std::max(file.ordered_during, file.mended_during);
  if (outcome.verdict == Outcome::Verdict::failed) file.failed = file.found_ill = true;
  if (outcome.cause != Cause::drifted) return;
  count(command.host, -1);
  file.drifted = true;
  count(command.host, +1);
}

/// It is as if it had never been ordered.
void Checker::was_withdrawn(const Command& command) {
  File& file = files_[command.host];
  const bool counts_images = command.action != Action::roll_back;  // a way back cancels what it sent
  demand(!requests_.acted(command.id, counts_images), "I17", "it is said to be withdrawn, and it acted", command.host);
  // What was recorded as begun may read a while before its request is kept back.
  const auto told = withdrawn_.find(command.id);
  const bool late = told != withdrawn_.end() && under_way() > told->second + kWithdrawalHeard;
  demand(requests_.begun(command.id) || !late, "I17", "it goes on long after it was withdrawn", command.host);
  if (command.action == Action::activate) --file.activations[command.update];
  if (command.action == Action::roll_back) --file.ways_back[command.update];
}

void Checker::asked(const OperatorAsked& event) {
  if (!wishes_.empty() && wishes_.front().first == event.verb) wishes_.erase(wishes_.begin());
  all_touched_ = true;
  const Instant at = scenario_.fleet.now();
  if (event.verb == Verb::pause || event.verb == Verb::stop) {
    if (!std::exchange(paused_, true)) held_since_ = at;
    if (event.verb == Verb::stop && !std::exchange(stopped_, true)) stopped_since_ = at;
    bound_since_ = at;
    for (File& file : files_) file.asked_since = false;
  }
  if (event.verb == Verb::resume) paused_ = stopped_ = false;
  if (event.verb == Verb::trust_key) trusted(event);
  const bool go_on = event.verb == Verb::resume && std::exchange(ways_held_, false);
  if (go_on || event.verb == Verb::roll_back) ways_failed_ = ways_well_ = 0;
  for (HostIndex i = 0; i < files_.size(); ++i) {
    const PlannedHost& host = plan_.hosts[i];
    if (event.verb == Verb::release && host.name == event.host && std::exchange(files_[i].quarantined, false)) {
      files_[i].released = true;
      come_back(i);
      let_go(i);
    }
    if (event.verb == Verb::discount && host.name == event.host && files_[i].quarantined &&
        !std::exchange(files_[i].discounted, true)) {
      for (const std::size_t limit : files_[i].limits) ++discounted_in_[limit];
    }
    if (event.verb != Verb::roll_back) continue;
    const bool meant = event.host.empty() ? !event.wave || *event.wave == host.wave : host.name == event.host;
    files_[i].asked_back = files_[i].asked_back || meant;
    files_[i].asked_since = files_[i].asked_since || meant;
    files_[i].asked_later = files_[i].asked_later || meant;
  }
  if (event.verb != Verb::roll_back) return;
  finished_ = false;
  halted_ = halted_ || event.host.empty();
}

}  // namespace breakwater::simulation
