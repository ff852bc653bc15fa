// Keys and signatures as they lie on a disk that anybody may have written to.
#include "orchestrator/operations/proof.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::proof_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Proof : public Estate {
 protected:
  std::string release_file() const { return file("bios-3.4.yaml").string(); }
  std::string name_of(const SignatureFile& one) const { return std::filesystem::path(one.file).filename().string(); }
};

TEST_F(Proof, signatures_come_in_the_order_of_their_names_and_no_other_file_does) {
  folder_.write("bios-3.4.yaml.B.minisig", "b");
  folder_.write("bios-3.4.yaml.A.minisig", "a");
  folder_.write("bios-3.4.yaml.minisig.old", "old");
  folder_.write("bios-3.45.yaml.A.minisig", "another Release");
  const auto found = read_signatures(release_file());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_THAT(*found, SizeIs(4)) << "two of the people, A and B";
  for (std::size_t i = 1; i < found->size(); ++i) EXPECT_LT((*found)[i - 1].file, (*found)[i].file);
  for (const SignatureFile& one : *found) EXPECT_THAT(name_of(one), testing::StartsWith("bios-3.4.yaml."));
}

TEST_F(Proof, nothing_but_a_small_regular_file_is_read_as_a_signature) {
  const auto pipe = file("bios-3.4.yaml.P.minisig");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto waits = read_signatures(release_file());
  ASSERT_FALSE(waits) << "a pipe that nobody writes to would wait for ever";
  EXPECT_EQ(waits.error().reason, Refusal::Reason::unreadable);
  EXPECT_THAT(waits.error().message, HasSubstr("not a regular file"));
  std::filesystem::remove(pipe);
  folder_.write("bios-3.4.yaml.L.minisig", std::string(1 << 20, 'x'));
  const auto large = read_signatures(release_file());
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().reason, Refusal::Reason::too_large);
}

TEST_F(Proof, more_signature_files_than_anybody_needs_are_refused) {
  for (int i = 0; i < 62; ++i) folder_.write("bios-3.4.yaml." + std::to_string(i) + ".minisig", "x");
  EXPECT_TRUE(read_signatures(release_file())) << "64 in all";
  folder_.write("bios-3.4.yaml.62.minisig", "x");
  const auto many = read_signatures(release_file());
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().reason, Refusal::Reason::too_large);
}

TEST_F(Proof, a_signature_of_a_stranger_counts_for_nothing_and_spoils_nothing) {
  const auto stranger = minisign::generate_secret_key();
  folder_.write("bios-3.4.yaml.S.minisig", minisign::sign(text_of(release_file()), *stranger, "a stranger"));
  auto plan = planned();
  ASSERT_TRUE(plan) << plan.error().messages.front();
  EXPECT_THAT(plan->images[0].signers, SizeIs(2));
}

TEST_F(Proof, one_key_under_two_names_is_one_signer) {
  folder_.write("vendor.pub", text_of(file("qa.pub")));
  const auto plan = planned();
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().messages.front(), HasSubstr("threshold_unmet: "));
}

TEST_F(Proof, a_key_may_vouch_only_for_what_the_policy_says) {
  replace("policy.yaml", "components: [bios]", "components: [bmc]");
  const auto plan = planned();
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, Problem::Kind::refused);
  EXPECT_THAT(looked_at_, IsEmpty());
}

TEST_F(Proof, a_keyring_has_every_key_or_names_each_that_is_missing) {
  const auto whole = read_keyring(loaded().policy());
  ASSERT_TRUE(whole);
  EXPECT_THAT(whole->signers, SizeIs(2));
  EXPECT_THAT(whole->texts, SizeIs(2));
  const RolloutDocuments documents = loaded();
  std::filesystem::remove(file("vendor.pub"));
  std::filesystem::remove(file("qa.pub"));
  const auto missing = read_keyring(documents.policy());
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), SizeIs(2));
}

TEST_F(Proof, a_key_that_cannot_be_used_is_blamed_on_the_line_that_names_it) {
  const RolloutDocuments documents = loaded();
  std::filesystem::remove(file("qa.pub"));
  const auto read = read_keyring(documents.policy());
  ASSERT_FALSE(read);
  const Diagnostics& faults = read.error();
  ASSERT_THAT(faults, SizeIs(1));
  const std::string text = text_of(file("policy.yaml"));
  const auto before = text.substr(0, text.find("qa.pub"));
  EXPECT_EQ(faults[0].at.line, 1 + std::count(before.begin(), before.end(), '\n'));
  EXPECT_THAT(faults[0].at.file, testing::EndsWith("policy.yaml"));
  EXPECT_EQ(faults[0].path, "spec.trust.signers.qa.key");
  EXPECT_THAT(faults[0].message, testing::HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace breakwater::operations::proof_test
