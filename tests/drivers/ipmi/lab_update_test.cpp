// Updates by HPM.1 against our lab, and what goes wrong with them.
#include <gmock/gmock.h>

#include "tests/drivers/ipmi/with_lab.hpp"

namespace breakwater::ipmi::lab_update_test {
namespace {

using testing::HasSubstr;

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

/// A stop that comes while the driver reads what its request needs.
TEST_F(WithLab, what_is_kept_back_does_not_leave) {
  start();
  const auto one = bmc();
  one->ask_first([] { return false; });
  const auto staged = stage(*one, image("3.4"));
  ASSERT_FALSE(staged);
  EXPECT_TRUE(is_kept_back(staged.error()) && staged.error().unsent) << staged.error().message;
  ASSERT_TRUE(stage(*bmc(), image("3.4")));
  EXPECT_TRUE(is_kept_back(with<StageReceipt>(*one, [](Bmc& it) { return it.start_staged(); }).error()));
  EXPECT_TRUE(is_kept_back(with<void>(*one, [](Bmc& it) { return it.reset_bmc(); }).error()));
  EXPECT_TRUE(is_kept_back(with<void>(*one, [](Bmc& it) { return it.reset_host(); }).error()));
  EXPECT_EQ(state().counters.hpm_activations, 0);
  EXPECT_EQ(state().counters.resets_of_manager + state().counters.resets_of_system, 0);
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

}  // namespace
}  // namespace breakwater::ipmi::lab_update_test
