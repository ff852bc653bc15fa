// How a host's reported version finds its edge and its way back.
#include "tests/orchestrator/core/resolving.hpp"

#include <gmock/gmock.h>

namespace breakwater::resolve_edges_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The manual rollback of HPM.1 takes no component: after the BIOS it would put the bad BIOS back.
TEST_F(Resolve, over_ipmi_only_the_last_component_goes_back_by_a_bank_switch) {
  bmc_way_back = WayBack::bank_switch;
  done_by = {DoneBy{"update", "redfish"}};
  EXPECT_EQ(left_out(), "");
  done_by = {DoneBy{"update", "ipmi (HPM.1)"}};
  EXPECT_EQ(left_out(), "way_back_order");
  EXPECT_THAT(resolved()->left_out.front().detail, HasSubstr("`after: [bios]` on bmc"));
  bmc_last = true;
  EXPECT_EQ(left_out(), "");
  bmc_last = false;
  bmc_way_back = WayBack::none;
  EXPECT_EQ(left_out(), "");
}

TEST_F(Resolve, an_update_that_ends_the_bank_switch_of_an_earlier_rollout_says_so) {
  bank_switches = {{machine_of(Identity{"V", "M", "S1", "u1"}), {"psu of rollout one", "psu"}}};
  EXPECT_THAT(resolved()->hosts.front().findings, IsEmpty()) << "by Redfish a bank switch names its component";
  done_by = {DoneBy{"update", "ipmi (HPM.1)"}};
  EXPECT_THAT(resolved()->hosts.front().findings,
              ElementsAre(HasSubstr("ends the way back of psu of rollout one: a bank switch over IPMI restores")));
}

/// Edges name versions; a BMC may spell the same bytes in any of the ways that their Release lists.
TEST_F(Resolve, an_edge_holds_for_every_spelling_of_the_image_from_before) {
  reported = back.reported_as[1];
  EXPECT_EQ(left_out(), "");
  target.edges = {edge({"3.2"}, Edge::Verdict::bricks), edge({"BIOS Date*"})};
  EXPECT_EQ(left_out(), "bricks");
  reported = "BIOS Date: 2025 Ver 3.1";
  target.edges = {edge({"3.2"})};
  EXPECT_EQ(left_out(), "unknown_transition");
}

TEST_F(Resolve, the_edge_of_the_way_back_holds_for_every_spelling_of_the_new_image) {
  target.reported_as = {"BIOS Date: 2026 Ver 3.4"};
  EXPECT_EQ(left_out(), "");
  target.reported_as = {"3.4", "BIOS Date: 2026 Ver 3.4"};
  back.edges = {edge({"3.4"}, Edge::Verdict::forbidden), edge({"BIOS Date*"})};
  const auto plan = resolved();
  ASSERT_FALSE(plan);
  EXPECT_THAT(whys(plan), ElementsAre(HasSubstr("Release bios-3.2 has no edge `ok` from version \"3.4\"")));
}

TEST_F(Resolve, from_a_higher_sequence_to_a_lower_one_only_a_downgrade_edge_leads) {
  target.sequence = 7;
  back.sequence = 8;
  EXPECT_EQ(left_out(), "downgrade");
  reported = back.reported_as[1];
  EXPECT_EQ(left_out(), "downgrade");
  target.edges[0].downgrade = true;
  EXPECT_EQ(left_out(), "");
  EXPECT_TRUE(resolved()->hosts[0].updates[0].downgrade);
  target.sequence = 8;  // the same: no downgrade, whatever the edge would allow
  EXPECT_FALSE(resolved()->hosts[0].updates[0].downgrade);
}

TEST_F(Resolve, where_no_sequence_tells_the_edge_says_what_is_a_downgrade) {
  target.sequence = 7;
  EXPECT_EQ(left_out(), "");
  EXPECT_FALSE(resolved()->hosts[0].updates[0].downgrade);
  target.edges[0].downgrade = true;
  EXPECT_TRUE(resolved()->hosts[0].updates[0].downgrade);
  target.sequence.reset();
  back.sequence = 8;
  EXPECT_TRUE(resolved()->hosts[0].updates[0].downgrade);
}

TEST_F(Resolve, the_way_back_may_lead_to_a_lower_sequence) {
  target.sequence = 8;
  back.sequence = 7;
  EXPECT_EQ(left_out(), "");
  EXPECT_EQ(resolved()->hosts[0].updates[0].way_back, WayBack::reflash);
}

/// A text of one model's firmware says nothing of another model's.
TEST_F(Resolve, a_sequence_counts_for_the_device_that_its_release_is_for) {
  target.sequence = 7;
  back.sequence = 8;
  back.models = {"N*"};
  EXPECT_EQ(left_out(), "");
  back.models = {"M*"};
  EXPECT_EQ(left_out(), "downgrade");
  back.vendor = "W";
  EXPECT_EQ(left_out(), "");
}

/// The other bank is no image of the store: what a device says it runs is all that can be held against the Policy.
TEST_F(Resolve, a_bank_switch_back_to_a_forbidden_version_is_no_way_back) {
  target.way_back = WayBack::bank_switch;
  ASSERT_EQ(left_out(), "");
  policy.forbidden.resize(1);
  policy.forbidden[0].component = ComponentKind::bios;
  policy.forbidden[0].versions = {"3.2*"};
  policy.forbidden[0].why = "CASE-4711";
  EXPECT_EQ(left_out(), "no_way_back");
  EXPECT_THAT(resolved()->left_out[0].detail, HasSubstr("which the Policy forbids: CASE-4711"));
  acknowledged = true;
  ASSERT_EQ(left_out(), "");
  EXPECT_EQ(resolved()->hosts[0].updates[0].way_back, WayBack::none);
}

}  // namespace
}  // namespace breakwater::resolve_edges_test
