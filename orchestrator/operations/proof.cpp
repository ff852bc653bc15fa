#include "orchestrator/operations/proof.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "inventories/trust/minisign_text.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "policies/forbidden.hpp"

namespace breakwater::operations {
namespace fs = std::filesystem;
using Reason = Refusal::Reason;

namespace {

constexpr std::size_t kSignaturesMax = 64;

/// A small file of trust, whole.
Result<std::string, Refusal> read_small(const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return fail(Refusal{Reason::unreadable, file + ": " + (error ? error.message() : "not a regular file")});
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(minisign::kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof())) return fail(Refusal{Reason::unreadable, file + ": cannot be read"});
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > minisign::kFileBytesMax) {
    return fail(Refusal{Reason::too_large,
                        file + ": more than " + std::to_string(minisign::kFileBytesMax) + " bytes, the most for one"});
  }
  return text;
}

Result<void, Refusal> read_key(const SignerSpec& spec, Keyring& into) {
  const auto text = read_small(spec.key_file);
  if (!text) return fail(text.error());
  auto signer = make_signer(spec.name, *text, spec.key_file, spec.vendors, spec.components);
  if (!signer) return fail(signer.error());
  into.texts.push_back(TrustedKey{spec.name, *text, spec.vendors, spec.components});
  into.signers.push_back(std::move(*signer));
  return {};
}

}  // namespace

Result<Keyring, Diagnostics> read_keyring(const Policy& policy) {
  Diagnostics faults;
  Keyring keyring;
  for (const SignerSpec& spec : policy.signers) {
    const auto read = read_key(spec, keyring);
    if (!read) faults.push_back({spec.key_at, "spec.trust.signers." + spec.name + ".key", read.error().message});
  }
  if (!faults.empty()) return fail(std::move(faults));
  return keyring;
}

Result<std::vector<SignatureFile>, Refusal> read_signatures(const std::string& release_file) {
  const fs::path path(release_file);
  const std::string prefix = path.filename().string() + '.';
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(path.parent_path(), error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(".minisig")) files.push_back(at->path().string());
  }
  if (error) return fail(Refusal{Reason::unreadable, path.parent_path().string() + ": " + error.message()});
  if (files.size() > kSignaturesMax) {
    return fail(Refusal{Reason::too_large, release_file + ": more than " + std::to_string(kSignaturesMax) +
                                               " signature files lie beside it"});
  }
  std::sort(files.begin(), files.end());
  std::vector<SignatureFile> signatures;
  for (const std::string& file : files) {
    auto text = read_small(file);
    if (!text) return fail(text.error());
    signatures.push_back(SignatureFile{file, std::move(*text)});
  }
  return signatures;
}

namespace {

Result<void, Refusal> not_forbidden(const Policy& policy, const Release& release) {
  const ForbiddenFirmware* entry = forbids(policy, release);
  if (!entry) return {};
  return fail(Refusal{Reason::forbidden, "Release " + to_string(ReleaseRef{release.name, release.image.digest}) +
                                             ", version " + in_quotes(release.version) + ": Policy " + policy.name +
                                             " forbids it: " + entry->why});
}

Subject subject_of(const Release& release) {
  return Subject{release.file, release.vendor, std::string(to_string(release.component))};
}

Threshold threshold_of(const Policy& policy) {
  return Threshold{policy.require.signers, policy.require.including};
}

}  // namespace

Result<ProvenRelease, Refusal> prove(ImageStore& images, const Policy& policy, const Keyring& keyring,
                                     const ReleaseOnPaper& paper) {
  const Release& release = paper.release;
  if (auto allowed = not_forbidden(policy, release); !allowed) return fail(allowed.error());
  auto signatures = read_signatures(release.file);
  if (!signatures) return fail(signatures.error());
  const SignedRelease signed_release{release.name, paper.text, *signatures, subject_of(release), release.image};
  const auto image = prove_image(images, signed_release, keyring.signers, threshold_of(policy));
  if (!image) return fail(image.error());
  return ProvenRelease{release, image->signers(), paper.text, std::move(*signatures)};
}

std::vector<Refusal> find_refusals(const ImageStore* images, const Policy& policy, const Keyring& keyring,
                                   const ReleaseOnPaper& paper) {
  const Release& release = paper.release;
  std::vector<Refusal> found;
  if (auto allowed = not_forbidden(policy, release); !allowed) found.push_back(allowed.error());
  if (const auto signatures = read_signatures(release.file); !signatures) {
    found.push_back(signatures.error());
  } else if (const auto approval =
                 approve(paper.text, *signatures, keyring.signers, threshold_of(policy), subject_of(release));
             !approval) {
    found.push_back(approval.error());
  }
  const std::string whose = "Release " + release.name + ": ";
  if (!images) {
    found.push_back({Reason::not_in_store, whose + "no image was ever imported here; bring it in with `breakwater "
                                                   "firmware import FILE`"});
  } else if (const auto image = images->open_image(release.image.digest); !image) {
    found.push_back({image.error().reason, whose + image.error().message});
  }
  return found;
}

Result<std::map<std::string, ProvenRelease>, std::vector<Refusal>> prove_all(
    ImageStore& images, const Policy& policy, const Keyring& keyring, const std::vector<ReleaseOnPaper>& papers) {
  std::map<std::string, ProvenRelease> proven;
  std::vector<Refusal> refusals;
  for (const ReleaseOnPaper& paper : papers) {
    auto one = prove(images, policy, keyring, paper);
    if (one) {
      proven.emplace(paper.release.name, std::move(*one));
    } else {
      refusals.push_back(one.error());
    }
  }
  if (!refusals.empty()) return fail(std::move(refusals));
  return proven;
}

}  // namespace breakwater::operations
