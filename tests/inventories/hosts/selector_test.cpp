#include "inventories/hosts/selector.hpp"

#include <gtest/gtest.h>

namespace breakwater::selector_test {

namespace {

bool selects(const char* text, const Labels& labels) {
  const auto selector = parse_selector(text);
  EXPECT_TRUE(selector) << text << ": " << (selector ? "" : selector.error().message);
  return selector && selector->matches(labels);
}

}  // namespace

TEST(Selector, speaks_kubectl) {
  const Labels host{{"rack", "r07"}, {"tier", "web"}, {"example.org/gpu", "no"}};
  for (const char* text :
       {"", "  ", "rack=r07", "rack==r07", "rack = r07 , tier=web", "rack in (r06,r07)", "rack in(r07)", "rack!=r06",
        "zone!=a", "zone notin (a,b)", "rack notin (r01)", "tier", "!zone", "! zone", "example.org/gpu=no"}) {
    EXPECT_TRUE(selects(text, host)) << text;
  }
  for (const char* text : {"rack=r06", "rack=r07,tier=db", "rack in (r06)", "zone in (a)", "zone=a", "rack!=r07",
                           "rack notin (r06,r07)", "zone", "!rack"}) {
    EXPECT_FALSE(selects(text, host)) << text;
  }
}

TEST(Selector, an_operator_may_be_a_label_too) {
  EXPECT_TRUE(selects("in in (x),!notin", {{"in", "x"}}));
}

TEST(Selector, an_empty_value_is_a_value) {
  EXPECT_TRUE(selects("canary=", {{"canary", ""}}));
  EXPECT_FALSE(selects("canary=", {}));
}

TEST(Selector, names_the_place_of_a_fault) {
  struct Case {
    const char* text;
    std::size_t at;
  };
  for (const Case& each : {Case{"rack=r07,", 9},
                           {",rack", 0},
                           {"rack r07", 5},
                           {"rack in r07", 8},
                           {"rack in (r07", 12},
                           {"rack in ()", 9},
                           {"rack in (a,)", 11},
                           {"-rack=a", 0},
                           {"rack=a_", 5},
                           {"rack=a b", 7},
                           {"rack>3", 4},
                           {"!", 1},
                           {"rack in (a/b)", 9},
                           {"rack=a&b", 6}}) {
    const auto selector = parse_selector(each.text);
    ASSERT_FALSE(selector) << each.text;
    EXPECT_EQ(selector.error().at, each.at) << each.text << ": " << selector.error().message;
  }
}

TEST(Selector, writes_what_it_reads) {
  for (const char* text : {"", "a=b,c in (d,e),f!=g,h notin (i,j),k,!l"}) {
    const auto selector = parse_selector(text);
    ASSERT_TRUE(selector);
    EXPECT_EQ(to_string(*selector), text);
  }
  EXPECT_EQ(to_string(*parse_selector(" c in ( e , d , d ) ")), "c in (d,e)");
}

TEST(Labels, have_bounded_names_and_values) {
  struct Case {
    std::string text;
    bool key;
    bool value;
  };
  for (const Case& each : {Case{"", false, true}, Case{"a", true, true}, Case{"A.b_c-9", true, true},
                           Case{"example.org/gpu", true, false}, Case{"/gpu", false, false}, Case{"gpu-", false, false},
                           Case{".gpu", false, false}, Case{"a b", false, false}, Case{"gr\xc3\xb6n", false, false},
                           Case{std::string(253, 'a'), true, true}, Case{std::string(254, 'a'), false, false}}) {
    EXPECT_EQ(is_label_key(each.text), each.key) << each.text;
    EXPECT_EQ(is_label_value(each.text), each.value) << each.text;
  }
}

TEST(Selector, a_value_out_of_a_list_is_found_whatever_its_order) {
  const auto selector = parse_selector("rack in (r9,r1,r5)");
  ASSERT_TRUE(selector);
  for (const char* rack : {"r1", "r5", "r9"}) EXPECT_TRUE(selector->matches({{"rack", rack}})) << rack;
  EXPECT_FALSE(selector->matches({{"rack", "r2"}}));
}

}  // namespace breakwater::selector_test
