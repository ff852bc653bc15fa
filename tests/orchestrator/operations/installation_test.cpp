// What is under one state directory, and what is said where it is missing or wrong.
#include "orchestrator/operations/installation.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::installation_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Installed : public Estate {
 protected:
  Installed() { fs::remove_all(state_); }

  CommandIssued for_a_host_that_is_not_there() const {
    CommandIssued issued;
    issued.command.rollout = 77;
    return issued;
  }
};

TEST_F(Installed, where_nothing_ever_ran_the_fleet_is_empty_and_reading_makes_no_folder) {
  const auto fleet = installation_.read_fleet();
  ASSERT_TRUE(fleet);
  EXPECT_TRUE(fleet->rollouts().empty());
  const auto journal = installation_.read_journal();
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().messages.front(), HasSubstr("no rollout was ever applied here"));
  EXPECT_FALSE(fs::exists(state_)) << "a mistyped --state must not look like an installation afterwards";
}

TEST_F(Installed, the_folder_is_made_for_its_owner_alone) {
  ASSERT_TRUE(installation_.open_to_write());
  EXPECT_EQ(fs::status(state_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(state_ / "journal.db").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Installed, a_reader_cannot_write) {
  begin_rollout();
  const auto store = installation_.open_to_read();
  ASSERT_TRUE(store);
  EXPECT_FALSE((*store)->lock(journal::Holder{1, "", views::kBegin}));
}

TEST_F(Installed, a_follower_takes_up_what_was_written_since_and_nothing_twice) {
  begin_rollout();
  std::vector<std::uint64_t> shown;
  const SeeRecord see = [&](const Recorded& one) { shown.push_back(one.seq); };
  auto journal = installation_.read_journal(see);
  ASSERT_TRUE(journal);
  EXPECT_FALSE(journal->fleet.find(RolloutId{1})->paused);
  record(Event(OperatorAsked{Verb::pause, 1, "lena", "", {}, {}}));
  ASSERT_TRUE(journal->catch_up(see));
  ASSERT_TRUE(journal->catch_up(see));
  EXPECT_TRUE(journal->fleet.find(RolloutId{1})->paused);
  EXPECT_THAT(shown, ElementsAre(1, 2));
}

TEST_F(Installed, a_follower_needs_nobody_to_see_the_records) {
  begin_rollout();
  auto journal = installation_.read_journal();
  ASSERT_TRUE(journal);
  record(Event(OperatorAsked{Verb::pause, 1, "lena", "", {}, {}}));
  ASSERT_TRUE(journal->catch_up({}));
  EXPECT_EQ(journal->fleet.last_seq(), 2U);
}

TEST_F(Installed, a_record_that_does_not_fit_the_others_is_named_by_every_way_to_read) {
  begin_rollout();
  auto follower = installation_.read_journal();
  ASSERT_TRUE(follower);
  record(Event(for_a_host_that_is_not_there()));
  const auto caught_up = follower->catch_up({});
  ASSERT_FALSE(caught_up);
  EXPECT_THAT(caught_up.error().messages.front(), HasSubstr("journal record 2: "));
  const auto again = installation_.read_journal();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().messages.front(), HasSubstr("journal record 2: "));
  const auto fleet = installation_.read_fleet();
  ASSERT_FALSE(fleet);
  EXPECT_THAT(fleet.error().messages.front(), HasSubstr("journal record 2: "));
}

TEST_F(Installed, a_record_of_a_kind_that_nobody_knows_is_named) {
  begin_rollout();
  auto follower = installation_.read_journal();
  ASSERT_TRUE(follower);
  {
    const auto store = installation_.open_to_write();
    ASSERT_TRUE((*store)->lock(journal::Holder{1, "", views::kBegin}));
    const std::vector<journal::Draft> drafts{journal::Draft{Now{views::kBegin, views::kBegin}, "HostBlessed", "{}"}};
    ASSERT_TRUE((*store)->append(drafts));
  }
  const auto caught_up = follower->catch_up({});
  ASSERT_FALSE(caught_up);
  EXPECT_EQ(caught_up.error().kind, Problem::Kind::failed);
  EXPECT_THAT(caught_up.error().messages.front(), HasSubstr("journal record 2: "));
}

TEST_F(Installed, a_file_that_is_no_journal_is_a_problem_and_stays_as_it_is) {
  fs::create_directories(state_);
  std::ofstream(state_ / "journal.db") << "a letter to the SREs, much longer than the header of a database";
  const std::string before = text_of(state_ / "journal.db");
  EXPECT_FALSE(installation_.read_fleet());
  EXPECT_FALSE(installation_.open_to_write());
  EXPECT_EQ(text_of(state_ / "journal.db"), before);
}

TEST_F(Installed, an_image_store_that_cannot_be_opened_names_its_folder) {
  fs::create_directories(state_);
  std::ofstream(state_ / "images") << "not a folder";
  const auto images = installation_.open_images();
  ASSERT_FALSE(images);
  EXPECT_THAT(images.error().messages.front(), HasSubstr("images"));
}

}  // namespace
}  // namespace breakwater::operations::installation_test
