#include "orchestrator/crews/bmc/bmc_hands.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

namespace breakwater {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

/// A timer that never fires by itself: cancelling it is the event.
std::shared_ptr<boost::asio::steady_timer> event_on(const boost::asio::any_io_executor& executor) {
  auto timer = std::make_shared<boost::asio::steady_timer>(executor);
  timer->expires_at(Clock::time_point::max());
  return timer;
}

void signal(const std::shared_ptr<boost::asio::steady_timer>& event) {
  boost::asio::post(event->get_executor(), [event] { event->cancel(); });
}

awaitable<void> wait_for(boost::asio::steady_timer& timer) {
  boost::system::error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(use_awaitable, ignored));
}

/// Whether the refusal says only that our store has no good copy: a good one mends it, and nothing is wrong with what
/// was signed.
bool store_lacks(Refusal::Reason why) {
  return why == Refusal::Reason::unreadable || why == Refusal::Reason::not_in_store ||
         why == Refusal::Reason::digest_mismatch || why == Refusal::Reason::size_mismatch;
}

}  // namespace

Result<VerifiedImage, Refusal> verify_planned(ImageStore& store, const ResolvedPlan& plan, const PlannedImage& wanted) {
  std::vector<Signer> signers;
  for (const TrustedKey& key : plan.keys) {
    auto signer = make_signer(key.name, key.key_text, key.name, key.vendors, key.components);
    if (!signer) return fail(signer.error());
    signers.push_back(std::move(*signer));
  }
  const Subject subject{wanted.release_file, wanted.vendor, std::string(to_string(wanted.component))};
  const SignedRelease release{wanted.release.name, wanted.release_text, wanted.signatures, subject, wanted.image};
  return prove_image(store, release, signers, Threshold{plan.require.signers, plan.require.including});
}

BmcHands::BmcHands(ImageStore& store, std::function<void(EvidenceOffered)> offer)
    : store_(store), offer_(std::move(offer)) {}

void BmcHands::durable(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  signal(found->second);
  tickets_.erase(found);
}

void BmcHands::refuse(std::uint64_t ticket) {
  {
    const std::lock_guard lock(mutex_);
    if (tickets_.contains(ticket)) refused_.insert(ticket);
  }
  durable(ticket);
}

void BmcHands::withdraw(CommandId command) {
  const std::lock_guard lock(mutex_);
  withdrawn_.insert(command);
}

void BmcHands::trust(CommandId command, const Sha256& key) {
  const std::lock_guard lock(mutex_);
  trusted_.emplace(command, key);
}

bool BmcHands::trusts(CommandId command, const Sha256& key) {
  const std::lock_guard lock(mutex_);
  return trusted_.contains({command, key});
}

void BmcHands::ended(CommandId command) {
  const std::lock_guard lock(mutex_);
  withdrawn_.erase(command);
  std::erase_if(trusted_, [command](const auto& one) { return one.first == command; });
}

bool BmcHands::withdrawn(CommandId command) {
  const std::lock_guard lock(mutex_);
  return withdrawn_.contains(command);
}

void BmcHands::leave() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  workers_.join();
}

void BmcHands::forget() {
  tickets_.clear();
}

awaitable<void> BmcHands::sleep(Duration length) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(length);
  co_await wait_for(timer);
}

awaitable<void> BmcHands::record(const Command& command, Evidence evidence) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const auto event = event_on(executor);
  EvidenceOffered offered;
  offered.evidence.command = command.id;
  offered.evidence.rollout = command.rollout;
  offered.evidence.host = command.host;
  offered.evidence.evidence = std::move(evidence);
  {
    const std::lock_guard lock(mutex_);
    if (leaving_) throw Leaving();
    offered.ticket = ++last_ticket_;
    tickets_[offered.ticket] = event;
  }
  const std::uint64_t ticket = offered.ticket;
  offer_(std::move(offered));
  co_await wait_for(*event);
  const std::lock_guard lock(mutex_);
  if (refused_.erase(ticket) > 0) throw GivenUp();
}

BmcResult<StageReceipt> BmcHands::prove_and_send(Bmc& bmc, const ResolvedPlan& plan, const PlannedImage& image,
                                                 StageRequest request, AboutToSend about_to_send, BodySent sent) {
  Result<VerifiedImage, Refusal> proved = co_await prove(plan, image);
  if (!proved) {
    const bool ours = store_lacks(proved.error().reason);
    Fault refused;
    refused.kind = ours ? Fault::Kind::own_side : Fault::Kind::image_refused;
    refused.step = "prove the image";
    refused.message = std::string(to_string(proved.error().reason)) + ": " + proved.error().message;
    if (ours) refused.message += "; breakwater firmware import FILE puts a good copy there";
    co_return fail(std::move(refused));
  }
  const bool sends = co_await about_to_send();
  if (!sends) co_return fail(unsent(withdrawn_fault("upload")));
  co_return co_await bmc.stage(std::move(*proved), std::move(request), std::move(sent));
}

/// Off the I/O threads: hashing an image takes a while.
awaitable<Result<VerifiedImage, Refusal>> BmcHands::prove(const ResolvedPlan& plan, const PlannedImage& image) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const auto event = event_on(executor);
  const auto made = std::make_shared<std::optional<Result<VerifiedImage, Refusal>>>();
  ImageStore* store = &store_;
  boost::asio::post(workers_, [made, event, store, &plan, &image] {
    made->emplace(verify_planned(*store, plan, image));
    signal(event);
  });
  co_await wait_for(*event);
  co_return std::move(**made);
}

}  // namespace breakwater
