#include "inventories/document/object.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/scalar.hpp"

namespace breakwater::object_test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// What `read` finds wrong with the text's root, one line each.
template <class Reader>
std::vector<std::string> faults_of(const std::string& text, Reader&& read) {
  const YamlStream stream = parse_yaml(text, "f.yaml");
  EXPECT_TRUE(stream.faults.empty());
  DocumentFaults faults("f.yaml");
  Object object(YamlValue{&stream.documents.at(0).root, "spec", &faults});
  read(object);
  object.finish();
  std::vector<std::string> lines;
  for (const Diagnostic& fault : faults.take()) lines.push_back(to_string(fault));
  return lines;
}

}  // namespace

TEST(Object, collects_every_fault_with_its_path) {
  int size = 0;
  std::string name;
  const auto lines = faults_of("nmae: x\nsize: big\nextra: 1\n", [&](Object& object) {
    object.required("name", name, as_text);
    object.required("size", size, integer_in<int>(1, 9));
  });
  EXPECT_THAT(
      lines,
      ElementsAre("f.yaml:1:1 spec.name: is missing", "f.yaml:2:7 spec.size: 'big' is no whole decimal number",
                  "f.yaml:1:1 spec.nmae: unknown key; did you mean 'name'?", "f.yaml:3:1 spec.extra: unknown key"));
}

TEST(Object, a_value_that_is_no_mapping_has_one_fault) {
  int size = 0;
  EXPECT_THAT(faults_of("- 1\n", [&](Object& object) { object.required("size", size, integer_in<int>(1, 9)); }),
              ElementsAre("f.yaml:1:1 spec: expected a mapping"));
}

TEST(Object, a_key_without_value_is_a_fault) {
  std::string name;
  EXPECT_THAT(faults_of("name:\n", [&](Object& object) { object.optional("name", name, as_text); }),
              ElementsAre("f.yaml:1:1 spec.name: has no value"));
}

TEST(Object, lists_name_the_item) {
  std::vector<int> sizes;
  EXPECT_THAT(faults_of("sizes: [1, x, 3]\n",
                        [&](Object& object) { object.required("sizes", sizes, list_of(1, integer_in<int>(1, 9))); }),
              ElementsAre("f.yaml:1:12 spec.sizes[1]: 'x' is no whole decimal number"));
  EXPECT_THAT(sizes, ElementsAre(1, 3));
  EXPECT_THAT(faults_of("sizes: []\n",
                        [&](Object& object) { object.required("sizes", sizes, list_of(1, integer_in<int>(1, 9))); }),
              ElementsAre("f.yaml:1:8 spec.sizes: expected at least 1 item"));
}

TEST(Object, keys_that_the_author_chose_are_judged) {
  std::vector<std::string> keys;
  const auto lines = faults_of("map: {good: 1, BAD: 2, on: 3, \"off\": 4}\n", [&](Object& object) {
    for_each_entry(*object.find("map"), "name", is_name,
                   [&](const auto& key, const YamlValue&) { keys.push_back(key); });
  });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("f.yaml:1:16 spec.map.BAD: 'BAD' is no name"));
  EXPECT_THAT(lines[1], HasSubstr("f.yaml:1:24 spec.map.on: not every YAML reader takes this key for text"));
  EXPECT_THAT(keys, ElementsAre("good", "off"));
}

TEST(Nearest, is_at_most_two_edits_away) {
  const std::vector<std::string_view> known{"selector", "match", "exclude"};
  EXPECT_EQ(nearest("selectr", known), "selector");
  EXPECT_EQ(nearest("selecotr", known), "selector");
  EXPECT_EQ(nearest("mtch", known), "match");
  EXPECT_EQ(nearest("select", known), "selector");
  EXPECT_EQ(nearest("sel", known), "");
  EXPECT_EQ(nearest("x", {"id"}), "");
}

}  // namespace breakwater::object_test
