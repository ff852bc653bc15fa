#include "inventories/document/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/document/object.hpp"

namespace breakwater::yaml_test {

using testing::HasSubstr;

namespace {

/// The one fault of a text, as a user sees it.
std::string fault_of(const std::string& text) {
  const YamlStream stream = parse_yaml(text, "f.yaml");
  EXPECT_EQ(stream.faults.size(), 1U) << text;
  return stream.faults.empty() ? "" : to_string(stream.faults.front());
}

const YamlNode& value_at(const YamlNode& root, std::string_view key) {
  static const YamlNode kNone;
  const YamlEntry* entry = find_entry(root, key);
  return entry == nullptr ? kNone : entry->value;
}

}  // namespace

TEST(Yaml, knows_the_place_of_every_key_and_value) {
  const YamlStream stream = parse_yaml("a: 1\n\"é\": {b: [x, \"y\"]}\r\nc:\n  - |\n    text\n", "f.yaml");
  ASSERT_TRUE(stream.faults.empty()) << to_string(stream.faults.front());
  ASSERT_EQ(stream.documents.size(), 1U);
  const YamlNode& root = stream.documents[0].root;
  EXPECT_EQ(find_entry(root, "a")->at, (Position{1, 1}));
  EXPECT_EQ(value_at(root, "a").at, (Position{1, 4}));
  EXPECT_FALSE(value_at(root, "a").quoted);
  const YamlNode& list = value_at(value_at(root, "é"), "b");
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].at, (Position{2, 11}));  // a column is a code point: é is one
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(value_at(root, "c").items[0].text, "text\n");
  EXPECT_TRUE(value_at(root, "c").items[0].quoted);
  EXPECT_EQ(find_position(root, "é.b[1]"), (Position{2, 14}));
  EXPECT_EQ(find_position(root, "é.b[7]"), (Position{2, 10}));
  EXPECT_EQ(find_position(root, "c[0]"), (Position{4, 5}));
}

TEST(Yaml, cuts_a_stream_into_its_documents_bytes) {
  const std::string text = "# head\na: 1\n---\nb: 2\n---\n---\nc: 3\n";
  const YamlStream stream = parse_yaml(text, "f.yaml");
  ASSERT_TRUE(stream.faults.empty());
  ASSERT_EQ(stream.documents.size(), 3U);  // the empty one is left out
  const auto bytes = [&](std::size_t i) {
    return text.substr(stream.documents[i].begin, stream.documents[i].end - stream.documents[i].begin);
  };
  EXPECT_EQ(bytes(0), "# head\na: 1\n");
  EXPECT_THAT(bytes(1), HasSubstr("b: 2"));
  EXPECT_THAT(bytes(2), HasSubstr("c: 3"));
}

TEST(Yaml, refuses_what_other_readers_read_differently) {
  EXPECT_THAT(fault_of("a: &x 1\n"), HasSubstr("f.yaml:1:4 a: anchors are not read"));
  EXPECT_THAT(fault_of("a: *x\n"), HasSubstr("f.yaml:1:4"));
  EXPECT_THAT(fault_of("a: !!str 1\n"), HasSubstr("f.yaml:1:4 a: tags are not read"));
  EXPECT_THAT(fault_of("a: ! 1\n"), HasSubstr("tags are not read"));
  EXPECT_THAT(fault_of("a: !\n"), HasSubstr("tags are not read"));
  EXPECT_THAT(fault_of("a: !!map {}\n"), HasSubstr("tags are not read"));
  EXPECT_THAT(fault_of("s:\n  <<: {a: 1}\n"), HasSubstr("f.yaml:2:3 s.<<: merge keys are not read"));
  EXPECT_THAT(fault_of("s:\n  a: 1\n  b: 2\n  a: 3\n"),
              HasSubstr("f.yaml:4:3 s.a: this key stands twice; the first is in line 2"));
  EXPECT_THAT(fault_of("s: {a: 1, \"a\": 3}\n"), HasSubstr("f.yaml:1:11 s.a: this key stands twice"));
  EXPECT_THAT(fault_of("? [a]\n: 1\n"), HasSubstr("a key must be text"));
  EXPECT_THAT(fault_of("? {a: b}\n: 1\n"), HasSubstr("a key must be text"));
  EXPECT_THAT(fault_of("~: 1\n"), HasSubstr("a key must be text"));
  EXPECT_THAT(fault_of(": 1\n"), HasSubstr("a key must be text"));
}

TEST(Yaml, refuses_what_the_parser_below_lets_through) {
  EXPECT_THAT(fault_of("a: 1\nb: \"never closed\n"),
              HasSubstr("f.yaml:2:4 b: the quote that opens here is never closed"));
  EXPECT_THAT(fault_of("a: 'it''s\nb: 2\n"), HasSubstr("never closed"));
  EXPECT_THAT(fault_of("a: 1\n%b: 2\n"), HasSubstr("f.yaml:2:1 directives are not read"));
  EXPECT_THAT(fault_of("%YAML 1.1\n---\na: 1\n"), HasSubstr("f.yaml:1:1 directives are not read"));
  EXPECT_THAT(fault_of("- a\nb: 1\n"), HasSubstr("f.yaml:2:1 a new document starts here without '---'"));
  EXPECT_THAT(fault_of("a: 1\n...\nb: 2\n"), HasSubstr("a new document starts here"));
  EXPECT_THAT(fault_of("[a] b\n"), HasSubstr("a new document starts here"));
  EXPECT_THAT(fault_of("\x01"
                       "a: 1\n"),
              HasSubstr("f.yaml:1:1 a control character"));
  EXPECT_THAT(fault_of("a: 1\rb: 2\n"), HasSubstr("a control character (byte 13)"));
  EXPECT_THAT(fault_of("a: \"\\0\"\n"), HasSubstr("a: text must not hold a NUL"));
  EXPECT_THAT(fault_of(std::string("a: x\0y\n", 7)), HasSubstr("a control character (byte 0)"));
  EXPECT_THAT(fault_of("a: ok\nb: \xff\n"), HasSubstr("f.yaml:2:4 is no valid UTF-8"));
  EXPECT_THAT(fault_of("a: \xed\xa0\x80\n"), HasSubstr("is no valid UTF-8"));
  EXPECT_THAT(fault_of("a: \xc0\xaf\n"), HasSubstr("is no valid UTF-8"));
  EXPECT_THAT(fault_of("\xEF\xBB\xBF"
                       "a: 1\n"),
              HasSubstr("byte-order mark"));
}

TEST(Yaml, says_where_the_grammar_breaks) {
  EXPECT_THAT(fault_of("a: @x\n"), HasSubstr("f.yaml:1:4 is no YAML"));
  EXPECT_EQ(fault_of("a: b: c\n"),
            "f.yaml:1:5 is no YAML: illegal map value; is there a second ': ', or is this line indented too far?");
  EXPECT_THAT(fault_of("a: x\n  b: 1\n"), HasSubstr("f.yaml:2:4 is no YAML: illegal map value; "));
}

TEST(Yaml, names_the_line_that_is_indented_otherwise) {
  const std::string asked = "not found; is this line indented as those above it?";
  EXPECT_EQ(fault_of("a:\n    b: 1\n   c: 2\nd: 3\n"), "f.yaml:3:4 is no YAML: end of map " + asked);
  EXPECT_EQ(fault_of("a:\n   - b\n  - c\n"), "f.yaml:3:3 is no YAML: end of map " + asked);
}

/// The parser goes on to the end of what it takes for the list, and complains there.
TEST(Yaml, names_the_bracket_that_is_not_closed) {
  EXPECT_EQ(fault_of("a: [1,\nb: 2\n"), "f.yaml:1:4 the bracket that opens here is not closed before line 3");
  EXPECT_EQ(fault_of("x: 1\na: {b: {c: 1}\nd: {e: 1}\n"),
            "f.yaml:2:4 the bracket that opens here is not closed before line 3");
  EXPECT_EQ(fault_of("a: [{b: 1}, {c: 2]\n"), "f.yaml:1:18 is no YAML: illegal flow end");
}

TEST(Yaml, names_the_tab_that_indents_and_its_place) {
  for (const auto& [text, place] : {std::pair{"a:\n\tb: 1\n", "f.yaml:2:1 "},
                                    {"a:\n  b:\n  \tc: 1\n", "f.yaml:3:3 "},
                                    {"a:\n  b: 1\n\tc: 2\n", "f.yaml:3:1 "}}) {
    EXPECT_THAT(fault_of(text), HasSubstr(std::string(place) + "a tab stands in the indentation")) << text;
  }
  EXPECT_TRUE(parse_yaml("a: |\n  x\n  \ty\nb:\t1\n", "f.yaml").faults.empty()) << "a tab in a text is none";
}

TEST(Yaml, goes_on_behind_a_fault) {
  const YamlStream stream = parse_yaml("a: &x 1\nb: {c: 1, c: 2}\n---\nd: !t 1\n", "f.yaml");
  EXPECT_EQ(stream.faults.size(), 3U);
  EXPECT_EQ(stream.documents.size(), 2U);
}

TEST(Yaml, keeps_the_documents_before_a_broken_one) {
  const YamlStream stream = parse_yaml("a: 1\n---\nb: [\n", "f.yaml");
  EXPECT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.faults.size(), 1U);
}

TEST(Yaml, holds_its_bounds) {
  const auto nested = [](std::size_t depth) {
    return "a: " + std::string(depth, '[') + std::string(depth, ']') + "\n";
  };
  EXPECT_TRUE(parse_yaml(nested(kYamlDepthMax - 1), "f").faults.empty());
  EXPECT_THAT(fault_of(nested(kYamlDepthMax)), HasSubstr("nested deeper than 32 levels"));
  EXPECT_THAT(fault_of(nested(100'000)), testing::AnyOf(HasSubstr("nested deeper"), HasSubstr("is no YAML")));
  std::string dashes;
  for (int i = 0; i < 40; ++i) dashes += "- ";
  EXPECT_THAT(fault_of(dashes + "x\n"), HasSubstr("nested deeper"));

  std::string many = "[";
  for (std::size_t i = 0; i < kYamlNodesMax; ++i) many += "1,";
  EXPECT_THAT(fault_of(many + "1]\n"), HasSubstr("more than 100000 keys and values"));
  EXPECT_THAT(fault_of("# " + std::string(kYamlBytesMax, 'x') + "\n"), HasSubstr("larger than 1048576 bytes"));
}

TEST(Yaml, an_alias_bomb_is_read_no_further_than_it_is_long) {
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + "," + before + "," + before + "]\n";
  }
  EXPECT_EQ(parse_yaml(bomb, "f").faults.size(), 10U + 27U);
}

}  // namespace breakwater::yaml_test
