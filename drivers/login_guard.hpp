#pragma once
// Wrong passwords lock accounts: at most three refused logins per BMC and hour, for the whole process,
// and for the next one where somebody keeps them.
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

constexpr std::size_t kRefusedLoginsMax = 3;

class LoginGuard {
 public:
  using Clock = std::function<Instant()>;
  /// Told of every refusal, on whatever thread it came; must not call the guard.
  using Keeper = std::function<void(const std::string& address, Instant at)>;
  /// `clock` must not run back.
  explicit LoginGuard(Clock clock);

  bool may_try(const std::string& address);
  void refused(const std::string& address);
  /// A refusal of an earlier process; those of one address come in order of time.
  void restore(const std::string& address, Instant at);
  void keep_with(Keeper keeper);

 private:
  Clock clock_;
  Keeper keeper_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Instant>> refusals_;
};

}  // namespace breakwater
