// What the product says of its hosts, held against the truth.
#include <algorithm>

#include "orchestrator/codec/plan_json.hpp"
#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

namespace {

bool is_over(State state) {
  switch (state) {
    case State::updated:
    case State::current:
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      return true;
    case State::waiting:
    case State::preparing:
    case State::staging:
    case State::staged:
    case State::activating:
    case State::checking:
    case State::rolling_back:
    case State::checking_back:
      return false;
  }
  return false;
}

}  // namespace

void Checker::hear(const Fleet& fleet) {
  const RolloutState* rollout = fleet.find(rollout_);
  if (!rollout) return;
  if (std::exchange(all_touched_, false)) {
    for (HostIndex i = 0; i < files_.size(); ++i) claims(i, rollout->hosts[i]);
  }
  for (const HostIndex host : touched_) claims(host, rollout->hosts[host]);
  touched_.clear();
  if (!finished_) return;
  for (HostIndex i = 0; i < files_.size(); ++i) {
    demand(is_over(files_[i].claim), "I4", "its rollout is finished and it has no end", i);
  }
}

void Checker::refolded(const Fleet& fleet) {
  requests_.reborn();
  withdrawn_.clear();
  hear(fleet);
  const RolloutState* rollout = fleet.find(rollout_);
  if (rollout && codec::plan_digest(*rollout->plan) != approved_)
    broken("I14", "the plan in the journal is another one");
  for (HostIndex i = 0; rollout && i < files_.size(); ++i) {
    demand(rollout->hosts[i].state == files_[i].claim, "I4", "the fold of the journal says something else of it", i);
  }
}

void Checker::claims(HostIndex host, const HostTrip& trip) {
  File& file = files_[host];
  const State before = file.claim;
  const State now = trip.state;
  if (now == before) return;
  const bool released = before == State::quarantined && !file.quarantined;
  const bool taken_up_again = (before == State::updated || released) && now == State::rolling_back;
  const bool ill = before == State::updated && now == State::quarantined && file.found_ill;
  demand(!is_over(before) || taken_up_again || ill, "I4", "it had an end and got another one", host);
  if (is_over(before)) count(host, -1);
  file.claim = now;
  if (now == State::waiting || is_over(now)) {
    if (std::exchange(file.flying, false)) {
      --flying_;
      trip_over(host);
    }
    if (now != State::quarantined || file.stays_released) come_back(host);
  }
  if (is_over(now)) {
    file.called_back = false;
    count(host, +1);
    waves_[plan_.hosts[host].wave].last_end = under_way();
    waves_[plan_.hosts[host].wave].ended_at = scenario_.fleet.now();
    demand(trip.state != State::quarantined || trip.cause != Cause::none, "I18", "it is quarantined without a reason",
           host);
  }
  if (now == State::quarantined && !file.stays_released) {
    demand(needs_hands(host), "I36", "it is quarantined, and nothing failed there", host);
    file.quarantined = true;
    go_away(host);  // one that was updated, and was found ill in its soak
  }
  check_end(host);
}

void Checker::count(HostIndex host, int change) {
  Wave& wave = waves_[plan_.hosts[host].wave];
  const File& file = files_[host];
  wave.ended += change;
  const bool updated = file.claim == State::updated;
  if (updated && file.drifted) wave.foreign += change;
  if ((updated && !file.drifted) || file.claim == State::current) wave.good += change;
  const bool failed = file.claim == State::refused || file.claim == State::quarantined ||
                      (file.claim == State::rolled_back && !file.asked_back);
  if (failed) wave.failed += change;
  const bool ill = file.claim == State::quarantined || (file.claim == State::rolled_back && file.failed);
  if (ill) wave.ill += change;
  if (failed || ill) wave.failed_most += change;
}

bool Checker::runs_version(HostIndex host, std::size_t index, bool new_version) const {
  const std::optional<Instant>& by_hand = scenario_.fleet.hosts[host].components[index].by_hand;
  const File& file = files_[host];
  const auto ended_with = [&file](Cause cause) { return file.ended && file.ended->cause == cause; };
  // Nothing is said of what it runs.
  const bool unread = ended_with(Cause::unreadable) || ended_with(Cause::lost) || ended_with(Cause::login_refused) ||
                      ended_with(Cause::tls_refused) || ended_with(Cause::identity_mismatch);
  const Instant read_from = scenario_.fleet.now() - absent_ - kSlowestLook;
  if (by_hand && (file.drifted || unread || *by_hand >= read_from)) return true;
  const PlannedUpdate& update = plan_.hosts[host].updates[index];
  const std::string& wanted =
      new_version ? plan_.images[plan_.components[update.component].image].version : update.from_version;
  return scenario_.fleet.hosts[host].components[index].running == wanted;
}

bool Checker::runs_everywhere(HostIndex host, bool new_version) const {
  for (std::size_t i = 0; i < scenario_.fleet.hosts[host].components.size(); ++i) {
    if (!runs_version(host, i, new_version)) return false;
  }
  return true;
}

/// Nothing of ours runs, waits or is being written there.
bool Checker::untouched(HostIndex host) const {
  const model::ModelHost& real = scenario_.fleet.hosts[host];
  if (real.job) return false;  // by a person's restart, too: nothing but our images is ever written
  for (std::size_t i = 0; i < real.components.size(); ++i) {
    if (real.components[i].running != files_[host].before[i] || !real.components[i].staged.empty()) return false;
  }
  return true;
}

/// An image that waits on a host that is said to be well would run at its next restart.
bool Checker::nothing_waits(HostIndex host) const {
  const auto& components = scenario_.fleet.hosts[host].components;
  return std::all_of(components.begin(), components.end(), [](const auto& one) { return one.staged.empty(); });
}

/// Whether its checks could see that the host is ill: it is since before the last of them.
bool Checker::looked_ill(HostIndex host) const {
  constexpr Duration kSince{1'000};
  const model::ModelHost& real = scenario_.fleet.hosts[host];
  return asks_of_health() && real.sick && real.sick_since + kSince < scenario_.fleet.now();
}

/// Whether something is written at a host. Not a flash that hangs for ever and that its BMC forgot in a restart:
/// nothing tells it from none.
bool Checker::shows_writing(HostIndex host) const {
  const model::ModelHost& real = scenario_.fleet.hosts[host];
  if (!real.job || !real.job->stuck) return real.job.has_value();
  return std::any_of(real.tasks.begin(), real.tasks.end(),
                     [&real](const model::ModelTask& task) { return task.id == real.job->id; });
}

void Checker::check_end(HostIndex host) const {
  const File& file = files_[host];
  const auto last = [&file](Action action, Outcome::Verdict verdict) {
    return file.last && file.last->action == action && file.ended->verdict == verdict;
  };
  switch (file.claim) {
    case State::updated:
      if (last(Action::roll_back, Outcome::Verdict::untouched)) {
        if (file.ended->cause == Cause::withdrawn) return;         // nobody read it again
        demand(runs_version(host, file.last->update, true), "I4",  // somebody may have flashed another one meanwhile
               "its way back is said to have done nothing, and it runs something else", host);
        demand(nothing_waits(host), "I4", "its way back is said to have done nothing, and an image waits there", host);
        demand(!shows_writing(host), "I4", "its way back is said to have done nothing, and it is written", host);
        return;
      }
      demand(last(Action::check, Outcome::Verdict::done), "I4", "updated, though its checks did not hold", host);
      demand(file.last->update == plan_.hosts[host].updates.size(), "I4", "updated, though some of it is not", host);
      demand(runs_everywhere(host, true), "I4", "updated, though it runs something else", host);
      demand(nothing_waits(host), "I4", "updated, though an image waits there", host);
      return;
    case State::current:
      demand(last(Action::prepare, Outcome::Verdict::current), "I4", "current, though nobody read that", host);
      demand(runs_everywhere(host, true), "I4", "current, though it runs something else", host);
      return;
    case State::rolled_back:
      demand(last(Action::check_back, Outcome::Verdict::done), "I4", "rolled back, though its checks did not hold",
             host);
      demand(runs_everywhere(host, false), "I4", "rolled back, though it runs something else", host);
      demand(nothing_waits(host), "I4", "rolled back, though an image waits there", host);
      demand(!shows_writing(host), "I4", "rolled back, though something is written there", host);
      return;
    case State::refused:
    case State::not_started:
    case State::waiting:
      demand(untouched(host), "I4", "said to be untouched, and is not", host);
      return;
    case State::quarantined:
    case State::preparing:
    case State::staging:
    case State::staged:
    case State::activating:
    case State::checking:
    case State::rolling_back:
    case State::checking_back:
      return;
  }
}

void Checker::trip_over(HostIndex host) {
  demand(files_[host].busy <= longest_trip_ever(host), "I18", "its commands took longer than all of their deadlines",
         host);
}

/// Every deadline of a trip in a row.
Duration Checker::longest_trip_ever(HostIndex host) const {
  const Timeouts& times = plan_.timeouts;
  const Duration quiet = times.task + times.bmc_return;
  const Duration returns = std::max(times.bmc_return, times.host_return);
  const Duration back = 4 * quiet + times.bmc_return + times.upload + times.no_progress + times.task + returns;
  const auto updates = static_cast<std::int64_t>(plan_.hosts[host].updates.size());
  const Duration last_check = times.host_return + times.bmc_return + 2 * plan_.checks.stable_for;
  return times.host + quiet + updates * back + last_check + Duration(600'000) + scenario_.own_side_fails;
}

}  // namespace breakwater::simulation
