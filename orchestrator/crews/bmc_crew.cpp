#include "orchestrator/crews/bmc_crew.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

Instant wall_now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

/// A timer that never fires by itself: cancelling it is the event.
std::shared_ptr<boost::asio::steady_timer> event_on(const boost::asio::any_io_executor& executor) {
  auto timer = std::make_shared<boost::asio::steady_timer>(executor);
  timer->expires_at(Clock::time_point::max());
  return timer;
}

void signal(const std::shared_ptr<boost::asio::steady_timer>& event) {
  boost::asio::post(event->get_executor(), [event] { event->cancel(); });
}

}  // namespace

Result<VerifiedImage, Refusal> verify_planned(ImageStore& store, const ResolvedPlan& plan, const PlannedImage& wanted) {
  std::vector<Signer> signers;
  for (const TrustedKey& key : plan.keys) {
    Result<minisign::PublicKey, Refusal> parsed = minisign::parse_public_key(key.key_text, key.name);
    if (!parsed) return fail(parsed.error());
    signers.push_back(Signer{key.name, *parsed, key.vendors.empty() ? std::vector<std::string>{"*"} : key.vendors,
                             key.components.empty() ? std::vector<std::string>{"*"} : key.components});
  }
  std::vector<SignatureFile> signatures;
  for (const SignatureText& one : wanted.signatures) signatures.push_back(SignatureFile{one.file, one.text});
  const Threshold threshold{plan.require.signers, plan.require.including};
  const Subject subject{wanted.release_file, wanted.vendor, std::string(to_string(wanted.component))};
  Result<Approval, Refusal> approval = approve(wanted.release_text, signatures, signers, threshold, subject);
  if (!approval) return fail(approval.error());
  return store.verify(*approval, wanted.image.digest, wanted.image.size, wanted.image.name);
}

BmcCrew::BmcCrew(ReachBmc reach, ImageStore& store, Instant not_before, int threads)
    : reach_(std::move(reach)), store_(store), base_(std::max(wall_now(), not_before)), base_at_(Clock::now()) {
  for (int i = 0; i < threads; ++i) {
    lanes_.push_back(std::make_unique<Lane>());
    boost::asio::io_context& context = lanes_.back()->context;
    lanes_.back()->thread = std::thread([&context] {
      const auto guard = boost::asio::make_work_guard(context);
      context.run();
    });
  }
}

BmcCrew::~BmcCrew() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  workers_.join();
  for (const auto& lane : lanes_) lane->context.stop();
  for (const auto& lane : lanes_) lane->thread.join();
  tickets_.clear();  // their timers belong to the lanes
}

Now BmcCrew::now() {
  const auto passed = std::chrono::duration_cast<Duration>(Clock::now() - base_at_);
  return Now{base_ + passed, wall_now()};
}

void BmcCrew::offer(CrewEvent event) {
  {
    const std::lock_guard lock(mutex_);
    arrivals_.push_back(std::move(event));
  }
  arrived_.notify_one();
}

std::vector<CrewEvent> BmcCrew::wait_until(Instant until) {
  std::unique_lock lock(mutex_);
  const Clock::time_point deadline = base_at_ + (until - base_);
  arrived_.wait_until(lock, deadline, [this] { return !arrivals_.empty(); });
  std::vector<CrewEvent> taken(std::make_move_iterator(arrivals_.begin()), std::make_move_iterator(arrivals_.end()));
  arrivals_.clear();
  return taken;
}

void BmcCrew::durable(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  signal(found->second);
  tickets_.erase(found);
}

void BmcCrew::start(Order order) {
  Lane& lane = *lanes_[order.command.host % lanes_.size()];
  const boost::asio::any_io_executor executor = lane.context.get_executor();
  CommandEnded broken;
  broken.command = order.command.id;
  broken.rollout = order.command.rollout;
  broken.host = order.command.host;
  auto done = [this, broken](std::exception_ptr error) mutable {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const Leaving&) {
      return;
    } catch (const std::exception& unexpected) {
      broken.outcome = outcome(Outcome::Verdict::lost, Cause::interrupted, unexpected.what());
      offer(broken);
    }
  };
  boost::asio::co_spawn(executor, converse(std::move(order), executor), std::move(done));
}

awaitable<void> BmcCrew::converse(Order order, boost::asio::any_io_executor executor) {
  CommandEnded ended;
  ended.command = order.command.id;
  ended.rollout = order.command.rollout;
  ended.host = order.command.host;
  BmcEndpoint endpoint = order.plan->hosts[order.command.host].bmc;
  if (order.pin) endpoint.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {*order.pin}};
  std::optional<Clock::time_point> deadline;
  if (order.deadline) deadline = base_at_ + (*order.deadline - base_);

  Result<std::unique_ptr<Bmc>, std::string> bmc = reach_(executor, endpoint);
  if (bmc) {
    Conversation conversation(std::move(order), std::move(*bmc), *this, executor, deadline);
    ended.outcome = co_await conversation.run();
  } else {
    // Nothing was sent yet where this was to be the first word.
    const bool sent = std::any_of(order.evidence.begin(), order.evidence.end(),
                                  [](const Evidence& seen) { return seen.kind == Evidence::Kind::sending; });
    const bool before = order.command.action == Action::prepare || (order.command.action == Action::stage && !sent);
    ended.outcome =
        outcome(before ? Outcome::Verdict::untouched : Outcome::Verdict::lost, Cause::login_refused, bmc.error());
  }
  offer(std::move(ended));
}

awaitable<void> BmcCrew::record(const Command& command, Evidence evidence) {
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
  offer(std::move(offered));
  boost::system::error_code ignored;
  co_await event->async_wait(boost::asio::redirect_error(use_awaitable, ignored));
}

awaitable<Result<VerifiedImage, Refusal>> BmcCrew::image(const ResolvedPlan& plan, const PlannedImage& wanted) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const auto event = event_on(executor);
  const auto made = std::make_shared<std::optional<Result<VerifiedImage, Refusal>>>();
  ImageStore* store = &store_;
  boost::asio::post(workers_, [made, event, store, &plan, &wanted] {
    made->emplace(verify_planned(*store, plan, wanted));
    signal(event);
  });
  boost::system::error_code ignored;
  co_await event->async_wait(boost::asio::redirect_error(use_awaitable, ignored));
  co_return std::move(**made);
}

}  // namespace breakwater
