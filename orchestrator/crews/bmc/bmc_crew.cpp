#include "orchestrator/crews/bmc/bmc_crew.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace breakwater {

using boost::asio::awaitable;

namespace {

Instant wall_now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace

BmcCrew::BmcCrew(ReachBmc reach, ImageStore& store, Instant not_before, int threads)
    : reach_(std::move(reach)),
      hands_(store, [this](EvidenceOffered offered) { offer(std::move(offered)); }),
      base_(std::max(wall_now(), not_before)),
      base_at_(Clock::now()) {
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
  hands_.leave();
  for (const auto& lane : lanes_) lane->context.stop();
  for (const auto& lane : lanes_) lane->thread.join();
  hands_.forget();
}

Clock::time_point BmcCrew::on_clock(Instant steady) const {
  return base_at_ + (steady - base_);
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
  hands_.durable(ticket);
}

/// A conversation that waits for a silent BMC hears it at once, on its own thread.
void BmcCrew::withdraw(CommandId command) {
  hands_.withdraw(command);
  const std::lock_guard lock(mutex_);
  const auto found = conversations_.find(command);
  if (found == conversations_.end()) return;
  boost::asio::post(found->second.first, [this, command] {
    if (Conversation* const goes_on = conversation_of(command)) goes_on->hear_withdrawal();
  });
}

Conversation* BmcCrew::conversation_of(CommandId command) {
  const std::lock_guard lock(mutex_);
  const auto found = conversations_.find(command);
  return found == conversations_.end() ? nullptr : found->second.second;
}

/// Known to withdraw() while it is there.
struct BmcCrew::Heard {
  Heard(BmcCrew& crew, CommandId command, const boost::asio::any_io_executor& executor, Conversation& conversation)
      : crew_(crew), command_(command) {
    const std::lock_guard lock(crew_.mutex_);
    crew_.conversations_.emplace(command_, std::pair(executor, &conversation));
  }
  ~Heard() {
    const std::lock_guard lock(crew_.mutex_);
    crew_.conversations_.erase(command_);
  }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

 private:
  BmcCrew& crew_;
  CommandId command_;
};

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
  if (endpoint.tls.mode == TlsPolicy::Mode::pin) endpoint.tls.pins = order.pins;
  Conversation::Bounds bounds;
  if (order.deadline) bounds.trip_ends = on_clock(*order.deadline);
  if (order.act_until) bounds.act_until = on_clock(*order.act_until);

  MakeBmc make = [this, executor, endpoint] { return reach_(executor, endpoint); };
  Conversation conversation(std::move(order), std::move(make), hands_, bounds);
  const Heard heard(*this, ended.command, executor, conversation);
  ended.outcome = co_await conversation.run();
  hands_.ended(ended.command);
  offer(std::move(ended));
}

}  // namespace breakwater
