// Which halves of an identity tell a machine, and which quarantine keeps one.
#include "orchestrator/core/kept_machines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace breakwater::kept_machines_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kUuid = "4c4c4544-0051-3010-8056-b4c04f564433";

PlannedHost host(const std::string& name, const std::string& serial, const std::string& uuid) {
  PlannedHost made;
  made.name = name;
  made.identity = {"V", "M", serial, uuid};
  return made;
}

TEST(HalvesOf, what_factories_leave_in_place_of_one_tells_nothing) {
  EXPECT_THAT(halves_of({"V", "M", "S1", kUuid}), ElementsAre("serial S1", "uuid " + kUuid));
  for (const char* serial : {"", "0", "0000000000", "  ", "To be filled by O.E.M.", "Default string", "N/A", "xxxx",
                             "System Serial Number", "0123456789", "..........", "Not Specified"}) {
    EXPECT_THAT(halves_of({"V", "M", serial, kUuid}), ElementsAre("uuid " + kUuid)) << serial;
  }
  for (const char* uuid : {"", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                           "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009"}) {
    EXPECT_THAT(halves_of({"V", "M", "S1", uuid}), ElementsAre("serial S1")) << uuid;
  }
  EXPECT_THAT(halves_of({}), IsEmpty());
}

TEST(SharedHalves, are_those_of_two_machines_at_one_time) {
  EXPECT_THAT(shared_halves({host("a", "S1", "u1"), host("b", "S1", "u2"), host("c", "S3", "u2")}),
              ElementsAre("serial S1", "uuid u2"));
  EXPECT_THAT(shared_halves({host("a", "S1", "u1"), host("b", "S1", "u1")}), IsEmpty())
      << "one machine under two names shares nothing";
}

TEST(KeptMachines, the_whole_identity_comes_before_a_half_of_it) {
  KeptMachines kept;
  kept.keep(host("old", "S1", "u1"));
  kept.keep(host("newer", "S1", "u2"));
  const PlannedHost whole = host("x", "S1", "u1");
  ASSERT_NE(kept.kept(whole), nullptr);
  EXPECT_EQ(kept.name_of(*kept.kept(whole)), "old");
  EXPECT_EQ(kept.name_of(*kept.kept(host("x", "S1", "u3"))), "newer");
  EXPECT_EQ(kept.kept(host("x", "S3", "u3")), nullptr);
  kept.let_go(host("newer", "S1", "u2"));
  EXPECT_EQ(kept.name_of(*kept.kept(host("x", "S1", "u3"))), "old") << "the other one is kept still";
  kept.let_go(host("old", "S1", "u1"));
  EXPECT_EQ(kept.kept(whole), nullptr);
}

TEST(KeptMachines, a_host_that_was_planned_without_an_identity_is_known_by_its_name) {
  KeptMachines kept;
  kept.keep(host("n1", "", ""));
  EXPECT_NE(kept.kept(host("n1", "", "")), nullptr);
  EXPECT_EQ(kept.kept(host("n2", "", "")), nullptr);
}

}  // namespace
}  // namespace breakwater::kept_machines_test
