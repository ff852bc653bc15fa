#include "orchestrator/answering.hpp"

#include <utility>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/core/beginning.hpp"

namespace breakwater {
namespace {

Event begin_or_refuse(RolloutStarted started, const journal::Request& request, const Fleet& fleet, Instant wall,
                      const Unable& unable) {
  std::vector<std::string> reasons = hosts_taken(started.plan, fleet);
  if (run_of(fleet, started.plan)) reasons.insert(reasons.begin(), "its plan file was applied already");
  if (wall - request.at > kHandOverFresh) {
    reasons.insert(reasons.begin(), "it was handed over at " + to_string(request.at) + ", and its plan is old");
  }
  if (!request.attended) reasons.insert(reasons.begin(), "its `apply` left before it was taken up");
  if (std::string why; reasons.empty() && unable && !(why = unable(started.plan)).empty()) {
    reasons.push_back(std::move(why));
  }
  if (reasons.empty()) {
    started.by = request.by;
    return started;
  }
  std::string reason = reasons.front();
  if (reasons.size() > 1) reason += "; and " + std::to_string(reasons.size() - 1) + " more";
  return StartRefused{started.plan.rollout, request.by, std::move(reason)};
}

}  // namespace

Event answer_to(const journal::Request& request, const Fleet& fleet, Instant wall, const Unable& unable) {
  Result<Event, std::string> event = codec::decode(request.verb, request.body);
  if (auto* started = event ? std::get_if<RolloutStarted>(&*event) : nullptr) {
    return begin_or_refuse(std::move(*started), request, fleet, wall, unable);
  }
  const auto* asked = event ? std::get_if<OperatorAsked>(&*event) : nullptr;
  const bool known = asked && (is_of_quarantine(asked->verb) || fleet.find(asked->rollout));
  OperatorAsked read = known ? *asked : OperatorAsked{};
  if (!known && !fleet.rollouts().empty()) read.rollout = fleet.rollouts().rbegin()->first;
  read.by = request.by;
  return read;
}

}  // namespace breakwater
