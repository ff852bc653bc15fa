#pragma once
// Hands of a test: everything is durable at once, and a sleep is over at once. Time is what was slept.
#include <filesystem>
#include <functional>
#include <vector>

#include "orchestrator/crews/bmc/hands.hpp"

namespace breakwater {

class FakeHands final : public Hands {
 public:
  static constexpr Clock::time_point kBegin{std::chrono::hours(1)};

  /// Evidence goes to `recorded`; images are in the store below `folder`.
  FakeHands(std::vector<Evidence>& recorded, std::filesystem::path folder)
      : recorded_(recorded), folder_(std::move(folder)) {}

  boost::asio::awaitable<void> record(const Command& command, Evidence evidence) override;
  Clock::time_point now() override { return now_ + passed; }
  bool withdrawn(CommandId) override { return withdrawn_at && *withdrawn_at && now() >= **withdrawn_at; }
  bool trusts(CommandId, const Sha256& key) override { return vouches && vouches(key); }

  Duration passed{0};  ///< apart from what was slept: a look, for one, may take its time
  const std::optional<Clock::time_point>* withdrawn_at = nullptr;  ///< the conductor withdraws the command then
  Duration record_takes{0};                                        ///< each record
  std::optional<Evidence::Kind> refuses;                           ///< the conductor does not take such evidence
  std::function<bool(const Sha256&)> vouches;                      ///< an operator, when a key is asked about

  /// Throws where somebody polls without any rest.
  boost::asio::awaitable<void> sleep(Duration length) override;
  BmcResult<StageReceipt> prove_and_send(Bmc& bmc, const ResolvedPlan& plan, const PlannedImage& wanted,
                                         StageRequest request, AboutToSend about_to_send, BodySent sent) override;

 private:
  std::vector<Evidence>& recorded_;
  std::filesystem::path folder_;
  Clock::time_point now_ = kBegin;
  int polls_at_once_ = 0;
};

}  // namespace breakwater
