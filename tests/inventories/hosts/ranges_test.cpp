#include "inventories/hosts/ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <limits>

#include "inventories/hosts/address.hpp"

namespace breakwater::ranges_test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// The most memory that this process ever held.
long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST(Ranges, keep_order_and_zeros) {
  EXPECT_THAT(*expand_range("r07-n[08-11]"), ElementsAre("r07-n08", "r07-n09", "r07-n10", "r07-n11"));
  EXPECT_THAT(*expand_range("n[8-10]"), ElementsAre("n8", "n9", "n10"));
  EXPECT_THAT(*expand_range("n[01-02,07]x"), ElementsAre("n01x", "n02x", "n07x"));
  EXPECT_THAT(*expand_range("r[1-2]n[1-2]"), ElementsAre("r1n1", "r1n2", "r2n1", "r2n2"));
  EXPECT_THAT(*expand_range("lone"), ElementsAre("lone"));
  EXPECT_THAT(*expand_range("n[0-0]"), ElementsAre("n0"));
  EXPECT_EQ(expand_range("n[00001-99999]")->size(), 99'999U);
}

TEST(Ranges, refuse_what_nobody_means) {
  for (const char* range : {"n[", "n]", "n[]", "n[1-]", "n[-1]", "n[a-c]", "n[10-1]", "n[01-100]", "n[1-01]", "n[1,,2]",
                            "n[1 - 2]", "n[[1]]", "n[1-2", "n[1234567890123]", "n[1-2-3]", "n[+1]"}) {
    EXPECT_FALSE(expand_range(range)) << range;
  }
}

TEST(Ranges, are_bounded_before_they_are_built) {
  EXPECT_THAT(expand_range("n[0-999999999999]").error(), HasSubstr("more than 100000 hosts"));
  EXPECT_THAT(expand_range("n[0-999][0-999][0-999][0-999]").error(), HasSubstr("more than 100000 hosts"));
  EXPECT_TRUE(expand_range("n[1-3]", 3));
  EXPECT_FALSE(expand_range("n[1-4]", 3));
}

TEST(Ranges, items_in_one_bracket_are_counted_together) {
  EXPECT_TRUE(expand_range("n[1-2,5]", 3));
  EXPECT_FALSE(expand_range("n[1-2,5-6]", 3));
  std::string items = "1-100000";
  for (int i = 0; i < 60; ++i) items += ",1-100000";
  const long before = peak_kib();
  EXPECT_THAT(expand_range("n[" + items + "]").error(), HasSubstr("more than 100000 hosts"));
  EXPECT_LT(peak_kib() - before, 64 * 1024) << "six million names were made before anybody counted";
}

TEST(BmcAddress, reads_names_and_literals) {
  EXPECT_EQ(*parse_address("BMC7.Example"), (BmcAddress{"bmc7.example", 443}));
  EXPECT_EQ(*parse_address("10.0.0.7:8443"), (BmcAddress{"10.0.0.7", 8443}));
  EXPECT_EQ(*parse_address("[FD00:0::7]"), (BmcAddress{"fd00::7", 443}));
  EXPECT_EQ(*parse_address("[fd00::7]:1"), (BmcAddress{"fd00::7", 1}));
  EXPECT_EQ(to_string(*parse_address("[fd00::7]:1")), "[fd00::7]:1");
  EXPECT_EQ(to_string(*parse_address("a")), "a:443");
}

TEST(BmcAddress, refuses_what_is_none) {
  for (const char* text : {"",          ":443",    "a:",       "a:0",        "a:65536", "a:08",       "a:8x",
                           "a:+8",      "fd00::7", "[fd00::7", "[fd00::7]8", "[x]",     "10.0.0.256", "10.0.0",
                           "1.2.3.4.5", "a b",     "a/b",      "user@host",  "-a",      "https://a"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(BmcAddress, an_address_written_as_a_url_is_refused_in_words) {
  EXPECT_EQ(parse_address("redfish://10.0.0.1/redfish/v1/").error(), "write host or host:port, without redfish://");
  EXPECT_EQ(parse_address("https://10.0.0.1").error(), "write host or host:port, without https://");
  EXPECT_EQ(parse_address("https://[fd00::7]:443").error(), "write host or host:port, without https://");
  EXPECT_EQ(parse_address("10.0.0.1/redfish/v1").error(), "write host or host:port, without a path");
}

TEST(BmcAddress, counts_up) {
  EXPECT_EQ(to_string(*count_up({"127.7.1.1", 8443}, 0)), "127.7.1.1:8443");
  EXPECT_EQ(to_string(*count_up({"127.7.1.250", 8443}, 10)), "127.7.2.4:8443");
  EXPECT_EQ(to_string(*count_up({"fd00::fffe", 443}, 3)), "[fd00::1:1]:443");
  EXPECT_FALSE(count_up({"255.255.255.255", 443}, 1));
  EXPECT_FALSE(count_up({"bmc", 443}, 1));
}

TEST(BmcAddress, a_literal_has_one_spelling_and_a_name_253_characters) {
  for (const char* text : {"010.0.0.7", "10.0.0.7.", "[10.0.0.7]", "[fd00::7%eth0]", "[fd00::7]:", "[]"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_TRUE(parse_address(std::string(253, 'a') + ":65535"));
  EXPECT_FALSE(parse_address(std::string(254, 'a')));
}

TEST(BmcAddress, counting_carries_and_ends_with_the_addresses) {
  constexpr std::uint64_t kFar = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(to_string(*count_up({"127.255.255.255", 443}, 1)), "128.0.0.0:443");
  EXPECT_EQ(to_string(*count_up({"fd00::ffff:ffff:ffff:ffff", 443}, 1)), "[fd00:0:0:1::]:443");
  EXPECT_EQ(to_string(*count_up({"::1", 443}, kFar)), "[0:0:0:1::]:443");
  EXPECT_FALSE(count_up({"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 443}, 1));
  EXPECT_FALSE(count_up({"255.255.255.255", 443}, kFar));
  EXPECT_FALSE(count_up({"0.0.0.1", 443}, std::uint64_t{1} << 32));
}

}  // namespace breakwater::ranges_test
