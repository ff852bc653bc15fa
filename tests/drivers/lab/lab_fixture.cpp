#include "tests/drivers/lab/lab_fixture.hpp"

#include <unistd.h>

#include <chrono>
#include <thread>

namespace breakwater::lab {
namespace {

constexpr std::chrono::seconds kDeadline{20};
constexpr std::chrono::milliseconds kLookEvery{5};

// Tests run as many processes at once: each has its own address, so that no two ask for the same port.
std::string own_address() {
  const auto pid = static_cast<unsigned>(getpid());
  return "127." + std::to_string(40 + pid / 64516 % 64) + "." + std::to_string(1 + pid / 254 % 254) + "." +
         std::to_string(1 + pid % 254);
}

}  // namespace

LabTest::LabTest() {
  config_.port = 0;
  config_.ipmi_port = 0;
  config_.first_address = own_address();
  config_.certificates = std::filesystem::temp_directory_path() / ("breakwater-lab-" + std::to_string(getpid()));
  host_.name = "n1";
  host_.flash = Duration(60);
  host_.bmc_boot = Duration(60);
  host_.host_boot = Duration(60);
}

LabTest::~LabTest() {
  lab_.reset();
  std::filesystem::remove_all(config_.certificates);
}

void LabTest::start() {
  config_.hosts.insert(config_.hosts.begin(), host_);
  lab_ = std::make_unique<RunningLab>(config_);
}

std::unique_ptr<Client> LabTest::client() {
  auto made = client_without_session();
  made->log_in();
  return made;
}

std::unique_ptr<Client> LabTest::client_without_session() {
  return std::make_unique<Client>(state(), lab_->ca_file());
}

std::string LabTest::image(const std::string& component, const std::string& version, std::vector<LabFault> faults) {
  ImageHeader header;
  header.component = component;
  header.version = version;
  header.faults = std::move(faults);
  return make_image(header, 200'000);
}

std::string LabTest::push(Client& client, const std::string& image, const std::string& apply) {
  const Response pushed = client.push(image, apply);
  EXPECT_EQ(pushed.status, 202U) << pushed.text;
  return pushed.body.value("@odata.id", "");
}

nlohmann::json LabTest::wait_for_task(Client& client, const std::string& task, const std::string& wanted) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (true) {
    nlohmann::json body = client.get(task);
    if (body.value("TaskState", "") == wanted) return body;
    if (std::chrono::steady_clock::now() >= end) {
      ADD_FAILURE() << task << " did not become " << wanted << ": " << body.dump(2);
      return body;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

void LabTest::wait_until(const std::function<bool(const HostState&)>& wanted) {
  ASSERT_TRUE(lab_->wait_until("n1", wanted, std::chrono::duration_cast<Duration>(kDeadline)));
}

}  // namespace breakwater::lab
