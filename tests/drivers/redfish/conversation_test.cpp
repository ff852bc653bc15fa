// Conversations with a lab BMC: sessions that are always given back, logins that are not repeated, looks and resets.
#include <gmock/gmock.h>

#include "tests/drivers/redfish/redfish_fixture.hpp"

namespace breakwater::redfish::conversation_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Conversation : public RedfishTest {};

const InstalledComponent* entry(const Observation& seen, const std::string& software_id, Slot slot) {
  for (const InstalledComponent& component : seen.inventory) {
    if (component.key.software_id == software_id && component.slot == slot) return &component;
  }
  return nullptr;
}

TEST_F(Conversation, a_session_is_announced_and_given_back) {
  start();
  auto bmc = opened();
  EXPECT_THAT(sessions_, SizeIs(1));
  EXPECT_EQ(state().sessions_open, 1);
  EXPECT_TRUE(run(bmc->open(remember()))) << "opening twice opens one session";
  EXPECT_EQ(state().counters.sessions_opened, 1);
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
  run(bmc->close());
}

TEST_F(Conversation, a_session_is_given_back_after_a_dropped_connection) {
  start();
  auto bmc = opened();
  bmc->drop();
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, a_look_shows_the_whole_host) {
  host_.persona.vendor = "Contoso";
  start();
  auto bmc = opened();
  const Observation seen = look(*bmc);
  EXPECT_EQ(seen.identity, (Identity{"Breakwater", "Lab-2U", state().serial, state().uuid}));
  EXPECT_EQ(seen.power, Power::on);
  EXPECT_EQ(seen.health, Health::ok);
  EXPECT_EQ(seen.boot, Boot::booted);
  EXPECT_FALSE(seen.host_reset_time.empty());
  EXPECT_FALSE(seen.bmc_reset_time.empty());
  EXPECT_THAT(seen.tasks, IsEmpty());
  ASSERT_THAT(seen.inventory, SizeIs(6));
  const InstalledComponent* const bios = entry(seen, "LAB-BIOS", Slot::running);
  ASSERT_NE(bios, nullptr);
  EXPECT_EQ(bios->version, "3.2");
  EXPECT_THAT(bios->key.related_items, SizeIs(1));
  ASSERT_NE(entry(seen, "LAB-BIOS", Slot::previous), nullptr);
  EXPECT_EQ(entry(seen, "LAB-BIOS", Slot::previous)->version, "3.1");
  const auto who = run(bmc->identify());
  ASSERT_TRUE(who);
  EXPECT_EQ(*who, seen.identity);
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, paging_and_expansion_change_nothing) {
  struct Way {
    lab::Expand expand;
    std::size_t page_size;
  };
  std::vector<std::vector<InstalledComponent>> seen;
  int unexpanded = 0;
  for (const Way way : {Way{lab::Expand::absent, 0}, Way{lab::Expand::honoured, 0}, Way{lab::Expand::ignored, 0},
                        Way{lab::Expand::absent, 2}, Way{lab::Expand::honoured, 2}, Way{lab::Expand::ignored, 4}}) {
    host_.persona.expand = way.expand;
    host_.persona.page_size = way.page_size;
    config_.hosts.clear();
    start();
    auto bmc = opened();
    seen.push_back(look(*bmc).inventory);
    run(bmc->close());
    if (seen.size() == 1) unexpanded = state().counters.requests;
    if (seen.size() == 2) {
      EXPECT_LT(state().counters.requests, unexpanded) << "expansion saves requests";
    }
    lab_.reset();
  }
  for (const auto& inventory : seen) EXPECT_EQ(inventory, seen.front());
  EXPECT_THAT(seen.front(), SizeIs(6));
}

TEST_F(Conversation, a_part_number_is_read_off_the_related_adapter) {
  host_.components = lab::default_components();
  host_.components.back().part_number = "AOC-S25G-2";
  start();
  auto bmc = opened();
  const Observation seen = look(*bmc);
  const InstalledComponent* const nic = entry(seen, "LAB-NIC", Slot::running);
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->key.part_number, "AOC-S25G-2");
  run(bmc->close());
}

TEST_F(Conversation, a_password_that_json_cannot_carry_is_said_and_not_tried) {
  start();
  const Credentials good = std::exchange(credentials_, Credentials{"admin", Secret("caf\xe9")});
  for (int i = 0; i < 4; ++i) {
    const auto one = bmc();
    const auto in = run(one->open(remember()));
    ASSERT_FALSE(in);
    EXPECT_EQ(in.error().kind, Fault::Kind::not_supported);
    EXPECT_THAT(in.error().message, HasSubstr("no UTF-8"));
  }
  EXPECT_EQ(state().counters.logins_refused, 0);
  credentials_ = good;
  run(opened()->close());
}

TEST_F(Conversation, a_wrong_password_is_tried_three_times_an_hour_at_most) {
  Instant now{};
  shared_ = std::make_unique<RedfishContext>([&now] { return now; });
  start();
  credentials_.password = Secret("hunter2-wrong");
  for (int i = 0; i < 3; ++i) {
    auto one = bmc();
    const auto in = run(one->open(remember()));
    ASSERT_FALSE(in);
    EXPECT_EQ(in.error().kind, Fault::Kind::login_refused) << in.error().message;
    EXPECT_EQ(in.error().http_status, 401);
    EXPECT_THAT(in.error().message, Not(HasSubstr("hunter2")));
    const Duration pauses[] = {std::chrono::seconds(20), std::chrono::minutes(60), std::chrono::minutes(60)};
    EXPECT_EQ(in.error().retry_after, pauses[i]) << "the last one is kept";
    EXPECT_EQ(state().counters.logins_refused, i + 1) << "no second try by itself";
    run(one->close());
  }
  const int requests = state().counters.requests;
  auto other = bmc();
  const auto in = run(other->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::logins_exhausted);
  EXPECT_EQ(state().counters.requests, requests) << "nothing was sent";
  now += std::chrono::minutes(60);
  const auto later = run(other->open(remember()));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().kind, Fault::Kind::login_refused);
  EXPECT_THAT(sessions_, IsEmpty());
}

TEST_F(Conversation, a_session_that_died_is_opened_again_once_and_is_no_refusal) {
  start();
  auto bmc = opened();
  ASSERT_TRUE(run(bmc->reset_bmc()));
  ASSERT_TRUE(
      lab_->wait_until("n1", [](const lab::HostState& host) { return host.counters.bmc_boots == 1 && host.bmc_up; }));
  EXPECT_TRUE(run(bmc->identify()));
  EXPECT_THAT(sessions_, SizeIs(2));
  EXPECT_EQ(state().counters.logins_refused, 0);
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, a_session_left_behind_is_deleted_by_its_uri) {
  start();
  auto lost = opened();
  lost.reset();
  EXPECT_EQ(state().sessions_open, 1);
  auto next = opened();
  ASSERT_THAT(sessions_, SizeIs(2));
  EXPECT_TRUE(run(next->delete_session(sessions_[0])));
  EXPECT_TRUE(run(next->delete_session(sessions_[0]))) << "gone already counts as deleted";
  EXPECT_EQ(state().sessions_open, 1);
  EXPECT_TRUE(run(next->delete_session(sessions_[1]))) << "its own one stays";
  EXPECT_EQ(state().sessions_open, 1);
  run(next->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, a_full_session_table_is_told_apart) {
  host_.faults = {lab::FaultRule{lab::LabFault::session_table_full}};
  start();
  auto one = bmc();
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::sessions_exhausted) << in.error().message;
  EXPECT_EQ(in.error().retry_after, Duration(1000));
  run(one->close());
}

TEST_F(Conversation, garbage_is_a_fault_that_names_the_resource) {
  host_.faults = {lab::FaultRule{lab::LabFault::garbage}};
  start();
  auto bmc = opened();
  const auto seen = run(bmc->observe());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::malformed_reply);
  EXPECT_THAT(seen.error().message, HasSubstr("FirmwareInventory"));
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, resets_use_a_value_that_the_service_allows_wherever_it_says_so) {
  for (const auto where : {lab::ResetValuesIn::action, lab::ResetValuesIn::action_info}) {
    host_.persona.reset_values_in = where;
    config_.hosts.clear();
    start();
    auto bmc = opened();
    const std::string before = look(*bmc).host_reset_time;
    ASSERT_TRUE(run(bmc->reset_host()));
    EXPECT_EQ(state().counters.resets_of_system, 1);
    ASSERT_TRUE(lab_->wait_until("n1", [](const lab::HostState& host) { return host.boot_progress == "OSRunning"; }));
    ASSERT_TRUE(run(bmc->reset_bmc()));
    EXPECT_EQ(state().counters.resets_of_manager, 1);
    run(bmc->close());
    lab_.reset();
  }
}

TEST_F(Conversation, a_bmc_in_the_middle_of_its_reset_is_transient) {
  host_.bmc_boot = Duration(400);
  host_.faults = {lab::FaultRule{.fault = lab::LabFault::unavailable, .lasting = Duration(300)}};
  start();
  auto bmc = opened();
  ASSERT_TRUE(run(bmc->reset_bmc()));
  ASSERT_TRUE(lab_->wait_until("n1", [](const lab::HostState& host) { return !host.bmc_up; }));
  std::set<Fault::Kind> kinds;
  for (int i = 0; i < 2000; ++i) {
    const auto answers = run(bmc->identify());
    if (answers) break;
    kinds.insert(answers.error().kind);
    EXPECT_TRUE(is_transient(answers.error().kind))
        << to_string(answers.error().kind) << " " << answers.error().message;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(kinds, testing::Contains(Fault::Kind::refused));
  EXPECT_THAT(kinds, testing::Contains(Fault::Kind::busy));
  EXPECT_TRUE(run(bmc->identify()));
  run(bmc->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(Conversation, health_and_lost_components_are_seen) {
  start();
  auto bmc = opened();
  lab_->set_health("n1", "Critical");
  EXPECT_EQ(look(*bmc).health, Health::critical);
  lab_->set_health("n1", "Warning");
  EXPECT_EQ(look(*bmc).health, Health::warning);
  run(bmc->close());
}

TEST_F(Conversation, nobody_listens_is_told_from_a_bmc_that_answers) {
  start();
  BmcEndpoint nobody = endpoint();
  nobody.port = 1;
  auto one = bmc(nobody);
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::refused);
  run(one->close());
}

}  // namespace
}  // namespace breakwater::redfish::conversation_test
