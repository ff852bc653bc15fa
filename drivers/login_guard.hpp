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
  /// How long the next try should wait after a refusal: a BMC that restarts refuses for a while. The last one that is
  /// allowed should wait until one more is; who has no time for that tries it at the end of what time there is.
  Duration pause(const std::string& address);
  /// A refusal of an earlier process; those of one address come in order of time.
  void restore(const std::string& address, Instant at);
  void keep_with(Keeper keeper);

 private:
  std::deque<Instant>& within_window(const std::string& address);

  Clock clock_;
  Keeper keeper_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Instant>> refusals_;
};

}  // namespace breakwater
