#pragma once
// What the IPMI conversations of a process share: what is known of each BMC's cipher suites, refused logins, and random
// numbers.
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "drivers/login_guard.hpp"

namespace breakwater::ipmi {

/// Outlives all its conversations. May be used from any thread.
class IpmiContext {
 public:
  /// `logins` is shared with whatever else logs in to these BMCs.
  explicit IpmiContext(LoginGuard& logins) : logins_(logins) {}

  LoginGuard& logins() { return logins_; }
  /// A BMC that has offered suite 17 is never again spoken to with suite 3: an error that anybody could have sent must
  /// not talk us down.
  bool offers_seventeen(const std::string& address);
  void remember_seventeen(const std::string& address);
  /// Told of every BMC that offers it for the first time, on whatever thread that was; must not call this object.
  void keep_with(std::function<void(const std::string& address)> keeper);

 private:
  LoginGuard& logins_;
  std::function<void(const std::string&)> keeper_;
  std::mutex mutex_;
  std::set<std::string> seventeen_;
};

/// Fills with bytes nobody can guess.
void fill_random(std::span<std::uint8_t> bytes);

}  // namespace breakwater::ipmi
