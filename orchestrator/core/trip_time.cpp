#include "orchestrator/core/trip_time.hpp"

#include <algorithm>
#include <numeric>

namespace breakwater {
namespace {

/// Parts that take no time are none.
TripParts without_empty(TripParts parts) {
  std::erase_if(parts, [](const TripPart& part) { return part.most == Duration(0); });
  return parts;
}

/// How long something that is being written is waited for before the BMC is interrupted.
Duration quiet_most(const Timeouts& times) {
  return times.task + times.bmc_return;
}

}  // namespace

Duration sum_of(const TripParts& parts) {
  return std::accumulate(parts.begin(), parts.end(), Duration(0),
                         [](Duration sum, const TripPart& part) { return sum + part.most; });
}

Duration longest_run(const ResolvedPlan& plan, const PlannedComponent& component, bool back) {
  const Timeouts& times = plan.timeouts;
  const Duration declared = back ? component.back_most : component.most;
  const Duration returns = component.activate_by == ActivateBy::bmc_reset ? times.bmc_return : times.host_return;
  return declared > Duration(0) ? std::min(declared, times.task + returns) : times.task + returns;
}

TripParts update_parts(const ResolvedPlan& plan, const PlannedHost& host) {
  const Timeouts& times = plan.timeouts;
  const int attempts = plan.attempts.upload;
  const auto updates = static_cast<int>(host.updates.size());
  Duration runs{0};
  for (const PlannedUpdate& update : host.updates) {
    runs += longest_run(plan, plan.components[update.component], false);
  }
  return without_empty({
      {"first look", look_length(host.bmc.timeouts, kFirstContact)},
      {"BMC return", updates * 2 * times.bmc_return},
      {"upload", updates * attempts * times.upload},
      {"task", updates * attempts * times.task},
      {"back-off", updates * (attempts - 1) * plan.attempts.backoff_most},
      {"quiet wait", updates * quiet_most(times)},
      {"activation", runs},
      {"host return", updates * times.host_return},
      {"stableFor", updates * plan.checks.stable_for},
  });
}

Duration update_time(const ResolvedPlan& plan, const PlannedHost& host) {
  Duration needed = std::min(sum_of(update_parts(plan, host)), plan.timeouts.host + plan.checks.stable_for);
  for (const PlannedUpdate& update : host.updates) needed = std::max(needed, activation_time(plan, update, true));
  return needed;
}

TripParts activation_parts(const ResolvedPlan& plan, const PlannedUpdate& update) {
  return without_empty({
      {"activation", longest_run(plan, plan.components[update.component], false)},
      {"host return", plan.timeouts.host_return},
      {"stableFor", plan.checks.stable_for},
  });
}

Duration activation_time(const ResolvedPlan& plan, const PlannedUpdate& update, bool upload) {
  return sum_of(activation_parts(plan, update)) + (upload ? plan.timeouts.upload : Duration(0));
}

TripParts way_back_parts(const ResolvedPlan& plan, const PlannedHost& host) {
  const Timeouts& times = plan.timeouts;
  Duration quiet{0};
  Duration upload{0};
  Duration task{0};
  Duration runs{0};
  for (const PlannedUpdate& update : host.updates) {
    if (update.way_back == WayBack::none) return {};
    const bool reflash = update.way_back == WayBack::reflash;
    quiet += (reflash ? 3 : 2) * quiet_most(times);
    upload += reflash ? times.upload : Duration(0);
    task += reflash ? times.task : Duration(0);
    runs += longest_run(plan, plan.components[update.component], true);
  }
  return without_empty({
      {"quiet waits", quiet},
      {"upload", upload},
      {"task", task},
      {"activation", runs},
      {"host return", times.host_return},
      {"stableFor", plan.checks.stable_for},
  });
}

std::optional<Instant> last_activation(const ResolvedPlan& plan, const PlannedUpdate& update, bool upload, Now now) {
  const Instant until = open_until(plan.calendar, now.wall);
  if (until == Instant::max()) return std::nullopt;
  return now.steady + (until - now.wall) - activation_time(plan, update, upload);
}

}  // namespace breakwater
