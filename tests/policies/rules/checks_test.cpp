#include "policies/checks.hpp"

#include <gtest/gtest.h>

namespace breakwater::checks_test {
namespace {

InstalledComponent entry(const std::string& id, const std::string& part, const std::string& name) {
  InstalledComponent one;
  one.id = id;
  one.key.part_number = part;
  one.key.name = name;
  one.version = "1.0";
  return one;
}

std::optional<Check> failed(const Checks& checks, const Baseline& before, const Observation& now,
                            bool runs_new = true) {
  const auto found = first_failed(checks, before, now, runs_new);
  return found ? std::optional(found->check) : std::nullopt;
}

TEST(Checks, none_is_asked_for_none_fails) {
  Baseline before;
  before.power = Power::on;
  before.health = Health::ok;
  before.inventory = {entry("nic", "p1", "NIC")};
  Observation now;
  now.power = Power::off;
  now.health = Health::critical;
  EXPECT_EQ(failed({}, before, now), std::nullopt);
}

TEST(Checks, health_is_worse_only_than_what_was_told) {
  struct Row {
    Health before;
    Health after;
    bool worse;
  };
  Checks checks;
  checks.health_no_worse = true;
  for (const Row& row : {Row{Health::unknown, Health::unknown, false}, Row{Health::unknown, Health::ok, false},
                         Row{Health::unknown, Health::warning, false}, Row{Health::unknown, Health::critical, true},
                         Row{Health::ok, Health::ok, false}, Row{Health::ok, Health::warning, true},
                         Row{Health::ok, Health::unknown, true}, Row{Health::warning, Health::warning, false},
                         Row{Health::warning, Health::critical, true}, Row{Health::critical, Health::critical, false},
                         Row{Health::critical, Health::ok, false}}) {
    Baseline before;
    before.health = row.before;
    Observation now;
    now.health = row.after;
    EXPECT_EQ(failed(checks, before, now).has_value(), row.worse)
        << to_string(row.before) << " then " << to_string(row.after);
  }
}

TEST(Checks, only_a_power_state_that_lasts_is_one_to_come_back_to) {
  Checks checks;
  checks.power_restored = true;
  for (const Power power : {Power::unknown, Power::changing}) {
    Observation seen;
    seen.power = power;
    EXPECT_EQ(baseline_of(seen).power, Power::unknown);
    Baseline before;
    before.power = power;
    Observation now;
    now.power = Power::on;
    EXPECT_EQ(failed(checks, before, now), std::nullopt) << to_string(power);
  }
  for (const Power power : {Power::on, Power::off}) {
    Observation seen;
    seen.power = power;
    const Baseline before = baseline_of(seen);
    EXPECT_EQ(failed(checks, before, seen), std::nullopt);
    seen.power = Power::changing;
    EXPECT_EQ(failed(checks, before, seen), Check::power_restored);
  }
}

TEST(Checks, a_host_must_be_up_where_its_bmc_can_tell) {
  struct Row {
    Boot before;
    Boot after;
    bool fails;
  };
  Checks checks;
  checks.host_booted = true;
  for (const Row& row : {Row{Boot::unknown, Boot::unknown, false}, Row{Boot::unknown, Boot::booting, true},
                         Row{Boot::unknown, Boot::booted, false}, Row{Boot::booted, Boot::unknown, true},
                         Row{Boot::booted, Boot::booting, true}, Row{Boot::booted, Boot::booted, false}}) {
    Baseline before;
    before.boot = row.before;
    Observation now;
    now.boot = row.after;
    EXPECT_EQ(failed(checks, before, now).has_value(), row.fails)
        << static_cast<int>(row.before) << " then " << static_cast<int>(row.after);
  }
}

TEST(Checks, an_entry_that_an_update_renamed_is_not_lost) {
  Checks checks;
  checks.no_component_lost = true;
  Baseline before;
  before.inventory = {entry("nic-1.0", "p1", "NIC"), entry("nic-1.0-b", "p1", "NIC")};
  Observation now;
  now.inventory = {entry("nic-2.0", "p1", "NIC"), entry("nic-2.0-b", "p1", "NIC")};
  EXPECT_EQ(failed(checks, before, now), std::nullopt);
  now.inventory.pop_back();
  const auto lost = first_failed(checks, before, now, true);
  ASSERT_TRUE(lost) << "one of two ports is gone";
  EXPECT_EQ(lost->text, "inventory.noComponentLost: nic-1.0-b (\"NIC\", version \"1.0\") is gone");
}

TEST(Checks, an_entry_whose_id_and_name_carry_its_version_is_not_lost) {
  Checks checks;
  checks.no_component_lost = true;
  Baseline before;
  before.inventory = {{"Installed-18981-21.03__Pack", "/f/1", {"18981", "", {}, "Driver Pack, 21.03, A00"}, "21.03"}};
  Observation now;
  now.inventory = {{"Installed-18981-22.04__Pack", "/f/2", {"18981", "", {}, "Driver Pack, 22.04, A01"}, "22.04"}};
  EXPECT_EQ(failed(checks, before, now), std::nullopt);
  now.inventory[0].key.software_id = "18982";
  EXPECT_EQ(failed(checks, before, now), Check::no_component_lost) << "another SoftwareId is another component";
}

TEST(Checks, an_entry_that_cannot_be_read_is_not_lost_and_not_there) {
  Checks checks;
  checks.no_component_lost = true;
  Baseline before;
  before.inventory = {entry("bios", "p1", "BIOS"), entry("nic", "p2", "NIC")};
  Observation now;
  now.inventory = {before.inventory[0]};
  now.unread = {{"/f/nic", "HTTP 500 for /f/nic"}};
  const auto unknown = first_failed(checks, before, now, true);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->check, Check::inventory_read);
  EXPECT_EQ(unknown->text,
            "inventory.noComponentLost: nic (\"NIC\", version \"1.0\") is not found in what can be read: "
            "HTTP 500 for /f/nic");
  checks.health_no_worse = true;
  now.health = Health::critical;
  EXPECT_EQ(failed(checks, before, now), Check::health_no_worse) << "what is unknown hides nothing";
  now.health = Health::ok;
  before.inventory.pop_back();
  EXPECT_EQ(failed(checks, before, now), std::nullopt) << "it could not be read before either";
}

TEST(Checks, only_what_runs_can_be_lost) {
  Checks checks;
  checks.no_component_lost = true;
  Baseline before;
  before.inventory = {entry("bmc", "p1", "BMC"), entry("bmc-staged", "p1", "BMC")};
  before.inventory[1].slot = Slot::staged;
  Observation now;
  now.inventory = {before.inventory[0]};
  EXPECT_EQ(failed(checks, before, now), std::nullopt);
  now.inventory[0].slot = Slot::previous;
  EXPECT_EQ(failed(checks, before, now), Check::no_component_lost);
}

std::optional<FailedCheck> logged(int most, std::optional<std::uint32_t> before, std::optional<std::uint32_t> now,
                                  bool runs_new = true) {
  Checks checks;
  checks.new_critical_most = most;
  Baseline baseline;
  baseline.critical_events = before;
  Observation seen;
  seen.critical_events = now;
  return first_failed(checks, baseline, seen, runs_new);
}

TEST(Checks, only_critical_entries_that_are_new_in_the_event_log_count) {
  EXPECT_FALSE(logged(0, 5, 5));
  EXPECT_FALSE(logged(2, 5, 7));
  const auto one = logged(0, 5, 6);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->text, "sel.newCritical: got 1 new critical entries in the event log, want at most 0");
  EXPECT_TRUE(logged(2, 5, 8));
}

TEST(Checks, entries_of_the_event_log_are_compared_and_not_counted) {
  struct Row {
    const char* what;
    std::vector<std::uint64_t> before;
    std::vector<std::uint64_t> now;
    bool fails;
  };
  for (const Row& row :
       {Row{"the same", {1, 2}, {1, 2}, false}, Row{"in another order", {1, 2}, {2, 1}, false},
        Row{"an old one was dropped", {1, 2}, {2}, false}, Row{"and a new one came", {1, 2}, {2, 3}, true},
        Row{"one that says the same as an old one", {1}, {1, 1}, true}, Row{"the first one", {}, {1}, true},
        Row{"all dropped", {1, 2}, {}, false}}) {
    Checks checks;
    checks.new_critical_most = 0;
    Baseline before;
    before.critical_marks = row.before;
    before.critical_events = static_cast<std::uint32_t>(row.before.size());
    Observation now;
    now.critical_marks = row.now;
    now.critical_events = static_cast<std::uint32_t>(row.now.size());
    EXPECT_EQ(first_failed(checks, before, now, true).has_value(), row.fails) << row.what;
  }
}

TEST(Checks, a_log_that_was_cleared_meanwhile_holds_only_new_entries) {
  EXPECT_FALSE(logged(0, 5, 0));
  EXPECT_TRUE(logged(0, 5, 1));
}

TEST(Checks, a_log_that_cannot_be_read_any_more_is_unknown_and_hides_nothing) {
  ASSERT_TRUE(logged(9, 5, std::nullopt));
  EXPECT_EQ(logged(9, 5, std::nullopt)->check, Check::log_read);
  EXPECT_FALSE(logged(9, 5, std::nullopt, false)) << "on the way back nobody asks for it";
  Checks checks;
  checks.new_critical_most = 9;
  Observation cut;
  cut.log_unread = "its list ends after 1 of 6 entries";
  EXPECT_EQ(first_failed(checks, {}, cut, true)->text,
            "sel.newCritical: the event log cannot be read whole: its list ends after 1 of 6 entries");
  checks.health_no_worse = true;
  cut.health = Health::critical;
  EXPECT_EQ(failed(checks, {}, cut), Check::health_no_worse);
}

TEST(Checks, what_a_bad_image_logged_does_not_speak_against_the_way_back) {
  EXPECT_FALSE(logged(0, 5, 9, false));
}

TEST(Checks, the_first_that_fails_is_told) {
  Checks checks;
  checks.power_restored = checks.host_booted = checks.health_no_worse = true;
  Baseline before;
  before.power = Power::on;
  before.health = Health::ok;
  before.boot = Boot::booted;
  Observation now;
  now.power = Power::off;
  now.health = Health::critical;
  now.boot = Boot::booting;
  now.health_text = "PSU 1 failed";
  EXPECT_EQ(failed(checks, before, now), Check::power_restored);
  now.power = Power::on;
  EXPECT_EQ(failed(checks, before, now), Check::host_booted);
  now.boot = Boot::booted;
  EXPECT_EQ(first_failed(checks, before, now, true)->text,
            "redfish.healthRollup: got critical, want no worse than ok: PSU 1 failed");
}

}  // namespace
}  // namespace breakwater::checks_test
