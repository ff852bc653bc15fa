#pragma once
// The hands of the BMC crew: the machine's steady clock, timers of the conversation's own thread, images proved on a
// worker thread, and evidence that waits for the conductor's word.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "inventories/trust/proof.hpp"
#include "orchestrator/crews/bmc/hands.hpp"
#include "orchestrator/crews/crew.hpp"

namespace breakwater {

class BmcHands final : public Hands {
 public:
  /// `offer` takes evidence to the conductor; it may be called on any I/O thread. The store outlives the hands.
  BmcHands(ImageStore& store, std::function<void(EvidenceOffered)> offer);

  /// The evidence behind this ticket is durable: its conversation goes on, on its own thread.
  void durable(std::uint64_t ticket);
  /// It is not recorded: its conversation ends there.
  void refuse(std::uint64_t ticket);
  /// From here on record() throws Leaving; returns once no image is being proved any more.
  void leave();
  /// Forgets the conversations that wait; before the end of the threads that their timers belong to.
  void forget();

  /// Until it has ended, the command counts as withdrawn.
  void withdraw(CommandId command);
  /// Until it has ended, the command's conversation may take this key.
  void trust(CommandId command, const Sha256& key);
  void ended(CommandId command);

  Clock::time_point now() override { return Clock::now(); }
  boost::asio::awaitable<void> sleep(Duration length) override;
  bool withdrawn(CommandId command) override;
  bool trusts(CommandId command, const Sha256& key) override;
  boost::asio::awaitable<void> record(const Command& command, Evidence evidence) override;
  BmcResult<StageReceipt> prove_and_send(Bmc& bmc, const ResolvedPlan& plan, const PlannedImage& image,
                                         StageRequest request, AboutToSend about_to_send, BodySent sent) override;

 private:
  boost::asio::awaitable<Result<VerifiedImage, Refusal>> prove(const ResolvedPlan& plan, const PlannedImage& image);

  ImageStore& store_;
  std::function<void(EvidenceOffered)> offer_;
  boost::asio::thread_pool workers_{1};
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<boost::asio::steady_timer>> tickets_;
  std::set<std::uint64_t> refused_;  ///< until their conversations have heard it
  std::set<CommandId> withdrawn_;
  std::set<std::pair<CommandId, Sha256>> trusted_;
  std::uint64_t last_ticket_ = 0;
  bool leaving_ = false;
};

/// Checks the Release's signatures again and hashes the image: the only way to a VerifiedImage.
Result<VerifiedImage, Refusal> verify_planned(ImageStore& store, const ResolvedPlan& plan, const PlannedImage& wanted);

}  // namespace breakwater
