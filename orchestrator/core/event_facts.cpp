#include "orchestrator/core/event_facts.hpp"

namespace breakwater {
namespace {

EventFacts facts(const RolloutStarted&, std::uint64_t seq) {
  return {seq, false};
}
EventFacts facts(const ConductorStarted& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const CommandIssued& event, std::uint64_t) {
  return {event.command.rollout, true};
}
EventFacts facts(const EvidenceSeen& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const CommandEnded& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const GateJudged& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const RolloutHalted& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const OperatorAsked& event, std::uint64_t) {
  return {event.rollout, false};
}
EventFacts facts(const RolloutFinished& event, std::uint64_t) {
  return {event.rollout, true};
}
EventFacts facts(const StartRefused&, std::uint64_t) {
  return {0, false};
}
EventFacts facts(const SnapshotTaken&, std::uint64_t) {
  return {0, true};
}

}  // namespace

EventFacts facts_of(const Recorded& record) {
  return std::visit([&record](const auto& event) { return facts(event, record.seq); }, record.event);
}

}  // namespace breakwater
