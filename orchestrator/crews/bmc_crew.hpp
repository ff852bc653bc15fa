#pragma once
// The crew that speaks to BMCs: every command is one conversation, a coroutine pinned to one I/O thread by its host.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "inventories/trust/image_store.hpp"
#include "orchestrator/crews/conversation.hpp"
#include "orchestrator/crews/crew.hpp"

namespace breakwater {

/// Makes the driver for one BMC; the text says why there is none (credentials that cannot be read).
using ReachBmc =
    std::function<Result<std::unique_ptr<Bmc>, std::string>(boost::asio::any_io_executor, const BmcEndpoint&)>;

class BmcCrew final : public Crew, private Hands {
 public:
  /// `not_before` is the last time of the journal: the steady clock goes on from there.
  /// `threads` of I/O, at least 1. The store must outlive the crew.
  BmcCrew(ReachBmc reach, ImageStore& store, Instant not_before, int threads);
  /// Leaves: conversations end where they stand, and what they left is found again by looking.
  ~BmcCrew() override;

  Now now() override;
  void start(Order order) override;
  std::vector<CrewEvent> wait_until(Instant until) override;
  void durable(std::uint64_t ticket) override;

 private:
  struct Lane {
    boost::asio::io_context context{1};
    std::thread thread;
  };

  boost::asio::awaitable<void> record(const Command& command, Evidence evidence) override;
  boost::asio::awaitable<Result<VerifiedImage, Refusal>> image(const ResolvedPlan& plan,
                                                               const PlannedImage& wanted) override;
  boost::asio::awaitable<void> converse(Order order, boost::asio::any_io_executor executor);
  void offer(CrewEvent event);

  ReachBmc reach_;
  ImageStore& store_;
  Instant base_;
  Clock::time_point base_at_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  boost::asio::thread_pool workers_{1};

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<CrewEvent> arrivals_;
  std::map<std::uint64_t, std::shared_ptr<boost::asio::steady_timer>> tickets_;
  std::uint64_t last_ticket_ = 0;
  bool leaving_ = false;
};

/// Checks the Release's signatures again and hashes the image: the only way to a VerifiedImage.
Result<VerifiedImage, Refusal> verify_planned(ImageStore& store, const ResolvedPlan& plan, const PlannedImage& wanted);

}  // namespace breakwater
