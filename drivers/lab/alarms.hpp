#pragma once
// Timers whose callbacks can all be cancelled at once.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

class Alarms {
 public:
  explicit Alarms(boost::asio::io_context& io);
  ~Alarms();
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

  /// Calls `act` on the io_context's thread after `wait`, unless clear() comes first.
  void after(Duration wait, std::function<void()> act);
  void clear();

 private:
  struct Pending;
  boost::asio::io_context& io_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace breakwater::lab
