#include "drivers/login_guard.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater {
namespace {

constexpr Duration kWindow = std::chrono::hours(1);
constexpr Duration kAfterRefusal = std::chrono::seconds(20);

}  // namespace

LoginGuard::LoginGuard(TimeSource now) : now_(std::move(now)) {}

bool LoginGuard::may_try(const std::string& address) {
  const std::lock_guard lock(mutex_);
  return within_window(address).size() < kRefusedLoginsMax;
}

Duration LoginGuard::pause(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const std::deque<Instant>& times = within_window(address);
  if (times.size() + 1 < kRefusedLoginsMax) return kAfterRefusal;
  return times.front() + kWindow - now_();
}

std::deque<Instant>& LoginGuard::within_window(const std::string& address) {
  std::deque<Instant>& times = refusals_[address];
  const Instant now = now_();
  while (!times.empty() && now - times.front() >= kWindow) times.pop_front();
  return times;
}

void LoginGuard::refused(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const Instant now = now_();
  refusals_[address].push_back(now);
  if (keeper_) keeper_(address, now);
}

void LoginGuard::restore(const std::string& address, Instant at) {
  const std::lock_guard lock(mutex_);
  refusals_[address].push_back(at);
}

void LoginGuard::keep_with(Keeper keeper, std::string where) {
  const std::lock_guard lock(mutex_);
  keeper_ = std::move(keeper);
  where_ = std::move(where);
}

std::string LoginGuard::why_not(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const std::deque<Instant>& times = within_window(address);
  const Instant now = now_();
  const Instant until = times.empty() ? now : times[times.size() - std::min(times.size(), kRefusedLoginsMax)] + kWindow;
  std::string text = std::to_string(times.size()) + " logins were refused within the last hour, and more could lock " +
                     "the account: no login is tried for " + rough_most(until - now);
  if (where_.empty()) return text;
  return text + ", until " + to_string(until) + "; " + where_ +
         " keeps them: once the password is right, the lines of " + address + " may be removed there";
}

}  // namespace breakwater
