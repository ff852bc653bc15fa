#include "policies/forbidden.hpp"

#include <gtest/gtest.h>

namespace breakwater::forbidden_test {
namespace {

Policy policy() {
  Policy made;
  made.forbidden.resize(2);
  made.forbidden[0].digests.resize(1);
  made.forbidden[0].digests[0].bytes.fill(5);
  made.forbidden[0].why = "digest";
  made.forbidden[1].component = ComponentKind::bios;
  made.forbidden[1].versions = {"3.5*", "R4"};
  made.forbidden[1].why = "version";
  return made;
}

Release release(const std::string& version, ComponentKind component = ComponentKind::bios) {
  Release made;
  made.component = component;
  made.version = version;
  made.reported_as = {version};
  return made;
}

TEST(Forbidden, a_digest_is_forbidden_whatever_it_is_called) {
  Release other_name = release("9.9", ComponentKind::nic);
  EXPECT_EQ(forbids(policy(), other_name), nullptr);
  other_name.image.digest.bytes.fill(5);
  ASSERT_NE(forbids(policy(), other_name), nullptr);
  EXPECT_EQ(forbids(policy(), other_name)->why, "digest");
}

TEST(Forbidden, a_version_is_forbidden_in_any_spelling_and_for_its_component_alone) {
  EXPECT_NE(forbids(policy(), release("3.5.1")), nullptr);
  EXPECT_NE(forbids(policy(), release("r4")), nullptr);
  EXPECT_EQ(forbids(policy(), release("3.4")), nullptr);
  EXPECT_EQ(forbids(policy(), release("R40")), nullptr);
  EXPECT_EQ(forbids(policy(), release("3.5.1", ComponentKind::bmc)), nullptr);
  Release respelled = release("2026-11");
  respelled.reported_as = {"2026-11", " 3.5 "};
  EXPECT_NE(forbids(policy(), respelled), nullptr) << "what the device will report counts, not only the name";
}

TEST(Forbidden, a_policy_without_entries_forbids_nothing) {
  EXPECT_EQ(forbids(Policy(), Release()), nullptr) << "an image whose digest is all zeros is no exception";
  EXPECT_EQ(forbids(Policy(), ComponentKind::bios, "3.5"), nullptr);
}

}  // namespace
}  // namespace breakwater::forbidden_test
