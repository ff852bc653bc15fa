#include "orchestrator/operations/new_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace breakwater::operations::new_file_test {
namespace {

namespace fs = std::filesystem;

class NewFile : public testing::Test {
 protected:
  NewFile() : folder_(fs::temp_directory_path() / ("breakwater-new-file-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~NewFile() override { fs::remove_all(folder_); }
  std::string at(const char* name) const { return (folder_ / name).string(); }
  static std::string text_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(NewFile, takes_the_place_of_an_older_one_and_leaves_nothing_beside_it) {
  std::ofstream(at("plan")) << "plan: a longer text from before";
  EXPECT_TRUE(write_new_file(at("plan"), "plan: new", "plan: "));
  EXPECT_EQ(text_of(at("plan")), "plan: new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(NewFile, names_the_file_that_cannot_be_written) {
  const auto written = write_new_file(at("missing/plan"), "new", "");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Problem::Kind::failed);
  EXPECT_NE(written.error().messages.at(0).find("missing/plan"), std::string::npos);
}

// `plan rollout.yaml --out inventory.yaml` cost somebody an inventory.
TEST_F(NewFile, replaces_no_file_of_another_kind) {
  for (const char* before : {"apiVersion: breakwater/v1", "plan", "plan:x", "\nplan: "}) {
    std::ofstream(at("there")) << before;
    const auto written = write_new_file(at("there"), "plan: new", "plan: ");
    ASSERT_FALSE(written) << before;
    EXPECT_EQ(written.error().kind, Problem::Kind::bad_argument);
    EXPECT_NE(written.error().messages.at(0).find("there"), std::string::npos);
    EXPECT_EQ(text_of(at("there")), before);
  }
  std::ofstream(at("empty")).flush();
  EXPECT_TRUE(write_new_file(at("empty"), "plan: new", "plan: ")) << "a name that mktemp made";
}

// Run as root, `--chart /dev/full` replaced the device by a picture.
TEST_F(NewFile, replaces_no_device_pipe_folder_or_link) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  std::ofstream(at("target")) << "kept";
  fs::create_symlink(at("target"), at("link"));
  fs::create_directory(at("folder"));
  for (const char* name : {"pipe", "link", "folder"}) {
    const fs::file_type before = fs::symlink_status(at(name)).type();
    const auto written = write_new_file(at(name), "new", "");
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().kind, Problem::Kind::bad_argument);
    EXPECT_EQ(fs::symlink_status(at(name)).type(), before) << name;
  }
  EXPECT_EQ(text_of(at("target")), "kept");
}

}  // namespace
}  // namespace breakwater::operations::new_file_test
