#include "inventories/trust/trusted_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventories/trust/base64.hpp"
#include "inventories/trust/digest.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::trusted_keys_test {
namespace {

using minisign::SecretKey;
using testing::ElementsAre;
using testing::HasSubstr;
using Reason = Refusal::Reason;

const std::string kRelease =
    "kind: Release\nspec: {files: [{role: image, sha256: \"" + to_hex(sha256("image")) + "\"}]}\n";

SecretKey new_key() {
  return std::move(*minisign::generate_secret_key());
}

/// Three people with keys, a vendor with another, and their signatures over kRelease.
class TrustedKeys : public testing::Test {
 protected:
  SecretKey ann_ = new_key();
  SecretKey ben_ = new_key();
  SecretKey cho_ = new_key();
  std::vector<Signer> signers_{{"ann", ann_.public_key()}, {"ben", ben_.public_key()}, {"cho", cho_.public_key()}};
  Threshold two_{2, {}};
  Subject subject_{"x13.yaml", "Supermicro", "bios"};

  static SignatureFile by(const SecretKey& key, std::string_view bytes = kRelease) {
    return {"x13.yaml." + minisign::to_string(key.public_key().id()) + ".minisig", minisign::sign(bytes, key, "t")};
  }
  auto check(const std::vector<SignatureFile>& files) const {
    return check_signatures(kRelease, files, signers_, two_, subject_);
  }
  Refusal refusal(const std::vector<SignatureFile>& files) const {
    const auto names = check(files);
    EXPECT_FALSE(names) << "accepted";
    return names ? Refusal{} : names.error();
  }
};

TEST_F(TrustedKeys, enough_distinct_signers_are_named) {
  const auto names = check({by(cho_), by(ann_)});
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("ann", "cho"));
}

TEST_F(TrustedKeys, too_few_are_refused_with_the_figures) {
  const auto refused = refusal({by(ann_)});
  EXPECT_EQ(refused.reason, Reason::threshold_unmet);
  EXPECT_THAT(refused.message, HasSubstr("x13.yaml: signed by ann, which is 1 distinct key of the 2 required"));
}

// The traps of trust page 4.3, each by its name there.

TEST_F(TrustedKeys, trap_one_key_under_two_names_counts_once) {
  signers_.push_back({"ann-again", ann_.public_key()});
  EXPECT_EQ(refusal({by(ann_)}).reason, Reason::threshold_unmet);
  EXPECT_EQ(refusal({by(ann_), by(ann_)}).reason, Reason::threshold_unmet);
}

TEST_F(TrustedKeys, trap_one_key_under_two_key_ids_counts_once) {
  const minisign::KeyId other_id{9, 9, 9, 9, 9, 9, 9, 9};
  signers_.push_back({"alias", *minisign::PublicKey::admit(other_id, ann_.public_key().material(), "alias.pub")});
  // Ann's signature dressed up as made under the other id, which is no part of what is signed.
  std::string text = by(ann_).text;
  const std::size_t at = text.find('\n') + 1;
  const std::size_t size = text.find('\n', at) - at;
  auto blob = *parse_base64(std::string_view(text).substr(at, size));
  std::copy(other_id.begin(), other_id.end(), blob.begin() + 2);
  text.replace(at, size, to_base64(blob));
  const SignatureFile alias{"alias.minisig", text};

  two_.signers = 1;
  EXPECT_TRUE(check({alias}));
  two_.signers = 2;
  EXPECT_EQ(refusal({by(ann_), alias}).reason, Reason::threshold_unmet);
  const auto names = check({by(ann_), alias, by(ben_)});
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("ann", "ben"));
}

TEST_F(TrustedKeys, trap_the_same_signature_twice_counts_once) {
  EXPECT_EQ(refusal({by(ann_), by(ann_)}).reason, Reason::threshold_unmet);
}

TEST_F(TrustedKeys, trap_a_threshold_of_zero_is_refused) {
  two_.signers = 0;
  EXPECT_EQ(refusal({by(ann_), by(ben_)}).reason, Reason::threshold_zero);
  EXPECT_EQ(refusal({}).reason, Reason::threshold_zero);
}

TEST_F(TrustedKeys, trap_no_signatures_is_a_refusal_of_its_own) {
  two_.signers = 1;
  const auto refused = refusal({});
  EXPECT_EQ(refused.reason, Reason::signature_missing);
  EXPECT_THAT(refused.message, HasSubstr("x13.yaml: no signature"));
}

TEST_F(TrustedKeys, trap_signatures_of_unknown_keys_alone_are_not_enough) {
  two_.signers = 1;
  const auto refused = refusal({by(new_key()), by(new_key())});
  EXPECT_EQ(refused.reason, Reason::threshold_unmet);
  EXPECT_THAT(refused.message, HasSubstr("signed by nobody"));
}

TEST_F(TrustedKeys, trap_a_signature_over_other_bytes_is_not_one_over_these) {
  const auto refused = refusal({by(ann_), by(ben_, kRelease + " ")});
  EXPECT_EQ(refused.reason, Reason::signature_invalid);
}

TEST_F(TrustedKeys, an_unknown_key_beside_known_ones_is_ignored) {
  EXPECT_TRUE(check({by(new_key()), by(ann_), by(ben_)}));
}

TEST_F(TrustedKeys, a_known_key_whose_signature_does_not_fit_refuses_the_whole) {
  const auto refused = refusal({by(ann_), by(ben_), by(cho_, "other bytes")});
  EXPECT_EQ(refused.reason, Reason::signature_invalid);
  EXPECT_THAT(refused.message, HasSubstr("signer cho"));
}

TEST_F(TrustedKeys, a_file_that_is_no_signature_refuses_the_whole) {
  const auto refused = refusal({by(ann_), by(ben_), {"junk.minisig", "junk"}});
  EXPECT_EQ(refused.reason, Reason::signature_malformed);
  EXPECT_THAT(refused.message, HasSubstr("junk.minisig"));
}

TEST_F(TrustedKeys, two_keys_may_share_a_key_id) {
  auto dan = new_key();
  signers_.push_back(
      {"dan", *minisign::PublicKey::admit(ann_.public_key().id(), dan.public_key().material(), "d.pub")});
  std::swap(signers_.front(), signers_.back());
  EXPECT_TRUE(check({by(ann_), by(ben_)}));
}

TEST_F(TrustedKeys, a_signer_counts_only_for_what_it_may_vouch_for) {
  struct Case {
    std::vector<std::string> vendors, components;
    bool counts;
  };
  const Case cases[] = {
      {{"*"}, {"*"}, true},
      {{"Supermicro"}, {"bmc", "bios"}, true},
      {{"Super*"}, {"bi*"}, true},
      {{"Dell", "Supermicro"}, {"*"}, true},
      {{"Dell"}, {"*"}, false},
      {{"*"}, {"nic"}, false},
      {{"supermicro"}, {"*"}, false},
      {{"Super"}, {"*"}, false},
      {{"*micro"}, {"*"}, false},  // a star stands at the end
      {{}, {"*"}, false},
      {{"*"}, {}, false},
      {{""}, {"*"}, false},
  };
  two_.signers = 1;
  for (const auto& one : cases) {
    signers_[0].vendors = one.vendors;
    signers_[0].components = one.components;
    EXPECT_EQ(check({by(ann_)}).has_value(), one.counts) << testing::PrintToString(one.vendors);
  }
  const auto refused = refusal({by(ann_)});
  EXPECT_EQ(refused.reason, Reason::threshold_unmet);
  EXPECT_THAT(refused.message, HasSubstr("ann may not vouch for vendor Supermicro, component bios"));
}

TEST_F(TrustedKeys, an_out_of_scope_signature_must_still_verify) {
  two_.signers = 1;
  signers_[1].components = {"nic"};
  EXPECT_EQ(refusal({by(ann_), by(ben_, "other")}).reason, Reason::signature_invalid);
}

TEST_F(TrustedKeys, required_signers_must_be_among_them) {
  two_.including = {"cho"};
  const auto refused = refusal({by(ann_), by(ben_)});
  EXPECT_EQ(refused.reason, Reason::threshold_unmet);
  EXPECT_THAT(refused.message, HasSubstr("the policy requires cho among the signers"));
  EXPECT_TRUE(check({by(ann_), by(cho_)}));
  two_.including = {"nobody-of-that-name"};
  EXPECT_EQ(refusal({by(ann_), by(ben_)}).reason, Reason::threshold_unmet);
}

TEST_F(TrustedKeys, a_required_signer_out_of_its_scope_does_not_count) {
  two_.including = {"cho"};
  signers_[2].vendors = {"Dell"};
  EXPECT_EQ(refusal({by(ann_), by(ben_), by(cho_)}).reason, Reason::threshold_unmet);
}

TEST_F(TrustedKeys, an_approval_names_its_bytes_its_signers_and_its_images) {
  const std::vector files{by(ann_), by(ben_)};
  const auto approval = approve(kRelease, files, signers_, two_, subject_);
  ASSERT_TRUE(approval);
  EXPECT_EQ(approval->release_digest(), sha256(kRelease));
  EXPECT_EQ(approval->release_file(), "x13.yaml");
  EXPECT_THAT(approval->signers(), ElementsAre("ann", "ben"));
  EXPECT_TRUE(approval->names(sha256("image")));
  EXPECT_FALSE(approval->names(sha256("another image")));
  EXPECT_FALSE(approve(kRelease, std::vector{by(ann_)}, signers_, two_, subject_));
}

TEST_F(TrustedKeys, digests_are_not_found_inside_longer_or_other_digits) {
  two_.signers = 1;
  const std::string digits = to_hex(sha256("image"));
  const auto names = [&](const std::string& text) {
    const auto approval = approve(text, std::vector{by(ann_, text)}, signers_, two_, subject_);
    return approval && approval->names(sha256("image"));
  };
  EXPECT_TRUE(names(digits));
  EXPECT_TRUE(names("x@sha256:" + digits));
  EXPECT_TRUE(names(to_hex(sha256("other")) + "\n" + digits + "\n"));
  EXPECT_FALSE(names("0" + digits));
  EXPECT_FALSE(names(digits + "f"));
  EXPECT_FALSE(names(digits.substr(1)));
  EXPECT_FALSE(names(""));
}

}  // namespace
}  // namespace breakwater::trusted_keys_test
