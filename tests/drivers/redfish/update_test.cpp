// Images on their way: to a lab BMC in every form, cut in every place, taken back, and run from the other bank.
#include "drivers/redfish/update.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/drivers/redfish/redfish_fixture.hpp"

namespace breakwater::redfish::update_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Update : public RedfishTest {
 protected:
  StageRequest to(const std::string& target_uri, ApplyTime apply = ApplyTime::immediate) {
    StageRequest request;
    request.target_uri = target_uri;
    request.apply = apply;
    request.deadline = Duration(30'000);
    request.no_progress = Duration(10'000);
    return request;
  }
  Result<StageReceipt, Fault> stage(Bmc& bmc, VerifiedImage bytes, StageRequest request) {
    return run(bmc.stage(std::move(bytes), std::move(request), count()));
  }
  static std::vector<std::string> staged(const Observation& seen) {
    std::vector<std::string> versions;
    for (const InstalledComponent& component : seen.inventory) {
      if (component.slot == Slot::staged) versions.push_back(component.version);
    }
    return versions;
  }
  static std::string staged_uri(const Observation& seen, const std::string& software_id = "LAB-BIOS") {
    for (const InstalledComponent& component : seen.inventory) {
      if (component.slot == Slot::staged && component.key.software_id == software_id) return component.uri;
    }
    return {};
  }
};

TEST_F(Update, an_image_arrives_whole_and_its_task_is_found_wherever_it_is_named) {
  for (const auto where : {lab::TaskIn::monitor_and_body, lab::TaskIn::location, lab::TaskIn::body,
                           lab::TaskIn::monitor, lab::TaskIn::extended_info}) {
    host_.persona.task_in = where;
    config_.hosts.clear();
    bodies_sent_ = 0;
    start();
    auto bmc = opened();
    VerifiedImage bytes = image("bios", "3.3");
    const Sha256 digest = bytes.digest();
    const auto receipt = stage(*bmc, std::move(bytes), to(target(*bmc, "BIOS")));
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(bodies_sent_, 1);
    EXPECT_EQ(receipt->task_uri.empty(), where == lab::TaskIn::monitor);
    EXPECT_EQ(follow(*bmc, *receipt).state, TaskState::succeeded);
    ASSERT_THAT(state().images, SizeIs(1));
    EXPECT_EQ(state().images[0].sha256, digest);
    EXPECT_EQ(state().counters.uploads, 1);
    run(bmc->close());
    EXPECT_EQ(state().sessions_open, 0);
    lab_.reset();
  }
}

TEST_F(Update, a_monitor_tells_under_which_name_its_task_is_listed) {
  host_.persona.task_in = lab::TaskIn::monitor;
  start();
  auto bmc = opened();
  const auto receipt = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS"), ApplyTime::on_reset));
  ASSERT_TRUE(receipt) << receipt.error().message;
  const TaskView by_monitor = follow(*bmc, *receipt, true);
  // As an earlier process recorded it, which had no task to name.
  StageReceipt recorded;
  recorded.task_uri = receipt->monitor_uri;
  const auto by_record = run(bmc->read_task(recorded));
  ASSERT_TRUE(by_record) << by_record.error().message;
  const Observation seen = look(*bmc);
  ASSERT_THAT(seen.tasks, SizeIs(1));
  EXPECT_EQ(by_monitor.uri, seen.tasks[0].uri);
  EXPECT_EQ(by_record->uri, seen.tasks[0].uri);
  run(bmc->close());
}

TEST_F(Update, a_bare_image_goes_where_that_is_all_there_is) {
  host_.persona.multipart_push = false;
  start();
  auto bmc = opened();
  const auto able = run(bmc->update_ability());
  ASSERT_TRUE(able);
  EXPECT_FALSE(able->multipart);
  EXPECT_TRUE(able->http_push);
  EXPECT_TRUE(able->stage_on_reset);
  VerifiedImage bytes = image("bios", "3.3");
  const auto receipt = stage(*bmc, std::move(bytes), to("", ApplyTime::on_reset));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(follow(*bmc, *receipt, true).state, TaskState::pending);
  EXPECT_THAT(staged(look(*bmc)), testing::ElementsAre("3.3"));
  const auto named = stage(*bmc, image("bmc", "3.0"), to("/redfish/v1/UpdateService/FirmwareInventory/BMC"));
  ASSERT_FALSE(named) << "a bare image names no target";
  EXPECT_EQ(named.error().kind, Fault::Kind::not_supported);
  EXPECT_TRUE(named.error().unsent);
  run(bmc->close());
}

TEST_F(Update, ability_is_what_the_service_advertises) {
  host_.persona.apply_times = {ApplyTime::immediate, ApplyTime::on_reset};
  host_.persona.image_bytes_max = 100'000;
  start();
  auto bmc = opened();
  const auto able = run(bmc->update_ability());
  ASSERT_TRUE(able);
  EXPECT_TRUE(able->multipart);
  EXPECT_TRUE(able->stage_on_reset);
  EXPECT_FALSE(able->stage_for_start);
  EXPECT_EQ(able->max_image_bytes, 100'000u);
  const auto large = stage(*bmc, image("bios", "3.3"), to(""));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, Fault::Kind::bound_exceeded);
  const auto later = stage(*bmc, image("bios", "3.4", 50'000), to("", ApplyTime::on_start_request));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().kind, Fault::Kind::not_supported);
  EXPECT_EQ(state().counters.uploads_begun, 0) << "both were seen before a byte left";
  run(bmc->close());
}

TEST_F(Update, a_staged_image_is_seen_taken_back_and_seen_gone) {
  start();
  auto bmc = opened();
  const auto receipt = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS"), ApplyTime::on_reset));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(follow(*bmc, *receipt, true).state, TaskState::pending);
  const Observation armed = look(*bmc);
  EXPECT_THAT(staged(armed), testing::ElementsAre("3.3"));
  ASSERT_THAT(armed.tasks, SizeIs(1));
  EXPECT_EQ(armed.tasks[0].state, TaskState::pending);
  EXPECT_TRUE(armed.tasks[0].update);
  const auto cancelled = run(bmc->cancel_staged(staged_uri(armed), receipt->task_uri));
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  const Observation gone = look(*bmc);
  EXPECT_THAT(staged(gone), IsEmpty());
  EXPECT_THAT(gone.tasks, IsEmpty());
  EXPECT_TRUE(run(bmc->cancel_staged(staged_uri(armed), receipt->task_uri))) << "gone already";
  run(bmc->close());
}

TEST_F(Update, taking_an_image_back_leaves_the_images_of_others) {
  start();
  auto bmc = opened();
  for (const char* component : {"bios", "nic"}) {
    std::string id = component;
    for (char& c : id) c = static_cast<char>(c - 'a' + 'A');
    const auto receipt = stage(*bmc, image(component, "30.3"), to(target(*bmc, id), ApplyTime::on_reset));
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(follow(*bmc, *receipt, true).state, TaskState::pending);
  }
  const Observation armed = look(*bmc);
  ASSERT_THAT(staged(armed), SizeIs(2));
  ASSERT_TRUE(run(bmc->cancel_staged(staged_uri(armed), "")));
  const Observation after = look(*bmc);
  EXPECT_EQ(staged_uri(after), "");
  EXPECT_NE(staged_uri(after, "LAB-NIC"), "") << "it is somebody else's";
  const auto nothing = run(bmc->cancel_staged("", ""));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, Fault::Kind::not_supported);
  EXPECT_NE(staged_uri(look(*bmc), "LAB-NIC"), "");
  run(bmc->close());
}

TEST_F(Update, a_task_that_writes_is_never_deleted) {
  host_.flash = Duration(600);
  start();
  auto bmc = opened();
  const auto receipt = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS"), ApplyTime::on_reset));
  ASSERT_TRUE(receipt) << receipt.error().message;
  const auto refused = run(bmc->cancel_staged("", receipt->task_uri));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().body_sent) << "nothing was asked";
  EXPECT_EQ(follow(*bmc, *receipt, true).state, TaskState::pending);
  ASSERT_TRUE(run(bmc->cancel_staged("", receipt->task_uri))) << "now it waits";
  EXPECT_THAT(staged(look(*bmc)), IsEmpty());
  run(bmc->close());
}

TEST_F(Update, what_waits_for_a_start_is_started_once) {
  start();
  auto bmc = opened();
  const auto receipt = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS"), ApplyTime::on_start_request));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_NE(follow(*bmc, *receipt, true).state, TaskState::failed) << "the transfer's own task";
  EXPECT_THAT(staged(look(*bmc)), testing::ElementsAre("3.3"));
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  const auto started = run(bmc->start_staged());
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_FALSE(started->task_uri.empty());
  EXPECT_EQ(follow(*bmc, *started).state, TaskState::succeeded);
  ASSERT_TRUE(lab_->wait_until("n1", [](const lab::HostState& host) { return host.versions.at("bios") == "3.3"; }));
  const auto again = run(bmc->start_staged());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().http_status, 409);
  run(bmc->close());
}

TEST_F(Update, the_other_bank_is_made_the_running_one) {
  start();
  auto bmc = opened();
  InstalledComponent previous;
  for (const InstalledComponent& component : look(*bmc).inventory) {
    if (component.slot == Slot::previous && component.key.software_id == "LAB-BIOS") previous = component;
  }
  ASSERT_EQ(previous.version, "3.1");
  InstalledComponent stale = previous;
  stale.version = "2.9";
  const auto refused = run(bmc->activate_previous(stale));
  ASSERT_FALSE(refused) << "the bank holds another version than the caller saw";
  EXPECT_EQ(refused.error().kind, Fault::Kind::not_supported);
  EXPECT_EQ(state().counters.tasks, 0);
  const auto switched = run(bmc->activate_previous(previous));
  ASSERT_TRUE(switched) << switched.error().message;
  follow(*bmc, *switched, true);
  if (state().versions.at("bios") != "3.1") {
    ASSERT_TRUE(run(bmc->reset_host()));
  }
  ASSERT_TRUE(lab_->wait_until("n1", [](const lab::HostState& host) { return host.versions.at("bios") == "3.1"; }));
  run(bmc->close());
}

TEST_F(Update, a_connection_cut_in_the_middle_of_the_body_says_so) {
  host_.faults = {lab::FaultRule{lab::LabFault::cut_upload, "", 1}};
  start();
  auto bmc = opened();
  const auto cut = stage(*bmc, image("bios", "3.3", 16'000'000), to(target(*bmc, "BIOS")));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, Fault::Kind::closed_before_reply) << cut.error().message;
  EXPECT_FALSE(cut.error().body_sent);
  EXPECT_FALSE(cut.error().unsent) << "half of it had left";
  EXPECT_EQ(bodies_sent_, 0);
  EXPECT_EQ(state().counters.uploads, 0);
  EXPECT_EQ(state().counters.uploads_begun, 1) << "nothing is sent again by itself";
  EXPECT_TRUE(run(bmc->identify()));
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Update, a_connection_cut_after_the_body_leaves_exactly_one_body) {
  for (const auto cut_as : {lab::LabFault::cut_after_body, lab::LabFault::cut_after_body_lost}) {
    host_.faults = {lab::FaultRule{cut_as, "", 1}};
    config_.hosts.clear();
    bodies_sent_ = 0;
    start();
    auto bmc = opened();
    const auto cut = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS")));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, Fault::Kind::closed_before_reply) << cut.error().message;
    EXPECT_TRUE(cut.error().body_sent);
    EXPECT_EQ(bodies_sent_, 1);
    EXPECT_EQ(state().counters.uploads, 1);
    EXPECT_TRUE(run(bmc->identify()));
    EXPECT_EQ(state().counters.uploads, 1);
    run(bmc->close());
    EXPECT_EQ(state().sessions_open, 0);
    lab_.reset();
  }
}

TEST_F(Update, a_refused_push_tells_what_the_bmc_said) {
  start();
  auto bmc = opened();
  const auto refused = stage(*bmc, image("bios", "3.3"), to("/redfish/v1/Chassis/1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().http_status, 400);
  EXPECT_THAT(refused.error().message, HasSubstr("target"));
  EXPECT_TRUE(refused.error().body_sent);
  run(bmc->close());
}

TEST_F(Update, a_task_that_ended_badly_failed_and_one_that_vanished_is_gone) {
  host_.faults = {lab::FaultRule{lab::LabFault::task_exception, "", 1}};
  start();
  auto bmc = opened();
  const auto receipt = stage(*bmc, image("bios", "3.3"), to(target(*bmc, "BIOS")));
  ASSERT_TRUE(receipt);
  const TaskView failed = follow(*bmc, *receipt);
  EXPECT_EQ(failed.state, TaskState::failed);
  EXPECT_THAT(failed.message, Not(IsEmpty()));
  StageReceipt nowhere;
  nowhere.task_uri = "/redfish/v1/TaskService/Tasks/4711";
  const auto gone = run(bmc->read_task(nowhere));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, Fault::Kind::task_gone);
  const auto unnamed = run(bmc->read_task(StageReceipt{}));
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().kind, Fault::Kind::task_gone);
  run(bmc->close());
}

TEST(UpdateForm, parameters_stand_first_and_the_name_is_harmless) {
  StageRequest request;
  request.target_uri = "/redfish/v1/Managers/1";
  request.apply = ApplyTime::on_reset;
  EXPECT_EQ(update_parameters(request, quirks_of(Family::generic)),
            R"({"@Redfish.OperationApplyTime":"OnReset","Targets":["/redfish/v1/Managers/1"]})");
  request.target_uri.clear();
  EXPECT_EQ(update_parameters(request, quirks_of(Family::dell)),
            R"({"@Redfish.OperationApplyTime":"OnReset","Oem":{}})");
  EXPECT_EQ(base_name("/a/b/x.bin"), "x.bin");
  EXPECT_EQ(base_name("..\\..\\x\".bin\r\n"), "x_.bin__");
  EXPECT_EQ(base_name(""), "image.bin");
  const UploadBody body = multipart_body("B", "{}", "dir/x.bin");
  EXPECT_LT(body.head.find("UpdateParameters"), body.head.find("UpdateFile"));
  EXPECT_THAT(body.head, HasSubstr("filename=\"x.bin\""));
  EXPECT_TRUE(body.head.ends_with("\r\n\r\n"));
  EXPECT_EQ(body.tail, "\r\n--B--\r\n");
  EXPECT_NE(new_boundary(), new_boundary());
}

/// A stop that comes while the driver reads what its request needs.
TEST_F(Update, what_is_kept_back_does_not_leave) {
  start();
  auto bmc = opened();
  const std::string bios = target(*bmc, "BIOS");
  const std::vector<InstalledComponent> seen = look(*bmc).inventory;
  const InstalledComponent previous = *std::find_if(seen.begin(), seen.end(), [](const InstalledComponent& one) {
    return one.slot == Slot::previous && one.key.software_id == "LAB-BIOS";
  });
  bmc->ask_first([] { return false; });
  const auto staged = stage(*bmc, image("bios", "3.3"), to(bios));
  ASSERT_FALSE(staged);
  EXPECT_TRUE(is_kept_back(staged.error()) && staged.error().unsent) << staged.error().message;
  for (const Fault& fault : {run(bmc->start_staged()).error(), run(bmc->activate_previous(previous)).error(),
                             run(bmc->reset_bmc()).error()}) {
    EXPECT_TRUE(is_kept_back(fault)) << fault.message;
  }
  run(bmc->close());
  auto again = opened();
  again->ask_first([] { return false; });
  EXPECT_TRUE(is_kept_back(run(again->reset_host()).error()));
  EXPECT_EQ(state().counters.uploads_begun, 0);
  EXPECT_EQ(state().counters.resets_of_manager + state().counters.resets_of_system, 0);
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  run(again->close());
}

}  // namespace
}  // namespace breakwater::redfish::update_test
