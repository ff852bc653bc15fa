#include "orchestrator/operations/firmware.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "inventories/firmware/release_document.hpp"
#include "inventories/trust/minisign.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "policies/policy_document.hpp"

namespace breakwater::operations {
namespace {

/// The one document of a kind in a file, and its exact bytes.
template <class T>
Result<std::pair<T, std::string>, Problem> read_one(const std::string& file, DocumentKind kind,
                                                    Result<T, Diagnostics> (*read)(const Document&)) {
  const Sources sources = read_sources({file});
  if (!sources.faults.empty()) return fail(document_problem(sources.faults));
  std::vector<Document> found;
  for (const SourceText& source : sources.texts) {
    DocumentFile parsed = parse_documents(source);
    if (!parsed.faults.empty()) return fail(document_problem(parsed.faults));
    for (Document& document : parsed.documents) {
      if (document.kind == kind) found.push_back(std::move(document));
    }
  }
  if (found.empty()) {
    return fail(problem(Problem::Kind::bad_document, file + ": holds no " + std::string(to_string(kind)),
                        "breakwater schema " + std::string(to_string(kind))));
  }
  if (found.size() > 1) {
    return fail(problem(
        Problem::Kind::bad_document, file + ": holds " + count_of(found.size(), to_string(kind)) + ", one is needed",
        "breakwater validate " + file + "  # names them; then give the file of one, such as " + found.front().path));
  }
  auto value = read(found.front());
  if (!value) return fail(document_problem(value.error()));
  return std::pair<T, std::string>{std::move(*value), std::move(found.front().text)};
}

/// A key file holds few bytes; anything longer is not one.
Result<Secret, Problem> read_secret(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    const int error = errno;
    const bool missing = error == ENOENT;
    return fail(problem(Problem::Kind::failed, file + ": cannot be read: " + std::generic_category().message(error),
                        missing ? "breakwater firmware keygen NAME" : ""));
  }
  std::array<char, 4096> room{};
  in.read(room.data(), room.size());
  const Secret text(std::string(room.data(), static_cast<std::size_t>(in.gcount())));
  explicit_bzero(room.data(), room.size());
  return text;
}

}  // namespace

Result<ImportedImage, Problem> import_image(const Installation& installation, const std::string& file) {
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  const auto imported = images->import(file);
  if (imported) return *imported;
  Problem turned_away = refusal_problem({imported.error()});
  if (imported.error().reason == Refusal::Reason::unreadable) turned_away.kind = Problem::Kind::failed;
  if (imported.error().reason == Refusal::Reason::store_full) turned_away.kind = Problem::Kind::try_later;
  return fail(std::move(turned_away));
}

Result<std::vector<StoredImage>, Problem> stored_images(const Installation& installation) {
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  auto listed = images->list();
  if (!listed) return fail(problem(Problem::Kind::failed, listed.error().message));
  return std::move(*listed);
}

Result<std::string, Problem> sign_release(const Signing& what) {
  const auto paper = read_one<Release>(what.release_file, DocumentKind::release, read_release);
  if (!paper) return fail(paper.error());
  const auto secret = read_secret(what.key_file);
  if (!secret) return fail(secret.error());
  const auto key = minisign::parse_secret_key(*secret, what.key_file);
  if (!key) {
    const bool is_public = minisign::parse_public_key(secret->reveal(), what.key_file).has_value();
    return fail(problem(Problem::Kind::failed,
                        is_public ? what.key_file + ": is a public key; the secret one signs" : key.error().message));
  }
  const auto& [release, text] = *paper;
  const std::string comment = what.comment.empty()
                                  ? "release:" + release.name + "\timage:sha256:" + to_hex(release.image.digest)
                                  : what.comment;
  std::string file = release.file + '.' + minisign::to_string(key->public_key().id()) + ".minisig";
  if (auto written = write_new_file(file, minisign::sign(text, *key, comment), "untrusted comment:"); !written) {
    return fail(written.error());
  }
  return file;
}

Result<Verified, Problem> verify_release(const Installation& installation, const std::string& release_file,
                                         const std::string& policy_file) {
  const auto paper = read_one<Release>(release_file, DocumentKind::release, read_release);
  if (!paper) return fail(paper.error());
  const auto policy = read_one<Policy>(policy_file, DocumentKind::policy, read_policy);
  if (!policy) return fail(policy.error());
  const auto keyring = read_keyring(policy->first);
  if (!keyring) return fail(document_problem(keyring.error()));
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  auto proven = prove(*images, policy->first, *keyring, ReleaseOnPaper{paper->first, paper->second});
  if (!proven) return fail(refusal_problem({proven.error()}));
  return Verified{std::move(*proven), static_cast<std::size_t>(policy->first.require.signers)};
}

Result<std::string, Problem> make_key_pair(const std::string& name) {
  const auto key = minisign::generate_secret_key();
  if (!key) return fail(problem(Problem::Kind::failed, key.error().message));
  if (auto written = minisign::write_key_pair(*key, name + ".key", name + ".pub"); !written) {
    return fail(problem(Problem::Kind::failed, written.error().message));
  }
  return minisign::to_string(key->public_key().id());
}

}  // namespace breakwater::operations
