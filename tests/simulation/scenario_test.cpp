// What the seeds draw: no entry of the model's menu of faults is there in vain.
#include "tests/simulation/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace breakwater::simulation::scenario_test {
namespace {

using model::Answer;
using model::Faults;
using model::ModelHost;

constexpr std::uint64_t kSeeds = 600;
constexpr std::uint32_t kHosts = 40;

/// Every value of an enum that begins with 0 and ends with `last`.
template <class Enum>
std::set<Enum> all_up_to(Enum last) {
  std::set<Enum> all;
  for (int i = 0; i <= static_cast<int>(last); ++i) all.insert(static_cast<Enum>(i));
  return all;
}

class Menu : public testing::Test {
 protected:
  /// Everything that the hosts of the seeds show.
  template <class Read>
  auto drawn(Read read) {
    std::set<decltype(read(ModelHost()))> found;
    for (const ModelHost& host : hosts()) found.insert(read(host));
    return found;
  }

 private:
  static const std::vector<ModelHost>& hosts() {
    static const std::vector<ModelHost> all = [] {
      std::vector<ModelHost> made;
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        Scenario scenario = make_scenario(seed, kHosts);
        made.insert(made.end(), scenario.fleet.hosts.begin(), scenario.fleet.hosts.end());
      }
      return made;
    }();
    return all;
  }
};

TEST_F(Menu, every_answer_is_drawn_for_every_request_that_acts) {
  const std::set<Answer> every = all_up_to(Answer::failed_yet_done);
  const std::pair<const char*, Answer Faults::*> requests[] = {{"upload", &Faults::to_upload},
                                                               {"upload back", &Faults::to_upload_back},
                                                               {"run", &Faults::to_run},
                                                               {"switch", &Faults::to_switch},
                                                               {"cancel", &Faults::to_cancel}};
  for (const auto& [name, request] : requests) {
    EXPECT_EQ(drawn([request = request](const ModelHost& host) { return host.faults.*request; }), every) << name;
  }
}

TEST_F(Menu, every_way_in_which_a_flash_goes_wrong_is_drawn_there_and_back) {
  const std::set<Faults::Flash> every = all_up_to(Faults::Flash::kills_bmc);
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.faults.flash; }), every);
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.faults.flash_back; }), every);
}

TEST_F(Menu, a_bmc_restarts_after_every_kind_of_act) {
  std::set<std::optional<model::Act::Kind>> every{std::nullopt};
  for (const model::Act::Kind kind : all_up_to(model::Act::Kind::flash_cut)) every.insert(kind);
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.faults.restart_at; }), every);
}

TEST_F(Menu, every_fault_that_is_there_or_not_is_both) {
  const std::pair<const char*, bool Faults::*> faults[] = {
      {"task_vanishes", &Faults::task_vanishes},     {"stage_stuck", &Faults::stage_stuck},
      {"stage_fails", &Faults::stage_fails},         {"cancel_ignored", &Faults::cancel_ignored},
      {"factory_reset", &Faults::factory_reset},     {"new_key", &Faults::new_key},
      {"loses_component", &Faults::loses_component}, {"hides_writing", &Faults::hides_writing},
      {"forgets_tasks", &Faults::forgets_tasks},     {"answers_again", &Faults::answers_again}};
  for (const auto& [name, fault] : faults) {
    EXPECT_EQ(drawn([fault = fault](const ModelHost& host) { return host.faults.*fault; }), std::set({false, true}))
        << name;
  }
}

TEST_F(Menu, every_fault_that_lasts_lasts_sometimes_and_is_mostly_not_there) {
  const std::pair<const char*, Duration Faults::*> faults[] = {
      {"bmc_away", &Faults::bmc_away},
      {"sensors_lie", &Faults::sensors_lie},
      {"members_fail", &Faults::members_fail},
      {"entries_fail", &Faults::entries_fail},
      {"busy", &Faults::busy},
      {"sessions_full", &Faults::sessions_full},
      {"read_takes", &Faults::read_takes},
      {"login_takes", &Faults::login_takes},
      {"task_takes", &Faults::task_takes},
      {"pressed_after_staging", &Faults::pressed_after_staging}};
  for (const auto& [name, fault] : faults) {
    const auto lengths = drawn([fault = fault](const ModelHost& host) { return host.faults.*fault; });
    EXPECT_TRUE(lengths.contains(Duration(0))) << name;
    EXPECT_GT(lengths.size(), 20U) << name;
  }
}

TEST_F(Menu, entries_of_every_kind_cannot_be_read_in_every_way) {
  const auto entries = drawn([](const ModelHost& host) {
    const model::UnreadEntries& hidden = host.faults.entries;
    return std::tuple(hidden.running, hidden.other, hidden.staged);
  });
  EXPECT_EQ(entries.size(), 7U);
  EXPECT_FALSE(entries.contains(std::tuple(false, false, false)));
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.faults.entries.how; }), all_up_to(model::Unread::garbage));
  const auto beside =
      drawn([](const ModelHost& host) { return std::tuple(host.faults.entries.manager, host.faults.entries.tasks); });
  EXPECT_EQ(beside.size(), 4U);
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.faults.entries.log; }).size(), 2U);
}

TEST_F(Menu, a_task_is_named_and_tells_how_far_it_is_in_every_way) {
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.named; }), all_up_to(model::TaskNamed::not_at_all));
  EXPECT_EQ(drawn([](const ModelHost& host) { return host.percents; }), all_up_to(model::Percents::wander));
}

TEST_F(Menu, every_way_to_show_an_image_that_waits_is_drawn_and_none_shows_nothing) {
  const auto shows = drawn([](const ModelHost& host) {
    return std::tuple(host.shows.staged_entry, host.shows.task_waits, host.shows.job_waits);
  });
  EXPECT_EQ(shows.size(), 5U);
  EXPECT_FALSE(shows.contains(std::tuple(false, false, false))) << "such an image nobody could find";
}

TEST(Scenarios, people_and_processes_do_everything_that_they_can) {
  std::set<Verb> verbs;
  std::set<Life::Fate> fates;
  std::set<Mode> modes;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario scenario = make_scenario(seed, 4);
    modes.insert(scenario.mode);
    for (const Wish& wish : scenario.wishes) verbs.insert(wish.verb);
    for (const Life& life : scenario.lives) fates.insert(life.fate);
    EXPECT_TRUE(std::is_sorted(scenario.wishes.begin(), scenario.wishes.end(),
                               [](const Wish& a, const Wish& b) { return a.after < b.after; }));
  }
  EXPECT_EQ(verbs, all_up_to(Verb::discount));
  EXPECT_EQ(fates, all_up_to(Life::Fate::disk_full));
  EXPECT_EQ(modes, all_up_to(Mode::liveness));
}

}  // namespace
}  // namespace breakwater::simulation::scenario_test
