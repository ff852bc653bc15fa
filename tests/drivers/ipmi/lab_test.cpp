// Our driver against our lab: what no foreign BMC here can do, losses, and both drivers together.
#include <gmock/gmock.h>

#include "tests/drivers/ipmi/with_lab.hpp"

namespace breakwater::ipmi::lab_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

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

lab::FaultRule refused_command(const std::string& command, int code, int times) {
  lab::FaultRule rule = refusal(lab::LabFault::ipmi_refused, command, code);
  rule.times = times;
  return rule;
}

/// A command of a look, once answered as a BMC does that is busy with itself, is asked again.
TEST_F(WithLab, a_read_whose_answer_may_pass_is_asked_again) {
  host_.persona.multipart_push = false;
  host_.persona.http_push = false;
  start();
  const auto whole = look(*bmc());
  ASSERT_TRUE(whole);
  const auto expect_whole_after = [&](const std::string& command, int code) {
    lab_->add_fault("n1", refused_command(command, code, 1));
    const auto seen = look(*bmc());
    ASSERT_TRUE(seen) << command << ' ' << code << ' ' << seen.error().message;
    EXPECT_THAT(seen->findings, testing::IsEmpty()) << command << ' ' << code;
    EXPECT_EQ(seen->inventory.size(), whole->inventory.size()) << command << ' ' << code;
    EXPECT_EQ(seen->power, Power::on) << command << ' ' << code;
    EXPECT_EQ(seen->health, Health::ok) << command << ' ' << code;
    EXPECT_EQ(seen->critical_events, 0U) << command << ' ' << code;
    EXPECT_THAT(seen->tasks, testing::IsEmpty()) << command << ' ' << code;
  };
  // Device, chassis, self test, GUID, FRU, SDR, sensors, log; of HPM.1 capabilities, properties, status.
  for (const char* command : {"0601", "0001", "0604", "0637", "0a10", "0a11", "0a20", "0a22", "0a23", "042d", "0a40",
                              "2c2e", "2c2f", "2c34"}) {
    expect_whole_after(command, 0xC3);
  }
  for (const int code : {0xC0, 0xCE, 0xD0, 0xD1, 0xD2, 0xD3, 0xD5, 0xFF}) expect_whole_after("2c34", code);
}

TEST_F(WithLab, an_upgrade_status_that_stays_unknown_is_a_finding_and_counts_as_work) {
  host_.persona.multipart_push = false;
  host_.persona.http_push = false;
  start();
  lab_->add_fault("n1", refused_command("2c34", 0xC3, 0));
  for (const auto& seen : {look(*bmc()), look(*both(Occasion::before_plan))}) {
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_THAT(seen->findings, ElementsAre(HasSubstr("the upgrade status cannot be read: timed out inside the BMC")));
    ASSERT_NE(entry(*seen, Slot::running), nullptr) << "the versions do not depend on it";
    ASSERT_THAT(seen->tasks, SizeIs(1));
    EXPECT_EQ(seen->tasks[0].state, TaskState::running) << "nothing says that nobody is at work";
    EXPECT_TRUE(seen->tasks[0].uri.empty()) << "it is nobody's task";
  }
}

TEST_F(WithLab, a_component_that_cannot_be_read_is_unknown_and_the_others_are_read) {
  start();
  lab_->add_fault("n1", refused_command("2c2f", 0xFF, 0));
  EXPECT_FALSE(look(*bmc())) << "a target that tells of no component is a fault";
  lab_->heal("n1");
  const auto whole = look(*bmc());
  lab_->add_fault("n1", refused_command("2c2f", 0xC9, 1));  // no code that may pass, for the first of them
  const auto seen = look(*bmc());
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_THAT(seen->unread, SizeIs(1));
  EXPECT_EQ(seen->unread[0].uri, "ipmi:hpm/0");
  EXPECT_THAT(seen->findings, ElementsAre(HasSubstr("firmware unknown: ipmi:hpm/0: parameter out of range")));
  EXPECT_LT(seen->inventory.size(), whole->inventory.size());
  EXPECT_NE(entry(*seen, Slot::running), nullptr);
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
