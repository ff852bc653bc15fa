// Our driver against our lab: what no foreign BMC here can do, losses, updates by HPM.1 and both drivers together.
#include <gmock/gmock.h>
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

namespace breakwater::ipmi::lab_test {
namespace {

namespace asio = boost::asio;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint8_t kBmc = 0;  ///< the lab's component of that number
constexpr std::uint8_t kBios = 1;
constexpr std::chrono::seconds kPatience{20};

Approval approval_of(const Sha256& digest) {
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

TEST_F(WithLab, one_look_tells_what_redfish_tells_too) {
  start();
  const auto seen = look(*bmc());
  ASSERT_TRUE(seen) << seen.error().message;
  const lab::HostState host = state();
  EXPECT_EQ(seen->identity.serial, host.serial);
  EXPECT_EQ(seen->identity.uuid, host.uuid);
  EXPECT_EQ(seen->identity.model, "Lab-2U");
  EXPECT_EQ(seen->power, Power::on);
  EXPECT_EQ(seen->health, Health::ok) << seen->health_text;
  ASSERT_NE(entry(*seen, Slot::running), nullptr);
  EXPECT_EQ(entry(*seen, Slot::running)->version, "3.02");
  EXPECT_EQ(entry(*seen, Slot::previous)->version, "3.01");
  EXPECT_EQ(entry(*seen, Slot::staged), nullptr);
  EXPECT_EQ(host.ipmi_sessions_open, 0);
  EXPECT_TRUE(ipmi_.offers_seventeen(host.address + ":" + std::to_string(host.ipmi_port)));
}

TEST_F(WithLab, lost_doubled_and_late_replies_change_nothing) {
  for (const lab::LabFault fault : {lab::LabFault::ipmi_drop_reply, lab::LabFault::ipmi_drop_request,
                                    lab::LabFault::ipmi_duplicate_reply, lab::LabFault::ipmi_reorder_reply}) {
    lab::FaultRule rule;
    rule.fault = fault;
    rule.every = 25;
    rule.times = 3;
    rule.lasting = Duration(30);
    host_.faults.push_back(rule);
  }
  start();
  const auto seen = look(*bmc());
  ASSERT_TRUE(seen) << seen.error().step << ": " << seen.error().message;
  EXPECT_EQ(seen->inventory.size(), 6U) << "three components, each with its other bank";
}

TEST_F(WithLab, a_full_session_table_is_its_own_fault) {
  host_.faults.push_back({lab::LabFault::session_table_full});
  start();
  const auto seen = look(*bmc());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::sessions_exhausted) << seen.error().message;
}

TEST_F(WithLab, a_login_that_ipmi_cannot_carry_is_said_and_not_tried) {
  start();
  struct Row {
    std::string user;
    std::string password;
    const char* says;
  };
  for (const Row& row : {Row{"admin", std::string(21, 'p'), "the password is too long for IPMI: it has 21 bytes"},
                         Row{std::string(17, 'u'), "p", "the user name is too long for IPMI: it has 17 bytes"},
                         Row{"admin", std::string("p\0q", 3), "the password holds a zero byte"}}) {
    for (int i = 0; i < 4; ++i) {
      const Credentials login{row.user, Secret(row.password)};
      const auto seen = look(*open_ipmi(io_.get_executor(), endpoint(), login, Secret(), ipmi_));
      ASSERT_FALSE(seen);
      EXPECT_EQ(seen.error().kind, Fault::Kind::not_supported);
      EXPECT_THAT(seen.error().message, HasSubstr(row.says));
      EXPECT_THAT(seen.error().message, testing::Not(HasSubstr(row.password)));
    }
  }
  EXPECT_TRUE(look(*bmc())) << "no refused login is counted";
}

TEST_F(WithLab, a_password_too_long_for_ipmi_does_not_lock_redfish) {
  config_.credentials = Credentials{"admin", Secret("twenty-four-bytes-of-it-")};
  start();
  for (int i = 0; i < 5; ++i) {
    const auto seen = look(*both(Occasion::before_plan));
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_THAT(seen->findings, ElementsAre(HasSubstr("ipmi: not_supported: the password is too long for IPMI")));
    EXPECT_EQ(seen->inventory.size(), 6U);
  }
}

TEST_F(WithLab, an_image_is_staged_runs_and_is_taken_back) {
  start();
  const auto staged = stage(*bmc(), image("3.4"));
  ASSERT_TRUE(staged) << staged.error().message;
  auto seen = look(*bmc());
  ASSERT_TRUE(seen);
  EXPECT_EQ(entry(*seen, Slot::running)->version, "3.02") << "nothing runs before it is told to";
  ASSERT_NE(entry(*seen, Slot::staged), nullptr);
  EXPECT_EQ(entry(*seen, Slot::staged)->version, "3.04");

  EXPECT_EQ(follow([](Bmc& one) { return one.start_staged(); }).state, TaskState::succeeded);
  seen = look(*bmc());
  ASSERT_TRUE(seen);
  EXPECT_EQ(entry(*seen, Slot::running)->version, "3.04");
  ASSERT_NE(entry(*seen, Slot::previous), nullptr);
  const InstalledComponent previous = *entry(*seen, Slot::previous);
  EXPECT_EQ(previous.version, "3.02");

  EXPECT_EQ(follow([previous](Bmc& one) { return one.activate_previous(previous); }).state, TaskState::succeeded);
  seen = look(*bmc());
  ASSERT_TRUE(seen);
  EXPECT_EQ(entry(*seen, Slot::running)->version, "3.02");
  EXPECT_EQ(state().counters.hpm_activations, 1);
  EXPECT_EQ(state().counters.hpm_rollbacks, 1);
}

TEST_F(WithLab, a_staged_image_is_cancelled) {
  start();
  ASSERT_TRUE(stage(*bmc(), image("3.4")));
  const auto cancelled = with<void>(*bmc(), [](Bmc& one) { return one.cancel_staged("ipmi:hpm/1/deferred", ""); });
  EXPECT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_TRUE(state().staged.empty());
}

TEST_F(WithLab, a_failed_self_test_fails_the_task_and_spoils_health) {
  start();
  ASSERT_TRUE(stage(*bmc(), image("3.5", {lab::LabFault::self_test_failed})));
  const TaskView task = follow([](Bmc& one) { return one.start_staged(); });
  EXPECT_EQ(task.state, TaskState::failed);
  EXPECT_TRUE(task.self_test_failed);
  EXPECT_THAT(task.message, HasSubstr("self test failed"));
}

/// Looks before and after what waits is run by somebody else, until the log has more to say, all in one session.
BmcResult<Observation> look_on(Bmc& reader, Bmc& writer) {
  Result<Observation, Fault> seen = co_await reader.observe();
  if (!seen) co_return fail(seen.error());
  const std::uint32_t before = seen->critical_events.value_or(99);
  SessionOpened nothing;
  const Result<void, Fault> in = co_await writer.open(std::move(nothing));
  if (!in) co_return fail(in.error());
  const Result<StageReceipt, Fault> begun = co_await writer.start_staged();
  if (!begun) co_return fail(begun.error());
  co_await writer.close();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (seen && seen->critical_events == before && std::chrono::steady_clock::now() < deadline) {
    seen = co_await reader.observe();
  }
  co_return seen;
}

TEST_F(WithLab, the_event_log_is_read_on_from_where_it_was_read) {
  start();
  ASSERT_TRUE(stage(*bmc(), image("3.5", {lab::LabFault::health_critical})));
  const auto writer = bmc();
  const auto held = bmc();
  const auto seen = with<Observation>(*held, [&writer](Bmc& one) { return look_on(one, *writer); });
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->critical_events, 1U);
  const auto anew = look(*bmc());
  ASSERT_TRUE(anew);
  EXPECT_EQ(anew->critical_events, 1U) << "whoever reads all of it counts the same";
  EXPECT_EQ(anew->critical_marks, seen->critical_marks);
  EXPECT_THAT(anew->critical_marks, SizeIs(1));
  EXPECT_THAT(anew->done_by, testing::Contains(DoneBy{"event log", "ipmi"}));
}

TEST_F(WithLab, the_event_log_is_read_by_ipmi_where_redfish_does_the_rest) {
  start();
  const auto seen = look(*both(Occasion::for_plan));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->critical_events, 0U);
  EXPECT_THAT(seen->done_by, testing::Contains(DoneBy{"event log", "ipmi"}));
  EXPECT_THAT(seen->done_by, testing::Contains(DoneBy{"update", "redfish"}));
}

lab::FaultRule refusal(lab::LabFault fault, const std::string& sensor, int code) {
  lab::FaultRule rule;
  rule.fault = fault;
  rule.component = sensor;
  rule.code = code;
  return rule;
}

/// Of sensors 1 to 4, whose records have the same numbers.
TEST_F(WithLab, a_record_or_sensor_that_the_bmc_refuses_is_a_finding) {
  start();
  for (const lab::LabFault fault : {lab::LabFault::sdr_refused, lab::LabFault::sensor_refused}) {
    for (const int code : {0xC0, 0xC3, 0xCE, 0xD5, 0xFF}) {
      lab_->heal("n1");
      lab_->add_fault("n1", refusal(fault, "2", code));
      const auto seen = look(*bmc());
      ASSERT_TRUE(seen) << code << ' ' << seen.error().message;
      EXPECT_EQ(seen->power, Power::on) << code;
      EXPECT_EQ(seen->health, Health::ok) << code;
      EXPECT_EQ(seen->critical_events, 0U) << code;
      EXPECT_THAT(seen->findings, ElementsAre(HasSubstr("unknown"))) << code;
      EXPECT_THAT(seen->findings, ElementsAre(HasSubstr(hex_byte(static_cast<std::uint8_t>(code))))) << code;
    }
  }
}

TEST_F(WithLab, a_refused_record_is_passed_over_by_its_number) {
  start();
  lab_->add_fault("n1", refusal(lab::LabFault::sdr_refused, "1", 0xC3));
  const auto seen = look(*bmc());
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_THAT(seen->findings, ElementsAre(HasSubstr("SDR record 0x0000: timed out inside the BMC")));
  lab_->add_fault("n1", refusal(lab::LabFault::sdr_refused, "2", 0xC3));
  const auto less = look(*bmc());
  ASSERT_TRUE(less);
  EXPECT_THAT(less->findings, ElementsAre(HasSubstr("0x0000"), HasSubstr("0x0002")));
}

TEST_F(WithLab, a_repository_that_refuses_everything_ends) {
  start();
  lab_->add_fault("n1", refusal(lab::LabFault::sdr_refused, "", 0xC0));
  const auto begun = std::chrono::steady_clock::now();
  const auto seen = look(*bmc());
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_THAT(seen->findings, SizeIs(4));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kPatience) << "busy records are not waited out one by one";
}

TEST_F(WithLab, an_event_log_that_was_not_read_whole_is_not_counted) {
  start();
  lab_->set_health("n1", "Critical");
  ASSERT_EQ(look(*bmc())->critical_events, 1U);
  struct Row {
    lab::LabFault fault;
    const char* says;
  };
  for (const Row& row : {Row{lab::LabFault::sel_cut, "its list ends after 1 of"},
                         Row{lab::LabFault::sel_overflow, "it has overflown"}, Row{lab::LabFault::sel_full, "full"}}) {
    lab_->heal("n1");
    lab_->add_fault("n1", {row.fault});
    const auto seen = look(*both(Occasion::before_plan));
    ASSERT_TRUE(seen) << row.says;
    EXPECT_EQ(seen->critical_events, std::nullopt) << row.says;
    EXPECT_THAT(seen->log_unread, HasSubstr(row.says));
    EXPECT_THAT(seen->findings, ElementsAre(AllOf(HasSubstr("ipmi: event log: "), HasSubstr(row.says))));
    EXPECT_EQ(seen->inventory.size(), 6U) << "what Redfish read is not hidden";
  }
}

TEST_F(WithLab, a_block_that_is_refused_ends_the_upload_and_leaves_nothing) {
  host_.faults.push_back({lab::LabFault::hpm_block_refused});
  start();
  const auto staged = stage(*bmc(), image("3.4"));
  ASSERT_FALSE(staged);
  EXPECT_EQ(state().counters.hpm_uploads, 0);
  EXPECT_TRUE(state().staged.empty());
  EXPECT_EQ(state().counters.hpm_aborts, 1) << "the target is told that nothing more comes";
}

TEST_F(WithLab, an_upload_that_fails_costs_nobody_what_waits_whole) {
  lab::FaultRule rule;
  rule.fault = lab::LabFault::hpm_block_refused;
  rule.component = "bmc";
  host_.faults.push_back(rule);
  start();
  ASSERT_TRUE(stage(*bmc(), image("3.4")));
  ASSERT_EQ(state().staged.at("bios"), "3.4");
  const auto failed = stage(*bmc(), image("2.1", {}, 20'000, kBmc), kBmc);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("was not dropped: component 1 has an image that waits"));
  EXPECT_EQ(state().counters.hpm_aborts, 0);
  EXPECT_EQ(state().staged.at("bios"), "3.4");
}

TEST_F(WithLab, a_block_whose_reply_is_lost_is_not_stored_twice) {
  start();
  lab::FaultRule rule;
  rule.fault = lab::LabFault::ipmi_drop_reply;
  rule.every = 12;
  rule.times = 2;
  lab_->add_fault("n1", rule);
  const auto staged = stage(*bmc(), image("3.4"));
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_EQ(state().staged.at("bios"), "3.4") << "the target would have refused a longer image";
}

TEST_F(WithLab, an_image_for_another_machine_is_refused_before_anything_is_sent) {
  start();
  const std::filesystem::path path = folder_ / "plain.bin";
  std::ofstream(path) << "no HPM.1 image at all";
  ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
  const auto imported = store.import(path);
  auto plain = store.verify(approval_of(imported->image.digest), imported->image.digest, imported->image.size, "plain");
  ASSERT_TRUE(plain);
  const auto staged = stage(*bmc(), std::move(*plain));
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().kind, Fault::Kind::image_refused);
  EXPECT_EQ(state().counters.hpm_uploads_begun, 0);
}

TEST_F(WithLab, the_other_driver_updates_where_redfish_takes_no_images) {
  host_.persona.multipart_push = false;
  host_.persona.http_push = false;
  start();
  const auto seen = look(*both(Occasion::before_plan));
  ASSERT_TRUE(seen) << seen.error().step << ": " << seen.error().message;
  EXPECT_THAT(seen->done_by, testing::Contains(DoneBy{"power", "redfish"}));
  EXPECT_THAT(seen->done_by, testing::Contains(DoneBy{"update", "ipmi (HPM.1)"}));
  EXPECT_EQ(entry(*seen, Slot::running)->uri, "ipmi:hpm/1") << "an update's target is of the driver that does it";
  EXPECT_THAT(seen->findings, testing::IsEmpty());
}

TEST_F(WithLab, a_driver_that_is_not_there_is_done_without_before_a_plan_and_not_after) {
  host_.redfish = false;
  start();
  const auto seen = look(*both(Occasion::before_plan));
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_THAT(seen->done_by, testing::Contains(DoneBy{"identity", "ipmi"}));
  EXPECT_FALSE(look(*both(Occasion::for_plan))) << "what the plan saw must be there";
}

}  // namespace
}  // namespace breakwater::ipmi::lab_test
