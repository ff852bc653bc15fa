#include "inventories/trust/trusted_keys.hpp"

#include <algorithm>
#include <set>

#include "inventories/trust/digest.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return matches_pattern(pattern, text); });
}

bool may_vouch(const Signer& signer, const Subject& subject) {
  return matches_any(signer.vendors, subject.vendor) && matches_any(signer.components, subject.component);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nobody" : text;
}

using Keys = std::set<minisign::PublicKey::Material>;

/// The keys with a signature that verifies. A key id is only a hint, so every key with that id is tried.
Result<Keys, Refusal> keys_that_signed(std::string_view bytes, std::span<const SignatureFile> files,
                                       std::span<const Signer> signers) {
  Keys keys;
  for (const auto& file : files) {
    const auto signature = minisign::parse_signature(file.text, file.file);
    if (!signature) return fail(signature.error());
    std::optional<Refusal> refused;
    bool verified = false;
    for (const auto& signer : signers) {
      if (signer.key.id() != signature->key_id) continue;
      const auto comment = minisign::verify(bytes, *signature, signer.key);
      if (comment) {
        keys.insert(signer.key.material());
        verified = true;
      } else {
        refused = Refusal{comment.error().reason, comment.error().message + ", signer " + signer.name};
      }
    }
    if (refused && !verified) return fail(*refused);
  }
  return keys;
}

}  // namespace

Result<std::vector<std::string>, Refusal> check_signatures(std::string_view bytes,
                                                           std::span<const SignatureFile> signatures,
                                                           std::span<const Signer> signers, const Threshold& threshold,
                                                           const Subject& subject) {
  using Reason = Refusal::Reason;
  if (threshold.signers == 0) {
    return fail(
        Refusal{Reason::threshold_zero, subject.file + ": the policy requires 0 signers; at least 1 is needed"});
  }
  if (signatures.empty()) {
    return fail(Refusal{Reason::signature_missing,
                        subject.file + ": no signature; the policy requires " + std::to_string(threshold.signers)});
  }
  const auto signed_by = keys_that_signed(bytes, signatures, signers);
  if (!signed_by) return fail(signed_by.error());

  std::vector<std::string> counted;  // one name per key
  std::vector<std::string> out_of_scope;
  std::set<std::string, std::less<>> vouching;  // every name of those keys
  Keys seen;
  for (const auto& signer : signers) {
    if (!signed_by->contains(signer.key.material())) continue;
    if (!may_vouch(signer, subject)) {
      out_of_scope.push_back(signer.name);
      continue;
    }
    vouching.insert(signer.name);
    if (seen.insert(signer.key.material()).second) counted.push_back(signer.name);
  }
  const std::string who = "signed by " + listed(counted) +
                          (out_of_scope.empty() ? ""
                                                : " (" + listed(out_of_scope) + " may not vouch for vendor " +
                                                      subject.vendor + ", component " + subject.component + ")");
  if (counted.size() < threshold.signers) {
    return fail(Refusal{Reason::threshold_unmet, subject.file + ": " + who + ", which is " +
                                                     count_of(counted.size(), "distinct key") + " of the " +
                                                     std::to_string(threshold.signers) + " required"});
  }
  for (const auto& name : threshold.including) {
    if (vouching.contains(name)) continue;
    return fail(Refusal{Reason::threshold_unmet,
                        subject.file + ": " + who + ", and the policy requires " + name + " among the signers"});
  }
  return counted;
}

bool Approval::names(const Sha256& image) const {
  return std::binary_search(named_.begin(), named_.end(), image);
}

namespace {

/// Every run of exactly 64 lower-case hexadecimal digits.
std::vector<Sha256> digests_in(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  std::vector<Sha256> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_hex(text[end])) ++end;
    if (const auto digest = parse_sha256(text.substr(at, end - at))) found.push_back(*digest);
    at = end + 1;
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Result<Approval, Refusal> approve(std::string_view release_bytes, std::span<const SignatureFile> signatures,
                                  std::span<const Signer> signers, const Threshold& threshold, const Subject& subject) {
  auto names = check_signatures(release_bytes, signatures, signers, threshold, subject);
  if (!names) return fail(names.error());
  Approval approval;
  approval.release_digest_ = sha256(release_bytes);
  approval.release_file_ = subject.file;
  approval.signers_ = std::move(*names);
  approval.named_ = digests_in(release_bytes);
  return approval;
}

}  // namespace breakwater
