#pragma once
// Wrong passwords lock accounts. At most three refused logins per BMC and hour are allowed: for the whole process, and
// for later ones if the refusals are kept.
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
  using TimeSource = std::function<Instant()>;
  /// Called on every refusal, on the thread that it came from; must not call the guard.
  using Keeper = std::function<void(const std::string& address, Instant at)>;
  /// `now` must not run back.
  explicit LoginGuard(TimeSource now);

  bool may_try(const std::string& address);
  void refused(const std::string& address);
  /// How long to wait after a refusal before the next try, since a BMC that restarts refuses logins for a while. Delay
  /// the last permitted attempt until the window frees another; with an earlier deadline, try at the deadline.
  Duration pause(const std::string& address);
  /// Adds a refusal of an earlier process; call it in order of time for each address.
  void restore(const std::string& address, Instant at);
  /// `where` names the file that keeps them, for people; the guard then has the wall clock.
  void keep_with(Keeper keeper, std::string where = {});
  /// Why no login is tried at an address that may not try one: until when, and what keeps the refusals.
  std::string why_not(const std::string& address);

 private:
  std::deque<Instant>& within_window(const std::string& address);

  TimeSource now_;
  Keeper keeper_;
  std::string where_;
  std::mutex mutex_;
  std::map<std::string, std::deque<Instant>> refusals_;
};

}  // namespace breakwater
