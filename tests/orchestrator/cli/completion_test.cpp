#include "orchestrator/cli/completion.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "orchestrator/cli/command_line.hpp"

namespace breakwater::cli::completion_test {
namespace {

void collect(const CliVerb& verb, std::vector<std::string>& verbs, std::vector<Option>& options) {
  for (const CliVerb& below : verb.verbs) {
    verbs.emplace_back(below.name);
    collect(below, verbs, options);
  }
  options.insert(options.end(), verb.options.begin(), verb.options.end());
}

class Completion : public testing::TestWithParam<const char*> {};

TEST_P(Completion, knows_every_verb_and_option) {
  const CliVerb root = all_verbs();
  std::vector<std::string> verbs;
  std::vector<Option> options;
  collect(root, verbs, options);
  ASSERT_GE(verbs.size(), 20U);
  ASSERT_GE(options.size(), 30U);
  const std::string text = completion_for(GetParam(), root);
  for (const std::string& verb : verbs) EXPECT_NE(text.find(verb), std::string::npos) << verb;
  const bool fish = std::string(GetParam()) == "fish";
  for (const Option& option : options) {
    const std::string name(option.name.substr(option.name.rfind(',') + 1));
    const std::string spelled = !fish ? name : name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1);
    if (!option.by_place()) {
      EXPECT_NE(text.find(spelled), std::string::npos) << name;
    }
    for (const std::string& word : words_of(option)) EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

INSTANTIATE_TEST_SUITE_P(Shells, Completion, testing::Values("bash", "zsh", "fish"));

/// What bash itself offers after `words`.
std::string offered(const std::string& words, int word) {
  const std::string file = testing::TempDir() + "completion.bash";
  std::ofstream(file) << bash_completion(all_verbs());
  const std::string command = "bash -c 'source " + file + "; COMP_WORDS=(" + words +
                              "); COMP_CWORD=" + std::to_string(word) + "; _breakwater; echo \"${COMPREPLY[*]}\"'";
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  pclose(pipe);
  return text;
}

TEST(BashCompletion, offers_what_fits) {
  EXPECT_EQ(offered("breakwater ap", 1), "apply\n");
  EXPECT_EQ(offered("breakwater quarantine re", 2), "release\n");
  EXPECT_EQ(offered("breakwater rollback --wa", 2), "--wave\n");
  EXPECT_EQ(offered("breakwater apply x.yaml -o js", 4), "json\n");
  EXPECT_EQ(offered("breakwater apply x.yaml -o ", 4), "text json\n") << "apply has no table";
  EXPECT_EQ(offered("breakwater plan x.yaml -o ", 4), "table json\n");
  EXPECT_EQ(offered("breakwater quarantine list --output ", 4), "table json\n");
  EXPECT_EQ(offered("breakwater completion f", 2), "fish\n");
  EXPECT_EQ(offered("breakwater --state /tmp jour", 3), "journal\n");
}

}  // namespace
}  // namespace breakwater::cli::completion_test
