// When a conductor leaves, and how it hands on what is left to conduct.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "orchestrator/conductor.hpp"
#include "orchestrator/core/binding.hpp"
#include "orchestrator/folding.hpp"

namespace breakwater {

using journal::StoreFault;

namespace {

/// Whoever stands by looks several times a second whether the lock is free, and is given this long to take it.
constexpr Duration kTakeOverPatience{3'000};
/// Whoever stood by and did not conduct may have been suspended only, and others may stand by since.
constexpr Duration kHandOnAgain{300'000};
/// Whoever has the lock is given this long to conduct: it may look at a whole fleet first.
constexpr Duration kTakeOverMost{600'000};

/// Whether a host on its way back waits until somebody vouches for the key of its BMC.
bool waits_for_key(const RolloutState& rollout) {
  return std::ranges::any_of(rollout.untrusted, [&rollout](HostIndex host) {
    return rollout.hosts[host].state == State::rolling_back || rollout.hosts[host].state == State::checking_back;
  });
}

}  // namespace

/// How a rollout has come to its end or its rest, as far as this process is concerned.
std::optional<Conductor::End> Conductor::end_of(const RolloutState& own) const {
  if (starts_ == Starts::ways_back) {
    if (!nobody_goes_back() || !nobody_moves()) return std::nullopt;
    return own.finished ? End::finished : End::at_rest;
  }
  if (own.finished) return End::finished;
  if (own.stopping && !goes_on(own)) return End::at_rest;
  return std::nullopt;
}

/// Whether no command is open but those that wait for an operator's word on a key; a later process goes on with them.
bool Conductor::rests() const {
  std::size_t waiting = 0;
  for (const RolloutId id : fleet_.unfinished()) waiting += fleet_.find(id)->untrusted.size();
  return open_.size() == waiting;
}

bool Conductor::nobody_moves() const {
  return std::ranges::none_of(fleet_.unfinished(), [this](RolloutId id) { return moves(*fleet_.find(id)); });
}

/// Nobody waits for the release of a host that is quarantined, by whatever rollout, or for what an operator holds. What
/// failures of others hold in its own rollout is waited for, until a resume, and so is a word on the key of a BMC.
bool Conductor::nobody_goes_back() const {
  return std::ranges::all_of(fleet_.unfinished(), [this](RolloutId id) {
    const RolloutState& rollout = *fleet_.find(id);
    const bool stays = own_ == id && !rollout.paused;
    if (stays && waits_for_key(rollout)) return false;
    const bool brake = stays && !rollout.bound_undos.empty();
    if (rollout.undos.empty() && !brake) return true;
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      const HostTrip& trip = rollout.hosts[host];
      const bool goes = waits_to_go_back(trip) && (brake || !rollout.bound_undos.contains(host));
      if (goes && !fleet_.quarantine_of(rollout.plan->hosts[host])) return false;
    }
    return true;
  });
}

/// `status` and `explain` read it in the lock, and so tell the row that binds; what cannot be written there is lost.
void Conductor::say_whether_it_leaves(const RolloutState& own) {
  using journal::Leaving;
  Leaving leaving = end_of(own) ? Leaving::own_over : Leaving::no;
  if (starts_ == Starts::ways_back) leaving = Leaving::ways_back;
  if (interrupts_ > 0) leaving = Leaving::asked;
  journal::Lacks lacks;
  for (const auto& [id, why] : lacks_) lacks[fleet_.find(id)->name] = why;
  std::pair says(leaving, std::move(lacks));
  if (said_ == says) return;
  said_ = std::move(says);
  [[maybe_unused]] const auto told = store_.say(said_->first, said_->second);
}

/// Of every rollout but its own: that one's logins were there when this process began.
void Conductor::ask_own_side(RolloutId own) {
  const Instant now = crew_.now().steady;
  if (!own_side_.lacks || starts_ != Starts::allowed || (own_side_asked_ && now - *own_side_asked_ < kAskOwnSideEvery))
    return;
  own_side_asked_ = now;
  std::map<RolloutId, std::string> before = std::exchange(lacks_, {});
  for (const RolloutId id : fleet_.unfinished()) {
    std::string why = id == own ? std::string() : own_side_.lacks(*fleet_.find(id));
    if (why.empty()) continue;
    if (watcher_.on_lack && before[id] != why) watcher_.on_lack(*fleet_.find(id), why);
    lacks_.emplace(id, std::move(why));
  }
}

/// Whether another rollout is left to conduct, and somebody says that it would.
bool Conductor::somebody_stands_by(RolloutId own) const {
  const std::set<RolloutId>& all = fleet_.unfinished();
  const bool alone = alone_until_ && crew_.now().steady < *alone_until_;
  return !alone && all.size() > all.count(own) && store_.has_successor();
}

/// Reads what others wrote while the lock was free, and keeps what operators asked. Whether one of them conducts.
Result<bool, StoreFault> Conductor::somebody_conducts(std::vector<Event>& wishes) {
  bool conducts = false;
  const auto read = fold_more(store_, fleet_, [&](const Recorded& record) {
    conducts = conducts || std::holds_alternative<ConductorStarted>(record.event);
    if (std::holds_alternative<OperatorAsked>(record.event)) wishes.push_back(record.event);
    if (watcher_.on_record) watcher_.on_record(record);
  });
  if (!read) return fail(read.error());
  return conducts;
}

/// With nothing open but what waits for an operator's word. Whoever stands by may be suspended, be done with its own
/// rollout, or be refused it: the others are left only to a process that conducts. True once one does, or once another
/// one keeps the lock for itself; else the lock is ours again.
Result<bool, StoreFault> Conductor::hand_on() {
  const Instant begun = crew_.now().steady;
  Instant free_since = begun;
  std::vector<CrewEvent> arrived;
  std::vector<Event> wishes;
  store_.unlock();
  for (;;) {
    for (CrewEvent& one : crew_.wait_until(crew_.now().steady + kRequestPoll)) arrived.push_back(std::move(one));
    const auto conducts = somebody_conducts(wishes);
    if (conducts ? *conducts : !is_busy(conducts)) return conducts;
    const auto holder = store_.holder();
    if (!holder) return fail(holder.error());
    const Instant now = crew_.now().steady;
    if (*holder) {
      free_since = now;
      if (interrupts_ >= 2 || now - begun >= kTakeOverMost) return true;
      continue;
    }
    if (interrupts_ < 2 && now - free_since < kTakeOverPatience) continue;
    const auto locked = store_.lock({getpid(), fleet_.find(*own_)->plan->rollout, crew_.now().wall});
    if (!locked && locked.error().reason != StoreFault::Reason::locked) return fail(locked.error());
    if (!locked) continue;
    // The last of it may have been written just before the lock was ours.
    const auto read = somebody_conducts(wishes);
    if (read) break;
    if (!is_busy(read)) return fail(read.error());
    store_.unlock();
  }
  if (auto taken = take_back(std::move(arrived), wishes); !taken) return fail(taken.error());
  return false;
}

/// The lock is ours again: what came up and what was asked for meanwhile counts now.
Result<void, StoreFault> Conductor::take_back(std::vector<CrewEvent> arrived, const std::vector<Event>& wishes) {
  alone_until_ = crew_.now().steady + kHandOnAgain;
  said_.reset();
  std::set<CommandId> still_open;
  for (const RolloutId id : fleet_.unfinished()) {
    for (const HostTrip& trip : fleet_.find(id)->hosts) {
      if (trip.open) still_open.insert(trip.open->id);
    }
  }
  std::erase_if(open_, [&](CommandId command) {
    const bool over = !still_open.contains(command);  // its rollout was abandoned
    if (over) crew_.withdraw(command);
    return over;
  });
  if (auto taken_up = take_up(*own_); !taken_up) return fail(taken_up.error());
  resume_open_commands();
  for (const Event& wish : wishes) pass_on_trust(wish);
  return take(std::move(arrived));
}

}  // namespace breakwater
