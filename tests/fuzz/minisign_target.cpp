// Signature and public key files. Of all signatures over one Release, the genuine one alone verifies; the key that made
// it is gone.
#include <string>

#include "inventories/trust/minisign.hpp"
#include "inventories/trust/trusted_keys.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz::minisign_target {
namespace {

constexpr std::string_view kRelease = "apiVersion: breakwater/v1\nkind: Release\n";
constexpr std::string_view kKey =
    "untrusted comment: minisign public key BBF05A61C0A95BCC\n"
    "RWTMW6nAYVrwu6gf7Yc/rT7d7fMnkkQXKAUjm81anoTYfSjEowv7kPp/\n";
constexpr std::string_view kSignature =
    "untrusted comment: signature from minisign secret key\n"
    "RUTMW6nAYVrwu0ZXI0aXWcSdA7R/GNlD8t4r3xqWuySZ0vhklt/6vRpwpq5xyf2bIlbf5XkpTYyp0PW/Eq3IA+/2qMpoF7KH8gQ=\n"
    "trusted comment: release 3.4 for x13\n"
    "wISsA813tGJms+A66P05fUEAHj2Bsa/xVYanxD5sXfgUXcgZrKZerQfrkkVlBfsbkuSeCLl8SoGH13C1OoUEDw==\n";

const minisign::PublicKey& key() {
  static const minisign::PublicKey made = *minisign::parse_public_key(kKey, "k.pub");
  return made;
}

bool is_genuine(const minisign::Signature& signature) {
  static const minisign::Signature genuine = *minisign::parse_signature(kSignature, "r.minisig");
  return signature.prehashed == genuine.prehashed && signature.key_id == genuine.key_id &&
         signature.signature == genuine.signature && signature.trusted_comment == genuine.trusted_comment &&
         signature.global_signature == genuine.global_signature;
}

void read_signature(std::string_view text) {
  const auto signature = minisign::parse_signature(text, "r.minisig");
  if (!signature) {
    require(!signature.error().message.empty(), "a refusal says why");
  } else {
    const auto said = minisign::verify(kRelease, *signature, key());
    require(said.has_value() == is_genuine(*signature), "the genuine signature verifies, and no other");
  }
  const std::vector<SignatureFile> files{{"r.minisig", std::string(text)}};
  const std::vector<Signer> signers{{"qa", key()}};
  const auto approval = approve(kRelease, files, signers, Threshold{}, {"r.yaml", "Breakwater", "bios"});
  require(approval.has_value() == (signature && is_genuine(*signature)), "nothing else approves a Release");
}

void read_key(std::string_view text) {
  const auto read = minisign::parse_public_key(text, "k.pub");
  if (!read) {
    require(!read.error().message.empty(), "a refusal says why");
    return;
  }
  const auto again = minisign::parse_public_key(minisign::to_text(*read), "k.pub");
  require(again && *again == *read, "a key survives its file");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  read_signature(text);
  read_key(text);
}

}  // namespace breakwater::fuzz::minisign_target
