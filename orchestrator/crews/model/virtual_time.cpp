#include "orchestrator/crews/model/virtual_time.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater::model {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using boost::asio::use_awaitable_t;

namespace {

using Keep = std::function<void(std::unique_ptr<Suspended>)>;

template <class Handler>
class SuspendedHandler final : public Suspended {
 public:
  explicit SuspendedHandler(Handler handler) : handler_(std::move(handler)) {}
  void resume() override { std::move(handler_)(); }

 private:
  Handler handler_;
};

/// A named type: g++ 12 miscompiles lambdas with captures that initiate inside a co_await expression.
struct Suspend {
  template <class Handler>
  void operator()(Handler&& handler, Keep keep) const {
    keep(std::make_unique<SuspendedHandler<std::decay_t<Handler>>>(std::forward<Handler>(handler)));
  }
};

awaitable<void> suspend(Keep keep) {
  return boost::asio::async_initiate<const use_awaitable_t<>&, void()>(Suspend{}, use_awaitable, std::move(keep));
}

}  // namespace

/// Coroutines are unwound by the executor they belong to.
VirtualTime::~VirtualTime() {
  due_.clear();
  parked_.clear();
  context_.poll();
}

void VirtualTime::spawn(awaitable<void> coroutine) {
  boost::asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr error) {
    if (error && !thrown_) thrown_ = error;
  });
  settle();
}

void VirtualTime::settle() {
  context_.poll();
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

VirtualTime::Place VirtualTime::plan(Duration after, Waiting waiting) {
  return due_.emplace(Place(fleet_.now() + after, ++planned_), std::move(waiting)).first->first;
}

awaitable<void> VirtualTime::sleep(Duration length) {
  return suspend([this, length](Waiting waiting) { plan(length, std::move(waiting)); });
}

awaitable<void> VirtualTime::sleep(Duration length, Place& place) {
  return suspend([this, length, &place](Waiting waiting) { place = plan(length, std::move(waiting)); });
}

void VirtualTime::end_sleep(const Place& place) {
  auto sleeping = due_.extract(place);
  if (!sleeping.empty()) plan(Duration(0), std::move(sleeping.mapped()));
}

awaitable<void> VirtualTime::park(std::uint64_t ticket) {
  return suspend([this, ticket](Waiting waiting) { parked_[ticket] = std::move(waiting); });
}

void VirtualTime::wake(std::uint64_t ticket, Duration after) {
  auto parked = parked_.extract(ticket);
  if (!parked.empty()) plan(after, std::move(parked.mapped()));
}

std::optional<Instant> VirtualTime::next() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first.first;
}

void VirtualTime::run_due() {
  while (!due_.empty() && due_.begin()->first.first <= fleet_.now()) {
    const auto first = due_.extract(due_.begin());
    first.mapped()->resume();
    settle();
  }
}

}  // namespace breakwater::model
