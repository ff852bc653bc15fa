#pragma once
// What a conversation with a BMC needs of its crew: time, a durable record, and the one step that proves an image and
// sends it. The BMC crew's hands are sockets and real time; a model's are a modelled BMC and virtual time.
#include <chrono>
#include <functional>

#include "drivers/bmc.hpp"
#include "orchestrator/core/command.hpp"

namespace breakwater {

using Clock = std::chrono::steady_clock;

/// Awaited between an image's proof and its first byte; false where it is not to leave any more.
using AboutToSend = std::function<boost::asio::awaitable<bool>()>;

class Hands {
 public:
  virtual ~Hands() = default;
  /// Steady time: the machine's, or a model's. It never runs back.
  virtual Clock::time_point now() = 0;
  virtual boost::asio::awaitable<void> sleep(Duration length) = 0;
  /// Whether the conductor withdrew this command.
  virtual bool withdrawn(CommandId command) = 0;
  /// Whether an operator vouched for this key since the command was started.
  virtual bool trusts(CommandId command, const Sha256& key) = 0;
  /// Returns once the evidence is durable; throws Leaving where the crew leaves first, and GivenUp where the conductor
  /// does not take it.
  virtual boost::asio::awaitable<void> record(const Command& command, Evidence evidence) = 0;
  /// Checks the Release's signatures and the image's bytes anew, then awaits `about_to_send`, then sends the image
  /// once. A Fault image_refused whose `body_sent` is false says that nothing was sent, and so do `cancelled` and
  /// `own_side`: an image that cannot be read, or is damaged in our own store.
  virtual BmcResult<StageReceipt> prove_and_send(Bmc& bmc, const ResolvedPlan& plan, const PlannedImage& image,
                                                 StageRequest request, AboutToSend about_to_send, BodySent sent) = 0;
};

/// Thrown through a conversation whose crew leaves: nothing more is sent, and a successor looks at the evidence.
struct Leaving {};

/// Thrown through a conversation whose command was given up: it logs out, and nothing more is done.
struct GivenUp {};

}  // namespace breakwater
