// Every input of every corpus once more, under the same promises: no fuzzing, so that it takes a moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/targets.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::fuzz::replay_test {
namespace {

namespace fs = std::filesystem;

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, is_taken_as_promised) {
  int inputs = 0;
  for (const auto& entry : fs::directory_iterator(source_tree("tests/fuzz/corpus") / GetParam().name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    // A block of exactly its length, so that ASan sees every read beyond it.
    const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), block.get());
    std::printf("%s\n", entry.path().c_str());  // the last one before the process ends is the one that broke it
    std::fflush(stdout);
    GetParam().one_input(block.get(), bytes.size());
    ++inputs;
  }
  EXPECT_GT(inputs, 2);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

// A check that only prints what it found would let every test pass.
#ifdef __SANITIZE_ADDRESS__
TEST(Sanitizers, end_the_process_at_undefined_behaviour) {
  volatile int most = std::numeric_limits<int>::max();
  EXPECT_DEATH(most = most + 1, "signed integer overflow");
}
#endif

TEST(CorpusList, holds_every_target_of_this_folder) {
  std::vector<std::string> listed;
  for (const Target& target : kTargets) listed.push_back(std::string(target.name) + "_target.cpp");
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(source_tree("tests/fuzz"))) {
    const std::string name = entry.path().filename();
    if (name.ends_with("_target.cpp")) found.push_back(name);
  }
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(found));
}

}  // namespace
}  // namespace breakwater::fuzz::replay_test
