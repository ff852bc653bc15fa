#pragma once
// A lab on a thread of its own, for tests and tools that are not asynchronous themselves.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <thread>

#include "drivers/lab/lab.hpp"

namespace breakwater::lab {

class RunningLab {
 public:
  /// Started when the constructor returns; throws what Lab and Lab::start throw.
  explicit RunningLab(LabConfig config);
  ~RunningLab();
  RunningLab(const RunningLab&) = delete;
  RunningLab& operator=(const RunningLab&) = delete;

  std::filesystem::path ca_file() const { return lab_.ca_file(); }
  std::uint16_t control_port() const { return lab_.control_port(); }

  // As in Lab, from any thread.
  HostState state(std::string_view host);
  std::size_t connections(std::string_view host);
  void add_fault(std::string_view host, FaultRule rule);
  void heal(std::string_view host);
  void set_power(std::string_view host, bool on);
  void set_health(std::string_view host, std::optional<std::string> health);

  /// Waits until the host's state is as wanted; false when it was not by the deadline.
  bool wait_until(std::string_view host, const std::function<bool(const HostState&)>& wanted,
                  Duration deadline = Duration{10000});

 private:
  void run_there(const std::function<void()>& act);

  boost::asio::io_context io_{1};
  // Keeps the io_context running while every BMC is down and it has no other work.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  Lab lab_;
  std::thread thread_;
};

}  // namespace breakwater::lab
