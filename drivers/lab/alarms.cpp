#include "drivers/lab/alarms.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>

namespace breakwater::lab {

struct Alarms::Pending {
  std::map<std::uint64_t, boost::asio::steady_timer> timers;
  std::uint64_t next = 0;
};

Alarms::Alarms(boost::asio::io_context& io) : io_(io), pending_(std::make_shared<Pending>()) {}

Alarms::~Alarms() = default;

void Alarms::after(Duration wait, std::function<void()> act) {
  const std::uint64_t number = pending_->next++;
  auto& timer = pending_->timers.try_emplace(number, io_, wait).first->second;
  // A timer that expired just before clear() still calls its handler, which acts only if its number is still listed.
  timer.async_wait([weak = std::weak_ptr(pending_), number, act = std::move(act)](boost::system::error_code) {
    const auto pending = weak.lock();
    if (pending && pending->timers.erase(number) == 1) act();
  });
}

void Alarms::clear() {
  pending_->timers.clear();
}

}  // namespace breakwater::lab
