#include "drivers/lab/running_lab.hpp"

#include <boost/asio/post.hpp>
#include <future>

namespace breakwater::lab {
namespace {

constexpr Duration kLookEvery{5};

}  // namespace

RunningLab::RunningLab(LabConfig config) : lab_(io_, std::move(config)) {
  lab_.start();
  thread_ = std::thread([this] { io_.run(); });
}

RunningLab::~RunningLab() {
  run_there([this] { lab_.stop(); });
  work_.reset();
  thread_.join();
}

HostState RunningLab::state(std::string_view host) {
  HostState state;
  run_there([&] { state = lab_.state(host); });
  return state;
}

std::size_t RunningLab::connections(std::string_view host) {
  std::size_t count = 0;
  run_there([&] { count = lab_.connections(host); });
  return count;
}

void RunningLab::add_fault(std::string_view host, FaultRule rule) {
  run_there([&] { lab_.add_fault(host, rule); });
}

void RunningLab::heal(std::string_view host) {
  run_there([&] { lab_.heal(host); });
}

void RunningLab::set_power(std::string_view host, bool on) {
  run_there([&] { lab_.set_power(host, on); });
}

void RunningLab::set_health(std::string_view host, std::optional<std::string> health) {
  run_there([&] { lab_.set_health(host, health); });
}

bool RunningLab::wait_until(std::string_view host, const std::function<bool(const HostState&)>& wanted,
                            Duration deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (true) {
    if (wanted(state(host))) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
}

void RunningLab::run_there(const std::function<void()>& act) {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    try {
      act();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

}  // namespace breakwater::lab
