// From documents and what hosts show to a plan, with signed Releases and a real image store.
#include "orchestrator/operations/planning.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::planning_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class Planning : public Estate {
 protected:
  ResolvedPlan plan() {
    auto made = planned();
    if (!made) ADD_FAILURE() << made.error().messages.front();
    return made ? std::move(*made) : ResolvedPlan();
  }
  Problem refused() {
    auto made = planned();
    if (made) ADD_FAILURE() << "there is a plan";
    return made ? Problem() : made.error();
  }
  /// n1 is quarantined by a rollout that is over; n2 belongs to one that is not.
  void occupy_two_hosts() {
    views::MadeFleet made;
    ResolvedPlan first = views::made_plan();
    for (PlannedHost& host : first.hosts) host.identity = seen(host.name).seen->identity;
    ResolvedPlan second = first;
    first.hosts.resize(1);
    made.start(first);
    made.issue(0, Action::prepare);
    made.end(0, Outcome::Verdict::done);
    made.issue(0, Action::stage);
    made.end(0, Outcome::Verdict::lost, Cause::armed, "3.4 would run at its next boot");
    made.take(Event(RolloutFinished{1}));
    second.rollout = "nic-20.5";
    second.hosts = {second.hosts[1]};
    made.start(second);
    fleet_ = std::move(made.fleet);
  }
};

TEST_F(Planning, every_host_of_the_selection_is_planned_with_its_proven_images) {
  const ResolvedPlan made = plan();
  ASSERT_THAT(made.hosts, SizeIs(4));
  EXPECT_THAT(looked_at_, ElementsAre("n1", "n2", "n3", "n4"));
  EXPECT_THAT(made.left_out, IsEmpty());
  ASSERT_THAT(made.images, SizeIs(2)) << "the image, and the one of its way back";
  for (const PlannedImage& image : made.images) {
    EXPECT_THAT(image.signers, UnorderedElementsAre("vendor", "qa")) << image.release.name;
    EXPECT_EQ(image.release_text, text_of(file(image.release.name + ".yaml"))) << "the signed bytes, not a rendering";
    EXPECT_THAT(image.signatures, SizeIs(2));
  }
  EXPECT_THAT(made.keys, SizeIs(2));
  EXPECT_EQ(made.hosts[0].identity.serial, "LAB-" + made.hosts[0].name) << "a host is who answered, not its name";
  EXPECT_EQ(made.hosts[0].updates[0].way_back, WayBack::reflash);
}

TEST_F(Planning, a_host_whose_fate_is_settled_is_left_out_without_a_look_at_its_bmc) {
  occupy_two_hosts();
  write_inventory("", "      hold: {reason: HW-8830}\n");
  write_rollout();
  replace("rollout.yaml", "selector: \"site=lab\"", "selector: \"site=lab\", exclude: {hosts: [n4]}");
  const ResolvedPlan made = plan();
  EXPECT_THAT(looked_at_, ElementsAre("n3"));
  EXPECT_THAT(left_out(made),
              UnorderedElementsAre(Pair("n1", "held"), Pair("n2", "in_rollout"), Pair("n4", "excluded")));
}

TEST_F(Planning, a_quarantined_host_is_left_out_with_its_cause_and_its_day) {
  occupy_two_hosts();
  const ResolvedPlan made = plan();
  EXPECT_THAT(looked_at_, Not(Contains("n1")));
  ASSERT_THAT(left_out(made), Contains(Pair("n1", "quarantined")));
  for (const LeftOut& host : made.left_out) {
    if (host.host != "n1") continue;
    EXPECT_THAT(host.detail, HasSubstr("armed: 3.4 would run at its next boot; since 2026-11-02"));
  }
}

TEST_F(Planning, a_new_name_escapes_no_quarantine_and_no_rollout) {
  views::MadeFleet made;
  ResolvedPlan first = views::made_plan();
  first.hosts.resize(1);
  first.hosts[0].name = "old-n1";
  first.hosts[0].identity = seen("n1").seen->identity;
  made.start(first);
  made.issue(0, Action::prepare);
  made.end(0, Outcome::Verdict::done);
  made.issue(0, Action::stage);
  made.end(0, Outcome::Verdict::lost, Cause::armed, "3.4 would run at its next boot");
  made.take(Event(RolloutFinished{1}));
  ResolvedPlan second = first;
  second.rollout = "nic-20.5";
  second.hosts[0].name = "old-n2";
  second.hosts[0].identity = seen("n2").seen->identity;
  made.start(second);
  const ResolvedPlan before = plan();
  fleet_ = std::move(made.fleet);
  const ResolvedPlan after = plan();
  EXPECT_THAT(left_out(after), UnorderedElementsAre(Pair("n1", "quarantined"), Pair("n2", "in_rollout")));
  EXPECT_THAT(after.left_out[0].detail, HasSubstr("as old-n1"));
  EXPECT_THAT(after.left_out[1].detail, HasSubstr("nic-20.5, as old-n2"));
  EXPECT_THAT(why_stale(before, loaded(), fleet_),
              UnorderedElementsAre("host n1 was quarantined as old-n1",
                                   "host n2 was taken by rollout nic-20.5, which is not over,"));
}

TEST_F(Planning, a_host_that_has_half_of_a_quarantined_identity_is_left_out_and_names_it) {
  views::MadeFleet made;
  ResolvedPlan first = views::made_plan();
  first.hosts.resize(1);
  first.hosts[0].name = "old-n3";
  first.hosts[0].identity = seen("n3").seen->identity;
  made.start(first);
  made.issue(0, Action::prepare);
  made.end(0, Outcome::Verdict::done);
  made.issue(0, Action::stage);
  made.end(0, Outcome::Verdict::lost, Cause::lost, "gone");
  made.take(Event(RolloutFinished{1}));
  sights_["n3"] = seen("n3");
  sights_["n3"].seen->identity.uuid = "uuid-of-another-board";
  const ResolvedPlan before = plan();
  fleet_ = std::move(made.fleet);
  const ResolvedPlan after = plan();
  ASSERT_THAT(left_out(after), UnorderedElementsAre(Pair("n3", "quarantined")));
  EXPECT_EQ(after.left_out[0].kept_as, "old-n3");
  EXPECT_THAT(after.left_out[0].detail, AllOf(HasSubstr("as old-n3, which reported the same serial LAB-n3"),
                                              HasSubstr("breakwater quarantine release old-n3 --reason")));
  EXPECT_THAT(why_stale(before, loaded(), fleet_),
              ElementsAre("host n3 was quarantined as old-n3, which reported the same serial LAB-n3"));
  // Two hosts that report that serial at one time: it tells of neither, and the plan says whom it names.
  sights_["n4"] = seen("n4");
  sights_["n4"].seen->identity.serial = "LAB-n3";
  const ResolvedPlan shared = plan();
  EXPECT_THAT(left_out(shared), IsEmpty());
  int findings = 0;
  for (const PlannedHost& host : shared.hosts) {
    for (const std::string& finding : host.findings) {
      findings += finding.starts_with("serial LAB-n3 is also that of old-n3, which is quarantined") ? 1 : 0;
    }
  }
  EXPECT_EQ(findings, 2);
  EXPECT_THAT(why_stale(shared, loaded(), fleet_), IsEmpty());
}

TEST_F(Planning, one_machine_that_answers_under_two_names_is_left_out_under_both) {
  sights_["n3"] = seen("n1");
  const ResolvedPlan made = plan();
  EXPECT_THAT(left_out(made), UnorderedElementsAre(Pair("n1", "same_machine"), Pair("n3", "same_machine")));
  EXPECT_THAT(made.left_out[0].detail, HasSubstr("serial LAB-n1 uuid uuid-n1 also answers as n3 (127.0.0.3)"));
  EXPECT_THAT(made.hosts, SizeIs(2));
}

TEST_F(Planning, a_hold_that_is_over_keeps_nobody) {
  write_inventory("", "      hold: {reason: HW-8830, until: \"2026-11-02T21:59:59Z\"}\n");
  EXPECT_THAT(plan().hosts, SizeIs(4));
}

TEST_F(Planning, a_share_of_a_domain_is_of_all_its_hosts_and_not_of_the_selection) {
  write_rollout("", "rack=r1");
  const ResolvedPlan made = plan();
  EXPECT_THAT(looked_at_, ElementsAre("n1", "n2")) << "others are none of our business";
  ASSERT_THAT(made.domain_limits, SizeIs(1));
  EXPECT_EQ(made.domain_limits[0].most, 1) << "50 % of the two hosts of the rack";
}

TEST_F(Planning, a_host_that_shows_nothing_counts_as_down_with_what_its_bmc_said) {
  sights_["n3"].fault = "login: nothing answers";
  const ResolvedPlan made = plan();
  ASSERT_THAT(made.left_out, SizeIs(1));
  EXPECT_EQ(made.left_out[0].host, "n3");
  EXPECT_EQ(made.left_out[0].reason, "unreachable");
  EXPECT_EQ(made.left_out[0].detail, "login: nothing answers");
  EXPECT_TRUE(made.left_out[0].down) << "its rack has one host less to spare";
}

TEST_F(Planning, an_image_that_nobody_imported_is_refused_with_the_command_that_helps) {
  std::filesystem::remove_all(state_ / "images");
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::refused);
  EXPECT_THAT(why.messages, SizeIs(2)) << "both images at once, not one a run";
  EXPECT_THAT(why.messages, Each(StartsWith("not_in_store: ")));
  EXPECT_THAT(why.next, StartsWith("breakwater firmware import "));
  EXPECT_THAT(looked_at_, IsEmpty()) << "no BMC is asked for a plan that cannot be";
}

TEST_F(Planning, too_few_signatures_are_refused_with_the_command_that_helps) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().filename().string().starts_with("bios-3.2.yaml.")) std::filesystem::remove(entry.path());
  }
  sign("bios-3.2", "qa");
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::refused);
  EXPECT_THAT(why.messages, ElementsAre(StartsWith("threshold_unmet: "))) << "of the way back, which counts as well";
  EXPECT_THAT(why.next, StartsWith("breakwater firmware sign "));
}

TEST_F(Planning, a_release_that_was_changed_after_its_signature_is_refused) {
  replace("bios-3.4.yaml", "most: 20s", "most: 30s");
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::refused);
  EXPECT_THAT(why.messages, ElementsAre(StartsWith("signature_invalid: ")));
}

TEST_F(Planning, an_image_that_was_damaged_in_the_store_is_refused) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_ / "images")) {
    if (!entry.is_regular_file()) continue;
    std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
    std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(4000).put('\0').put('\1');
  }
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::refused);
  EXPECT_THAT(why.messages, Each(StartsWith("digest_mismatch: ")));
}

TEST_F(Planning, every_key_that_cannot_be_used_is_named) {
  std::filesystem::remove(file("vendor.pub"));
  folder_.write("qa.pub", "no key");
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::bad_document) << "as for `validate`";
  EXPECT_THAT(why.messages, UnorderedElementsAre(HasSubstr("vendor.pub"), HasSubstr("qa.pub"), "2 faults"));
}

TEST_F(Planning, a_calendar_that_cannot_be_expanded_is_blamed_on_the_document_it_stands_in) {
  // Some night of the year the clocks skip half past two.
  const std::string skipped = "rrule: \"FREQ=DAILY;BYHOUR=2;BYMINUTE=30\", duration: 1h, timeZone: Europe/Berlin";
  write_policy("  freezes: [{name: quarter-end, " + skipped + "}]\n");
  write_rollout("  schedule: {timeZone: Europe/Berlin, freezes: [{name: launch, " + skipped + "}]}\n");
  const Problem why = refused();
  EXPECT_EQ(why.kind, Problem::Kind::bad_document);
  EXPECT_THAT(why.messages,
              ElementsAre(AllOf(StartsWith(file("policy.yaml").string() + ": "), HasSubstr("freeze quarter-end, ")),
                          AllOf(StartsWith(file("rollout.yaml").string() + ": "), HasSubstr("freeze launch, "))));
}

TEST_F(Planning, documents_are_loaded_by_the_file_of_one_rollout) {
  const RolloutDocuments documents = loaded();
  EXPECT_EQ(documents.name, "bios-3.4");
  EXPECT_EQ(documents.file, std::filesystem::weakly_canonical(file("rollout.yaml")));
  EXPECT_EQ(documents.policy().name, "lab");
  EXPECT_THAT(documents.documents.hosts, SizeIs(4)) << "of the file beside it";
  const auto none = load_rollout(file("policy.yaml").string());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(none.error().messages.front(), HasSubstr("holds 0 Rollouts, one is needed"));
}

TEST_F(Planning, every_fault_of_the_documents_has_its_place) {
  replace("rollout.yaml", "policy: lab", "policy: nowhere");
  replace("inventory.yaml", "labels: {rack: r1}", "label: {rack: r1}");
  const auto loaded = load_rollout(file("rollout.yaml").string());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(loaded.error().messages, Contains(HasSubstr("inventory.yaml:")));
  EXPECT_EQ(rollout_name_in(file("rollout.yaml").string()), "bios-3.4") << "its name can be read all the same";
  EXPECT_EQ(rollout_name_in(file("policy.yaml").string()), "");
  EXPECT_EQ(rollout_name_in(file("nowhere.yaml").string()), "");
}

TEST_F(Planning, a_plan_goes_stale_by_a_key_a_signature_and_a_host) {
  const ResolvedPlan made = plan();
  EXPECT_THAT(why_stale(made, loaded(), fleet_), IsEmpty());
  occupy_two_hosts();
  EXPECT_THAT(
      why_stale(made, loaded(), fleet_),
      UnorderedElementsAre("host n1 was quarantined", "host n2 was taken by rollout nic-20.5, which is not over,"));
  fleet_ = Fleet();
  sign("bios-3.4", "qa");
  EXPECT_THAT(why_stale(made, loaded(), fleet_), IsEmpty()) << "the same bytes, signed again";
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().filename().string().starts_with("bios-3.4.yaml.")) std::filesystem::remove(entry.path());
  }
  EXPECT_THAT(why_stale(made, loaded(), fleet_), ElementsAre("the signatures of Release bios-3.4 were changed"));
  folder_.write("qa.pub", text_of(file("vendor.pub")));
  EXPECT_THAT(why_stale(made, loaded(), fleet_), Contains("key qa was changed"));
}

}  // namespace
}  // namespace breakwater::operations::planning_test
