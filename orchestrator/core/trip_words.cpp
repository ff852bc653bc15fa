#include "orchestrator/core/trip_words.hpp"

#include <algorithm>

namespace breakwater {

std::string doing(const HostTrip& trip) {
  switch (trip.state) {
    case State::preparing:
      return "being looked at before its first image";
    case State::staging:
      return "taking its image";
    case State::staged:
      return "holding an image that waits to be activated";
    case State::activating:
      return "flashing or starting the new version";
    case State::checking:
      return "being checked after its update";
    case State::rolling_back:
      return "being rolled back";
    case State::checking_back:
      return "being checked after its rollback";
    case State::waiting:
    case State::updated:
    case State::current:
    case State::refused:
    case State::not_started:
    case State::rolled_back:
    case State::quarantined:
      break;
  }
  return std::string(to_string(trip.state));
}

std::string versions_of(const ResolvedPlan& plan, const PlannedHost& host, std::uint32_t index, bool back) {
  const PlannedUpdate& update = host.updates[std::min<std::size_t>(index, host.updates.size() - 1)];
  const std::string& before = update.from_version;
  const std::string& after = image_of(plan, update).version;
  return plan.components[update.component].id + ' ' + (back ? after + " -> " + before : before + " -> " + after);
}

std::string because(const HostTrip& trip) {
  std::string text(to_string(trip.cause));
  if (!trip.detail.empty()) text += ": " + trip.detail;
  return text;
}

}  // namespace breakwater
