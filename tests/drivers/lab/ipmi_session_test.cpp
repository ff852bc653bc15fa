// IPMI sessions and commands of a lab BMC: what ipmitool and FreeIPMI do not reach.
#include <algorithm>
#include <random>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/lab/ipmi/bmc.hpp"
#include "tests/drivers/lab/ipmi_client.hpp"
#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::ipmi_session_test {
namespace {

using ipmi::Privilege;

constexpr std::chrono::milliseconds kSilence{200};

class IpmiSessionTest : public LabTest {};

ipmi::RakpStatus refusal(const ipmi::HandshakeStep& step) {
  const auto* failure = std::get_if<ipmi::HandshakeFailure>(&step);
  return failure == nullptr ? ipmi::RakpStatus::ok : failure->status;
}

TEST_F(IpmiSessionTest, both_suites_open_a_session_whose_close_frees_its_slot) {
  start();
  for (const ipmi::Suite suite : {ipmi::Suite::three, ipmi::Suite::seventeen}) {
    IpmiClient bmc(state());
    ASSERT_TRUE(bmc.open(Privilege::administrator, suite));
    EXPECT_EQ(state().ipmi_sessions_open, 1);
    EXPECT_EQ(bmc.ask(ipmi::close_request(bmc.bmc_id())).completion, ipmi::kCompleted);
    EXPECT_EQ(state().ipmi_sessions_open, 0);
    bmc.send(ipmi::device_id_request());
    EXPECT_FALSE(bmc.receive(kSilence));
  }
  EXPECT_EQ(state().counters.ipmi_sessions_opened, 2);
  EXPECT_EQ(state().counters.ipmi_logins_refused, 0);
}

TEST_F(IpmiSessionTest, a_wrong_password_and_an_unknown_user_are_refused_and_counted) {
  start();
  IpmiClient bmc(state());
  const auto wrong = bmc.log_in("guess");
  ASSERT_TRUE(std::holds_alternative<ipmi::HandshakeFailure>(wrong));
  EXPECT_EQ(refusal(bmc.log_in("lab-password", "bob")), ipmi::RakpStatus::name_not_authorised);
  EXPECT_EQ(state().ipmi_sessions_open, 0);
  EXPECT_EQ(state().counters.ipmi_sessions_opened, 0);
  EXPECT_GE(state().counters.ipmi_logins_refused, 1);
}

TEST_F(IpmiSessionTest, a_full_table_refuses_until_an_administrator_closes_anothers_session) {
  host_.persona.sessions_max = 2;
  start();
  IpmiClient first(state());
  IpmiClient second(state());
  IpmiClient third(state());
  ASSERT_TRUE(first.open());
  ASSERT_TRUE(second.open(Privilege::user));
  EXPECT_EQ(refusal(third.log_in()), ipmi::RakpStatus::no_resources);
  EXPECT_EQ(second.ask(ipmi::close_request(first.bmc_id())).completion, ipmi::kPrivilegeLacks);
  EXPECT_EQ(first.ask(ipmi::close_request(second.bmc_id())).completion, ipmi::kCompleted);
  EXPECT_EQ(first.ask(ipmi::close_request(second.bmc_id())).completion, 0x87);
  EXPECT_TRUE(third.open());
}

TEST_F(IpmiSessionTest, a_fault_makes_the_table_full) {
  start();
  lab_->add_fault("n1", {.fault = LabFault::session_table_full, .times = 1});
  IpmiClient bmc(state());
  EXPECT_EQ(refusal(bmc.log_in()), ipmi::RakpStatus::no_resources);
  EXPECT_TRUE(bmc.open());
}

TEST_F(IpmiSessionTest, an_idle_session_ends) {
  host_.persona.ipmi_idle = Duration(50);
  host_.persona.sessions_max = 1;
  start();
  IpmiClient bmc(state());
  ASSERT_TRUE(bmc.open());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  bmc.send(ipmi::device_id_request());
  EXPECT_FALSE(bmc.receive(kSilence));
  EXPECT_TRUE(IpmiClient(state()).open());
}

TEST_F(IpmiSessionTest, a_cold_reset_ends_every_session_and_is_silent_until_the_bmc_is_back) {
  host_.bmc_boot = Duration(400);
  start();
  IpmiClient bmc(state());
  ASSERT_TRUE(bmc.open());
  EXPECT_EQ(bmc.ask(ipmi::cold_reset_request()).completion, ipmi::kCompleted);
  wait_until([](const HostState& host) { return !host.bmc_up; });
  EXPECT_EQ(state().ipmi_sessions_open, 0);
  bmc.send_datagram(ipmi::encode_ping(7));
  EXPECT_FALSE(bmc.receive_datagram(kSilence));
  wait_until([](const HostState& host) { return host.bmc_up; });
  bmc.send_datagram(ipmi::encode_ping(8));
  EXPECT_TRUE(bmc.receive_datagram());
  EXPECT_TRUE(bmc.open());
  EXPECT_EQ(state().counters.resets_of_manager, 1);
}

TEST_F(IpmiSessionTest, privilege_is_what_the_login_asked_for_at_most) {
  start();
  IpmiClient bmc(state());
  ASSERT_TRUE(bmc.open(Privilege::user));
  EXPECT_EQ(bmc.ask(ipmi::chassis_status_request()).completion, ipmi::kCompleted);
  EXPECT_EQ(bmc.ask(ipmi::chassis_control_request(ipmi::ChassisControl::off)).completion, ipmi::kPrivilegeLacks);
  EXPECT_EQ(bmc.ask(ipmi::cold_reset_request()).completion, ipmi::kPrivilegeLacks);
  EXPECT_EQ(bmc.ask(ipmi::privilege_request(Privilege::administrator)).completion, 0x81);
  EXPECT_EQ(state().power, "On");
  EXPECT_EQ(bmc.ask(ipmi::request_for({0x30, 0x42})).completion, ipmi::kInvalidCommand);
}

TEST_F(IpmiSessionTest, what_is_asked_before_a_session_is_answered_in_both_wrappers_and_nothing_else_is) {
  start();
  IpmiClient bmc(state());
  const ipmi::Bytes suites = ipmi::encode(ipmi::cipher_suites_request(0));
  for (const auto& datagram : {ipmi::wrap_pre_session(suites), ipmi::wrap_plain(ipmi::Payload::ipmi, suites)}) {
    bmc.send_datagram(datagram);
    const auto reply = bmc.receive_datagram();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->size(), datagram.size() + 9);
  }
  bmc.send_datagram(ipmi::wrap_pre_session(ipmi::encode(ipmi::device_id_request())));
  const auto reply = bmc.receive_datagram();
  ASSERT_TRUE(reply);
  const auto message = ipmi::unwrap_pre_session(*reply);
  ASSERT_TRUE(message);
  EXPECT_EQ(ipmi::decode_reply(*message)->completion, ipmi::kPrivilegeLacks);
}

TEST_F(IpmiSessionTest, sensors_and_event_log_follow_the_health) {
  start();
  IpmiClient bmc(state());
  ASSERT_TRUE(bmc.open());
  const auto entries = [&] { return ipmi::decode_sel_info(bmc.ask(ipmi::sel_info_request()).data)->entries; };
  const auto temperature = [&] {
    ipmi::SensorRecord sensor;
    sensor.number = 1;
    return ipmi::decode_sensor_reading(bmc.ask(ipmi::sensor_reading_request(sensor)).data)->states;
  };
  EXPECT_EQ(entries(), 1);
  EXPECT_EQ(temperature(), 0);
  lab_->set_health("n1", "Critical");
  EXPECT_EQ(temperature() & 0x10, 0x10);
  EXPECT_EQ(entries(), 2);
  const auto last = ipmi::decode_sel_entry(bmc.ask(ipmi::sel_entry_request(ipmi::kLastRecord)).data);
  ASSERT_TRUE(last);
  EXPECT_TRUE(ipmi::is_critical(last->record));
  lab_->heal("n1");
  EXPECT_EQ(temperature(), 0);
  EXPECT_EQ(entries(), 3);
}

TEST_F(IpmiSessionTest, every_ipmi_port_answers_late_by_the_labs_delay) {
  config_.ipmi_delay = Duration(80);
  start();
  IpmiClient bmc(state());
  const auto begun = std::chrono::steady_clock::now();
  bmc.send_datagram(ipmi::encode_ping(1));
  ASSERT_TRUE(bmc.receive_datagram());
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(80));
}

TEST_F(IpmiSessionTest, datagrams_are_lost_late_twice_and_out_of_order_when_they_are_to_be) {
  start();
  IpmiClient bmc(state());
  ASSERT_TRUE(bmc.open());
  const auto power_on = ipmi::chassis_control_request(ipmi::ChassisControl::on);
  lab_->add_fault("n1", {.fault = LabFault::ipmi_drop_request, .times = 1});
  bmc.send(power_on);
  EXPECT_FALSE(bmc.receive(kSilence));
  EXPECT_EQ(state().counters.resets_of_system, 0);
  lab_->add_fault("n1", {.fault = LabFault::ipmi_drop_reply, .times = 1});
  bmc.send(power_on);
  EXPECT_FALSE(bmc.receive(kSilence));
  EXPECT_EQ(state().counters.resets_of_system, 1);
  lab_->add_fault("n1", {.fault = LabFault::ipmi_duplicate_reply, .times = 1});
  const std::uint8_t twice = bmc.send(power_on);
  EXPECT_EQ(bmc.receive()->sequence, twice);
  EXPECT_EQ(bmc.receive()->sequence, twice);
  EXPECT_EQ(state().counters.resets_of_system, 2);
  lab_->add_fault("n1", {.fault = LabFault::ipmi_reorder_reply, .times = 1});
  const std::uint8_t before = bmc.send(power_on);
  const std::uint8_t after = bmc.send(power_on);
  EXPECT_EQ(bmc.receive()->sequence, after);
  EXPECT_EQ(bmc.receive()->sequence, before);
  lab_->add_fault("n1", {.fault = LabFault::ipmi_delay_reply, .times = 1, .lasting = Duration(300)});
  bmc.send(power_on);
  EXPECT_FALSE(bmc.receive(std::chrono::milliseconds(100)));
  EXPECT_TRUE(bmc.receive());
  lab_->add_fault("n1", {.fault = LabFault::ipmi_drop_request, .every = 2});
  EXPECT_EQ(bmc.ask(power_on).completion, ipmi::kCompleted);
  bmc.send(power_on);
  EXPECT_FALSE(bmc.receive(kSilence));
  EXPECT_EQ(bmc.ask(power_on).completion, ipmi::kCompleted);
}

TEST_F(IpmiSessionTest, a_sessions_id_alone_opens_nothing) {
  start();
  IpmiClient bmc(state());
  IpmiClient other(state());
  ASSERT_TRUE(bmc.open());
  ipmi::Bytes forged = ipmi::wrap_plain(ipmi::Payload::ipmi, ipmi::encode(ipmi::cold_reset_request()));
  forged[5] = 0xC0;
  for (std::size_t i = 0; i < 4; ++i) forged[6 + i] = static_cast<std::uint8_t>(bmc.bmc_id() >> (8 * i));
  other.send_datagram(forged);
  EXPECT_FALSE(other.receive_datagram(kSilence));
  EXPECT_EQ(state().counters.resets_of_manager, 0);
}

TEST_F(IpmiSessionTest, damaged_datagrams_harm_nothing) {
  start();
  IpmiClient bmc(state());
  std::mt19937 random(20260101);  // NOLINT: the same every time
  const std::vector<ipmi::Bytes> seeds{ipmi::encode_ping(1),
                                       ipmi::wrap_pre_session(ipmi::encode(ipmi::capabilities_request({}))),
                                       ipmi::wrap_plain(ipmi::Payload::open_request, ipmi::Bytes(32, 1)),
                                       ipmi::wrap_plain(ipmi::Payload::rakp1, ipmi::Bytes(44, 5)),
                                       ipmi::wrap_plain(ipmi::Payload::rakp3, ipmi::Bytes(40, 9))};
  for (int i = 0; i < 3000; ++i) {
    ipmi::Bytes datagram = seeds[static_cast<std::size_t>(i) % seeds.size()];
    for (unsigned k = 0; k <= random() % 4; ++k)
      datagram[random() % datagram.size()] = static_cast<std::uint8_t>(random());
    datagram.resize(random() % 3 == 0 ? random() % (datagram.size() + 20) : datagram.size());
    if (!datagram.empty()) bmc.send_datagram(datagram);
  }
  while (bmc.receive_datagram(kSilence)) continue;
  EXPECT_TRUE(IpmiClient(state()).open());
}

TEST_F(IpmiSessionTest, a_host_speaks_only_what_it_is_told_to) {
  host_.redfish = false;
  HostConfig other = host_;
  other.name = "n2";
  other.redfish = true;
  other.ipmi = false;
  config_.hosts.push_back(other);
  start();
  EXPECT_EQ(state().port, 0);
  EXPECT_TRUE(IpmiClient(state()).open());
  EXPECT_EQ(lab_->state("n2").ipmi_port, 0);
  EXPECT_EQ(Client(lab_->state("n2"), lab_->ca_file()).send(boost::beast::http::verb::get, "/redfish/v1").status, 200U);
}

TEST(IpmiVersion, every_text_has_six_bytes_and_other_texts_have_others) {
  EXPECT_EQ(ipmi_version("3.4"), (ipmi::Version{3, 0x04, {}}));
  EXPECT_EQ(ipmi_version("3.04"), (ipmi::Version{3, 0x04, {}}));
  EXPECT_EQ(ipmi_version("20.15"), (ipmi::Version{20, 0x15, {}}));
  EXPECT_EQ(ipmi_version("3.4.01020a04"), (ipmi::Version{3, 0x04, {1, 2, 10, 4}}));
  for (const char* text : {"3.04", "20.15", "3.04.01020a04"}) EXPECT_EQ(ipmi_version(text).text(), text);
  const std::vector<std::string> odd{"3.4-other", "3.4.1", "3.100", "200.1", "U30",
                                     "",          "3",     "3.",    "3.4.",  "3.4.0102030"};
  std::vector<ipmi::Version> seen{ipmi_version("3.4")};
  for (const std::string& text : odd) {
    const ipmi::Version version = ipmi_version(text);
    EXPECT_EQ(std::ranges::find(seen, version), seen.end()) << text;
    seen.push_back(version);
  }
}

}  // namespace
}  // namespace breakwater::lab::ipmi_session_test
