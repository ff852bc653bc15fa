// An image is proved anew before every sending, by its Release's signatures and its bytes; what is not proved is not
// sent.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/orchestrator/crews/bmc/crew_fixture.hpp"

namespace breakwater::image_proof_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Evidence::Kind;
using Verdict = Outcome::Verdict;

class ImageProof : public CrewTest {
 protected:
  ImageProof() { image_is_signed(); }

  std::filesystem::path stored_image() const {
    const std::string digest = to_hex(plan_.images[0].image.digest);
    return folder_ / "store" / "images" / "sha256" / digest.substr(0, 2) / digest;
  }

  void set_aside() { std::filesystem::rename(stored_image(), stored_image().string() + ".good"); }
  void put(const std::string& bytes) { std::ofstream(stored_image(), std::ios::binary) << bytes; }
  /// The command waits, and nothing is sent, until the store has what it had at first.
  void waits_for_a_good_copy(const std::string& reason) {
    machine_.receipt.task_uri = kTask;
    machine_.on_act = [this](FakeMachine&, const std::string& act) {
      if (act == "upload") stage_image("3.4");
    };
    up();
    const Order stage = order(Action::stage);
    crew().start(stage);
    EvidenceOffered one = offered();
    for (; one.evidence.evidence.kind != Kind::own_fault; one = offered()) crew().durable(one.ticket);
    EXPECT_THAT(one.evidence.evidence.text, HasSubstr(reason));
    EXPECT_THAT(one.evidence.evidence.text, HasSubstr("breakwater firmware import"));
    EXPECT_THAT(machine_.acts, IsEmpty());
    std::filesystem::remove(stored_image());
    std::filesystem::rename(stored_image().string() + ".good", stored_image());
    crew().durable(one.ticket);
    const Outcome staged = ended(stage.command.id);
    EXPECT_EQ(staged.verdict, Verdict::done) << staged.detail;
    EXPECT_THAT(machine_.acts, ElementsAre("upload"));
    EXPECT_EQ(recorded(Kind::mended).size(), 1U);
  }

  /// Not sent, and not about to be.
  void expect_refused(const std::string& reason) {
    const Outcome ended = carry_out(order(Action::stage));
    EXPECT_EQ(ended.verdict, Verdict::untouched);
    EXPECT_EQ(ended.cause, Cause::image_refused);
    EXPECT_THAT(ended.detail, HasSubstr(reason));
    EXPECT_THAT(recorded(Kind::sending), IsEmpty());
    EXPECT_THAT(machine_.acts, IsEmpty());
  }
};

TEST_F(ImageProof, an_image_that_is_proved_is_sent_and_leaves_its_evidence_in_order) {
  machine_.receipt.task_uri = kTask;
  machine_.on_act = [this](FakeMachine&, const std::string& act) {
    if (act == "upload") stage_image("3.4");
  };
  up();
  const Outcome ended = carry_out(order(Action::stage));
  EXPECT_EQ(ended.verdict, Verdict::done) << ended.detail;
  EXPECT_THAT(machine_.acts, ElementsAre("upload"));
  std::vector<Kind> kinds;
  for (const Evidence& one : recorded_) kinds.push_back(one.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::session, Kind::sending, Kind::body_sent, Kind::task));
  EXPECT_THAT(recorded(Kind::sending), ElementsAre(to_hex(plan_.images[0].image.digest)));
}

TEST_F(ImageProof, a_crew_that_goes_before_the_first_byte_sends_none) {
  up();
  crew().start(order(Action::stage));
  for (EvidenceOffered one = offered(); one.evidence.evidence.kind != Kind::sending; one = offered()) {
    crew().durable(one.ticket);
  }
  leave();
  EXPECT_THAT(machine_.acts, IsEmpty());
}

TEST_F(ImageProof, an_image_is_sent_only_where_its_release_and_its_signers_are_those_of_the_plan) {
  struct Case {
    const char* what;
    std::function<void(ResolvedPlan&)> spoil;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {"no key is trusted", [](ResolvedPlan& plan) { plan.keys.clear(); }, "threshold_unmet"},
      {"another one must have signed", [](ResolvedPlan& plan) { plan.require.including = {"sre"}; }, "threshold_unmet"},
      {"two must have signed", [](ResolvedPlan& plan) { plan.require.signers = 2; }, "threshold_unmet"},
      {"its key is for network cards", [](ResolvedPlan& plan) { plan.keys[0].components = {"nic"}; },
       "threshold_unmet"},
      {"its key is for another vendor", [](ResolvedPlan& plan) { plan.keys[0].vendors = {"Acme"}; }, "threshold_unmet"},
      {"the Release was changed", [](ResolvedPlan& plan) { plan.images[0].release_text += ' '; }, "signature_invalid"},
      {"the key is no key", [](ResolvedPlan& plan) { plan.keys[0].key_text = "no key"; }, "key_malformed"},
      {"the Release names another image", [](ResolvedPlan& plan) { plan.images[0].image.digest.bytes[0] ^= 1; },
       "not_named"},
  };
  const ResolvedPlan good = plan_;
  up();
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    plan_ = good;
    one.spoil(plan_);
    expect_refused(one.reason);
  }
}

TEST_F(ImageProof, an_image_that_is_gone_from_the_store_is_waited_for) {
  set_aside();
  waits_for_a_good_copy("not_in_store");
}

/// It is no fault of the host that it was meant for.
TEST_F(ImageProof, an_image_that_is_damaged_in_the_store_is_not_sent_and_a_good_one_is_waited_for) {
  set_aside();
  put("BIOS 6.6");
  waits_for_a_good_copy("digest_mismatch");
}

TEST_F(ImageProof, so_is_one_that_was_cut_short) {
  set_aside();
  put("BIOS");
  waits_for_a_good_copy("size_mismatch");
}

}  // namespace
}  // namespace breakwater::image_proof_test
