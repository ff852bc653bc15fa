#include "inventories/document/json.hpp"

#include <gtest/gtest.h>

using namespace breakwater;
using Reason = JsonFault::Reason;

namespace {

Reason reason_of(std::string_view text, const JsonBounds& bounds = {}) {
  const auto value = parse_json(text, bounds);
  EXPECT_FALSE(value) << text;
  return value ? Reason::malformed : value.error().reason;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST(Json, reads_what_a_bmc_sends) {
  const auto value = parse_json(R"({"Members":[{"@odata.id":"/a"},{"@odata.id":"/b"}],"n":-3,"big":18446744073709551615,
                                      "x":1.5,"t":true,"none":null,"deep":{"a/b":[1,[2,"found"]]}})");
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_EQ(json_array(*value, "Members").size(), 2U);
  EXPECT_EQ(json_integer(*value, "n"), -3);
  EXPECT_EQ(json_boolean(*value, "t"), true);
  EXPECT_EQ(json_text(json_array(*value, "Members")[1], "@odata.id"), "/b");
  ASSERT_NE(json_at(*value, "/deep/a~1b/1/1"), nullptr);
  EXPECT_EQ(*json_at(*value, "/deep/a~1b/1/1"), "found");
  EXPECT_EQ(json_at(*value, ""), &*value);
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
  for (const char* path : {"/list/0", "/list/1", "/list/x", "/list/-1", "/list/", "list", "/text/0", "/missing/x"}) {
    EXPECT_EQ(json_at(*value, path), nullptr) << path;
  }
}

TEST(Json, holds_its_bounds) {
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_EQ(reason_of(nested(65)), Reason::too_deep);
  EXPECT_EQ(reason_of(nested(100'000)), Reason::too_deep);
  EXPECT_TRUE(parse_json("[1,2]", {.nodes_max = 3}));
  EXPECT_EQ(reason_of("[1,2,3]", {.nodes_max = 3}), Reason::too_many_nodes);
  EXPECT_EQ(reason_of("[[],[],[]]", {.nodes_max = 3}), Reason::too_many_nodes);
  EXPECT_TRUE(parse_json("[1]", {.bytes_max = 3}));
  EXPECT_EQ(reason_of("[10]", {.bytes_max = 3}), Reason::too_large);
}

TEST(Json, refuses_a_key_that_stands_twice_in_one_object) {
  EXPECT_EQ(reason_of(R"({"a":1,"a":2})"), Reason::duplicate_key);
  EXPECT_EQ(reason_of(R"([{"x":{"a":1,"\u0061":2}}])"), Reason::duplicate_key);
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":{"a":2}}])"));
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
