#include "orchestrator/crews/model/model_crew.hpp"

#include <algorithm>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "orchestrator/crews/model/model_bmc.hpp"

namespace breakwater::model {

using boost::asio::awaitable;

namespace {

/// From "it is durable" to the side effect: a crash may fall between.
constexpr Duration kReaction{5};

}  // namespace

/// One conversation's hands: virtual time, and images of which no byte exists.
class ModelCrew::Hands final : public breakwater::Hands {
 public:
  Hands(ModelCrew& crew, ModelBmc& bmc, const Command& command, bool back)
      : crew_(crew), bmc_(bmc), command_(command), back_(back) {}

  Clock::time_point now() override { return steady(crew_.fleet_.now()); }
  awaitable<void> sleep(Duration length) override { return crew_.time_.sleep(length); }
  bool withdrawn(CommandId command) override { return crew_.withdrawn_.contains(command); }
  awaitable<void> record(const Command& command, Evidence evidence) override {
    EvidenceOffered offered;
    offered.ticket = ++crew_.last_ticket_;
    offered.evidence.command = command.id;
    offered.evidence.rollout = command.rollout;
    offered.evidence.host = command.host;
    offered.evidence.evidence = std::move(evidence);
    const std::uint64_t ticket = offered.ticket;
    crew_.arrived_.emplace_back(std::move(offered));
    return crew_.time_.park(ticket);
  }
  BmcResult<StageReceipt> prove_and_send(Bmc&, const ResolvedPlan&, const PlannedImage& image, StageRequest request,
                                         AboutToSend about_to_send, BodySent sent) override {
    const bool sends = co_await about_to_send();
    if (!sends) co_return fail(unsent(withdrawn_fault("upload")));
    ModelFleet::Body body;
    body.version = image.version;
    body.back = back_;
    body.immediate = request.apply == ApplyTime::immediate;
    body.command = command_.id;
    co_return co_await bmc_.upload(std::move(body), std::move(request), std::move(sent));
  }

 private:
  ModelCrew& crew_;
  ModelBmc& bmc_;
  Command command_;
  bool back_;
};

ModelCrew::ModelCrew(ModelFleet& fleet, Instant not_before)
    : fleet_(fleet), ahead_(std::max(fleet.wall(), not_before) - fleet.now()), time_(fleet) {
  for (std::uint32_t i = 0; i < fleet.hosts.size(); ++i) places_[fleet.hosts[i].name] = i;
}

void ModelCrew::end(const Command& command, Outcome outcome) {
  CommandEnded event;
  event.command = command.id;
  event.rollout = command.rollout;
  event.host = command.host;
  event.outcome = std::move(outcome);
  arrived_.emplace_back(std::move(event));
}

void ModelCrew::start(Order order) {
  const auto place = places_.find(order.plan->hosts[order.command.host].name);
  if (place != places_.end()) return time_.spawn(converse(std::move(order), place->second));
  const bool looks = order.command.action == Action::prepare;
  end(order.command, outcome(looks ? Outcome::Verdict::untouched : Outcome::Verdict::lost, Cause::unreachable,
                             "the modelled fleet has no such host"));
}

awaitable<void> ModelCrew::converse(Order order, std::uint32_t place) {
  co_await time_.sleep(kReaction);
  const Command command = order.command;
  Conversation::Bounds bounds;
  if (order.deadline) bounds.trip_ends = steady(*order.deadline - ahead_);
  if (order.act_until) bounds.act_until = steady(*order.act_until - ahead_);
  auto bmc = std::make_unique<ModelBmc>(time_, fleet_, place, command.id);
  if (order.pin) bmc->pin(*order.pin);
  Hands hands(*this, *bmc, command, command.action == Action::roll_back);
  Conversation conversation(std::move(order), std::move(bmc), hands, bounds);
  Outcome ended = co_await conversation.run();
  withdrawn_.erase(command.id);
  end(command, std::move(ended));
}

void ModelCrew::durable(std::uint64_t ticket) {
  time_.wake(ticket, kReaction);
}

std::vector<CrewEvent> ModelCrew::wait_until(Instant until) {
  const Instant end = until - ahead_;
  while (arrived_.empty()) {
    fleet_.run_to(std::min(end, time_.next().value_or(end)));
    if (fleet_.knocked()) break;
    // All that is due at this moment comes back together, as a busy conductor would find it.
    time_.run_due();
    if (fleet_.now() >= end) break;
  }
  return std::exchange(arrived_, {});
}

}  // namespace breakwater::model
