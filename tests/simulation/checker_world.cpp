// What really happens to the machines, and what the conductor tells its crew.
#include <algorithm>

#include "tests/simulation/checker.hpp"

namespace breakwater::simulation {

using model::Act;

namespace {

/// From an operator's word on a key to the conversation that goes on.
constexpr Duration kWordHeard{2'000};
/// Past this a conversation gives a look up, as it does where nothing answers.
constexpr Duration kLookMost{120'000};

}  // namespace

bool Checker::share_hardware(HostIndex one, HostIndex other) const {
  const Labels& ours = plan_.hosts[one].labels;
  const Labels& theirs = plan_.hosts[other].labels;
  return std::ranges::any_of(std::initializer_list<const char*>{"chassis", "nic"}, [&](const char* label) {
    const auto found = ours.find(label);
    return found != ours.end() && found->second == theirs.at(label);
  });
}

void Checker::act(const Act& act) {
  File& file = files_[act.host];
  using Kind = Act::Kind;
  if (act.kind == Kind::flash_over || act.kind == Kind::flash_cut) file.flashing = false;
  const bool begins = act.kind == Kind::flash_began;
  if (begins && act.command != 0) {
    demand(!file.flashing, "I1", "it is flashed twice at once", act.host);
    for (HostIndex i = 0; i < files_.size(); ++i) {
      if (i == act.host || !files_[i].flashing || !files_[i].away || files_[i].discounted) continue;
      demand(!share_hardware(i, act.host), "I1", "it is flashed together with a host of its chassis or its NIC",
             act.host);
    }
    demand((++file.flashes[{act.component, act.back}]) == 1, "I7", "it is flashed twice with one image", act.host);
  }
  if (begins) file.flashing = true;
  const bool by_itself = act.kind == Kind::image_waits || act.kind == Kind::flash_over || act.kind == Kind::flash_cut;
  if (act.command == 0 || by_itself) return requests_.act(act);

  demand(!file.quarantined, "I5", "something is done to a quarantined host", act.host);
  demand(commands_.count(act.command) == 1, "I7", "something is done without a durable intent", act.host);
  requests_.act(act);
  const bool starts = act.kind == Kind::started || act.kind == Kind::bank_switched;
  const bool interrupts = act.kind == Kind::reset || starts;
  if (interrupts || act.kind == Kind::bytes_left) not_bound(act);
  const model::ModelHost& real = scenario_.fleet.hosts[act.host];
  const bool long_swapped = real.swapped_at && *real.swapped_at + look_to_act(real) < act.at;
  const bool follows = act.kind == Kind::body_taken || begins;  // from what was asked before
  demand(follows || !long_swapped, "I21", "something is asked of another machine", act.host);
  if (act.kind == Kind::bytes_left) {
    const bool waits = !real.components[act.component].staged.empty() && !file.released;
    demand(!waits, "I7", "an image is sent though one waits there", act.host);
    canary_bound(act.host);
    if (commands_[act.command].upload) in_time(act.host, commands_[act.command]);
  }
  if (interrupts && commands_[act.command].action == Action::activate) in_time(act.host, commands_[act.command]);
  if (act.back && (act.kind == Kind::bytes_left || act.kind == Kind::bank_switched)) not_by_hand(act);
  const bool to_before = act.back && (begins || act.kind == Kind::bank_switched);
  if (to_before) {
    const std::string& from = plan_.hosts[act.host].updates[act.component].from_version;
    demand(act.version == from, "I9", "it goes back to something else than what it ran", act.host);
  }
}

/// What was read running once, and is another version by now, is somebody else's.
void Checker::not_by_hand(const Act& act) {
  const File& file = files_[act.host];
  const model::ModelHost& host = scenario_.fleet.hosts[act.host];
  const model::ModelComponent& real = host.components[act.component];
  const bool unseen = real.lost && !commands_[act.command].well;  // its loss is what failed, and hides the rest
  const std::optional<Instant>& by_hand = real.by_hand;
  const bool ours = !by_hand || unseen || !file.proved[act.component] || *by_hand < *file.proved[act.component];
  demand(ours || act.at <= *by_hand + look_to_act(host), "I30", "it is flashed over what somebody else put there",
         act.host);
}

/// An image is made to run, forward: its window and its trip must have the time for it. A wall clock that was put right
/// since the order is not the conductor's fault.
void Checker::in_time(HostIndex host, const Command& command) const {
  const File& file = files_[host];
  const bool same_clock = file.ordered_wall - file.ordered_at == scenario_.fleet.wall() - scenario_.fleet.now();
  const Duration upload = command.upload ? plan_.timeouts.upload : Duration(0);
  const Duration needed = run_and_prove(host, command.update) + upload - kLookToAct;
  demand(!same_clock || stays_open(needed), "I11", "it is activated with too little room left of its window", host);
  const Duration spent = file.busy + busy_since_order(file);
  const Duration slack =
      kLookToAct + scenario_.own_side_fails + unheard_ + (file.keys.empty() ? Duration(0) : kWordHeard);
  demand(spent + run_and_prove(host, command.update) <= plan_.timeouts.host + slack, "I26",
         "it is activated with less time left than that may take", host);
}

/// A check that failed says what is so when it ends, and not what was so some time before.
void Checker::judges_the_present(HostIndex host, const Outcome& outcome) const {
  const model::ModelHost& real = scenario_.fleet.hosts[host];
  const Instant since = scenario_.fleet.now() - kSlowestLook;
  if (outcome.verdict == Outcome::Verdict::lost && outcome.cause == Cause::lost) {
    const bool silent =
        real.gone || since <= real.silent_until || real.faults.login_takes + real.faults.read_takes >= kLookMost;
    demand(silent, "I22", "it is said to be lost, and its BMC answers", host);
  }
  if (outcome.verdict == Outcome::Verdict::failed && outcome.cause == Cause::unhealthy) {
    const bool lies = real.host_resets > 0 && since <= real.booted_at + real.faults.sensors_lie;
    demand(real.sick || lies, "I22", "it is said to be ill, and is well", host);
  }
}

/// What a pause or a stop binds begins no more: a pause leaves what waits on its BMC to be run, a stop does not.
void Checker::not_bound(const Act& act) {
  if (!paused_) return;
  const Command& command = commands_.at(act.command);
  const bool back = command.action == Action::roll_back;
  if (back && files_[act.host].asked_since) return;
  const Instant since = back ? bound_since_ : held_since_;
  const Instant stopped = back ? bound_since_ : stopped_since_;
  const bool begun = !back && act.kind != Act::Kind::bytes_left;
  demand(begun || act.at <= since + kBindsWithin, "I17", "something begins after a pause", act.host);
  demand(!stopped_ || act.at <= stopped + kBindsWithin, "I17", "something begins after a stop", act.host);
}

/// Of a fleet whose canary failed, no more was touched than the canary and what may be in flight.
void Checker::canary_bound(HostIndex host) {
  if (!std::exchange(files_[host].sent, true)) ++sent_to_;
  const Wave& canary = waves_.front();
  const bool failed = canary.passed == false || (!canary.passed && has_failed(canary));
  const auto most = static_cast<std::uint32_t>(canary.hosts + plan_.global_limit);
  demand(!failed || sent_to_ <= most, "I19", "more hosts were touched than a failed canary may cost", host);
}

void Checker::ordered(const Order& order) {
  const Command& command = order.command;
  const auto found = commands_.find(command.id);
  const bool known = found != commands_.end() && found->second.host == command.host &&
                     found->second.action == command.action && found->second.update == command.update;
  demand(known, "I7", "a command is carried out before its intent is durable", command.host);
  requests_.ordered(order);
}

void Checker::withdraws(CommandId command) {
  withdrawn_.try_emplace(command, under_way());
}

void Checker::wished(Verb verb) {
  wishes_.emplace_back(verb, scenario_.fleet.now());
}

bool Checker::domain_full(HostIndex host) const {
  return std::any_of(files_[host].limits.begin(), files_[host].limits.end(), [this](std::size_t limit) {
    const DomainLimit& domain = plan_.domain_limits[limit];
    return away_in_[limit] - discounted_in_[limit] >= domain.most ||
           (domain.ceiling > 0 && away_in_[limit] >= domain.ceiling);
  });
}

std::optional<std::string> Checker::in_the_way() const {
  for (HostIndex i = 0; i < files_.size(); ++i) {
    if (files_[i].quarantined) return plan_.hosts[i].name;
  }
  return std::nullopt;
}

/// Where nobody is at work and nothing is planned, there is a reason that only a person or a calendar clears.
void Checker::decided(const RolloutState& rollout, const Decision& decision) {
  if (finished_ || open_commands_ > 0 || decision.wake) return;
  const bool held = ways_held_ && std::any_of(decision.waits.begin(), decision.waits.end(),
                                              [](const Blocker& wait) { return wait.rule == StartRule::held_back; });
  if (paused_ || leaving_ || held) return;
  const bool calendar = std::any_of(decision.waits.begin(), decision.waits.end(),
                                    [](const Blocker& wait) { return is_calendar(wait.rule); });
  if (calendar && !plan_.calendar.windows.empty()) return;
  for (HostIndex i = 0; i < files_.size(); ++i) {
    demand(!files_[i].flying, "I18", "it is in flight and nobody goes on with it", i);
    const bool wants = files_[i].claim == State::waiting || rollout.hosts[i].undo;
    if (wants && (domain_full(i) || twin_quarantined(i))) return;
    const bool soaks = files_[i].claim == State::updated && plan_.hosts[i].wave == open_wave();
    if (soaks && twin_quarantined(i)) return;  // nobody reads it, and its gate holds
  }
  std::string reasons = "nothing goes on, for no reason that holds:";
  for (const Blocker& wait : decision.waits) reasons += ' ' + wait.text + ';';
  broken("I18", reasons);
}

}  // namespace breakwater::simulation
