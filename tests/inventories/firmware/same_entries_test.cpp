#include "inventories/firmware/same_entries.hpp"

#include <gtest/gtest.h>

namespace breakwater::same_entries_test {
namespace {

using Inventory = std::vector<InstalledComponent>;

InstalledComponent entry(const std::string& id, const std::string& version, ComponentKey key,
                         Slot slot = Slot::running) {
  return {id, "/f/" + id, std::move(key), version, slot};
}

/// `before>now` for each pair; `-` where the later inventory has it no more.
std::string pairs(const Inventory& before, const Inventory& now) {
  std::string text;
  for (const EntryPair& pair : pair_entries(before, now)) {
    text += (text.empty() ? "" : " ") + pair.before->id + '>' + (pair.now == nullptr ? "-" : pair.now->id);
  }
  return text;
}

TEST(SameEntries, stable_keys_go_before_names_and_ids) {
  EXPECT_EQ(pairs({entry("1", "1", {"S1", "", {}, "A"}), entry("2", "1", {"S2", "", {}, "B"})},
                  {entry("2", "2", {"S1", "", {}, "B"}), entry("1", "2", {"S2", "", {}, "A"})}),
            "1>2 2>1");
  EXPECT_EQ(pairs({entry("1", "1", {"", "P1", {}, "A"})}, {entry("x", "2", {"", "P1", {}, "Z"})}), "1>x");
  EXPECT_EQ(pairs({entry("MGX_BMC_0", "1", {"", "", {"/m/1"}, "a"})}, {entry("BMC_0", "2", {"", "", {"/m/1"}, "b"})}),
            "MGX_BMC_0>BMC_0");
  EXPECT_EQ(pairs({entry("n", "1", {"S1", "", {}, "A"})}, {entry("m", "2", {"S2", "", {}, "A"})}), "n>-")
      << "another SoftwareId under the same name";
}

TEST(SameEntries, a_version_in_a_name_or_id_is_looked_past) {
  const auto named = [](const std::string& version) {
    return entry("x" + version, version, {"", "", {}, "P " + version});
  };
  EXPECT_EQ(pairs({named("21.03")}, {named("22.04")}), "x21.03>x22.04");
  EXPECT_EQ(pairs({entry("Pack-21.03-A", "21.03", {"", "", {}, "old"})},
                  {entry("Pack-22.04-A", "22.04", {"", "", {}, "new"})}),
            "Pack-21.03-A>Pack-22.04-A");
  EXPECT_EQ(pairs({named("21.03")}, {entry("y22.04", "22.04", {"", "", {}, "Q 22.04"})}), "x21.03>-");
}

TEST(SameEntries, what_is_numbered_anew_is_known_by_its_name) {
  const auto plain = [](const std::string& id, const std::string& name) { return entry(id, "1", {"", "", {}, name}); };
  EXPECT_EQ(pairs({plain("1", "A"), plain("2", "B"), plain("3", "C")}, {plain("1", "A"), plain("2", "C")}),
            "1>1 2>- 3>2");
  EXPECT_EQ(pairs({plain("1", "A")}, {plain("1", "Z")}), "1>1") << "the id is the last resort";
}

TEST(SameEntries, each_is_taken_once_and_only_what_runs) {
  const ComponentKey port{"S1", "", {}, "NIC"};
  EXPECT_EQ(pairs({entry("a", "1", port), entry("b", "1", port)}, {entry("c", "2", port)}), "a>c b>-");
  EXPECT_EQ(pairs({entry("a", "1", port)}, {entry("a", "1", port, Slot::previous)}), "a>-");
  EXPECT_EQ(pairs({entry("a", "1", port, Slot::staged)}, {}), "");
}

}  // namespace
}  // namespace breakwater::same_entries_test
