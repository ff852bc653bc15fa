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
  /// Suite 3 is never again used with a BMC that has offered suite 17: anybody can send an error that would talk us
  /// down.
  bool offers_seventeen(const std::string& address);
  void remember_seventeen(const std::string& address);
  /// `keeper` is called when a BMC offers it for the first time, on the thread where it did; it must not call this
  /// object.
  void keep_with(std::function<void(const std::string& address)> keeper);

 private:
  LoginGuard& logins_;
  std::function<void(const std::string&)> keeper_;
  std::mutex mutex_;
  std::set<std::string> seventeen_;
};

/// Fills `bytes` with random numbers.
void fill_random(std::span<std::uint8_t> bytes);

}  // namespace breakwater::ipmi
