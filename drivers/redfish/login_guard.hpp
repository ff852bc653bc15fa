#pragma once
// Wrong passwords lock accounts: at most three refused logins per BMC and hour, for the whole process (design.md 5).
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::redfish {

constexpr std::size_t kRefusedLoginsMax = 3;

class LoginGuard {
 public:
  using Clock = std::function<Instant()>;
  /// `clock` must not run back.
  explicit LoginGuard(Clock clock);

  bool may_try(const std::string& address);
  void refused(const std::string& address);

 private:
  Clock clock_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Instant>> refusals_;
};

}  // namespace breakwater::redfish
