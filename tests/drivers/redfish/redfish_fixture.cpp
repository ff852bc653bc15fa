#include "tests/drivers/redfish/redfish_fixture.hpp"

#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "inventories/trust/digest.hpp"

namespace breakwater::redfish {
namespace {

using boost::asio::awaitable;

constexpr std::chrono::seconds kPatience{20};

// Tests run as many processes at once: each has its own address, so that no two ask for the same port.
std::string own_address() {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(110 + pid / 64516 % 64) + "." + std::to_string(1 + pid / 254 % 254) + "." +
         std::to_string(1 + pid % 254);
}

Approval approval_of(const Sha256& digest) {
  const auto key = minisign::generate_secret_key();
  const std::string release = "sha256: " + to_hex(digest) + "\n";
  const std::vector<SignatureFile> files{{"r.minisig", minisign::sign(release, *key, "")}};
  const std::vector<Signer> signers{{"qa", key->public_key()}};
  return *approve(release, files, signers, {}, {"r.yaml", "Breakwater", "bios"});
}

}  // namespace

void Runner::run(awaitable<void> work) {
  bool done = false;
  std::exception_ptr thrown;
  boost::asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error) {
    thrown = error;
    done = true;
  });
  while (!done) io_.run_one();
  if (thrown) std::rethrow_exception(thrown);
}

RedfishTest::RedfishTest() : shared_(std::make_unique<RedfishContext>()) {
  folder_ = std::filesystem::temp_directory_path() / ("breakwater-redfish-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder_);
  config_.port = 0;
  config_.ipmi_port = 0;
  config_.first_address = own_address();
  config_.certificates = folder_ / "lab";
  credentials_ = config_.credentials;
  host_.name = "n1";
  host_.flash = Duration(60);
  host_.bmc_boot = Duration(60);
  host_.host_boot = Duration(60);
}

RedfishTest::~RedfishTest() {
  lab_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedfishTest::start() {
  config_.hosts.insert(config_.hosts.begin(), host_);
  lab_ = std::make_unique<lab::RunningLab>(config_);
}

BmcEndpoint RedfishTest::endpoint() {
  const lab::HostState host = state();
  BmcEndpoint endpoint;
  endpoint.address = host.address;
  endpoint.port = host.port;
  endpoint.tls.mode = TlsPolicy::Mode::ca;
  endpoint.tls.ca_bundle = lab_->ca_file();
  return endpoint;
}

BmcEndpoint RedfishTest::pinned() {
  BmcEndpoint endpoint = this->endpoint();
  endpoint.tls.mode = TlsPolicy::Mode::pin;
  endpoint.tls.ca_bundle.clear();
  endpoint.tls.pins = {state().spki};
  return endpoint;
}

std::unique_ptr<Bmc> RedfishTest::bmc() {
  return bmc(endpoint());
}

std::unique_ptr<Bmc> RedfishTest::bmc(BmcEndpoint endpoint) {
  return open_redfish(runner_.io().get_executor(), std::move(endpoint), credentials_, *shared_);
}

std::unique_ptr<Bmc> RedfishTest::opened() {
  auto made = bmc();
  const auto in = run(made->open(remember()));
  EXPECT_TRUE(in) << in.error().message;
  return made;
}

SessionOpened RedfishTest::remember() {
  return [this](std::string uri) -> awaitable<void> {
    sessions_.push_back(std::move(uri));
    co_return;
  };
}

BodySent RedfishTest::count() {
  return [this]() -> awaitable<void> {
    ++bodies_sent_;
    co_return;
  };
}

VerifiedImage RedfishTest::image(const std::string& component, const std::string& version, std::size_t bytes) {
  lab::ImageHeader header;
  header.component = component;
  header.version = version;
  const std::string content = lab::make_image(header, bytes);
  const std::filesystem::path file = folder_ / (component + "-" + version + ".bin");
  std::ofstream(file, std::ios::binary) << content;
  ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
  const auto imported = store.import(file);
  EXPECT_TRUE(imported);
  auto made =
      store.verify(approval_of(imported->image.digest), imported->image.digest, content.size(), file.filename());
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

Observation RedfishTest::look(Bmc& bmc) {
  auto seen = run(bmc.observe());
  EXPECT_TRUE(seen) << seen.error().step << ": " << seen.error().message;
  return seen.value_or(Observation{});
}

std::string RedfishTest::target(Bmc& bmc, const std::string& id) {
  for (const InstalledComponent& component : look(bmc).inventory) {
    if (component.id == id) return component.uri;
  }
  ADD_FAILURE() << "no entry " << id;
  return {};
}

TaskView RedfishTest::follow(Bmc& bmc, const StageReceipt& receipt, bool pending_ends) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  TaskView last;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto task = run(bmc.read_task(receipt));
    EXPECT_TRUE(task) << task.error().message;
    if (!task) return last;
    last = *task;
    if (last.state == TaskState::succeeded || last.state == TaskState::failed) return last;
    if (pending_ends && last.state == TaskState::pending) return last;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "the task stays " << last.state_text;
  return last;
}

}  // namespace breakwater::redfish
