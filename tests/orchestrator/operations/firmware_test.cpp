// Images into the store, Releases signed and verified, before any plan.
#include "orchestrator/operations/firmware.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::firmware_test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class Firmware : public Estate {
 protected:
  std::string named(const std::string& name) const { return file(name).string(); }
  Result<Verified, Problem> verified() const {
    return verify_release(installation_, named("bios-3.4.yaml"), named("policy.yaml"));
  }
};

TEST_F(Firmware, an_image_is_imported_once_and_listed) {
  folder_.write("new.bin", "some image");
  const auto first = import_image(installation_, named("new.bin"));
  ASSERT_TRUE(first) << first.error().messages.front();
  EXPECT_FALSE(first->already_there);
  EXPECT_TRUE(import_image(installation_, named("new.bin"))->already_there);
  EXPECT_THAT(*stored_images(installation_), testing::Contains(first->image));
}

TEST_F(Firmware, a_file_that_cannot_be_read_is_our_failure_and_one_that_trust_turns_away_is_refused) {
  const auto missing = import_image(installation_, named("nothing.bin"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Problem::Kind::failed);
  std::filesystem::create_symlink(file("bios-3.4.bin"), file("link.bin"));
  const auto link = import_image(installation_, named("link.bin"));
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().messages.front(), HasSubstr(named("link.bin")));
}

TEST_F(Firmware, a_new_key_signs_a_release_and_never_over_another_file) {
  const auto id = make_key_pair(named("omar"));
  ASSERT_TRUE(id) << id.error().messages.front();
  const Signing what{named("bios-3.4.yaml"), named("omar.key"), ""};
  const auto signed_into = sign_release(what);
  ASSERT_TRUE(signed_into) << signed_into.error().messages.front();
  EXPECT_THAT(*signed_into, testing::EndsWith("bios-3.4.yaml." + *id + ".minisig"));
  EXPECT_THAT(text_of(*signed_into), HasSubstr("release:bios-3.4 image:sha256:"));
  folder_.write(std::filesystem::path(*signed_into).filename().string(), "notes of mine");
  EXPECT_FALSE(sign_release(what)) << "that file is no signature";
  const auto again = make_key_pair(named("omar"));
  ASSERT_FALSE(again) << "a key is never overwritten";
  EXPECT_EQ(again.error().kind, Problem::Kind::failed);
}

TEST_F(Firmware, what_cannot_sign_says_what_helps) {
  const auto missing = sign_release({named("bios-3.4.yaml"), named("nobody.key"), ""});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().next, "breakwater firmware keygen NAME");
  const auto no_release = sign_release({named("policy.yaml"), named("nobody.key"), ""});
  ASSERT_FALSE(no_release);
  EXPECT_EQ(no_release.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(no_release.error().messages.front(), HasSubstr("holds no Release"));
  EXPECT_EQ(no_release.error().next, "breakwater schema Release");
}

TEST_F(Firmware, a_public_key_does_not_sign) {
  ASSERT_TRUE(make_key_pair(named("omar")));
  const auto sign = sign_release({named("bios-3.4.yaml"), named("omar.pub"), ""});
  ASSERT_FALSE(sign);
  EXPECT_THAT(sign.error().messages.front(), HasSubstr("omar.pub: is a public key; the secret one signs"));
}

TEST_F(Firmware, of_several_releases_or_policies_none_is_taken_silently) {
  ASSERT_TRUE(make_key_pair(named("omar")));
  const auto sign = sign_release({named("."), named("omar.key"), ""});
  ASSERT_FALSE(sign);
  EXPECT_EQ(sign.error().kind, Problem::Kind::bad_document);
  EXPECT_THAT(sign.error().messages.front(), HasSubstr("holds 2 Releases, one is needed"));
  for (const auto& entry : std::filesystem::directory_iterator(file("."))) {
    EXPECT_THAT(entry.path().string(), testing::Not(testing::EndsWith("omar.minisig")));
  }
  const auto verify = verify_release(installation_, named("."), named("policy.yaml"));
  ASSERT_FALSE(verify);
  EXPECT_EQ(verify.error().kind, Problem::Kind::bad_document);
  folder_.write("other.yaml", text_of(file("policy.yaml")));
  const auto policies = verify_release(installation_, named("bios-3.4.yaml"), named("."));
  ASSERT_FALSE(policies);
  EXPECT_THAT(policies.error().messages.front(), HasSubstr("holds 2 Policies, one is needed"));
}

TEST_F(Firmware, a_release_is_verified_as_a_plan_would_prove_it) {
  const auto whole = verified();
  ASSERT_TRUE(whole) << whole.error().messages.front();
  EXPECT_THAT(whole->proven.signers, SizeIs(2));
  EXPECT_EQ(whole->needed, 2U);
  replace("bios-3.4.yaml", "most: 20s", "most: 21s");
  const auto changed = verified();
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, Problem::Kind::refused);
}

}  // namespace
}  // namespace breakwater::operations::firmware_test
