#include "orchestrator/rehearsal/planned_fleet.hpp"

#include <algorithm>
#include <map>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::rehearsal {

namespace {

// An update takes this share of the most that its Release declares; a model is drawn, then each of its machines.
constexpr std::int64_t kModelLeast_percent = 40;
constexpr std::int64_t kModelMost_percent = 70;
constexpr std::int64_t kMachineLeast_percent = 85;
constexpr std::int64_t kMachineMost_percent = 115;
// Of that time:
constexpr int kUpload_percent = 15;
constexpr int kVerify_percent = 5;
constexpr int kFlash_percent = 45;
constexpr int kBoot_percent = 35;
static_assert(kUpload_percent + kVerify_percent + kFlash_percent + kBoot_percent == 100);

constexpr Duration kOutage{1'800'000};
/// A power loss comes this long after the flash that it hits began.
constexpr Duration kIntoTheFlash{10'000};

std::string percent(std::int64_t share) {
  return std::to_string(share) + '%';
}

model::ModelTimes times_of(Duration total) {
  model::ModelTimes times;
  times.upload = total * kUpload_percent / 100;
  times.verify = total * kVerify_percent / 100;
  times.flash = total * kFlash_percent / 100;
  times.boot = total * kBoot_percent / 100;
  times.bmc_boot = times.boot;
  return times;
}

}  // namespace

std::vector<std::string> assumptions(const ResolvedPlan& plan) {
  constexpr std::int64_t least = kModelLeast_percent * kMachineLeast_percent / 100;
  constexpr std::int64_t most = kModelMost_percent * kMachineMost_percent / 100;
  std::vector<std::string> lines{"an update takes " + percent(least) + " to " + percent(most) +
                                 " of the most that its Release declares, drawn for each model and machine; of that " +
                                 percent(kUpload_percent) + " uploads, " + percent(kVerify_percent) +
                                 " is looked at, " + percent(kFlash_percent) + " flashes, " + percent(kBoot_percent) +
                                 " boots"};
  for (const PlannedComponent& component : plan.components) {
    lines.push_back(component.id + ": " + rough(component.most * least / 100) + " to " +
                    rough(component.most * most / 100) + " of " + rough(component.most));
  }
  lines.emplace_back("every service holds an image until it is told to run it; a way back meets no fault of its own");
  lines.push_back("a power loss comes while a host is flashed and lasts " + rough(kOutage));
  lines.emplace_back("no operator steps in and no other rollout runs: what waits for a person ends the run");
  return lines;
}

PlannedFleet::PlannedFleet(const ResolvedPlan& plan, const Scenario& scenario, std::uint64_t seed, Instant begin)
    : model_(begin, model::Dice(seed)) {
  model::Dice dice(seed);
  for (const PlannedHost& planned : plan.hosts) {
    model::ModelHost host = model::model_of(plan, planned);
    for (model::ModelComponent& one : host.components) {
      if (one.two_banks) one.other = one.running;
    }
    model_.hosts.push_back(std::move(host));
  }
  draw_times(plan, dice.fork());
  draw_faults(plan, scenario, dice.fork());
  if (scenario.power_loss) draw_power_loss(plan, scenario, dice.fork());
  model_.on_act = [this](const model::Act& happened) { act(happened); };
}

void PlannedFleet::draw_times(const ResolvedPlan& plan, model::Dice dice) {
  std::map<std::pair<std::string, std::uint32_t>, std::int64_t> models;
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) {
    std::vector<Pace> paces;
    for (const PlannedUpdate& update : plan.hosts[i].updates) {
      const auto [model, is_new] = models.try_emplace({plan.hosts[i].identity.model, update.component}, 0);
      if (is_new) model->second = dice.between(kModelLeast_percent, kModelMost_percent);
      const std::int64_t share = model->second * dice.between(kMachineLeast_percent, kMachineMost_percent);
      const PlannedComponent& component = plan.components[update.component];
      paces.push_back({times_of(component.most * share / 10'000), times_of(component.back_most * share / 10'000)});
    }
    model_.hosts[i].times = paces.front().there;
    paces_.push_back(std::move(paces));
  }
}

/// One roll for each host, so that the same hosts have every fault of one share.
void PlannedFleet::draw_faults(const ResolvedPlan& plan, const Scenario& scenario, model::Dice dice) {
  for (std::size_t i = 0; i < plan.hosts.size(); ++i) {
    const bool has_fault = dice.in_thousand(scenario.per_mille);
    if (has_fault && speaks_of(scenario, plan.hosts[i])) model_.hosts[i].faults = scenario.faults;
  }
}

void PlannedFleet::draw_power_loss(const ResolvedPlan& plan, const Scenario& scenario, model::Dice dice) {
  for (const PlannedHost& host : plan.hosts) in_the_rack_.push_back(speaks_of(scenario, host));
  const auto hosts = static_cast<std::size_t>(std::count(in_the_rack_.begin(), in_the_rack_.end(), true));
  flashes_to_power_loss_ = 1 + dice.below(hosts);
}

void PlannedFleet::act(const model::Act& happened) {
  model::ModelHost& host = model_.hosts[happened.host];
  const Pace& pace = paces_[happened.host][happened.component];
  switch (happened.kind) {  // the component that is worked on sets its host's pace
    case model::Act::Kind::bytes_left:
      host.times = happened.back ? pace.back : pace.there;
      return;
    case model::Act::Kind::bank_switched:
      host.times = pace.there;
      return;
    case model::Act::Kind::flash_began:
      if (flashes_to_power_loss_ == 0 || !in_the_rack_[happened.host] || --flashes_to_power_loss_ > 0) return;
      return model_.lose_power(happened.at + kIntoTheFlash, host.rack, kOutage);
    case model::Act::Kind::body_taken:
    case model::Act::Kind::image_waits:
    case model::Act::Kind::flash_over:
    case model::Act::Kind::reset:
    case model::Act::Kind::started:
    case model::Act::Kind::cancelled:
    case model::Act::Kind::flash_cut:
      return;
  }
}

bool PlannedFleet::is_ill(std::uint32_t index) const {
  const model::ModelHost& host = model_.hosts[index];
  return host.sick || host.bricked || host.gone;
}

}  // namespace breakwater::rehearsal
