#pragma once
// Coroutines in virtual time: they sleep until the modelled fleet's time has come, or are parked until somebody wakes
// them. Nothing here waits for a real clock. Ending it ends the coroutines where they stand, like a process that dies.
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::model {

/// A coroutine that waits. Resumed, it runs to its next wait; dropped, it ends.
class Suspended {
 public:
  virtual ~Suspended() = default;
  virtual void resume() = 0;
};

class VirtualTime {
 public:
  /// The fleet's time is the true time, and outlives this.
  explicit VirtualTime(ModelFleet& fleet) : fleet_(fleet) {}
  ~VirtualTime();
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  Instant now() const { return fleet_.now(); }
  /// Runs a coroutine up to its first wait.
  void spawn(boost::asio::awaitable<void> coroutine);
  boost::asio::awaitable<void> sleep(Duration length);
  /// When somebody wakes, and in which order of planning.
  using Place = std::pair<Instant, std::uint64_t>;
  /// As sleep(), until end_sleep() of the place that it writes; `place` must live as long.
  boost::asio::awaitable<void> sleep(Duration length, Place& place);
  /// Whoever sleeps there wakes now; nothing where nobody does.
  void end_sleep(const Place& place);
  /// Waits for wake() of the same ticket; a ticket is parked once.
  boost::asio::awaitable<void> park(std::uint64_t ticket);
  /// Resumes what is parked that much later; nothing where nobody is.
  void wake(std::uint64_t ticket, Duration after);

  /// When the next coroutine is due; nothing where all are parked.
  std::optional<Instant> next() const;
  /// Resumes everything that is due, in the order in which it was planned. Rethrows what a coroutine threw.
  void run_due();

 private:
  using Waiting = std::unique_ptr<Suspended>;

  Place plan(Duration after, Waiting waiting);
  void settle();

  ModelFleet& fleet_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open_{context_.get_executor()};
  std::map<Place, Waiting> due_;
  std::map<std::uint64_t, Waiting> parked_;
  std::uint64_t planned_ = 0;
  std::exception_ptr thrown_;
};

}  // namespace breakwater::model
