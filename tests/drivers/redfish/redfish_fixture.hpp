#pragma once
// A lab of one host, `n1`, on an address of this process's own, and conversations with it that a test can wait for.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "drivers/lab/image.hpp"
#include "drivers/lab/running_lab.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "inventories/trust/image_store.hpp"

namespace breakwater::redfish {

/// Runs coroutines of the test to their end, one at a time.
class Runner {
 public:
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error, T value) {
      thrown = error;
      result = std::move(value);
    });
    while (!result) io_.run_one();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }
  void run(boost::asio::awaitable<void> work);
  boost::asio::io_context& io() { return io_; }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
};

class RedfishTest : public testing::Test {
 protected:
  /// A host with short times, to be changed by the test before start().
  RedfishTest();
  ~RedfishTest() override;

  void start();
  lab::HostState state() { return lab_->state("n1"); }
  /// The host, under the lab's CA or under its present key.
  BmcEndpoint endpoint();
  BmcEndpoint pinned();
  std::unique_ptr<Bmc> bmc();
  std::unique_ptr<Bmc> bmc(BmcEndpoint endpoint);
  /// Logged in.
  std::unique_ptr<Bmc> opened();
  VerifiedImage image(const std::string& component, const std::string& version, std::size_t bytes = 300'000);
  /// The inventory URI of a component's running entry.
  std::string target(Bmc& bmc, const std::string& id);
  /// Reads the task until it is at an end, or pends where `pending_ends`.
  TaskView follow(Bmc& bmc, const StageReceipt& receipt, bool pending_ends = false);
  Observation look(Bmc& bmc);
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return runner_.run(std::move(work));
  }
  void run(boost::asio::awaitable<void> work) { runner_.run(std::move(work)); }

  std::filesystem::path folder_;
  lab::LabConfig config_;
  lab::HostConfig host_;
  std::unique_ptr<lab::RunningLab> lab_;
  Credentials credentials_;
  Runner runner_;
  std::unique_ptr<RedfishContext> shared_;
  std::vector<std::string> sessions_;  ///< as they were announced
  int bodies_sent_ = 0;

  SessionOpened remember();
  BodySent count();
};

}  // namespace breakwater::redfish
