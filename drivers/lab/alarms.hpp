#pragma once
// Things to do later, that can all be called off at once.
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

  /// Does it on the io_context's thread when the time has passed, unless clear() comes first.
  void after(Duration wait, std::function<void()> act);
  void clear();

 private:
  struct Pending;
  boost::asio::io_context& io_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace breakwater::lab
