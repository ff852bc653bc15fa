// Which ways of writing say the same.
#include "inventories/document/canonical.hpp"

#include <gtest/gtest.h>

#include <set>

namespace breakwater::canonical_test {
namespace {

std::string canonical(const std::string& text) {
  const YamlStream stream = parse_yaml(text, "a.yaml");
  EXPECT_TRUE(stream.faults.empty()) << text;
  return stream.documents.empty() ? std::string() : canonical_text(stream.documents.front().root);
}

TEST(Canonical, one_value_may_be_written_in_many_ways) {
  const std::string same = canonical("name: n1\nwaves: [{size: 1, gate: strict}, {size: 100%}]\n");
  for (const std::string text : {
           "---\n# a word\nname: n1   # and another\n\nwaves:\n  - size: 1\n    gate: strict\n  - size: 100%\n",
           "waves: [{gate: strict, size: 1}, {size: 100%}]\nname: n1\n",
           "name: \"n1\"\nwaves: [{size: 1, gate: 'strict'}, {size: \"100%\"}]\n",
           "{name: n1, waves: [{size: 1, gate: strict}, {size: 100%}]}\n",
       }) {
    EXPECT_EQ(canonical(text), same) << text;
  }
}

TEST(Canonical, other_values_are_another_text) {
  const std::vector<std::string> different{
      "a: b\n",           "a: c\n",        "b: b\n",           "a: \"\"\n",         "a:\n",
      "a: []\n",          "a: {}\n",       "a: [b]\n",         "a: [b, c]\n",       "a: [c, b]\n",
      "a: [[b], c]\n",    "a: [[b, c]]\n", "a: {b: c}\n",      "a: b\nc: d\n",      "a: {b: c, d: e}\n",
      "a: {b: {c: d}}\n", "a: \"b,c\"\n",  "a: \"1:bs1:c\"\n", "a: [bs1, \"c\"]\n", "a: [b, \"s1:c\"]\n",
      "ab: c\n",          "a: bc\n",
  };
  std::set<std::string> texts;
  for (const std::string& text : different) EXPECT_TRUE(texts.insert(canonical(text)).second) << text;
}

}  // namespace
}  // namespace breakwater::canonical_test
