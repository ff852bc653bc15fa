#pragma once
// The IPMI sessions of one BMC: those that are open, and the attempts that may become one.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/sealed.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

struct LabIpmiSession {
  std::uint32_t id = 0;                           ///< ours; the console's own is in console_id
  std::unique_ptr<ipmi::BmcHandshake> handshake;  ///< until the first packet of the session came
  std::optional<ipmi::SessionKeys> keys;          ///< from the moment the session is open
  std::uint32_t console_id = 0;
  ipmi::Privilege most = ipmi::Privilege::user;   ///< that it may be set to
  ipmi::Privilege level = ipmi::Privilege::user;  ///< that it has
  ipmi::SequenceWindow came;
  ipmi::SequenceCounter went;
  std::chrono::steady_clock::time_point used;
};

class IpmiSlots {
 public:
  static constexpr std::size_t kAttemptsMax = 16;  ///< beyond these the oldest attempt is forgotten
  static constexpr std::chrono::seconds kAttemptMax{20};

  IpmiSlots(std::size_t sessions_max, Duration idle) : sessions_max_(sessions_max), idle_(idle) {}

  /// Whether one more session may be opened.
  bool room();
  /// A new attempt with a random id that no other one has.
  LabIpmiSession& begin();
  /// The session or attempt of the id; nullptr if there is none, or it was idle for too long.
  LabIpmiSession* find(std::uint32_t id);
  bool close(std::uint32_t id);
  void clear() { sessions_.clear(); }
  int open() const;

 private:
  void drop_idle();

  std::size_t sessions_max_;
  Duration idle_;
  std::vector<std::unique_ptr<LabIpmiSession>> sessions_;  ///< in the order they were begun
};

}  // namespace breakwater::lab
