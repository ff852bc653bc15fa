#include "inventories/document/json_tape.hpp"

#include <gtest/gtest.h>

namespace breakwater::json_test {

using Reason = JsonFault::Reason;

namespace {

Reason reason_of(std::string_view text, const JsonBounds& bounds = {}) {
  const auto value = parse_json(text, bounds);
  const auto tape = JsonTape::read(text, bounds);
  EXPECT_FALSE(value) << text;
  EXPECT_FALSE(tape) << text;
  if (value || tape) return Reason::malformed;
  EXPECT_EQ(value.error().reason, tape.error().reason) << text;
  return value.error().reason;
}

bool both_take(std::string_view text, const JsonBounds& bounds = {}) {
  return parse_json(text, bounds) && JsonTape::read(text, bounds);
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST(Json, reads_what_a_bmc_sends) {
  const auto value = parse_json(R"({"Members":[{"@odata.id":"/a"},{"@odata.id":"/b"}],"n":-3,"big":18446744073709551615,
                                      "x":1.5,"t":true,"none":null})");
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_EQ(json_array(*value, "Members").size(), 2U);
  EXPECT_EQ(json_integer(*value, "n"), -3);
  EXPECT_EQ(json_boolean(*value, "t"), true);
  EXPECT_EQ(json_text(json_array(*value, "Members")[1], "@odata.id"), "/b");
}

TEST(Json, treats_null_and_other_types_as_absent) {
  const auto value = parse_json(R"({"none":null,"text":"1","number":1,"real":1.0,"huge":18446744073709551616,
                                      "large":9223372036854775808,"nul":"a\u0000b","list":[null]})");
  ASSERT_TRUE(value);
  for (const char* key : {"none", "missing", "number", "list", "nul"}) EXPECT_FALSE(json_text(*value, key)) << key;
  for (const char* key : {"none", "missing", "text", "real", "huge", "large"}) {
    EXPECT_FALSE(json_integer(*value, key)) << key;
  }
  EXPECT_FALSE(json_boolean(*value, "number"));
  EXPECT_TRUE(json_array(*value, "text").empty());
  EXPECT_TRUE(json_object(*value, "list").is_object());
  EXPECT_EQ(json_member(*value, "none"), nullptr);
  EXPECT_EQ(json_member(Json::array(), "none"), nullptr);
}

TEST(Json, holds_its_bounds) {
  EXPECT_TRUE(both_take(nested(64)));
  EXPECT_EQ(reason_of(nested(65)), Reason::too_deep);
  EXPECT_EQ(reason_of(nested(100'000)), Reason::too_deep);
  EXPECT_TRUE(both_take("[1,2]", {.nodes_max = 3}));
  EXPECT_EQ(reason_of("[1,2,3]", {.nodes_max = 3}), Reason::too_many_nodes);
  EXPECT_EQ(reason_of("[[],[],[]]", {.nodes_max = 3}), Reason::too_many_nodes);
  EXPECT_TRUE(both_take("[1]", {.bytes_max = 3}));
  EXPECT_EQ(reason_of("[10]", {.bytes_max = 3}), Reason::too_large);
}

TEST(Json, refuses_a_key_that_stands_twice_in_one_object) {
  EXPECT_EQ(reason_of(R"({"a":1,"a":2})"), Reason::duplicate_key);
  EXPECT_EQ(reason_of(R"([{"x":{"a":1,"\u0061":2}}])"), Reason::duplicate_key);
  EXPECT_TRUE(both_take(R"([{"a":1},{"a":{"a":2}}])"));
}

TEST(Json, refuses_what_is_no_json) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":1,}", "nul", "NaN", "1e999", "01", "+1", "// c\n1", "1 2",
                           "\"\xff\"", "\"\\ud800\"", "'a'", "{a:1}"}) {
    EXPECT_EQ(reason_of(text), Reason::malformed) << text;
  }
}

TEST(Json, does_not_repeat_what_it_read_in_its_fault) {
  const auto value = parse_json(R"({"Password":"hunter2" oops})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().what.find("hunter2"), std::string::npos);
}

TEST(JsonTape, has_every_value_in_its_place) {
  const auto tape =
      JsonTape::read(R"({"b":[-3,18446744073709551615,[],{"x":{"y":"deep"}},"end"],"a":true,"":null,"n":1.5})");
  ASSERT_TRUE(tape) << tape.error().what;
  using Kind = JsonTape::Kind;
  const JsonTape::Value root = tape->root();
  EXPECT_EQ(root.size(), 4U);
  std::vector<std::string> keys;
  root.each([&](std::string_view key, JsonTape::Value) { keys.emplace_back(key); });
  EXPECT_EQ(keys, (std::vector<std::string>{"b", "a", "", "n"}));
  const auto list = root.member("b");
  ASSERT_TRUE(list);
  std::vector<JsonTape::Value> items;
  list->each([&](std::string_view key, JsonTape::Value item) {
    EXPECT_EQ(key, "");
    items.push_back(item);
  });
  ASSERT_EQ(items.size(), 5U);
  EXPECT_EQ(items[0].negative(), -3);
  EXPECT_EQ(items[1].natural(), 18'446'744'073'709'551'615U);
  EXPECT_EQ(items[2].size(), 0U);
  EXPECT_EQ(items[3].member("x")->member("y")->text(), "deep");
  EXPECT_FALSE(items[3].member("y")) << "it stands one level further in";
  EXPECT_EQ(items[4].text(), "end");
  EXPECT_TRUE(root.member("a")->boolean());
  EXPECT_EQ(root.member("")->kind(), Kind::null);
  EXPECT_EQ(root.member("n")->kind(), Kind::real);
  EXPECT_FALSE(root.member("n")->is_integer());
  EXPECT_FALSE(items[0].member("x"));
}

}  // namespace breakwater::json_test
