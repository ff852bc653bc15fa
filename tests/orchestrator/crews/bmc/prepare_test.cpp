// Whether a host is fit to be touched, by what one look at it shows.
#include <gmock/gmock.h>

#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater::prepare_test {
namespace {

using testing::HasSubstr;
using Verdict = Outcome::Verdict;

class Prepare : public ConversationTest {};

TEST_F(Prepare, what_the_event_log_holds_is_what_later_entries_are_counted_from) {
  plan_.checks.new_critical_most = 0;
  machine_.shown.critical_events = 7;
  const Outcome ready = run(Action::prepare);
  EXPECT_EQ(ready.verdict, Verdict::done) << ready.detail;
  EXPECT_EQ(ready.baseline.critical_events, 7U);
}

TEST_F(Prepare, a_host_whose_event_log_can_not_be_read_is_not_touched_where_a_check_needs_it) {
  plan_.checks.new_critical_most = 0;
  const Outcome refused = run(Action::prepare);
  EXPECT_EQ(refused.verdict, Verdict::untouched);
  EXPECT_EQ(refused.cause, Cause::not_supported);
  EXPECT_THAT(refused.detail, HasSubstr("sel.newCritical"));
  plan_.checks.new_critical_most.reset();
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done);
}

/// The plan saw it well; the look before the first byte does not.
TEST_F(Prepare, a_host_that_is_no_longer_fit_is_not_touched) {
  machine_.shown.health = Health::critical;
  machine_.shown.health_text = "PSU1 failed";
  const Outcome ill = run(Action::prepare);
  EXPECT_EQ(ill.verdict, Verdict::untouched);
  EXPECT_EQ(ill.cause, Cause::unfit);
  EXPECT_EQ(ill.detail,
            "its health is critical (PSU1 failed) before anything is done; the Policy takes warning at the worst");
  plan_.worst_health = Health::critical;
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done);
  machine_.shown.power = Power::off;
  EXPECT_EQ(run(Action::prepare).cause, Cause::unfit);
  plan_.components[0].activate_by = ActivateBy::bmc_reset;
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done);
}

TEST_F(Prepare, an_image_of_another_component_that_waits_for_a_restart_is_foreign) {
  InstalledComponent nic = entry(Slot::running);
  nic.id = "NIC-Staged";
  nic.key.software_id = nic.key.name = "NIC";
  nic.slot = Slot::staged;
  nic.version = "7";
  machine_.shown.inventory.push_back(nic);
  EXPECT_EQ(run(Action::prepare).cause, Cause::foreign_task);
  machine_.shown.inventory.back().slot = Slot::running;
  machine_.shown.inventory.push_back(nic);
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done) << "what waits is what runs";
}

TEST_F(Prepare, a_service_that_takes_no_such_image_is_found_before_anything_is_sent) {
  machine_.ability.bare_only = true;
  const Outcome refused = run(Action::prepare);
  EXPECT_EQ(refused.verdict, Verdict::untouched);
  EXPECT_EQ(refused.cause, Cause::not_supported);
  EXPECT_THAT(refused.detail, HasSubstr("bios: the update service takes bare images only, which name no target"));
  machine_.ability = UpdateAbility();
  machine_.ability.max_image_bytes = 1;
  plan_.images[0].image.size = 2;
  EXPECT_THAT(run(Action::prepare).detail, HasSubstr("the service takes 1 (MaxImageSizeBytes)"));
}

/// A plan file is text that somebody may edit: what it says of a host is believed only where the host says it too.
TEST_F(Prepare, a_host_of_another_model_or_vendor_than_planned_is_not_touched) {
  for (std::string Identity::*told : {&Identity::model, &Identity::vendor}) {
    const std::string shown = machine_.shown.identity.*told;
    machine_.shown.identity.*told = "Another";
    const Outcome refused = run(Action::prepare);
    EXPECT_EQ(refused.verdict, Verdict::untouched);
    EXPECT_EQ(refused.cause, Cause::drifted);
    EXPECT_THAT(refused.detail, HasSubstr("\"Another\""));
    machine_.shown.identity.*told = shown;
  }
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done);
}

TEST_F(Prepare, a_host_without_the_second_bank_that_its_plan_goes_back_to_is_not_touched) {
  plan_.hosts[0].updates[0].way_back = WayBack::bank_switch;
  EXPECT_EQ(run(Action::prepare).verdict, Verdict::done);
  std::erase_if(machine_.shown.inventory, [](const InstalledComponent& one) { return one.slot == Slot::previous; });
  const Outcome refused = run(Action::prepare);
  EXPECT_EQ(refused.verdict, Verdict::untouched);
  EXPECT_EQ(refused.cause, Cause::drifted);
  EXPECT_THAT(refused.detail, HasSubstr("shows no second bank"));
}

/// One bad answer was called a host that is not as planned, and a new plan was asked for.
TEST_F(Prepare, a_second_bank_that_cannot_be_read_is_not_called_missing) {
  hide_entry(Slot::previous);
  const Outcome refused = run(Action::prepare);
  EXPECT_EQ(refused.verdict, Verdict::untouched);
  EXPECT_EQ(refused.cause, Cause::unreadable) << refused.detail;
  EXPECT_THAT(refused.detail, HasSubstr("bios: its second bank is not found in what can be read: "));
  EXPECT_THAT(refused.detail, HasSubstr("answered HTTP 500"));
}

TEST_F(Prepare, a_service_that_takes_no_image_of_the_way_back_is_found_before_anything_is_sent) {
  plan_.hosts[0].updates[0].way_back = WayBack::reflash;
  plan_.images.push_back(plan_.images[0]);
  plan_.components[0].back_image = 1;
  plan_.images[0].image.size = 1;
  plan_.images[1].image.size = 2;
  machine_.ability.max_image_bytes = 1;
  EXPECT_THAT(run(Action::prepare).detail, HasSubstr("bios: its way back: "));
}

}  // namespace
}  // namespace breakwater::prepare_test
