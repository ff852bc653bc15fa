#pragma once
// The session table of one BMC.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

struct LabSession {
  std::string id;
  std::string token;
  std::string user;
  Instant created;
  std::chrono::steady_clock::time_point used;
};

class SessionTable {
 public:
  static constexpr std::chrono::minutes kIdleMax{30};

  explicit SessionTable(std::size_t sessions_max) : sessions_max_(sessions_max) {}

  /// A new session with a token of its own; nullptr when the table is full.
  const LabSession* open(const std::string& user);

  /// The session of the token, which counts as used now; nullptr for a token that is unknown or idle for too long.
  const LabSession* use(std::string_view token);
  const LabSession* find(std::string_view id) const;
  bool close(std::string_view id);
  void clear() { sessions_.clear(); }
  const std::vector<LabSession>& all() const { return sessions_; }

 private:
  void drop_idle();

  std::size_t sessions_max_;
  std::size_t next_id_ = 1;
  std::vector<LabSession> sessions_;
};

}  // namespace breakwater::lab
