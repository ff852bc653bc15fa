// Debian's minisign and we read each other's files, both ways. The tool is part of the set-up, so its absence is a
// failure.
#include <gtest/gtest.h>

#include "inventories/trust/minisign.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::minisign::minisign_tool_test {
namespace {

class MinisignTool : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run("minisign -v").status, 0) << "this test needs Debian's minisign: apt install minisign";
  }
  Ran tool(const std::string& arguments) const {
    return run("cd " + scratch_.path().string() + " && minisign " + arguments);
  }
  Scratch scratch_;
};

const std::string kRelease = "apiVersion: breakwater/v1\nkind: Release\nmetadata: {name: x13-bios-3.4}\n";

TEST_F(MinisignTool, its_signatures_verify_here_both_kinds) {
  ASSERT_EQ(tool("-G -W -p k.pub -s k.key").status, 0);
  scratch_.write("r.yaml", kRelease);
  const auto key = parse_public_key(text_of(scratch_ / "k.pub"), "k.pub");
  ASSERT_TRUE(key) << key.error().message;
  for (const std::string kind : {"", "-l "}) {
    const auto made = tool("-S " + kind + "-s k.key -m r.yaml -x r.minisig -t 'release 3.4, signed by qa'");
    ASSERT_EQ(made.status, 0) << made.output;
    const auto signature = parse_signature(text_of(scratch_ / "r.minisig"), "r.minisig");
    ASSERT_TRUE(signature) << signature.error().message;
    EXPECT_EQ(signature->prehashed, kind.empty());
    const auto said = verify(kRelease, *signature, *key);
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(*said, "release 3.4, signed by qa");
    EXPECT_FALSE(verify(kRelease + " ", *signature, *key));
    auto lying = *signature;
    lying.trusted_comment += "!";
    EXPECT_FALSE(verify(kRelease, lying, *key));
    auto other_kind = *signature;
    other_kind.prehashed = !other_kind.prehashed;
    EXPECT_FALSE(verify(kRelease, other_kind, *key));
  }
}

/// As an editor on Windows saves it.
std::string with_cr_lf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

TEST_F(MinisignTool, files_saved_elsewhere_are_read_as_it_reads_them) {
  ASSERT_EQ(tool("-G -W -p k.pub -s k.key").status, 0);
  scratch_.write("r.yaml", kRelease);
  ASSERT_EQ(tool("-S -s k.key -m r.yaml -x r.minisig -t 'release 3.4'").status, 0);
  const std::string signature = text_of(scratch_ / "r.minisig");
  const std::string key = text_of(scratch_ / "k.pub");
  const std::pair<std::string, std::string> cases[] = {
      {with_cr_lf(signature), with_cr_lf(key)},
      {signature + "\n", key + "\n"},
      {with_cr_lf(signature + "\n"), with_cr_lf(key + "\n\n")},
      {with_cr_lf(signature.substr(0, signature.size() - 1)), with_cr_lf(key.substr(0, key.size() - 1))},
  };
  for (const auto& [signed_by, with] : cases) {
    scratch_.write("c.minisig", signed_by);
    scratch_.write("c.pub", with);
    const auto its = tool("-V -p c.pub -m r.yaml -x c.minisig");
    ASSERT_EQ(its.status, 0) << its.output;
    const auto admitted = parse_public_key(with, "c.pub");
    ASSERT_TRUE(admitted) << admitted.error().message;
    const auto parsed = parse_signature(signed_by, "c.minisig");
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto said = verify(kRelease, *parsed, *admitted);
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(*said, "release 3.4");
  }
  scratch_.write("s.key", with_cr_lf(text_of(scratch_ / "k.key")));
  EXPECT_EQ(tool("-S -s s.key -m r.yaml -x s.minisig").status, 0);
  const auto secret = parse_secret_key(Secret(text_of(scratch_ / "s.key")), "s.key");
  EXPECT_TRUE(secret) << secret.error().message;
}

TEST_F(MinisignTool, our_keys_and_signatures_are_its_own) {
  const auto key = generate_secret_key();
  ASSERT_TRUE(key);
  ASSERT_TRUE(write_key_pair(*key, scratch_ / "k.key", scratch_ / "k.pub"));
  scratch_.write("r.yaml", kRelease);
  scratch_.write("r.yaml.minisig", sign(kRelease, *key, "vouched for by breakwater"));
  const auto verified = tool("-V -H -p k.pub -m r.yaml");
  EXPECT_EQ(verified.status, 0) << verified.output;
  EXPECT_NE(verified.output.find("vouched for by breakwater"), std::string::npos) << verified.output;

  scratch_.write("r.yaml", kRelease + "# changed\n");
  EXPECT_NE(tool("-V -p k.pub -m r.yaml").status, 0);

  // The tool signs with the secret key we wrote, and makes the same public key of it.
  const auto made = tool("-S -s k.key -m r.yaml -x again.minisig");
  ASSERT_EQ(made.status, 0) << made.output;
  const auto signature = parse_signature(text_of(scratch_ / "again.minisig"), "again.minisig");
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verify(kRelease + "# changed\n", *signature, key->public_key()));
  ASSERT_EQ(tool("-R -s k.key -p again.pub").status, 0);
  const auto again = parse_public_key(text_of(scratch_ / "again.pub"), "again.pub");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, key->public_key());
  // Below the comment: the tool writes a key id there without its leading zeros.
  const auto key_line = [](const std::string& text) { return text.substr(text.find('\n')); };
  EXPECT_EQ(key_line(text_of(scratch_ / "again.pub")), key_line(to_text(key->public_key())));
}

TEST_F(MinisignTool, we_sign_with_its_key) {
  ASSERT_EQ(tool("-G -W -p k.pub -s k.key").status, 0);
  const auto key = parse_secret_key(Secret(text_of(scratch_ / "k.key")), "k.key");
  ASSERT_TRUE(key) << key.error().message;
  const std::string image(1 << 20, '\0');
  scratch_.write("image.bin", image);
  scratch_.write("image.bin.minisig", sign(image, *key, ""));
  const auto verified = tool("-V -p k.pub -m image.bin");
  EXPECT_EQ(verified.status, 0) << verified.output;
}

TEST_F(MinisignTool, it_refuses_what_it_should_of_ours) {
  const auto one = generate_secret_key();
  const auto two = generate_secret_key();
  ASSERT_TRUE(write_key_pair(*one, scratch_ / "one.key", scratch_ / "one.pub"));
  ASSERT_TRUE(write_key_pair(*two, scratch_ / "two.key", scratch_ / "two.pub"));
  scratch_.write("r.yaml", kRelease);
  scratch_.write("r.yaml.minisig", sign(kRelease, *one, "c"));
  EXPECT_EQ(tool("-V -p one.pub -m r.yaml").status, 0);
  EXPECT_NE(tool("-V -p two.pub -m r.yaml").status, 0);
}

}  // namespace
}  // namespace breakwater::minisign::minisign_tool_test
