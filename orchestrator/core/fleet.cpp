// What the fold tells of runs, machines and what was brought to them: questions, which change nothing.
#include "orchestrator/core/fleet.hpp"

#include <algorithm>

#include "orchestrator/core/look.hpp"

namespace breakwater {

const RolloutState* Fleet::find(RolloutId id) const {
  const auto found = rollouts_.find(id);
  return found == rollouts_.end() ? nullptr : &found->second;
}

const RolloutState* Fleet::find(const std::string& name) const {
  const std::size_t mark = name.rfind('#');
  const std::vector<RolloutId>& runs = runs_of(name.substr(0, mark));
  if (mark == std::string::npos) return runs.empty() ? nullptr : find(runs.back());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (name.substr(mark + 1) == std::to_string(i + 1)) return find(runs[i]);
  }
  return nullptr;
}

const std::vector<RolloutId>& Fleet::runs_of(const std::string& rollout) const {
  static const std::vector<RolloutId> kNone;
  const auto found = runs_.find(rollout);
  return found == runs_.end() ? kNone : found->second;
}

const RolloutState* Fleet::owner(const std::string& machine) const {
  const auto found = owners_.find(machine);
  return found == owners_.end() || found->second.empty() ? nullptr : find(*found->second.begin());
}

const PlannedHost* Fleet::in_hand(const std::string& machine) const {
  const auto found = in_hand_.find(machine);
  return found == in_hand_.end() ? nullptr : &find(found->second.first)->plan->hosts[found->second.second];
}

const RolloutState* Fleet::holder(const std::string& machine) const {
  const auto found = in_hand_.find(machine);
  return found == in_hand_.end() ? nullptr : find(found->second.first);
}

bool Fleet::worked_beside(const RolloutState& rollout, HostIndex host) const {
  const auto found = worked_.find(machine_of(rollout.plan->hosts[host]));
  return found != worked_.end() && found->second != rollout.id;
}

const Quarantine* Fleet::quarantine_of(const PlannedHost& host) const {
  const std::string* machine = kept_.kept(host);
  if (machine == nullptr) return nullptr;
  const auto [first, last] = quarantines_.equal_range(kept_.name_of(*machine));
  const auto found = std::find_if(first, last, [machine](const auto& one) { return one.second.machine == *machine; });
  return found == last ? nullptr : &found->second;
}

std::set<std::string> Fleet::machines_quarantined_as(const std::string& host) const {
  std::set<std::string> machines;
  const auto [first, last] = quarantines_.equal_range(host);
  for (auto it = first; it != last; ++it) machines.insert(it->second.machine);
  return machines;
}

/// The machine of a host as the newest of the later runs has it that own it or brought something to it; nullptr where
/// there is none.
const PlannedHost* Fleet::newest_as(const RolloutState& rollout, const PlannedHost& host) const {
  const std::string machine = machine_of(host);
  const PlannedHost* newest = nullptr;
  RolloutId last = rollout.id;
  if (const auto found = brought_.find(machine); found != brought_.end()) {
    for (const auto& [device, brought] : found->second) {
      for (const Brought& one : brought) {
        if (one.rollout <= last) continue;
        last = one.rollout;
        newest = &rollouts_.at(one.rollout).plan->hosts[one.host];
      }
    }
  }
  const auto owners = owners_.find(machine);
  if (owners == owners_.end() || owners->second.empty() || *owners->second.rbegin() <= last) return newest;
  for (const PlannedHost& one : rollouts_.at(*owners->second.rbegin()).plan->hosts) {
    if (machine_of(one) == machine) newest = &one;
  }
  return newest;
}

const std::vector<Fleet::Brought>* Fleet::brought_at(const RolloutState& rollout, HostIndex host,
                                                     std::uint32_t update) const {
  const PlannedHost& planned = rollout.plan->hosts[host];
  const auto machine = brought_.find(machine_of(planned));
  if (machine == brought_.end()) return nullptr;
  const auto by = machine->second.find(device_of(rollout.plan->components[planned.updates[update].component]));
  return by == machine->second.end() ? nullptr : &by->second;
}

std::vector<std::uint32_t> Fleet::still_brought(const RolloutState& rollout, HostIndex host) const {
  std::vector<std::uint32_t> still;
  for (std::uint32_t i = 0; i < rollout.hosts[host].touched; ++i) {
    const std::vector<Brought>* brought = brought_at(rollout, host, i);
    if (brought && may_run(*brought, rollout.id)) still.push_back(i);
  }
  return still;
}

bool Fleet::has_brought(const RolloutState& rollout, HostIndex host, std::uint32_t update) const {
  const std::vector<Brought>* brought = brought_at(rollout, host, update);
  return brought && std::find(brought->begin(), brought->end(), Brought{rollout.id, host, update}) != brought->end();
}

bool Fleet::brought_since(const RolloutState& rollout, HostIndex host, std::uint32_t update) const {
  const std::vector<Brought>* brought = brought_at(rollout, host, update);
  return brought && !brought->empty() && brought->back().rollout > rollout.id;
}

/// A host that was quarantined before the new version was read running may hold its image and run what was there
/// before.
bool Fleet::is_unproved(const Brought& one) const {
  const HostTrip& trip = rollouts_.at(one.rollout).hosts[one.host];
  return trip.state == State::quarantined && one.update >= trip.proved;
}

/// The newest first: the last one that was read running, and those after it that may wait there.
std::vector<Fleet::Brought> Fleet::left_on(const std::vector<Brought>& brought) const {
  std::vector<Brought> left;
  for (auto one = brought.rbegin(); one != brought.rend(); ++one) {
    left.push_back(*one);
    if (!is_unproved(*one)) break;
  }
  return left;
}

/// Whether what this run brought may be what runs there.
bool Fleet::may_run(const std::vector<Brought>& brought, RolloutId rollout) const {
  const std::vector<Brought> left = left_on(brought);
  return std::any_of(left.begin(), left.end(), [&](const Brought& one) { return one.rollout == rollout; });
}

/// What a later run had left waiting there, where that is what is read now: a restart ran it since. What this run
/// brought is below it, and runs again once the later one is rolled back.
const Fleet::Brought* Fleet::later_that_ran(const RolloutState& rollout, HostIndex host, std::uint32_t update,
                                            const std::string& version) const {
  const std::vector<Brought>* brought = brought_at(rollout, host, update);
  if (!brought) return nullptr;
  for (auto one = brought->rbegin(); one != brought->rend() && one->rollout != rollout.id; ++one) {
    const RolloutState& later = rollouts_.at(one->rollout);
    const PlannedUpdate& theirs = later.plan->hosts[one->host].updates[one->update];
    if (reads_as(*later.plan, theirs, version) == Runs::new_version) return &*one;
  }
  return nullptr;
}

bool Fleet::may_be_left(const RolloutState& rollout, HostIndex host) const {
  for (std::uint32_t i = 0; i < rollout.hosts[host].touched; ++i) {
    if (may_leave(rollout, host, i)) return true;
  }
  return false;
}

const RolloutState* Fleet::may_leave(const RolloutState& rollout, HostIndex host, std::uint32_t update) const {
  const std::vector<Brought>* brought = brought_at(rollout, host, update);
  if (!brought || update >= rollout.hosts[host].touched) return nullptr;
  const RolloutState* newest = nullptr;
  for (auto one = brought->rbegin(); one != brought->rend(); ++one) {
    if (one->rollout == rollout.id) return newest;
    if (newest && is_unproved(*one)) continue;  // the newest read what runs there before it began
    const RolloutState& later = rollouts_.at(one->rollout);
    const HostTrip& there = later.hosts[one->host];
    if (later.finished || is_unproved(*one) || (there.state == State::quarantined && !is_released(there)))
      return nullptr;
    if (newest == nullptr) newest = &later;
  }
  return nullptr;
}

/// How the image of this Release was named when it was recalled, whatever other Release brings it too; empty where it
/// never was.
std::string Fleet::recalled_as(const ReleaseRef& release) const {
  const std::string digest = "@sha256:" + to_hex(release.digest);
  const auto found =
      std::find_if(recalled_.begin(), recalled_.end(), [&](const std::string& one) { return one.ends_with(digest); });
  return found == recalled_.end() ? std::string() : *found;
}

/// The recalled Release whose version this update's way back brings; empty where there is none. A version of the same
/// vendor and kind of component is taken for the recalled one, whoever put it there.
std::string Fleet::recalled_as(const ResolvedPlan& plan, const PlannedUpdate& update) const {
  if (recalled_.empty() || update.way_back == WayBack::none) return {};
  const PlannedImage& ours = image_of(plan, update);
  const bool sent = update.way_back == WayBack::reflash;
  if (std::string as; sent && !(as = recalled_as(back_image_of(plan, update).release)).empty()) return as;
  for (const auto& [id, run] : rollouts_) {
    for (const PlannedImage& image : run.plan->images) {
      const bool same = image.component == ours.component && image.vendor == ours.vendor &&
                        compare_version(update.from_version, image.reported_as) == VersionMatch::equal;
      if (std::string as; same && !(as = recalled_as(image.release)).empty()) return as;
    }
  }
  return {};
}

/// Whether what ran there before this update is to be rolled back in its turn.
bool Fleet::goes_on_back(const RolloutState& rollout, HostIndex host, std::uint32_t update) const {
  const std::vector<Brought>* brought = brought_at(rollout, host, update);
  if (!brought || brought->size() < 2) return false;
  const std::vector<Brought> left = left_on({brought->begin(), brought->end() - 1});
  return std::any_of(left.begin(), left.end(), [&](const Brought& before) {
    return rollouts_.at(before.rollout).hosts[before.host].undo_if_left;
  });
}

std::string Fleet::way_back_lost(const RolloutState& rollout, HostIndex host) const {
  std::string lost = bank_switch_lost(rollout, host);
  const HostTrip& trip = rollout.hosts[host];
  const bool ill = trip.state == State::updated && trip.undo && !goes_back_well(trip) &&
                   trip.cause != Cause::no_way_back && trip.cause != Cause::drifted;
  if (!lost.empty() || ill) return lost;
  for (const std::uint32_t i : still_brought(rollout, host)) {
    const PlannedUpdate& update = rollout.plan->hosts[host].updates[i];
    const std::string recalled = recalled_as(*rollout.plan, update);
    if (recalled.empty() || goes_on_back(rollout, host, i)) continue;
    return "it would bring back " + rollout.plan->components[update.component].id + ' ' + update.from_version +
           ", which was recalled as " + recalled + ": apply a rollout that brings another version";
  }
  return lost;
}

const TakenBack* Fleet::taken_back(const Sha256& image) const {
  const auto found = taken_back_.find(to_hex(image));
  return found == taken_back_.end() ? nullptr : &found->second;
}

/// Hosts that wait to be brought back to it stay as they are.
void Fleet::note_recalled(const std::string& release) {
  if (!recalled_.insert(release).second) return;
  for (const RolloutId id : unfinished_) {
    RolloutState& rollout = rollouts_.at(id);
    for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
      if (rollout.hosts[host].undo && may_go_back(rollout.hosts[host])) queue(rollout, host);
    }
  }
}

/// What was asked of single hosts says nothing of the image, unless it is a recall.
void Fleet::note_taken_back(const RolloutState& rollout, const OperatorAsked& asked) {
  TakenBack back{at_, asked.by, asked.reason, {}, !asked.recalls.empty()};
  if (back.recalls) {
    back.command = "breakwater rollback --release " + asked.recalls +
                   (asked.selector.empty() ? "" : " -l '" + asked.selector + '\'');
    const std::size_t digest = asked.recalls.rfind(':') + 1;
    taken_back_[asked.recalls.substr(digest)] = std::move(back);
    return;
  }
  if (!asked.host.empty() || !asked.hosts.empty()) return;
  const ResolvedPlan& plan = *rollout.plan;
  const bool one_wave = asked.wave && *asked.wave < plan.waves.size();
  back.command = "breakwater rollback " + rollout.name + (one_wave ? " --wave " + plan.waves[*asked.wave].name : "");
  std::set<Sha256> images;
  for (const PlannedHost& host : plan.hosts) {
    if (asked.wave && *asked.wave != host.wave) continue;
    for (const PlannedUpdate& update : host.updates) images.insert(image_of(plan, update).release.digest);
  }
  for (const Sha256& image : images) taken_back_[to_hex(image)] = back;
}

/// At a stop a host that has nothing of ours yet, and would get it next, waits for its start again.
void Fleet::bind(RolloutState& rollout, const OperatorAsked& asked) {
  rollout.paused = true;
  rollout.bound_at = last_seq_;
  rollout.bound_by = asked.by;
  rollout.bound_why = asked.reason;
  hold_undos(rollout);
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const HostTrip& trip = rollout.hosts[host];
    if (!rollout.stopping || !between_images(trip) || trip.touched > 0) continue;
    leave_steps(rollout, host);
    move(rollout, host, Input::taken_back);
  }
}

}  // namespace breakwater
