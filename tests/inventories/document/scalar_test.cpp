#include "inventories/document/scalar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace breakwater::scalar_test {

using testing::HasSubstr;

namespace {

/// Reads `v: TEXT` and hands its value to `read`; the faults go to `faults`.
template <class Reader>
auto read(const std::string& text, Reader&& reader, Diagnostics* faults = nullptr) {
  const YamlStream stream = parse_yaml("v: " + text + "\n", "f.yaml");
  EXPECT_TRUE(stream.faults.empty()) << text;
  DocumentFaults found("f.yaml");
  const auto result = reader(YamlValue{&find_entry(stream.documents.at(0).root, "v")->value, "v", &found});
  EXPECT_EQ(result.has_value(), found.empty()) << text;
  if (faults != nullptr) *faults = found.take();
  return result;
}

}  // namespace

/// What YAML 1.1 and 1.2 readers take for numbers, times, booleans or null where an author means text.
TEST(Scalar, plain_text_that_another_reader_takes_for_something_else_is_refused) {
  for (const char* text : {"3.40",
                           "22:31",
                           "1:20:30",
                           "190:20:30.15",
                           "2026-12-01",
                           "2026-12-01T00:00:00",
                           "2026-12-01 00:00:00",
                           "2026-1-2 3:04:05",
                           "On",
                           "off",
                           "yes",
                           "No",
                           "y",
                           "N",
                           "true",
                           "FALSE",
                           "010",
                           "0o17",
                           "0x10",
                           "0b101",
                           "1_000",
                           "1e3",
                           "1E3",
                           "1.5e+3",
                           "12e03",
                           ".5",
                           "-.5",
                           "5.",
                           "+12",
                           "-1",
                           "0",
                           ".inf",
                           "-.INF",
                           ".NaN",
                           "null",
                           "Null",
                           "="}) {
    EXPECT_TRUE(is_ambiguous(text)) << text;
    EXPECT_FALSE(read(text, as_text)) << text;
    EXPECT_EQ(read("\"" + std::string(text) + "\"", as_text), text);
  }
}

TEST(Scalar, plain_text_that_is_text_everywhere_is_taken) {
  for (const char* text : {"1.2.3",  "01.03.12", "22.31.1014", "3.2a",   "v3.4", "1.e", "1-2", "e5",   "0xg", "nope",
                           "onward", "2026-12",  "1.2e",       "12:345", "a:b",  "--1", "+",   "1__x", "0o8", "<<<"}) {
    EXPECT_FALSE(is_ambiguous(text)) << text;
    EXPECT_EQ(read(text, as_text), text);
  }
}

TEST(Scalar, text_is_one_clean_line) {
  for (const char* text : {"\"\"", "\"a\\nb\"", "\"\\e[2J\"", "\"\\x9b2J\"", "\"\\x7f\"", "[a]", "{a: b}", ""}) {
    EXPECT_FALSE(read(text, as_text)) << text;
  }
  EXPECT_EQ(read("\"Überwachung – 網\"", as_text), "Überwachung – 網");
  EXPECT_TRUE(read(std::string(4096, 'a'), as_text));
  EXPECT_FALSE(read(std::string(4097, 'a'), as_text));
}

TEST(Scalar, integers_are_decimal) {
  const auto port = integer_in<int>(1, 65'535);
  EXPECT_EQ(read("8443", port), 8443);
  for (const char* text : {"010", "0x10", "1e3", "1_000", "+1", "1.0", "0", "65536", "-1", "\"80\"", "yes", "",
                           "99999999999999999999999", "3:20", "0o7", "00"}) {
    EXPECT_FALSE(read(text, port)) << text;
  }
  EXPECT_EQ(read("-5", integer_in<int>(-10, 10)), -5);
  EXPECT_EQ(read("0", integer_in<int>(0, 10)), 0);
}

TEST(Scalar, only_true_and_false_are_booleans) {
  EXPECT_EQ(read("true", as_boolean), true);
  EXPECT_EQ(read("false", as_boolean), false);
  for (const char* text : {"yes", "no", "on", "Off", "True", "FALSE", "y", "1", "\"true\""}) {
    EXPECT_FALSE(read(text, as_boolean)) << text;
  }
}

TEST(Scalar, durations_and_shares) {
  EXPECT_EQ(read("90s", as_duration), Duration(90'000));
  EXPECT_EQ(read("0s", as_duration), Duration(0));
  EXPECT_FALSE(read("0s", as_positive_duration));
  for (const char* text : {"90", "09s", "1.5h", "-1s", "1w", "99999d", "\"90 s\""}) {
    EXPECT_FALSE(read(text, as_duration)) << text;
  }
  EXPECT_EQ(read("5%", as_basis_points), 500);
  EXPECT_EQ(read("2.5%", as_basis_points), 250);
  EXPECT_EQ(read("0.01%", as_basis_points), 1);
  EXPECT_EQ(read("100.00%", as_basis_points), 10'000);
  for (const char* text : {"5", "0%", "0.00%", "100.01%", "101%", "1000%", "05%", "5.%", "5.123%", "-5%", "5 %"}) {
    EXPECT_FALSE(read(text, as_basis_points)) << text;
  }
}

TEST(Scalar, digests_times_patterns_files) {
  const std::string hex(64, 'a');
  EXPECT_TRUE(read(hex, as_sha256));
  EXPECT_TRUE(read("\"" + std::string(64, '1') + "\"", as_sha256));
  EXPECT_FALSE(read(std::string(64, '1'), as_sha256));                               // a number to others
  EXPECT_FALSE(read(std::string(30, '1') + "e" + std::string(33, '2'), as_sha256));  // so is this
  EXPECT_FALSE(read(std::string(63, 'a'), as_sha256));
  EXPECT_TRUE(read("\"2026-12-02T09:00:00+01:00\"", as_instant));
  EXPECT_FALSE(read("2026-12-02T09:00:00+01:00", as_instant));
  EXPECT_FALSE(read("\"2026-12-02T09:00:00\"", as_instant));
  EXPECT_TRUE(read("\"SYS-*\"", as_pattern));
  EXPECT_TRUE(read("\"*\"", as_pattern));
  EXPECT_FALSE(read("\"S*S\"", as_pattern));
  const auto file = [](const YamlValue& value) { return as_file(value, "/plans"); };
  EXPECT_EQ(read("\"file:keys/a.pub\"", file), "/plans/keys/a.pub");
  EXPECT_EQ(read("\"file:/etc/a.pub\"", file), "/etc/a.pub");
  EXPECT_FALSE(read("\"keys/a.pub\"", file));
  EXPECT_FALSE(read("\"file:\"", file));
}

TEST(Scalar, words_come_with_the_one_that_was_meant) {
  const auto mode = one_of<int>({{"ca", 1}, {"pin", 2}});
  EXPECT_EQ(read("pin", mode), 2);
  const auto power = one_of<int>({{"on", 1}, {"true", 2}});
  EXPECT_EQ(read("\"on\"", power), 1);
  EXPECT_FALSE(read("on", power));
  EXPECT_EQ(read("true", power), 2);
  Diagnostics faults;
  EXPECT_FALSE(read("pim", mode, &faults));
  EXPECT_THAT(to_string(faults.at(0)), HasSubstr("f.yaml:1:4 v: 'pim' is not one of ca, pin; did you mean 'pin'?"));
}

}  // namespace breakwater::scalar_test
