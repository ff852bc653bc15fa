// What a modelled BMC answers before anything is asked of it, and what it shows.
#include "orchestrator/crews/model/model_bmc.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/orchestrator/crews/model/model_fixture.hpp"
#include "tests/orchestrator/crews/vouched_image.hpp"

namespace breakwater::model::model_bmc_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Fault::Kind;

template <class T>
std::optional<Kind> kind_of(const Result<T, Fault>& result) {
  if (result) return std::nullopt;
  return result.error().kind;
}

class ModelBmcTest : public ModelTest {
 protected:
  /// The slots of the entries it shows, with their versions.
  static std::vector<std::string> entries(const Observation& seen) {
    std::vector<std::string> texts;
    for (const InstalledComponent& one : seen.inventory) {
      texts.push_back((one.slot == Slot::staged     ? "staged "
                       : one.slot == Slot::previous ? "previous "
                                                    : "running ") +
                      one.version);
    }
    return texts;
  }
  static std::vector<std::string> tasks(const Observation& seen) {
    std::vector<std::string> texts;
    for (const TaskView& one : seen.tasks) texts.push_back(one.uri + ' ' + one.state_text);
    return texts;
  }
  std::optional<TaskState> task(const std::string& uri) {
    const Result<TaskView, Fault> read = ask(bmc_.read_task(StageReceipt{uri, ""}));
    if (!read) return std::nullopt;
    return read->state;
  }
};

// ---- getting in

TEST_F(ModelBmcTest, every_login_opens_a_session_of_its_own_and_one_that_is_open_serves) {
  EXPECT_TRUE(log_in());
  EXPECT_TRUE(log_in());
  EXPECT_EQ(sessions_.size(), 1U);
  bmc_.drop();
  EXPECT_TRUE(log_in());
  ModelBmc another(time_, fleet_, 0, kCommand + 1);
  EXPECT_TRUE(log_in(another));
  ASSERT_EQ(sessions_.size(), 3U);
  EXPECT_NE(sessions_[0], sessions_[1]);
  EXPECT_NE(sessions_[1], sessions_[2]);
}

TEST_F(ModelBmcTest, nothing_is_answered_without_a_session) {
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::connect_timeout);
  EXPECT_EQ(kind_of(ask(bmc_.reset_host())), Kind::connect_timeout);
  EXPECT_THAT(acts_, IsEmpty());
}

TEST_F(ModelBmcTest, a_session_dies_with_a_restart_of_its_bmc) {
  EXPECT_TRUE(log_in());
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(Duration(1) + host().times.bmc_boot);
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::unauthorized);
  bmc_.drop();
  EXPECT_TRUE(log_in());
  EXPECT_TRUE(ask(bmc_.observe()));
}

TEST_F(ModelBmcTest, a_bmc_that_restarts_is_silent_until_it_is_back) {
  EXPECT_TRUE(log_in());
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(Duration(1));
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::connect_timeout);
  EXPECT_EQ(kind_of(log_in()), Kind::connect_timeout);
  pass(host().times.bmc_boot);
  EXPECT_TRUE(log_in());
}

TEST_F(ModelBmcTest, three_logins_are_refused_and_none_is_tried_after_them) {
  host().login_refused = true;
  for (int i = 0; i < 3; ++i) {
    ModelBmc of_any_command(time_, fleet_, 0, static_cast<std::uint64_t>(i));
    const Result<void, Fault> refused = log_in(of_any_command);
    ASSERT_EQ(kind_of(refused), Kind::login_refused);
    EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(5));
  }
  EXPECT_EQ(kind_of(log_in()), Kind::logins_exhausted);
  host().login_refused = false;
  EXPECT_TRUE(log_in());
  EXPECT_EQ(sessions_.size(), 1U);
}

TEST_F(ModelBmcTest, with_pins_a_new_key_gets_no_password_until_it_is_trusted) {
  int passwords = 0;
  fleet_.on_password = [&passwords](std::uint32_t, std::uint64_t) { ++passwords; };
  ModelBmc pinned(time_, fleet_, 0, kCommand, std::vector<Sha256>());
  EXPECT_TRUE(log_in(pinned)) << "the first key of a host counts";
  host().key = 2;
  ++host().bmc_resets;
  EXPECT_EQ(kind_of(ask(pinned.observe())), Kind::tls_pin_mismatch) << "nor does it get the token";
  pinned.drop();
  EXPECT_EQ(kind_of(log_in(pinned)), Kind::tls_pin_mismatch);
  EXPECT_EQ(passwords, 1);
  pinned.trust(*pinned.peer_key());
  EXPECT_TRUE(log_in(pinned));
  EXPECT_EQ(passwords, 2);
  ModelBmc told(time_, fleet_, 0, kCommand + 1, std::vector<Sha256>{key_of(2)});
  EXPECT_TRUE(log_in(told));
  host().key = 3;
  told.drop();
  EXPECT_EQ(kind_of(log_in(told)), Kind::tls_pin_mismatch);
  EXPECT_TRUE(log_in()) << "a CA has certified that one too";
}

TEST_F(ModelBmcTest, another_machine_at_the_address_says_who_it_is) {
  fleet_.hosts.push_back(host());
  fleet_.swap_addresses(fleet_.now() + Duration(1), 0, 1);
  pass(Duration(1));
  EXPECT_TRUE(log_in());
  EXPECT_NE(ask(bmc_.identify())->serial, "S-1");
  EXPECT_NE(ask(bmc_.observe())->identity.serial, "S-1");
}

// ---- what it shows

TEST_F(ModelBmcTest, it_shows_both_banks_power_and_when_it_restarted) {
  EXPECT_TRUE(log_in());
  const Result<Observation, Fault> before = ask(bmc_.observe());
  EXPECT_THAT(entries(*before), ElementsAre("running 3.2", "previous 3.1"));
  EXPECT_THAT(before->tasks, IsEmpty());
  EXPECT_EQ(before->power, Power::on);
  EXPECT_EQ(before->boot, Boot::booted);
  EXPECT_TRUE(ask(bmc_.reset_host()));
  const Result<Observation, Fault> after = ask(bmc_.observe());
  EXPECT_EQ(after->boot, Boot::booting);
  EXPECT_NE(after->host_reset_time, before->host_reset_time);
  EXPECT_EQ(after->bmc_reset_time, before->bmc_reset_time);
  host().tells_resets = false;
  EXPECT_EQ(ask(bmc_.observe())->host_reset_time, "");
}

TEST_F(ModelBmcTest, an_image_that_waits_as_an_entry_leaves_its_task_over) {
  host().shows = ModelShows{true, false, false};
  EXPECT_TRUE(log_in());
  stage_image();
  const Result<Observation, Fault> seen = ask(bmc_.observe());
  EXPECT_THAT(entries(*seen), ElementsAre("running 3.2", "previous 3.1", "staged 3.4"));
  EXPECT_THAT(seen->tasks, IsEmpty());
  EXPECT_EQ(task("/tasks/1"), TaskState::succeeded);
}

TEST_F(ModelBmcTest, an_image_that_waits_as_its_task_is_no_entry_and_runs_under_it) {
  host().shows = ModelShows{false, true, false};
  EXPECT_TRUE(log_in());
  stage_image();
  const Result<Observation, Fault> seen = ask(bmc_.observe());
  EXPECT_THAT(entries(*seen), ElementsAre("running 3.2", "previous 3.1"));
  EXPECT_THAT(tasks(*seen), ElementsAre("/tasks/1 Pending"));
  EXPECT_TRUE(ask(bmc_.reset_host()));
  EXPECT_EQ(task("/tasks/1"), TaskState::running);
}

TEST_F(ModelBmcTest, an_image_that_waits_as_a_job_has_a_task_that_is_over) {
  host().shows = ModelShows{false, false, true};
  EXPECT_TRUE(log_in());
  stage_image();
  const Result<Observation, Fault> seen = ask(bmc_.observe());
  EXPECT_THAT(entries(*seen), ElementsAre("running 3.2", "previous 3.1"));
  EXPECT_THAT(tasks(*seen), ElementsAre("/jobs/1 Pending"));
  EXPECT_EQ(task("/tasks/1"), TaskState::succeeded);
  EXPECT_EQ(task("/jobs/1"), TaskState::pending);
  EXPECT_TRUE(ask(bmc_.cancel_staged("", "/jobs/1")));
  EXPECT_EQ(task("/jobs/1"), std::nullopt);
}

TEST_F(ModelBmcTest, a_task_that_nobody_knows_is_gone) {
  EXPECT_TRUE(log_in());
  EXPECT_EQ(kind_of(ask(bmc_.read_task(StageReceipt{"/tasks/99", ""}))), Kind::task_gone);
}

TEST_F(ModelBmcTest, it_takes_images_as_its_service_does) {
  EXPECT_TRUE(log_in());
  const auto ability = [this](bool stages, bool by_request) {
    host().stages = stages;
    host().starts_by_request = by_request;
    const Result<UpdateAbility, Fault> read = ask(bmc_.update_ability());
    return std::pair(read->stage_on_reset, read->stage_for_start);
  };
  EXPECT_EQ(ability(true, false), std::pair(true, false));
  EXPECT_EQ(ability(true, true), std::pair(false, true));
  EXPECT_EQ(ability(false, false), std::pair(false, false));
}

// ---- reads that take their time, and reads that fail

TEST_F(ModelBmcTest, a_slow_read_ends_at_the_bound_that_was_set) {
  host().faults.read_takes = Duration(30'000);
  EXPECT_TRUE(log_in());
  bmc_.until(steady(fleet_.now() + Duration(10'000)));
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::deadline);
  EXPECT_EQ(fleet_.now(), kBegin + Duration(10'000));
  bmc_.until(steady(fleet_.now() + Duration(30'000)));
  EXPECT_TRUE(ask(bmc_.observe()));
  EXPECT_EQ(fleet_.now(), kBegin + Duration(40'000));
}

TEST_F(ModelBmcTest, a_slow_read_meets_what_happened_meanwhile) {
  host().faults.read_takes = Duration(30'000);
  EXPECT_TRUE(log_in());
  fleet_.silence(fleet_.now() + Duration(10'000), 0, std::chrono::hours(1));
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::connect_timeout);
}

TEST_F(ModelBmcTest, a_member_fails_for_a_while_after_a_restart_of_the_bmc) {
  host().faults.members_fail = Duration(60'000);
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(Duration(1) + host().times.bmc_boot);
  EXPECT_TRUE(log_in());
  const Result<Observation, Fault> failed = ask(bmc_.observe());
  ASSERT_EQ(kind_of(failed), Kind::http_status);
  EXPECT_EQ(failed.error().http_status, 500);
  EXPECT_TRUE(ask(bmc_.identify()));
  pass(Duration(60'000));
  EXPECT_TRUE(ask(bmc_.observe()));
}

TEST_F(ModelBmcTest, entries_that_cannot_be_read_are_named_and_the_rest_is_read) {
  host().components.front().other = "0.9";
  host().components.push_back(host().components.front());
  host().components.back().id = "nic";
  fleet_.hide_entries(fleet_.now() + Duration(1), 0, {0, false, true, false, Unread::not_found}, Duration(60'000));
  pass(Duration(1));
  EXPECT_TRUE(log_in());
  const Result<Observation, Fault> seen = ask(bmc_.observe());
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->unread.size(), 1U);
  EXPECT_EQ(seen->unread.front(), (UnreadEntry{"/fw/0/old", "/fw/0/old answered HTTP 404"}));
  std::vector<std::string> uris;
  for (const InstalledComponent& one : seen->inventory) uris.push_back(one.uri);
  EXPECT_EQ(uris, (std::vector<std::string>{"/fw/0", "/fw/1", "/fw/1/old"}));
  pass(Duration(60'000));
  EXPECT_TRUE(ask(bmc_.observe())->unread.empty());
}

TEST_F(ModelBmcTest, the_manager_and_the_list_of_tasks_fail_beside_the_rest) {
  stage_image();
  UnreadEntries hidden;
  hidden.running = false;
  hidden.manager = hidden.tasks = true;
  fleet_.hide_entries(fleet_.now() + Duration(1), 0, hidden, Duration(60'000));
  pass(Duration(1));
  EXPECT_TRUE(log_in());
  const Result<Observation, Fault> seen = ask(bmc_.observe());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bmc_reset_time, "");
  EXPECT_NE(seen->host_reset_time, "");
  ASSERT_EQ(seen->tasks.size(), 1U);
  EXPECT_EQ(seen->tasks.front().uri, "");
  EXPECT_EQ(seen->tasks.front().state, TaskState::running) << "what cannot be listed may be at work";
  pass(Duration(60'000));
  EXPECT_EQ(ask(bmc_.observe())->bmc_reset_time, "0");
}

TEST_F(ModelBmcTest, a_host_that_falls_ill_logs_it_and_its_log_may_not_be_read) {
  host().faults.flash = Faults::Flash::sick_image;
  EXPECT_TRUE(log_in());
  EXPECT_EQ(ask(bmc_.observe())->critical_events, 0U);
  stage_image();
  fleet_.reset(0, false, kCommand);
  pass(Duration(3'600'000));
  EXPECT_TRUE(log_in());
  const Result<Observation, Fault> ill = ask(bmc_.observe());
  ASSERT_TRUE(ill);
  EXPECT_EQ(ill->critical_events, 1U);
  EXPECT_EQ(ill->critical_marks.size(), 1U);
  UnreadEntries log;
  log.running = false;
  log.log = true;
  fleet_.hide_entries(fleet_.now() + Duration(1), 0, log, Duration(60'000));
  pass(Duration(1));
  const Result<Observation, Fault> unread = ask(bmc_.observe());
  ASSERT_TRUE(unread);
  EXPECT_FALSE(unread->critical_events);
  EXPECT_EQ(unread->log_unread, "the event log answered HTTP 500");
  EXPECT_EQ(unread->inventory.size(), ill->inventory.size()) << "the rest is read";
}

TEST_F(ModelBmcTest, an_inventory_of_nothing_else_is_a_fault) {
  host().faults.entries_fail = Duration(60'000);
  host().faults.entries = {0, true, true, true, Unread::garbage};
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(Duration(1) + host().times.bmc_boot);
  EXPECT_TRUE(log_in());
  EXPECT_EQ(kind_of(ask(bmc_.observe())), Kind::malformed_reply);
  pass(Duration(60'000));
  EXPECT_TRUE(ask(bmc_.observe()));
}

TEST_F(ModelBmcTest, after_a_restart_it_may_be_busy_and_have_no_room_for_a_session) {
  host().faults.busy = Duration(20'000);
  host().faults.sessions_full = Duration(60'000);
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(Duration(1) + host().times.bmc_boot);
  const Result<void, Fault> busy = log_in();
  ASSERT_EQ(kind_of(busy), Kind::busy);
  EXPECT_GT(busy.error().retry_after, Duration(0));
  pass(Duration(20'000));
  EXPECT_EQ(kind_of(log_in()), Kind::sessions_exhausted);
  pass(Duration(40'000));
  EXPECT_TRUE(log_in());
  EXPECT_TRUE(ask(bmc_.observe()));
}

TEST_F(ModelBmcTest, a_task_tells_that_its_image_failed_its_self_test) {
  host().faults.flash = Faults::Flash::sick_image;
  EXPECT_TRUE(log_in());
  stage_image();
  EXPECT_TRUE(ask(bmc_.reset_host()));
  pass(host().times.flash);
  const Result<TaskView, Fault> task = ask(bmc_.read_task(StageReceipt{"/tasks/1", ""}));
  ASSERT_TRUE(task);
  EXPECT_EQ(task->state, TaskState::failed);
  EXPECT_TRUE(task->self_test_failed);
}

TEST_F(ModelBmcTest, an_image_with_bytes_is_for_real_bmcs) {
  const auto folder = std::filesystem::temp_directory_path() / ("breakwater-model-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "bios.bin") << "BIOS 3.4";
  ImageStore store = std::move(*ImageStore::open(folder));
  const auto imported = store.import(folder / "bios.bin");
  auto image = vouched_image(store, ImageFile{"bios.bin", imported->image.digest, imported->image.size});
  ASSERT_TRUE(image);
  EXPECT_TRUE(log_in());
  EXPECT_EQ(kind_of(ask(bmc_.stage(std::move(*image), StageRequest(), BodySent()))), Kind::not_supported);
  EXPECT_THAT(acts_, IsEmpty());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace breakwater::model::model_bmc_test
