#pragma once
// A lab of one host, `n1`, on an address of this process's own, and the waits that its tests need.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "drivers/lab/image.hpp"
#include "drivers/lab/running_lab.hpp"
#include "tests/drivers/lab/client.hpp"

namespace breakwater::lab {

class LabTest : public testing::Test {
 protected:
  /// A host with short times, to be changed by the test before start().
  LabTest();
  ~LabTest() override;

  void start();
  HostState state() { return lab_->state("n1"); }
  /// A client that trusts the lab and has a session.
  std::unique_ptr<Client> client();
  std::unique_ptr<Client> client_without_session();

  /// An image of the component for this test's host.
  static std::string image(const std::string& component, const std::string& version, std::vector<LabFault> faults = {});
  /// Pushes and hands back the task's URI; fails the test where the answer is not 202.
  std::string push(Client& client, const std::string& image, const std::string& apply);
  /// The task, once it is in this state; fails the test at the deadline.
  nlohmann::json wait_for_task(Client& client, const std::string& task, const std::string& wanted);
  void wait_until(const std::function<bool(const HostState&)>& wanted);

  LabConfig config_;
  HostConfig host_;
  std::unique_ptr<RunningLab> lab_;
};

}  // namespace breakwater::lab
