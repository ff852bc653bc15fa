// The Rollouts under examples/ hold together with what lies beside them, and no slip of the pen makes a reader fall
// over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "policies/documents.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::examples_test {

namespace fs = std::filesystem;

namespace {

std::vector<SourceText> texts_under(const fs::path& directory) {
  std::vector<SourceText> texts;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string extension = entry.path().extension().string();
    if (!entry.is_regular_file() || (extension != ".yaml" && extension != ".yml")) continue;
    if (entry.path().string().find("/out/") != std::string::npos) continue;  // what a run has left behind
    std::ifstream input(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
    texts.push_back({entry.path().string(), entry.path().parent_path().string(), std::move(text), false});
  }
  return texts;
}

}  // namespace

TEST(Examples, every_rollout_finds_what_it_names) {
  int rollouts = 0;
  for (const SourceText& source : texts_under(source_tree("examples"))) {
    if (source.text.find("\nkind: Rollout\n") == std::string::npos) continue;
    ++rollouts;
    const auto loaded = load_documents(read_rollout_sources(source.file));
    if (loaded) continue;
    for (const Diagnostic& fault : loaded.error()) ADD_FAILURE() << to_string(fault);
  }
  EXPECT_GT(rollouts, 0);
}

/// Bytes are changed, dropped, doubled and swapped at random; whatever comes out is read or refused with a place.
TEST(Examples, a_damaged_document_is_refused_and_nothing_worse) {
  static constexpr std::string_view kBytes = "{}[]:,#&*!|>'\"%@`-? \n\t~<0123456789eE.+xo\xc3\xa9\xff";
  const auto texts = texts_under(source_tree("schema/examples/good"));
  std::mt19937 random(1);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (int round = 0; round < 600; ++round) {
    SourceText source = texts[below(texts.size())];
    const std::size_t changes = 1 + below(3);
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t at = below(source.text.size());
      const std::size_t length = 1 + below(12);
      switch (below(4)) {
        case 0:
          source.text[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          source.text.erase(at, length);
          break;
        case 2:
          source.text.insert(at, source.text.substr(below(source.text.size()), length));
          break;
        default:
          source.text.insert(at, 1, kBytes[below(kBytes.size())]);
      }
    }
    Sources sources;
    sources.texts.push_back(source);
    const auto loaded = load_documents(sources);
    if (loaded) continue;
    for (const Diagnostic& fault : loaded.error()) {
      ASSERT_FALSE(fault.message.empty()) << "round " << round;
      ASSERT_EQ(fault.at.file, source.file) << "round " << round;
    }
  }
}

}  // namespace breakwater::examples_test
