#pragma once
// The crew that speaks to BMCs: every command is one conversation, a coroutine pinned to one I/O thread by its host.
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "orchestrator/crews/bmc/bmc_hands.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

/// Makes the driver for one BMC; the text says what of our own side is in the way (credentials that cannot be read).
using ReachBmc =
    std::function<Result<std::unique_ptr<Bmc>, std::string>(boost::asio::any_io_executor, const BmcEndpoint&)>;

class BmcCrew final : public Crew {
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
  void refuse(std::uint64_t ticket) override { hands_.refuse(ticket); }
  void withdraw(CommandId command) override;
  void trust(CommandId command, const Sha256& key) override { hands_.trust(command, key); }

 private:
  struct Heard;
  struct Lane {
    boost::asio::io_context context{1};
    std::thread thread;
  };

  boost::asio::awaitable<void> converse(Order order, boost::asio::any_io_executor executor);
  void offer(CrewEvent event);
  Conversation* conversation_of(CommandId command);
  Clock::time_point on_clock(Instant steady) const;

  ReachBmc reach_;
  BmcHands hands_;
  Instant base_;
  Clock::time_point base_at_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<CrewEvent> arrivals_;
  /// Those that go on, each with its thread; of that thread alone but for finding them.
  std::map<CommandId, std::pair<boost::asio::any_io_executor, Conversation*>> conversations_;
  std::vector<std::unique_ptr<Lane>> lanes_;  ///< last: what they still hold leaves the map
};

}  // namespace breakwater
