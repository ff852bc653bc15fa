// The modelled machines themselves: what a flash leaves behind, and what restarts, power and people do to it.
#include "orchestrator/crews/model/model_fleet.hpp"

#include <gmock/gmock.h>

#include "orchestrator/crews/model/model_view.hpp"
#include "tests/orchestrator/crews/model/model_fixture.hpp"

namespace breakwater::model::model_fleet_test {
namespace {

using Flash = Faults::Flash;

class ModelFleetTest : public ModelTest {
 protected:
  /// What waits runs, up to the end of its flash and the boot after it.
  void flash() {
    fleet_.reset(0, false, kCommand);
    pass(host().times.flash);
  }
  /// The component runs on the BMC, in one bank.
  void is_on_the_bmc() {
    bios().by_bmc = true;
    bios().two_banks = false;
    bios().other.clear();
  }
  TaskState task() const { return fleet_.hosts[0].tasks.back().state; }
};

// ---- what a flash leaves behind

TEST_F(ModelFleetTest, a_flash_moves_the_old_version_to_the_other_bank_and_the_host_boots) {
  stage_image();
  flash();
  EXPECT_EQ(bios().running, "3.4");
  EXPECT_EQ(bios().other, "3.2");
  EXPECT_EQ(bios().staged, "");
  EXPECT_EQ(task(), TaskState::succeeded);
  EXPECT_TRUE(fleet_.booting(0));
  pass(host().times.boot);
  EXPECT_FALSE(fleet_.booting(0));
}

TEST_F(ModelFleetTest, every_way_in_which_a_flash_fails_leaves_its_own_traces) {
  struct Row {
    Flash flash;
    const char* name;
    std::string running, other;
    TaskState task;
    bool boots, answers;
  };
  const std::vector<Row> rows = {
      {Flash::lies, "lies", "3.2", "3.1", TaskState::succeeded, true, true},
      {Flash::falls_back, "falls_back", "3.2", "3.4", TaskState::succeeded, true, true},
      {Flash::garbled, "garbled", "3.4-dirty", "3.2", TaskState::succeeded, true, true},
      {Flash::fails, "fails", "3.2", "3.1", TaskState::failed, true, true},
      {Flash::sick_image, "sick_image", "3.4", "3.2", TaskState::failed, true, true},
      {Flash::bricks, "bricks", "3.2", "3.1", TaskState::succeeded, false, true},
      {Flash::kills_bmc, "kills_bmc", "3.4", "3.2", TaskState::succeeded, true, false},
  };
  const ModelHost fresh = host();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    host() = fresh;
    host().faults.flash = row.flash;
    stage_image();
    flash();
    pass(std::chrono::hours(1));
    EXPECT_EQ(bios().running, row.running);
    EXPECT_EQ(bios().other, row.other);
    EXPECT_EQ(task(), row.task);
    EXPECT_EQ(fleet_.booting(0), !row.boots);
    EXPECT_EQ(fleet_.reach(0) == Reach::answers, row.answers);
  }
}

TEST_F(ModelFleetTest, a_flash_that_is_stuck_never_ends_until_faults_do) {
  host().faults.flash = Flash::stuck;
  stage_image();
  flash();
  pass(std::chrono::hours(48));
  EXPECT_EQ(bios().running, "3.2");
  EXPECT_TRUE(host().job);
  fleet_.end_faults(fleet_.now() + Duration(1));
  pass(Duration(1) + host().times.flash);
  EXPECT_EQ(bios().running, "3.4");
}

TEST_F(ModelFleetTest, a_fault_of_the_flash_is_met_by_one_alone) {
  const auto runs_after_a_flash = [this] {
    stage_image();
    flash();
    pass(std::chrono::hours(1));
    return bios().running;
  };
  host().faults.flash = Flash::lies;
  EXPECT_EQ(runs_after_a_flash(), "3.2");
  EXPECT_EQ(runs_after_a_flash(), "3.4");
  host().faults.flash = Flash::garbled;
  host().faults.good_flashes = 3;
  EXPECT_EQ(runs_after_a_flash(), "3.4");
  EXPECT_EQ(runs_after_a_flash(), "3.4-dirty");
}

TEST_F(ModelFleetTest, a_host_falls_sick_after_the_boot_that_follows_its_flash) {
  host().faults.sick_after = Duration(60'000);
  stage_image();
  flash();
  pass(host().times.boot + Duration(59'999));
  EXPECT_EQ(fleet_.health(0), Health::ok);
  pass(Duration(1));
  EXPECT_EQ(fleet_.health(0), Health::critical);
}

TEST_F(ModelFleetTest, a_bmc_that_flashes_itself_may_stay_away_and_come_back_another) {
  is_on_the_bmc();
  host().faults.bmc_away = Duration(60'000);
  host().faults.new_key = true;
  host().faults.factory_reset = true;
  stage_image();
  fleet_.reset(0, true, kCommand);
  pass(host().times.flash + host().times.bmc_boot + Duration(59'999));
  EXPECT_EQ(fleet_.reach(0), Reach::silent);
  pass(Duration(1));
  EXPECT_EQ(fleet_.reach(0), Reach::login_refused);
  EXPECT_EQ(host().key, 1U);
}

TEST_F(ModelFleetTest, an_image_that_its_service_turns_down_never_waits) {
  host().faults.stage_fails = true;
  fleet_.last_byte(0, body());
  pass(host().times.verify);
  EXPECT_EQ(bios().staged, "");
  EXPECT_EQ(task(), TaskState::failed);
}

// ---- restarts, power and people

TEST_F(ModelFleetTest, a_reset_cuts_a_flash_and_says_so) {
  stage_image();
  fleet_.reset(0, false, kCommand);
  pass(host().times.flash / 2);
  fleet_.reset(0, false, kCommand + 1);
  pass(std::chrono::hours(1));
  EXPECT_EQ(bios().running, "3.2");
  EXPECT_EQ(task(), TaskState::failed);
  EXPECT_EQ(count(Act::Kind::flash_cut), 1);
  EXPECT_EQ(count(Act::Kind::flash_over), 0);
  const auto resets = std::count_if(acts_.begin(), acts_.end(), [](const Act& act) {
    return act.kind == Act::Kind::reset && act.was_flashing && act.command == kCommand + 1;
  });
  EXPECT_EQ(resets, 1);
}

TEST_F(ModelFleetTest, a_restart_of_the_bmc_runs_what_waits_for_it_and_nothing_else) {
  stage_image();
  fleet_.reset(0, true, kCommand);
  EXPECT_EQ(bios().staged, "3.4") << "it waits for the host";
  is_on_the_bmc();
  fleet_.reset(0, true, kCommand);
  EXPECT_EQ(bios().staged, "");
  EXPECT_EQ(count(Act::Kind::flash_began), 1);
}

TEST_F(ModelFleetTest, a_restart_by_itself_comes_after_the_act_it_was_planned_for) {
  host().faults.restart_at = Act::Kind::image_waits;
  host().faults.restart_after = Duration(5'000);
  stage_image();
  pass(Duration(4'999));
  EXPECT_EQ(host().bmc_resets, 0U);
  pass(Duration(1));
  EXPECT_EQ(host().bmc_resets, 1U);
  EXPECT_EQ(fleet_.reach(0), Reach::silent);
  EXPECT_EQ(bios().staged, "3.4") << "what waits for the host goes on waiting";
}

TEST_F(ModelFleetTest, a_restart_by_itself_forgets_the_image_it_was_looking_at) {
  fleet_.last_byte(0, body());
  fleet_.restart_bmc(fleet_.now() + Duration(1), 0);
  pass(std::chrono::hours(1));
  EXPECT_EQ(bios().staged, "");
  EXPECT_EQ(task(), TaskState::failed);
}

TEST_F(ModelFleetTest, somebody_who_presses_the_button_runs_what_waits) {
  host().faults.pressed_after_staging = Duration(5'000);
  stage_image();
  pass(Duration(5'000) + host().times.flash);
  EXPECT_EQ(bios().running, "3.4");
  EXPECT_EQ(acts_.back().command, 0U) << "nobody's command did it";
}

TEST_F(ModelFleetTest, a_rack_without_power_is_silent_and_comes_back_at_once_with_its_hosts) {
  host().rack = "r1";
  fleet_.hosts.push_back(host());
  fleet_.hosts[1].rack = "r2";
  fleet_.lose_power(fleet_.now() + Duration(1), "r1", std::chrono::minutes(10));
  pass(Duration(1));
  EXPECT_EQ(fleet_.reach(0), Reach::silent);
  EXPECT_TRUE(fleet_.booting(0));
  EXPECT_EQ(fleet_.reach(1), Reach::answers);
  EXPECT_FALSE(fleet_.booting(1));
  pass(std::chrono::minutes(10) + host().times.boot);
  EXPECT_EQ(fleet_.reach(0), Reach::answers);
  EXPECT_FALSE(fleet_.booting(0));
  EXPECT_EQ(host().host_resets, 1U);
}

TEST_F(ModelFleetTest, a_step_of_the_wall_clock_moves_no_true_time_and_ends_with_the_faults) {
  fleet_.step_wall(fleet_.now() + Duration(1), std::chrono::hours(-3));
  pass(Duration(1));
  EXPECT_EQ(fleet_.now(), kBegin + Duration(1));
  EXPECT_EQ(fleet_.wall(), fleet_.now() - std::chrono::hours(3));
  fleet_.end_faults(fleet_.now() + Duration(1));
  pass(Duration(1));
  EXPECT_EQ(fleet_.wall(), fleet_.now());
}

// ---- chance

/// The first numbers of xoshiro256** seeded by splitmix64 with 0, as other implementations give them.
TEST_F(ModelFleetTest, dice_fall_as_everywhere) {
  Dice dice(0);
  EXPECT_EQ(dice.roll(), 11091344671253066420U);
  EXPECT_EQ(dice.roll(), 13793997310169335082U);
  EXPECT_EQ(dice.roll(), 1900383378846508768U);
  EXPECT_EQ(dice.roll(), 7684712102626143532U);
}

TEST_F(ModelFleetTest, dice_keep_to_both_ends) {
  Dice dice(1);
  bool least = false;
  bool most = false;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t fell = dice.between(-2, 2);
    ASSERT_GE(fell, -2);
    ASSERT_LE(fell, 2);
    least = least || fell == -2;
    most = most || fell == 2;
  }
  EXPECT_TRUE(least && most);
  EXPECT_EQ(dice.between(5, 4), 5);
  EXPECT_EQ(dice.between(5, 5), 5);
}

}  // namespace
}  // namespace breakwater::model::model_fleet_test
