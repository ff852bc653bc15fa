#include "inventories/trust/minisign.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "inventories/trust/base64.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::minisign::minisign_test {
namespace {

SecretKey new_key() {
  return std::move(*generate_secret_key());
}

Result<std::string, Refusal> check(std::string_view bytes, std::string_view signature, const PublicKey& key) {
  const auto parsed = parse_signature(signature, "x.minisig");
  if (!parsed) return fail(parsed.error());
  return verify(bytes, *parsed, key);
}

/// Reads a public key file, then checks: what a policy and a `.minisig` go through together.
bool accepted(std::string_view bytes, std::string_view signature, std::string_view key) {
  const auto parsed = parse_public_key(key, "k.pub");
  return parsed && check(bytes, signature, *parsed);
}

TEST(Minisign, a_signature_verifies_and_its_trusted_comment_comes_out) {
  const auto key = new_key();
  const auto said = check("bytes", sign("bytes", key, "release 3.4 for x13"), key.public_key());
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(*said, "release 3.4 for x13");
}

TEST(Minisign, keys_survive_their_files) {
  const auto key = new_key();
  const auto read = parse_public_key(to_text(key.public_key()), "k.pub");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, key.public_key());
  const auto again = parse_secret_key(to_text(key), "k.key");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_EQ(sign("x", *again, "c"), sign("x", key, "c"));
}

TEST(Minisign, two_keys_are_not_the_same) {
  const auto one = new_key();
  const auto two = new_key();
  EXPECT_NE(one.public_key().material(), two.public_key().material());
  const auto refused = check("x", sign("x", one, ""), two.public_key());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Refusal::Reason::signature_invalid);
  EXPECT_NE(refused.error().message.find(to_string(one.public_key().id())), std::string::npos);
  EXPECT_NE(refused.error().message.find(to_string(two.public_key().id())), std::string::npos);
}

TEST(Minisign, a_key_id_is_printed_as_minisign_prints_it) {
  EXPECT_EQ(to_string(KeyId{0x2b, 0xec, 0x11, 0x39, 0xa3, 0x4f, 0xfe, 0xda}), "DAFE4FA33911EC2B");
}

TEST(Minisign, a_comment_that_minisign_would_refuse_is_made_fit) {
  const auto key = new_key();
  const auto said = check("x", sign("x", key, "two\nlines\tand a bell\x07"), key.public_key());
  ASSERT_TRUE(said);
  EXPECT_EQ(*said, "two lines and a bell ");
  std::string long_comment(8191, 'a');
  long_comment += "\xc3\xa4";  // the bound falls inside this letter
  const auto cut = check("x", sign("x", key, long_comment), key.public_key());
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(*cut, std::string(8191, 'a'));
}

// trust page 13: at least 1,000 mutants per format, none accepted.
TEST(Minisign, no_flipped_bit_is_accepted) {
  const auto key = new_key();
  const std::string content = "apiVersion: breakwater/v1\nkind: Release\n";
  const std::string signature = sign(content, key, "a trusted comment");
  const std::string key_text = to_text(key.public_key());
  ASSERT_TRUE(accepted(content, signature, key_text));
  int mutants = 0;
  const auto flip_all = [&](const std::string& text, std::size_t from, auto accepts) {
    for (std::size_t bit = from * 8; bit < text.size() * 8; ++bit) {
      std::string changed = text;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      ++mutants;
      EXPECT_FALSE(accepts(changed)) << "bit " << bit << " of\n" << text;
    }
  };
  flip_all(content, 0, [&](const auto& text) { return accepted(text, signature, key_text); });
  // The untrusted comment is what its name says, so flips begin after the first line.
  flip_all(signature, signature.find('\n'), [&](const auto& text) { return accepted(content, text, key_text); });
  flip_all(key_text, key_text.find('\n'), [&](const auto& text) { return accepted(content, signature, text); });
  EXPECT_GE(mutants, 1000);
}

TEST(Minisign, no_truncation_is_accepted) {
  const auto key = new_key();
  const std::string content(200, 'c');
  const std::string signature = sign(content, key, "t");
  const std::string key_text = to_text(key.public_key());
  int mutants = 0;
  for (std::size_t size = 0; size < content.size(); ++size, ++mutants) {
    EXPECT_FALSE(accepted(content.substr(0, size), signature, key_text));
  }
  for (std::size_t size = 0; size + 1 < signature.size(); ++size, ++mutants) {  // the last newline may be missing
    EXPECT_FALSE(accepted(content, signature.substr(0, size), key_text)) << size;
  }
  for (std::size_t size = 0; size + 1 < key_text.size(); ++size, ++mutants) {
    EXPECT_FALSE(accepted(content, signature, key_text.substr(0, size))) << size;
  }
  EXPECT_GE(mutants, 400);
}

/// A text with LF where it has CR LF.
std::string with_lf(std::string text) {
  for (std::size_t at = 0; (at = text.find("\r\n", at)) != std::string::npos;) text.erase(at, 1);
  return text;
}

TEST(Minisign, no_random_damage_is_accepted) {
  const auto key = new_key();
  const std::string signature = sign("content", key, "t");
  const std::string key_text = to_text(key.public_key());
  const std::size_t from = signature.find('\n') + 1;  // after the untrusted comment, which is what its name says
  std::mt19937 random(20261201);
  for (int i = 0; i < 2000; ++i) {
    std::string changed = signature;
    const auto at = from + random() % (signature.size() - from - 1);
    switch (random() % 3) {
      case 0:
        changed[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        changed.erase(at, 1 + random() % 5);
        break;
      case 2:
        changed.insert(at, 1, static_cast<char>(random() % 256));
        break;
    }
    if (with_lf(changed) == signature || changed + "\n" == signature) continue;
    EXPECT_FALSE(accepted("content", changed, key_text)) << i << "\n" << changed;
  }
}

TEST(Minisign, a_missing_last_newline_is_forgiven) {
  const auto key = new_key();
  std::string signature = sign("x", key, "t");
  signature.pop_back();
  std::string key_text = to_text(key.public_key());
  key_text.pop_back();
  EXPECT_TRUE(accepted("x", signature, key_text));
}

struct Malformed {
  const char* what;
  std::string text;
};

TEST(Minisign, malformed_signature_files_are_refused) {
  const auto key = new_key();
  const std::string good = sign("x", key, "t");
  const auto line = [&](int n) {
    std::size_t at = 0;
    for (int i = 0; i < n; ++i) at = good.find('\n', at) + 1;
    return good.substr(at, good.find('\n', at) + 1 - at);
  };
  const Malformed cases[] = {
      {"empty", ""},
      {"one line", line(0)},
      {"no trusted comment", line(0) + line(1) + line(3)},
      {"a line too many", good + "x\n"},
      {"an empty line at the front", "\n" + good},
      {"an empty line between", line(0) + "\n" + line(1) + line(2) + line(3)},
      {"a carriage return within a comment", "untrusted comment: x\ry\n" + line(1) + line(2) + line(3)},
      {"two carriage returns", line(0) + line(1) + line(2).substr(0, line(2).size() - 1) + "\r\r\n" + line(3)},
      {"no untrusted comment", "comment: x\n" + line(1) + line(2) + line(3)},
      {"base64 with spaces", line(0) + " " + line(1) + line(2) + line(3)},
      {"short signature", line(0) + "RUQ=\n" + line(2) + line(3)},
      {"other algorithm", line(0) + "QQ" + line(1).substr(2) + line(2) + line(3)},
      {"short global signature", line(0) + line(1) + line(2) + "AAAA\n"},
      {"long comment", "untrusted comment: " + std::string(1025, 'x') + "\n" + line(1) + line(2) + line(3)},
      {"huge", "untrusted comment: x\n" + line(1) + "trusted comment: " + std::string(20000, 'x') + "\n" + line(3)},
      {"control character", line(0) + line(1) + "trusted comment: \x1b[2J\n" + line(3)},
  };
  for (const auto& malformed : cases) {
    const auto refused = parse_signature(malformed.text, "x.minisig");
    ASSERT_FALSE(refused) << malformed.what;
    EXPECT_EQ(refused.error().reason, Refusal::Reason::signature_malformed) << malformed.what;
    EXPECT_TRUE(refused.error().message.starts_with("x.minisig: ")) << refused.error().message;
  }
}

TEST(Minisign, malformed_key_files_are_refused) {
  const auto key = new_key();
  const std::string good = to_text(key.public_key());
  const std::string blob = good.substr(good.find('\n') + 1);
  for (const std::string& text :
       {std::string(), blob, "untrusted comment: x\n" + blob + blob, std::string("untrusted comment: x\nRWQ=\n"),
        "untrusted comment: x\nAA" + blob.substr(2), std::string(1 << 20, 'x')}) {
    const auto refused = parse_public_key(text, "k.pub");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Refusal::Reason::key_malformed);
  }
}

// ---- secret keys
// -----------------------------------------------------------------------------------------------------

std::string changed_secret(const SecretKey& key, std::size_t at, const std::vector<std::uint8_t>& bytes) {
  const std::string text(to_text(key).reveal());
  const std::size_t line = text.find('\n') + 1;
  auto blob = *parse_base64(std::string_view(text).substr(line, text.size() - line - 1));
  std::copy(bytes.begin(), bytes.end(), blob.begin() + static_cast<long>(at));
  return text.substr(0, line) + to_base64(blob) + "\n";
}

TEST(MinisignSecret, one_under_a_password_names_the_way_to_sign) {
  const auto refused = parse_secret_key(Secret(changed_secret(new_key(), 2, {'S', 'c'})), "qa.key");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Refusal::Reason::key_encrypted);
  EXPECT_NE(refused.error().message.find("minisign -S -s qa.key"), std::string::npos);
}

TEST(MinisignSecret, foreign_and_damaged_ones_are_refused) {
  const auto key = new_key();
  using Reason = Refusal::Reason;
  const std::tuple<std::size_t, std::vector<std::uint8_t>, Reason> cases[] = {{0, {'X', 'x'}, Reason::key_malformed},
                                                                              {2, {'Q', 'q'}, Reason::key_malformed},
                                                                              {4, {'C', 'x'}, Reason::key_malformed},
                                                                              {62, {0, 1, 2, 3}, Reason::key_refused},
                                                                              {94, {0, 1, 2, 3}, Reason::key_refused}};
  for (const auto& [at, bytes, reason] : cases) {
    const auto refused = parse_secret_key(Secret(changed_secret(key, at, bytes)), "k.key");
    ASSERT_FALSE(refused) << at;
    EXPECT_EQ(refused.error().reason, reason) << at;
  }
  EXPECT_FALSE(parse_secret_key(Secret(""), "k.key"));
  EXPECT_FALSE(parse_secret_key(Secret(to_text(key.public_key())), "k.pub"));
  EXPECT_FALSE(parse_secret_key(Secret("comment\n" + to_text(key).reveal()), "k.key"));
}

TEST(MinisignSecret, a_pair_is_written_for_its_owner_and_never_over) {
  const Scratch scratch;
  const auto key = new_key();
  ASSERT_TRUE(write_key_pair(key, scratch / "k.key", scratch / "k.pub"));
  struct ::stat now {};
  ASSERT_EQ(::stat((scratch / "k.key").c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0600U);
  EXPECT_TRUE(parse_secret_key(Secret(text_of(scratch / "k.key")), "k.key"));
  const auto before = text_of(scratch / "k.key");
  EXPECT_FALSE(write_key_pair(new_key(), scratch / "k.key", scratch / "other.pub"));
  EXPECT_EQ(text_of(scratch / "k.key"), before);
  // Half a pair is of no use: the secret half goes when the public one cannot be written.
  EXPECT_FALSE(write_key_pair(new_key(), scratch / "new.key", scratch / "k.pub"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "new.key"));
  EXPECT_FALSE(write_key_pair(new_key(), scratch / "no-such-folder/k.key", scratch / "n.pub"));
}

TEST(MinisignSecret, a_moved_key_still_signs) {
  auto key = new_key();
  const auto expected = sign("x", key, "t");
  SecretKey moved(std::move(key));
  EXPECT_EQ(sign("x", moved, "t"), expected);
  auto other = new_key();
  other = std::move(moved);
  EXPECT_EQ(sign("x", other, "t"), expected);
}

// ---- admission, trust page 6.1
// -----------------------------------------------------------------------------------------

PublicKey::Material from_hex(std::string_view hex) {
  const auto digest = parse_sha256(hex);
  EXPECT_TRUE(digest) << hex;
  return digest->bytes;
}

constexpr std::string_view kLowOrder[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                          "0100000000000000000000000000000000000000000000000000000000000000",
                                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

TEST(KeyAdmission, low_order_keys_are_refused_with_either_sign) {
  for (const auto hex : kLowOrder) {
    for (const std::uint8_t sign_bit : {std::uint8_t{0}, std::uint8_t{0x80}}) {
      auto material = from_hex(hex);
      material[31] = static_cast<std::uint8_t>(material[31] | sign_bit);
      const auto refused = PublicKey::admit(KeyId{}, material, "evil.pub");
      ASSERT_FALSE(refused) << hex;
      EXPECT_EQ(refused.error().reason, Refusal::Reason::key_refused);
      std::vector<std::uint8_t> blob{'E', 'd', 1, 2, 3, 4, 5, 6, 7, 8};
      blob.insert(blob.end(), material.begin(), material.end());
      const auto file = parse_public_key("untrusted comment: x\n" + to_base64(blob) + "\n", "evil.pub");
      ASSERT_FALSE(file);
      EXPECT_EQ(file.error().reason, Refusal::Reason::key_refused);
    }
  }
}

TEST(KeyAdmission, every_non_canonical_key_is_refused) {
  for (int low = 0xed; low <= 0xff; ++low) {  // y from p to 2^255 - 1: all there are
    PublicKey::Material material;
    material.fill(0xff);
    material[0] = static_cast<std::uint8_t>(low);
    EXPECT_FALSE(admission_fault(material).empty()) << low;
    material[31] = 0x7f;
    EXPECT_FALSE(admission_fault(material).empty()) << low;
  }
  PublicKey::Material below;
  below.fill(0xff);
  below[31] = 0x7f;
  below[0] = 0xeb;
  EXPECT_TRUE(admission_fault(below).empty());  // p-2: canonical and not of low order
  below[15] = 0xfe;
  below[0] = 0xff;
  EXPECT_TRUE(admission_fault(below).empty());
}

TEST(KeyAdmission, ordinary_keys_enter) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(admission_fault(new_key().public_key().material()).empty());
}

// Why admission is needed at all: with the identity point as key, OpenSSL takes one signature for every message.
TEST(KeyAdmission, the_forgery_it_prevents_is_real) {
  std::vector<std::uint8_t> forged{'E', 'd', 0, 0, 0, 0, 0, 0, 0, 0, 1};  // R = the identity point, S = 0
  forged.resize(74, 0);
  std::vector<std::uint8_t> global(forged.begin() + 10, forged.end());
  const std::string text =
      "untrusted comment: x\n" + to_base64(forged) + "\ntrusted comment: \n" + to_base64(global) + "\n";
  ASSERT_TRUE(parse_signature(text, "x.minisig"));
  PublicKey::Material identity{};
  identity[0] = 1;
  EXPECT_FALSE(PublicKey::admit(KeyId{}, identity, "identity.pub"));
}

}  // namespace
}  // namespace breakwater::minisign::minisign_test
