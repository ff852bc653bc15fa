#include "orchestrator/cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace breakwater::cli::command_line_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Said {
  Exit code;
  std::string out;
  std::string err;
};

Said say(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const Exit code = run(std::move(arguments), Console(out, err));
  return Said{code, out.str(), err.str()};
}

class CommandLine : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::path(testing::TempDir()) /
           ("cli-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string state() const { return (dir_ / "state").string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
    return (dir_ / name).string();
  }

  std::filesystem::path dir_;
};

TEST_F(CommandLine, mistakes_of_use_are_sixty_four) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"aply", "x"},
      {"apply"},
      {"apply", "a", "b"},
      {"plan", "x.yaml", "-o", "yaml"},
      {"plan", "x.yaml", "--detailed"},
      {"quarantine"},
      {"quarantine", "release", "n1"},
      {"quarantine", "release", "n1", "--reason", ""},
      {"quarantine", "release", "n1", "--reason", " \t"},
      {"quarantine", "discount", "n1", "--reason", ""},
      {"abandon", "x", "--reason", " "},
      {"explain", ""},
      {"rollback", "x", "--wave", "a", "--host", "b"},
      {"completion", "tcsh"},
      {"schema", "Nonsense"},
      {"firmware", "sign", "r.yaml"},
  };
  for (const auto& mistake : mistakes) {
    const Said said = say(mistake);
    EXPECT_EQ(said.code, Exit::usage) << testing::PrintToString(mistake);
    EXPECT_EQ(said.out, "") << testing::PrintToString(mistake);
    EXPECT_THAT(said.err, StartsWith("error: ")) << testing::PrintToString(mistake);
  }
}

TEST_F(CommandLine, a_mistyped_verb_is_guessed) {
  const Said said = say({"aply", "rollout.yaml"});
  EXPECT_EQ(said.err, "error: unknown verb 'aply'; did you mean 'apply'?\nnext: breakwater --help\n");
  EXPECT_THAT(say({"quarantine", "relese", "n1"}).err, HasSubstr("did you mean 'release'?"));
  EXPECT_THAT(say({"--state", "/somewhere", "-v", "aply", "x"}).err, HasSubstr("unknown verb 'aply'"));
}

TEST_F(CommandLine, a_mistyped_option_is_guessed_and_comes_before_what_is_missing) {
  const auto first_line = [](const Said& said) { return said.err.substr(0, said.err.find('\n')); };
  const std::pair<std::vector<std::string>, std::string> kRows[] = {
      {{"plan", "x.yaml", "--detialed-exitcode"}, "'--detialed-exitcode'; did you mean '--detailed-exitcode'?"},
      {{"plan", "x.yaml", "--detailed"}, "'--detailed'; did you mean '--detailed-exitcode'?"},
      {{"firmware", "sign", "r.yaml", "--kee", "qa.key"}, "'--kee'; did you mean '--key'?"},
      {{"abandon", "x", "--raeson=why"}, "'--raeson'; did you mean '--reason'?"},
      {{"rollback", "--hots", "n1"}, "'--hots'; did you mean '--host'?"},
      {{"status", "--stat", "/x"}, "'--stat'; did you mean '--state'?"},
      {{"status", "--frobnicate"}, "'--frobnicate'"},
      {{"status", "-q"}, "'-q'"},
  };
  for (const auto& [arguments, message] : kRows) {
    const Said said = say(arguments);
    EXPECT_EQ(said.code, Exit::usage) << message;
    EXPECT_EQ(first_line(said), "error: unknown option " + message);
  }
  const Said missing = say({"firmware", "sign", "r.yaml", "--comment", "--looks-like-one"});
  EXPECT_THAT(missing.err, testing::Not(HasSubstr("unknown option '--comment'")));
}

TEST_F(CommandLine, what_people_try_first_works) {
  EXPECT_EQ(say({"--version"}).out, say({"version"}).out);
  EXPECT_EQ(say({"--version"}).code, Exit::done);
  EXPECT_EQ(say({"help"}).out, say({"--help"}).out);
  EXPECT_EQ(say({"help"}).code, Exit::done);
  EXPECT_EQ(say({"help", "quarantine", "release"}).out, say({"quarantine", "release", "--help"}).out);
  const Said unknown = say({"help", "aply"});
  EXPECT_EQ(unknown.code, Exit::usage);
  EXPECT_THAT(unknown.err, HasSubstr("unknown verb 'aply'; did you mean 'apply'?"));
}

TEST_F(CommandLine, help_teaches) {
  const Said all = say({"--help"});
  EXPECT_EQ(all.code, Exit::done);
  EXPECT_THAT(all.out, HasSubstr("The way of a rollout:"));
  const Said one = say({"quarantine", "release", "--help"});
  EXPECT_EQ(one.code, Exit::done);
  EXPECT_THAT(one.out, HasSubstr("Example:\n  breakwater quarantine release"));
  EXPECT_THAT(one.out, HasSubstr("Next:\n  breakwater plan"));
  EXPECT_THAT(one.out, HasSubstr("Usage: breakwater quarantine release"));
}

TEST_F(CommandLine, version_and_states) {
  EXPECT_THAT(say({"version"}).out, StartsWith("breakwater "));
  const Said dot = say({"states", "--dot"});
  EXPECT_THAT(dot.out, StartsWith("digraph host {"));
  EXPECT_THAT(dot.out, HasSubstr("waiting -> preparing [label=\"start\"];"));
  EXPECT_THAT(dot.out, HasSubstr("quarantined [peripheries=2];"));
}

TEST_F(CommandLine, a_word_is_explained_however_it_is_spelt_and_a_wrong_one_is_corrected) {
  const Said armed = say({"glossary", "Armed"});
  EXPECT_EQ(armed.code, Exit::done);
  EXPECT_THAT(armed.out, StartsWith("armed (cause)\n    An image was written that a later restart may run"));
  EXPECT_THAT(armed.out, HasSubstr("→ cancel what waits on its BMC by hand"));
  EXPECT_THAT(say({"glossary", "WindowClosed"}).out, HasSubstr("A freeze of the Policy is on"));
  EXPECT_THAT(say({"glossary", "7"}).out, StartsWith("7 (exit)\n"));
  const Said wrong = say({"glossary", "quarantine"});
  EXPECT_EQ(wrong.code, Exit::usage);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'quarantined'?"));
}

TEST_F(CommandLine, every_fault_of_the_documents_at_once) {
  const std::string file = write("rollout.yaml",
                                 "apiVersion: breakwater/v1\nkind: Rollout\nmetadata: {name: x}\n"
                                 "spec:\n  polcy: p\n  waves: 3\n");
  for (const std::string verb : {"validate", "plan", "apply"}) {
    const Said said = say({verb, file, "--state", state()});
    EXPECT_EQ(said.code, Exit::document) << verb;
    EXPECT_EQ(said.out, "") << verb;
    EXPECT_THAT(said.err, HasSubstr(file + ":5:3")) << verb;
    EXPECT_THAT(said.err, HasSubstr("did you mean")) << verb;
    EXPECT_THAT(said.err, HasSubstr("spec.waves")) << verb;
  }
}

TEST_F(CommandLine, a_file_that_is_not_there) {
  const std::string file = (dir_ / "nowhere.yaml").string();
  EXPECT_EQ(say({"validate", file}).code, Exit::document);
  EXPECT_EQ(say({"plan", file, "--state", state()}).code, Exit::document);
  EXPECT_EQ(say({"apply", file, "--state", state()}).code, Exit::document);
}

TEST_F(CommandLine, where_nothing_ever_ran) {
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"status"},
                                               {"pause", "x"},
                                               {"rollback", "x"},
                                               {"journal", "verify"},
                                               {"quarantine", "list"},
                                               {"quarantine", "list", "-o", "json"}}) {
    std::vector<std::string> arguments = verb;
    arguments.insert(arguments.end(), {"--state", state()});
    const Said said = say(arguments);
    EXPECT_EQ(said.code, Exit::failed) << verb.front();
    EXPECT_THAT(said.err, HasSubstr("no rollout was ever applied here")) << verb.front();
    EXPECT_THAT(said.err, HasSubstr("next: breakwater apply")) << verb.front();
  }
  EXPECT_FALSE(std::filesystem::exists(state())) << "reading makes nothing";
}

TEST_F(CommandLine, apply_of_a_name_that_never_began) {
  const Said said = say({"apply", "bios-3.4", "--state", state()});
  EXPECT_EQ(said.code, Exit::failed);
  EXPECT_THAT(said.err, HasSubstr("no rollout 'bios-3.4' was ever applied here"));
}

TEST_F(CommandLine, keys_and_images_come_in) {
  const std::string key = (dir_ / "qa").string();
  EXPECT_EQ(say({"firmware", "keygen", key}).code, Exit::done);
  EXPECT_EQ(say({"firmware", "keygen", key}).code, Exit::failed) << "a key is never overwritten";
  const std::string image = write("image.bin", "not much of a firmware");
  const Said imported = say({"firmware", "import", image, "--state", state()});
  EXPECT_EQ(imported.code, Exit::done);
  EXPECT_THAT(imported.out, StartsWith("sha256:"));
  EXPECT_THAT(say({"firmware", "list", "--state", state()}).out, HasSubstr(imported.out.substr(0, 71)));
  EXPECT_THAT(say({"firmware", "list", "-o", "json", "--state", state()}).out, HasSubstr("\"kind\": \"ImageList\""));
  EXPECT_EQ(say({"firmware", "import", (dir_ / "nowhere").string(), "--state", state()}).code, Exit::failed);
  EXPECT_EQ(std::filesystem::status(state()).permissions(), std::filesystem::perms::owner_all);
}

TEST(StateDirectory, goes_by_the_option_then_the_environment) {
  setenv("XDG_STATE_HOME", "/var/lib/xdg", 1);
  EXPECT_EQ(state_dir(""), "/var/lib/xdg/breakwater");
  setenv("XDG_STATE_HOME", "relative", 1);
  setenv("HOME", "/home/lena", 1);
  EXPECT_EQ(state_dir(""), "/home/lena/.local/state/breakwater");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(state_dir(""), "/home/lena/.local/state/breakwater");
  EXPECT_EQ(state_dir("here"), "here");
}

TEST(StateDirectory, is_asked_for_where_no_home_is_known) {
  unsetenv("XDG_STATE_HOME");
  unsetenv("HOME");
  EXPECT_EQ(state_dir(""), std::nullopt);
  EXPECT_EQ(state_dir("here"), "here");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"status"}, {"firmware", "list"}, {"plan", "x.yaml"}, {"observe", "x.yaml"}}) {
    const Said said = say(verb);
    EXPECT_EQ(said.code, Exit::usage) << verb.front();
    EXPECT_THAT(said.err, HasSubstr("neither HOME nor XDG_STATE_HOME is set")) << verb.front();
    EXPECT_THAT(said.err, HasSubstr("--state DIR")) << verb.front();
  }
  EXPECT_EQ(say({"version"}).code, Exit::done) << "it needs none";
  EXPECT_EQ(say({"schema", "Rollout"}).code, Exit::done);
  EXPECT_FALSE(std::filesystem::exists(".local"));
}

TEST(Output, that_cannot_be_written_is_a_failure_of_help_too) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"}, {"version"}}) {
    std::ofstream full("/dev/full");
    std::ostringstream err;
    EXPECT_EQ(run(arguments, Console(full, err)), Exit::failed) << arguments.front();
    EXPECT_THAT(err.str(), HasSubstr("not everything could be written"));
  }
}

}  // namespace
}  // namespace breakwater::cli::command_line_test
