// Snapshots as files, where the disk does not do as it is told.
#include "orchestrator/journal/folder_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::folder_shelf_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class FolderShelfFiles : public testing::Test {
 protected:
  StateFolder dir_;
  FolderShelf shelf_{dir_.path()};
  fs::path folder_ = dir_.path() / "snapshots";
};

TEST_F(FolderShelfFiles, are_their_owners_alone) {
  ASSERT_TRUE(shelf_.keep(7, "bytes"));
  struct ::stat now {};
  ASSERT_EQ(::stat(folder_.c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((folder_ / "7").c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 0777U, 0400U);
}

TEST_F(FolderShelfFiles, a_folder_that_cannot_be_made_is_a_fault_that_names_it) {
  std::ofstream(folder_) << "a file";
  const auto kept = shelf_.keep(7, "bytes");
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error(), HasSubstr(folder_.string()));
  EXPECT_THAT(shelf_.numbers(), IsEmpty());
}

TEST_F(FolderShelfFiles, one_that_could_not_be_kept_leaves_nothing) {
  ASSERT_TRUE(fs::create_directories(folder_ / "8"));
  EXPECT_FALSE(shelf_.keep(8, "bytes"));
  EXPECT_FALSE(shelf_.read(8));
  const std::vector<fs::path> all{fs::directory_iterator(folder_), fs::directory_iterator()};
  EXPECT_THAT(all, ElementsAre(folder_ / "8"));
}

TEST_F(FolderShelfFiles, what_a_killed_process_left_is_no_snapshot_and_is_cleared) {
  fs::create_directories(folder_);
  for (const char* name : {".import-abc", "07", "-7", "7.old", "18446744073709551616"}) std::ofstream(folder_ / name);
  EXPECT_THAT(shelf_.numbers(), IsEmpty());
  ASSERT_TRUE(shelf_.keep(7, "bytes"));
  EXPECT_FALSE(fs::exists(folder_ / ".import-abc"));
  EXPECT_THAT(shelf_.numbers(), ElementsAre(7U));
}

TEST_F(FolderShelfFiles, a_link_is_not_followed) {
  std::ofstream(dir_.path() / "elsewhere") << "bytes";
  fs::create_directories(folder_);
  fs::create_symlink(dir_.path() / "elsewhere", folder_ / "7");
  EXPECT_FALSE(shelf_.read(7));
}

}  // namespace
}  // namespace breakwater::journal::folder_shelf_test
