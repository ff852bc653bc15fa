#pragma once
// One simulated BMC, spoken to by our drivers over real sockets: by IPMI alone, or by Redfish and IPMI.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <fstream>
#include <functional>

#include "drivers/ipmi/hpm_client.hpp"
#include "drivers/ipmi/ipmi_bmc.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "drivers/lab/image.hpp"
#include "drivers/lab/running_lab.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "drivers/two_drivers.hpp"
#include "inventories/trust/digest.hpp"
#include "inventories/trust/image_store.hpp"

namespace breakwater::ipmi {

namespace asio = boost::asio;

inline constexpr std::uint8_t kBmc = 0;  ///< the lab's component of that number
inline constexpr std::uint8_t kBios = 1;
inline constexpr std::chrono::seconds kPatience{20};

inline Approval approval_of(const Sha256& digest) {
  const auto key = minisign::generate_secret_key();
  const std::string release = "sha256: " + to_hex(digest) + "\n";
  const std::vector<SignatureFile> files{{"r.minisig", minisign::sign(release, *key, "")}};
  const std::vector<Signer> signers{{"qa", key->public_key()}};
  return *approve(release, files, signers, {}, {"r.yaml", "Breakwater", "bios"});
}

class WithLab : public testing::Test {
 protected:
  WithLab() {
    const auto pid = static_cast<unsigned>(::getpid());
    folder_ = std::filesystem::temp_directory_path() / ("breakwater-ipmi-" + std::to_string(pid));
    std::filesystem::create_directories(folder_);
    config_.port = 0;
    config_.ipmi_port = 0;
    config_.first_address = "127." + std::to_string(180 + pid / 64516 % 64) + "." +
                            std::to_string(1 + pid / 254 % 254) + "." + std::to_string(1 + pid % 254);
    config_.certificates = folder_ / "lab";
    host_.name = "n1";
    host_.flash = Duration(60);
    host_.bmc_boot = Duration(60);
    host_.host_boot = Duration(60);
  }
  ~WithLab() override {
    lab_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void start() {
    config_.hosts.push_back(host_);
    lab_ = std::make_unique<lab::RunningLab>(config_);
  }
  lab::HostState state() { return lab_->state("n1"); }

  BmcEndpoint endpoint() {
    const lab::HostState host = state();
    BmcEndpoint endpoint;
    endpoint.address = host.address;
    endpoint.port = host.port;
    endpoint.tls.ca_bundle = lab_->ca_file();
    endpoint.drivers = {Driver::redfish, Driver::ipmi};
    endpoint.ipmi.port = host.ipmi_port;
    return endpoint;
  }
  std::unique_ptr<Bmc> bmc() { return open_ipmi(io_.get_executor(), endpoint(), config_.credentials, Secret(), ipmi_); }
  std::unique_ptr<Bmc> both(Occasion occasion) {
    auto preferred = redfish::open_redfish(io_.get_executor(), endpoint(), config_.credentials, redfish_);
    return use_both(DriverBmc{Driver::redfish, std::move(preferred)}, DriverBmc{Driver::ipmi, bmc()}, occasion);
  }

  /// Opens, has `talk` done, closes.
  template <class T>
  Result<T, Fault> with(Bmc& bmc, std::function<BmcResult<T>(Bmc&)> talk) {
    std::optional<Result<T, Fault>> out;
    std::exception_ptr thrown;
    const auto whole = [&]() -> asio::awaitable<void> {
      SessionOpened nothing;
      const Result<void, Fault> in = co_await bmc.open(std::move(nothing));
      if (in) {
        out.emplace(co_await talk(bmc));
      } else {
        out.emplace(fail(in.error()));
      }
      co_await bmc.close();
    };
    asio::co_spawn(io_, whole(), [&](std::exception_ptr error) { thrown = error; });
    io_.restart();
    io_.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*out);
  }

  Result<Observation, Fault> look(Bmc& bmc) {
    return with<Observation>(bmc, [](Bmc& one) { return one.observe(); });
  }

  /// A lab image for `component` as the firmware of an HPM.1 file.
  VerifiedImage image(const std::string& version, std::vector<lab::LabFault> faults = {}, std::size_t bytes = 20'000,
                      std::uint8_t component = kBios) {
    lab::ImageHeader header;
    header.component = component == kBios ? "bios" : "bmc";
    header.version = version;
    header.faults = std::move(faults);
    const std::string firmware = lab::make_image(header, bytes);
    HpmImage made;
    made.header.device_id = 0x20;
    made.header.manufacturer = 32473;
    made.header.product = 1;
    made.header.components = static_cast<std::uint8_t>(1U << component);
    HpmAction upload;
    upload.components = static_cast<std::uint8_t>(1U << component);
    upload.version = Version{3, 0x04, {}};
    upload.name = header.component;
    upload.firmware = ByteView(reinterpret_cast<const std::uint8_t*>(firmware.data()), firmware.size());
    made.actions.push_back(upload);
    const Bytes file = build_hpm_image(made);
    const std::filesystem::path path = folder_ / (header.component + "-" + version + ".hpm");
    std::ofstream(path, std::ios::binary) << std::string(file.begin(), file.end());
    ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
    const auto imported = store.import(path);
    auto verified =
        store.verify(approval_of(imported->image.digest), imported->image.digest, file.size(), path.filename());
    EXPECT_TRUE(verified) << verified.error().message;
    return std::move(*verified);
  }

  Result<StageReceipt, Fault> stage(Bmc& bmc, VerifiedImage image, std::uint8_t component = kBios) {
    auto held = std::make_shared<VerifiedImage>(std::move(image));
    return with<StageReceipt>(bmc, [held, component](Bmc& one) {
      StageRequest request;
      request.target_uri = component_uri(component);
      request.apply = ApplyTime::on_start_request;
      request.deadline = kPatience;
      request.no_progress = Duration(5'000);
      BodySent sent;
      return one.stage(std::move(*held), std::move(request), std::move(sent));
    });
  }

  /// Activates or rolls back, and reads its task until it is at an end; a BMC that restarts is waited for.
  TaskView follow(std::function<BmcResult<StageReceipt>(Bmc&)> begin) {
    const auto first = bmc();
    const auto receipt = with<StageReceipt>(*first, std::move(begin));
    EXPECT_TRUE(receipt) << receipt.error().message;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const auto again = bmc();
      const auto task = with<TaskView>(*again, [&](Bmc& one) { return one.read_task(*receipt); });
      const bool over = task && (task->state == TaskState::succeeded || task->state == TaskState::failed);
      if (over || std::chrono::steady_clock::now() > deadline) return task.value_or(TaskView{});
    }
  }

  const InstalledComponent* entry(const Observation& seen, Slot slot) {
    for (const InstalledComponent& one : seen.inventory) {
      if (one.slot == slot && one.key.name == "BIOS") return &one;
    }
    return nullptr;
  }

  std::filesystem::path folder_;
  lab::LabConfig config_;
  lab::HostConfig host_;
  std::unique_ptr<lab::RunningLab> lab_;
  asio::io_context io_{1};
  redfish::RedfishContext redfish_;
  IpmiContext ipmi_{redfish_.logins()};
};

}  // namespace breakwater::ipmi
