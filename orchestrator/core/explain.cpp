#include "orchestrator/core/explain.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/away_in.hpp"
#include "orchestrator/core/discount.hpp"
#include "orchestrator/core/next_step.hpp"
#include "orchestrator/core/quarantined_as.hpp"
#include "orchestrator/core/soak.hpp"
#include "orchestrator/core/standstill.hpp"
#include "orchestrator/core/trip_words.hpp"
#include "orchestrator/core/way_on.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kNamesShown = 5;

class Explaining {
 public:
  Explaining(const Fleet& fleet, const std::string& host, const Present& present)
      : fleet_(fleet), host_(host), present_(present) {}

  Explanation run() {
    if (!find(true)) find(false);
    explain_quarantines();
    if (!rollout_) {
      explain_stranger();
      return std::move(out_);
    }
    out_.rollout = name();
    explain_other_name();
    explain_what_may_be_left();
    if (left_out_) {
      explain_left_out();
    } else if (trip_->state == State::waiting) {
      explain_waiting();
    } else if (is_end(trip_->state)) {
      explain_end();
    } else {
      explain_in_flight();
    }
    explain_other_runs();
    if (planned_) {
      for (const std::string& finding : planned_->findings) add("Finding", "when the plan was made: " + finding);
    }
    return std::move(out_);
  }

 private:
  void add(std::string word, std::string text, std::string command = {}) {
    out_.reasons.push_back(Reason{std::move(word), harmless(text), std::move(command)});
  }

  const std::string& name() const { return rollout_->name; }
  HostIndex host_index() const { return static_cast<HostIndex>(planned_ - rollout_->plan->hosts.data()); }
  std::string verb(const std::string& verb) const { return "breakwater " + verb + ' ' + name(); }

  /// The unfinished rollout that has the host, else the last one that planned it or left it out. Nothing of an owner
  /// that knows its machine by another name only, where `owned` is asked for.
  bool find(bool owned) {
    const auto& all = fleet_.rollouts();
    for (auto it = all.rbegin(); it != all.rend() && !rollout_; ++it) {
      const ResolvedPlan& plan = *it->second.plan;
      const auto planned = std::find_if(plan.hosts.begin(), plan.hosts.end(),
                                        [this](const PlannedHost& one) { return one.name == host_; });
      const auto left_out = std::find_if(plan.left_out.begin(), plan.left_out.end(),
                                         [this](const LeftOut& one) { return one.host == host_; });
      if (planned != plan.hosts.end()) {
        const RolloutState* owner = fleet_.owner(machine_of(*planned));
        if (owned && owner && owner != &it->second) continue;
        planned_ = &*planned;
        trip_ = &it->second.hosts[static_cast<std::size_t>(planned - plan.hosts.begin())];
      } else if (left_out != plan.left_out.end()) {
        left_out_ = &*left_out;
      } else {
        continue;
      }
      rollout_ = &it->second;
    }
    return rollout_ != nullptr;
  }

  void explain_stranger() {
    if (!out_.headline.empty()) return;
    out_.headline = "no rollout in this journal knows the host " + host_;
    if (fleet_.quarantines().empty()) return;
    add("Unknown", "if it was renamed, its quarantine is listed under its old name", "breakwater quarantine list");
  }

  /// Each that keeps it, under whatever name it was quarantined.
  void explain_quarantines() {
    for (const auto& [kept, sure, alike] : kept_by(fleet_, host_)) {
      const Quarantine& quarantine = *kept;
      const std::string& name = quarantine.host;
      out_.headline = host_ + " is quarantined and is not touched";
      std::string text = std::string(to_string(quarantine.cause));
      if (!quarantine.detail.empty()) text += ": " + quarantine.detail;
      if (name != host_) text += ", as " + name;
      if (!alike.empty()) text += ", which reported the same " + alike;
      const HostTrip& trip = fleet_.find(quarantine.rollout)->hosts[quarantine.index];
      if (quarantine.discounted) text += "; discounted: it counts against the Policy's ceilings alone";
      text += ", by rollout " + fleet_.find(quarantine.rollout)->name + ", since " + to_string(quarantine.since);
      text += first_for(trip);
      add(Blocker{StartRule::quarantined, std::move(text), {}, {}, {}, name, quarantine.cause});
    }
  }

  void explain_other_name() {
    if (!planned_) return;
    const PlannedHost* other = fleet_.in_hand(machine_of(*planned_));
    if (!other || other->name == host_) return;
    add(in_flight_as(fleet_, machine_of(*planned_)));
  }

  /// Ways back of older runs that were asked for while a later one was at work on it.
  void explain_what_may_be_left() {
    if (!planned_) return;
    for (const auto& [id, run] : fleet_.rollouts()) {
      for (HostIndex host = 0; host < run.hosts.size(); ++host) {
        const HostTrip& trip = run.hosts[host];
        if (!trip.undo_if_left || machine_of(run.plan->hosts[host]) != machine_of(*planned_)) continue;
        for (std::uint32_t i = 0; i < trip.touched; ++i) {
          const RolloutState* later = fleet_.may_leave(run, host, i);
          if (!later) continue;
          add("RollbackAsked",
              "it is rolled back by " + run.name + " if " + later->name + " leaves it on " +
                  image_of(*run.plan, run.plan->hosts[host].updates[i]).version + " again",
              "breakwater status " + later->name);
        }
      }
    }
  }

  bool is_this_host(const PlannedHost& one) const {
    return planned_ ? machine_of(one) == machine_of(*planned_) : one.name == host_;
  }

  /// Runs before and beside the one that is told, as far as they still matter: what they brought runs there, or they
  /// owe it a way back.
  void explain_other_runs() {
    for (const auto& [id, run] : fleet_.rollouts()) {
      for (HostIndex host = 0; &run != rollout_ && host < run.hosts.size(); ++host) {
        const PlannedHost& planned = run.plan->hosts[host];
        if (!is_this_host(planned) || !may_go_back(run.hosts[host])) continue;
        std::string brought;
        for (const std::uint32_t i : fleet_.still_brought(run, host)) {
          brought += (brought.empty() ? "" : ", ") + versions_of(*run.plan, planned, i);
        }
        if (brought.empty()) continue;
        const bool owed = run.hosts[host].undo;
        add(owed ? "WaitsForRollback" : "Brought",
            "rollout " + run.name + " brought what it runs too: " + brought + (owed ? "; it is to be rolled back" : ""),
            "breakwater " + (owed ? "status " + run.name : "rollback " + run.name + " --host " + planned.name));
      }
    }
  }

  void explain_left_out() {
    if (out_.headline.empty()) out_.headline = "rollout " + name() + " leaves " + host_ + " out (first reason first)";
    const std::string& reason = left_out_->reason;
    if (reason == "quarantined" && !out_.reasons.empty()) return;
    const std::string text = left_out_->detail.empty() ? reason : left_out_->detail;
    add(reason == "held" ? "HeldByOperator" : "LeftOut", reason == "held" ? text : reason + ": " + text,
        reason == "held" ? "remove its hold from the Inventory, then plan again"
                         : "breakwater plan ROLLOUT, once that is no more");
  }

  void explain_waiting() {
    if (out_.headline.empty()) {
      out_.headline = host_ + " waits in rollout " + name() + ", wave " + rollout_->plan->waves[planned_->wave].name +
                      " (first blocking reason first)";
    }
    explain_start();
    if (out_.reasons.empty()) add(Blocker{StartRule::turn, "nothing holds it back; it starts in its turn"});
  }

  /// What the start rules say of a waiting host, or of an updated one that waits for its way back.
  void explain_start() {
    const std::string lacks = present_.lacks(*rollout_);
    const Starts starts = present_.starts(*rollout_);
    StartAnswer answer = every_rule({fleet_, *rollout_, host_index(), present_.now, starts, nullptr, lacks});
    for (const Blocker& blocker : answer.blockers) {
      // A quarantine, and another name of the machine, are told already, for every host.
      const bool other_name = blocker.rule == StartRule::same_machine && blocker.host != host_;
      const bool itself = blocker.rule == StartRule::domain_full &&
                          is_full_of_itself(fleet_, *blocker.domain, machine_of(*planned_), may_go_back(*trip_));
      const bool told = blocker.rule == StartRule::quarantined || other_name || itself;
      if (!told) add(blocker);
    }
    explain_nobody();
    out_.would_pass = std::move(answer.passing);
  }

  void explain_nobody() {
    if (!present_.conducted && !rollout_->finished) add(not_conducted(*rollout_));
  }

  void add(const Blocker& blocker, const std::string& more = {}) {
    std::string text = blocker.text + more;
    if (blocker.rule == StartRule::soak) text += ", for " + rough_most(*blocker.until - present_.now.wall) + " more";
    const std::vector<std::string> away = blocker.domain
                                              ? away_in(fleet_, *blocker.domain, machine_of(*planned_), present_.clock)
                                              : std::vector<std::string>();
    if (!away.empty()) text += ": " + list_some(away, kNamesShown);
    add(std::string(row_of(blocker.rule).word), std::move(text), command_for(blocker));
  }

  /// A quarantined host gives its place back only when a person says so.
  std::string command_for(const Blocker& blocker) const {
    const std::string command = what_to_type(blocker, name());
    if (!command.empty() || !blocker.domain) return command;
    const auto freed = freed_by(fleet_, *blocker.domain, machine_of(*planned_));
    return freed ? freed->command : std::string();
  }

  void explain_in_flight() {
    if (out_.headline.empty()) out_.headline = host_ + " is in flight in rollout " + name();
    explain_nobody();
    auto kept = trip_->open ? std::nullopt : next_step(*rollout_, host_index(), present_.now).blocker;
    if (kept && kept->rule == StartRule::back_off) {
      kept->text += "; " + std::to_string(trip_->uploads) + " of " + std::to_string(rollout_->plan->attempts.upload) +
                    " tries failed, the last one with " + because(*trip_);
      return add(*kept);
    }
    if (kept) add(*kept);
    if (stands_still(*trip_)) explain_standstill();
    std::string text =
        kept ? "nothing is under way at it; its state is " + std::string(to_string(trip_->state)) : doing(*trip_);
    const bool back = trip_->state == State::rolling_back || trip_->state == State::checking_back;
    const std::uint32_t update =
        trip_->open && trip_->open->action == Action::roll_back ? trip_->open->update : trip_->update;
    text +=
        " (" + versions_of(*rollout_->plan, *planned_, update, back) + "), for " + rough(present_.clock - trip_->since);
    if (trip_->cause != Cause::none) text += "; " + because(*trip_);
    add(Blocker{StartRule::in_flight, std::move(text)});
  }

  void explain_standstill() {
    const HostIndex host = host_index();
    const std::string so_far = "; for " + rough(rollout_->under_way(present_.now.steady) - trip_->stands_since) +
                               " so far, and its deadlines stand still meanwhile";
    if (!trip_->own_fault.empty()) add(own_side_wait(*rollout_, host), so_far);
    if (trip_->key_shown) add(key_wait(*rollout_, host), so_far);
  }

  void explain_end() {
    const std::string when = ", " + rough(present_.clock - trip_->since) + " ago";
    const std::string state(to_string(trip_->state));
    if (out_.headline.empty()) out_.headline = host_ + " is " + state + " by rollout " + name() + when;
    switch (trip_->state) {
      case State::updated:
        return explain_updated();
      case State::current:
        return add("Current", "it ran every wanted version before anything was done");
      case State::refused:
        return add("Refused", "it was not touched: " + because(*trip_), "breakwater plan ROLLOUT, once that is mended");
      case State::rolled_back:
        return explain_rolled_back();
      case State::not_started:
        if (trip_->cause == Cause::asked) return add("RolledBack", "an operator took it out of the rollout");
        if (trip_->cause == Cause::recalled) return add("RolledBack", "an operator recalled its image");
        return add("Halted", "the rollout halted before its turn: " + rollout_->halt_reason, verb("report"));
      case State::quarantined:
        if (is_released(*trip_)) explain_released();
        return;
      case State::waiting:
      case State::preparing:
      case State::staging:
      case State::staged:
      case State::activating:
      case State::checking:
      case State::rolling_back:
      case State::checking_back:
        return add(Blocker{StartRule::in_flight, doing(*trip_)});
    }
  }

  /// What a later rollout had brought anew by then may run again, once that one was rolled back too.
  void explain_rolled_back() {
    std::string text = because(*trip_);
    if (!is_back_in_part(*trip_)) {
      return add("RolledBack", "what it ran before runs again; why it went back: " + text, verb("report"));
    }
    std::string kept;
    for (std::uint32_t i = 0; i < trip_->touched; ++i) {
      if (!fleet_.has_brought(*rollout_, host_index(), i)) continue;
      kept += (kept.empty() ? "" : ", ") + versions_of(*rollout_->plan, *planned_, i);
    }
    const bool runs_it = !fleet_.still_brought(*rollout_, host_index()).empty();
    if (trip_->undo) explain_way_back();
    text += runs_it ? "; after a later rollout was rolled back it runs what this one brought again: "
                    : "; what a later rollout brought anew stays: ";
    add("RolledBack", text + kept, runs_it && !trip_->undo ? verb("rollback") + " --host " + host_ : verb("report"));
  }

  void explain_released() {
    if (trip_->undo) {
      explain_start();
      add("WaitsForRollback", "it is to be rolled back, within the limits: " + what_goes_back(), verb("status"));
    }
    const bool may_run_it = !fleet_.still_brought(*rollout_, host_index()).empty();
    std::string text = "it was quarantined (" + because(*trip_) + first_for(*trip_) + ") and released by an operator";
    if (!trip_->unseen.empty()) text += "; its last rollback did nothing: " + trip_->unseen;
    if (may_run_it) text += "; what it runs nobody has read since, and a rollback reaches it";
    const std::string roll_back = may_run_it && !trip_->undo ? verb("rollback") + " --host " + host_ : std::string();
    add("Released", std::move(text), trip_->cause == Cause::armed ? kCancelByHand : roll_back);
  }

  std::string every_version() const {
    std::string runs;
    for (std::uint32_t i = 0; i < planned_->updates.size(); ++i) {
      runs += (i == 0 ? "" : ", ") + versions_of(*rollout_->plan, *planned_, i);
    }
    return runs;
  }

  /// The newest first, as they go.
  std::string what_goes_back() const {
    std::string runs;
    for (auto i = next_back(*trip_, trip_->touched); i; i = next_back(*trip_, *i)) {
      runs += (runs.empty() ? "" : ", ") + versions_of(*rollout_->plan, *planned_, *i, true);
    }
    return runs;
  }

  void explain_updated() {
    if (stands_still(*trip_)) explain_standstill();
    if (!trip_->undo && trip_->drifted) {
      return add("Drifted", "it runs what this rollout did not put there, and no gate counts it: " + because(*trip_));
    }
    if (!trip_->undo && trip_->cause != Cause::none) {
      return add("RollbackRefused", "its rollback did nothing: " + because(*trip_),
                 verb("rollback") + " --host " + host_);
    }
    if (!trip_->undo) {
      add("Updated", every_version(), verb("rollback") + " --host " + host_);
      explain_soak();
      if (!trip_->detail.empty()) add("Finding", trip_->detail);
      return;
    }
    explain_way_back();
  }

  /// Of one that ended well and is to go back.
  void explain_way_back() {
    if (trip_->cause == Cause::no_way_back) {
      const std::string why = trip_->detail.empty() ? "" : "; " + trip_->detail;
      return add("NoWayBack", "it is to be rolled back, and has no proven way: " + what_goes_back() + why);
    }
    explain_start();
    std::string why = "it is to be rolled back, newest hosts first, within the limits: " + what_goes_back();
    if (!goes_back_well(*trip_)) why += "; because it is " + because(*trip_);
    if (trip_->cause == Cause::recalled) why += "; its image was recalled";
    add("WaitsForRollback", why, verb("status"));
  }

  void explain_soak() {
    const bool open = !rollout_->finished && !rollout_->halted && planned_->wave == rollout_->open_wave;
    if (!open || !soaks(*rollout_->plan, planned_->wave)) return;
    const std::string ago = rough(rollout_->under_way(present_.now.steady) - trip_->looked) + " ago";
    const bool unseen = !trip_->unseen.empty();
    add("Soaking",
        "its wave soaks; read " + ago +
            (unseen ? ", and it gave no evidence: " + why_unseen(fleet_, *rollout_, host_index()) : " and found well"));
  }

  const Fleet& fleet_;
  const std::string& host_;
  const Present& present_;
  const RolloutState* rollout_ = nullptr;
  const PlannedHost* planned_ = nullptr;
  const HostTrip* trip_ = nullptr;
  const LeftOut* left_out_ = nullptr;
  Explanation out_;
};

}  // namespace

Explanation explain(const Fleet& fleet, const std::string& host, const Present& present) {
  return Explaining(fleet, host, present).run();
}

}  // namespace breakwater
