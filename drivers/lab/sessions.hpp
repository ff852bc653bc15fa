#pragma once
// The session table of one BMC.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

struct Session {
  std::string id;
  std::string token;
  std::string user;
  Instant created;
  std::chrono::steady_clock::time_point used;
};

class SessionTable {
 public:
  static constexpr std::chrono::minutes idle_max{30};

  explicit SessionTable(std::size_t sessions_max) : sessions_max_(sessions_max) {}

  /// A new session with a token of its own; nullptr when the table is full.
  const Session* open(const std::string& user);

  /// The session of the token, which counts as used now; nullptr for a token that is unknown or idle for too long.
  const Session* use(std::string_view token);
  const Session* find(std::string_view id) const;
  bool close(std::string_view id);
  void clear() { sessions_.clear(); }
  const std::vector<Session>& all() const { return sessions_; }

 private:
  void drop_idle();

  std::size_t sessions_max_;
  std::size_t next_id_ = 1;
  std::vector<Session> sessions_;
};

}  // namespace breakwater::lab
