#pragma once
// THE PORT of the crew: one brain, many hands. The conductor starts commands and waits for what comes of them.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/core/event.hpp"

namespace breakwater {

/// A command with all that its conversation needs. A command that an earlier process left open comes again with the
/// evidence it had seen: its conversation looks first and adopts what is there.
struct Order {
  Command command;
  std::shared_ptr<const ResolvedPlan> plan;
  Baseline baseline;
  std::vector<Evidence> evidence;
  bool resumed = false;
  std::string task;                 ///< URI of the task under which an image is staged; empty where none is known
  std::vector<Sha256> pins;         ///< the keys that count at its BMC, where that is in pin mode
  std::optional<Instant> deadline;  ///< steady; the end of the host's whole trip, for forward actions
  /// Steady; past it no image is sent forward and none is made to run: its window has too little room left.
  std::optional<Instant> act_until;
};

/// Something the conversation would like to be durable before it goes on; it waits until `durable(ticket)` is called.
struct EvidenceOffered {
  std::uint64_t ticket = 0;
  EvidenceSeen evidence;
};

using CrewEvent = std::variant<EvidenceOffered, CommandEnded>;

class Crew {
 public:
  virtual ~Crew() = default;

  /// The crew's clock: the machine's for BMCs, a made one in a rehearsal. `steady` never runs back.
  virtual Now now() = 0;
  virtual void start(Order order) = 0;
  /// Of a command that has begun nothing yet nothing begins any more: it ends with the cause withdrawn. What was begun
  /// is brought to where it can be left, without an upload, an activation, a reset or a bank switch.
  virtual void withdraw(CommandId command) = 0;
  /// An operator vouches for the key that this command's BMC shows.
  virtual void trust(CommandId command, const Sha256& key) = 0;
  /// Everything that has come up, as soon as there is anything; nothing once `steady` has reached `until`.
  virtual std::vector<CrewEvent> wait_until(Instant until) = 0;
  /// The evidence behind this ticket is durable.
  virtual void durable(std::uint64_t ticket) = 0;
  /// The evidence behind this ticket is not recorded, for its command was given up. Its conversation ends there: it
  /// logs out, and does nothing more.
  virtual void refuse(std::uint64_t ticket) = 0;
};

}  // namespace breakwater
