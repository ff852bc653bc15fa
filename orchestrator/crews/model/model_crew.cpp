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
  Hands(ModelCrew& crew, const Command& command, std::uint32_t place) : crew_(crew), command_(command), place_(place) {}

  Clock::time_point now() override { return steady(crew_.fleet_.now()); }
  awaitable<void> sleep(Duration length) override { return crew_.time_.sleep(length); }
  bool withdrawn(CommandId command) override { return crew_.withdrawn_.contains(command); }
  bool trusts(CommandId command, const Sha256& key) override { return crew_.trusted_.contains({command, key}); }
  awaitable<void> record(const Command& command, Evidence evidence) override {
    EvidenceOffered offered;
    offered.ticket = ++crew_.last_ticket_;
    offered.evidence.command = command.id;
    offered.evidence.rollout = command.rollout;
    offered.evidence.host = command.host;
    offered.evidence.evidence = std::move(evidence);
    const std::uint64_t ticket = offered.ticket;
    crew_.arrived_.emplace_back(std::move(offered));
    co_await crew_.time_.park(ticket);
    if (crew_.refused_.erase(ticket) > 0) throw GivenUp();
  }
  BmcResult<StageReceipt> prove_and_send(Bmc& bmc, const ResolvedPlan&, const PlannedImage& image, StageRequest request,
                                         AboutToSend about_to_send, BodySent sent) override {
    if (crew_.fleet_.own_side_fails(OwnSide::images, place_)) {
      co_return fail(unsent(make_fault(Fault::Kind::own_side, "prove the image", "the image cannot be read")));
    }
    const bool sends = co_await about_to_send();
    if (!sends) co_return fail(unsent(withdrawn_fault("upload")));
    ModelFleet::Body body;
    body.version = image.version;
    body.back = command_.action == Action::roll_back;
    body.immediate = request.apply == ApplyTime::immediate;
    body.command = command_.id;
    auto& modelled = static_cast<ModelBmc&>(bmc);  // this crew makes no others
    co_return co_await modelled.upload(std::move(body), std::move(request), std::move(sent));
  }

 private:
  ModelCrew& crew_;
  Command command_;
  std::uint32_t place_;
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

Result<std::unique_ptr<Bmc>, std::string> ModelCrew::make_bmc(std::uint32_t place, const Command& command,
                                                              const std::optional<std::vector<Sha256>>& pins) {
  if (fleet_.own_side_fails(OwnSide::files, place)) return fail(std::string("the credentials cannot be read"));
  return std::make_unique<ModelBmc>(time_, fleet_, place, command.id, pins);
}

awaitable<void> ModelCrew::converse(Order order, std::uint32_t place) {
  co_await time_.sleep(kReaction);
  const Command command = order.command;
  Conversation::Bounds bounds;
  if (order.deadline) bounds.trip_ends = steady(*order.deadline - ahead_);
  if (order.act_until) bounds.act_until = steady(*order.act_until - ahead_);
  std::optional<std::vector<Sha256>> pins;
  if (order.plan->hosts[command.host].bmc.tls.mode == TlsPolicy::Mode::pin) pins = order.pins;
  MakeBmc make = [this, place, command, pins] { return make_bmc(place, command, pins); };
  Hands hands(*this, command, place);
  Conversation conversation(std::move(order), std::move(make), hands, bounds);
  conversations_[command.id] = &conversation;
  Outcome ended = co_await conversation.run();
  conversations_.erase(command.id);
  withdrawn_.erase(command.id);
  end(command, std::move(ended));
}

void ModelCrew::withdraw(CommandId command) {
  withdrawn_.insert(command);
  const auto held = conversations_.find(command);
  if (held != conversations_.end()) held->second->hear_withdrawal();
}

void ModelCrew::durable(std::uint64_t ticket) {
  time_.wake(ticket, kReaction);
}

void ModelCrew::refuse(std::uint64_t ticket) {
  refused_.insert(ticket);
  durable(ticket);
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
