// `firmware import|sign|verify|list|keygen`: images and the statements over them.
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "inventories/document/document.hpp"
#include "inventories/firmware/release_document.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "orchestrator/operations/proof.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"
#include "policies/policy_document.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kImage{.name = "file", .does = "The image", .value = "FILE", .required = true};
constexpr Option kRelease{.name = "release", .does = "A file with one Release", .value = "RELEASE", .required = true};
constexpr Option kKey{.name = "--key",
                      .does = "The secret key, without a password (minisign -G -W)",
                      .value = "SECRET",
                      .required = true};
constexpr Option kComment{.name = "--comment", .does = "The trusted comment, which is signed too", .value = "TEXT"};
constexpr Option kPolicy{.name = "--policy", .does = "A file with the Policy", .value = "FILE", .required = true};
constexpr Option kName{
    .name = "name", .does = "Where the files go, without their endings", .value = "NAME", .required = true};

/// The one document of a kind in a file, read whole.
template <class T>
Result<std::pair<T, std::string>, Problem> read_one(const std::string& file, DocumentKind kind,
                                                    Result<T, Diagnostics> (*read)(const Document&)) {
  const Sources sources = read_sources({file});
  if (!sources.faults.empty()) return fail(document_problem(sources.faults));
  for (const SourceText& source : sources.texts) {
    DocumentFile parsed = parse_documents(source);
    if (!parsed.faults.empty()) return fail(document_problem(parsed.faults));
    for (const Document& document : parsed.documents) {
      if (document.kind != kind) continue;
      auto value = read(document);
      if (!value) return fail(document_problem(value.error()));
      return std::pair<T, std::string>{std::move(*value), document.text};
    }
  }
  return fail(problem(Problem::Kind::bad_document, file + ": holds no " + std::string(to_string(kind)),
                      "breakwater schema " + std::string(to_string(kind))));
}

Exit import_image(const Console& console, Installation& installation, const Given& given) {
  const std::string& file = given.text(kImage);
  auto images = installation.open_images();
  if (!images) return report(console, images.error());
  const auto imported = images->import(file);
  if (!imported) {
    Problem failed = refusal_problem({imported.error()});
    if (imported.error().reason == Refusal::Reason::unreadable) failed.kind = Problem::Kind::failed;
    if (imported.error().reason == Refusal::Reason::store_full) failed.kind = Problem::Kind::try_later;
    return report(console, failed);
  }
  console.out << "sha256:" << to_hex(imported->image.digest) << "  " << imported->image.size << "  " << harmless(file)
              << '\n';
  if (imported->already_there) console.note("it was in the store already, and is whole");
  console.next("breakwater firmware sign RELEASE.yaml --key SECRET, over a Release that names this digest and size");
  return Exit::done;
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

Exit sign_release(const Console& console, Installation&, const Given& given) {
  const std::string& signing = given.text(kRelease);
  const auto paper = read_one<Release>(signing, DocumentKind::release, read_release);
  if (!paper) return report(console, paper.error());
  const auto secret = read_secret(given.text(kKey));
  if (!secret) return report(console, secret.error());
  const auto key = minisign::parse_secret_key(*secret, given.text(kKey));
  if (!key) return report(console, problem(Problem::Kind::failed, key.error().message));
  const Release& release = paper->first;
  const std::string comment = given.text(kComment).empty()
                                  ? "release:" + release.name + "\timage:sha256:" + to_hex(release.image.digest)
                                  : given.text(kComment);
  const std::string file = release.file + '.' + minisign::to_string(key->public_key().id()) + ".minisig";
  if (auto written = write_new_file(file, minisign::sign(paper->second, *key, comment), "untrusted comment:");
      !written) {
    return report(console, written.error());
  }
  console.out << file << '\n';
  console.next("breakwater firmware verify " + signing + " --policy POLICY.yaml");
  return Exit::done;
}

Exit verify_release(const Console& console, Installation& installation, const Given& given) {
  const auto paper = read_one<Release>(given.text(kRelease), DocumentKind::release, read_release);
  if (!paper) return report(console, paper.error());
  const auto policy = read_one<Policy>(given.text(kPolicy), DocumentKind::policy, read_policy);
  if (!policy) return report(console, policy.error());
  const auto keyring = read_keyring(policy->first);
  if (!keyring) return report(console, refusal_problem(keyring.error()));
  auto images = installation.open_images();
  if (!images) return report(console, images.error());
  const auto proven = prove(*images, policy->first, *keyring, ReleaseOnPaper{paper->first, paper->second});
  if (!proven) return report(console, refusal_problem({proven.error()}));
  console.out << console.paint(Ink::good, "✔") << " Release " << proven->release.name << ", version "
              << harmless(proven->release.version) << '\n'
              << console.paint(Ink::good, "✔") << " signed by " << list_some(proven->signers, 16) << " ("
              << policy->first.require.signers << " needed)\n"
              << console.paint(Ink::good, "✔") << " image sha256:" << to_hex(proven->release.image.digest) << ", "
              << proven->release.image.size << " bytes, in the store and whole\n";
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

Exit list_images(const Console& console, Installation& installation, const Given& given) {
  auto images = installation.open_images();
  if (!images) return report(console, images.error());
  const auto listed = images->list();
  if (!listed) return report(console, problem(Problem::Kind::failed, listed.error().message));
  if (wants_json(given)) {
    console.out << images_json(*listed);
    return Exit::done;
  }
  Table table;
  for (const StoredImage& image : *listed) table.row({"sha256:" + to_hex(image.digest), std::to_string(image.size)});
  console.out << table.text();
  if (listed->empty()) console.next("breakwater firmware import IMAGE");
  return Exit::done;
}

Exit make_key(const Console& console, Installation&, const Given& given) {
  const std::string& name = given.text(kName);
  const auto key = minisign::generate_secret_key();
  if (!key) return report(console, problem(Problem::Kind::failed, key.error().message));
  if (auto written = minisign::write_key_pair(*key, name + ".key", name + ".pub"); !written) {
    return report(console, problem(Problem::Kind::failed, written.error().message));
  }
  console.out << name << ".key\n" << name << ".pub\n";
  console.note("key " + minisign::to_string(key->public_key().id()) + "; " + name +
               ".key signs and has no password: keep it where only its owner reads");
  console.next("name " + name + ".pub in a Policy under spec.trust.signers");
  return Exit::done;
}

}  // namespace

CliVerb firmware_verb() {
  return {.name = "firmware",
          .does = "Images, and who vouches for them.",
          .example = "breakwater firmware import BIOS_3.4.bin",
          .verbs = {
              {.name = "import",
               .does = "Copy an image into the store, by its digest.",
               .example = "breakwater firmware import BIOS_3.4.bin",
               .next = "breakwater firmware sign RELEASE.yaml --key SECRET",
               .act = import_image,
               .options = {kImage}},
              {.name = "sign",
               .does = "Sign the exact bytes of a Release, in minisign's format, into RELEASE.yaml.KEYID.minisig.",
               .example = "breakwater firmware sign bios-3.4.yaml --key qa.key",
               .next = "breakwater firmware verify bios-3.4.yaml --policy policy.yaml",
               .act = sign_release,
               .stateless = true,
               .options = {kRelease, kKey, kComment}},
              {.name = "verify",
               .does = "Hold a Release against a Policy: enough signers, and the image in the store is its image.",
               .example = "breakwater firmware verify bios-3.4.yaml --policy policy.yaml",
               .next = "breakwater plan rollout.yaml",
               .act = verify_release,
               .options = {kRelease, kPolicy}},
              {.name = "list",
               .does = "The images of the store.",
               .example = "breakwater firmware list",
               .act = list_images,
               .options = {kTableOrJson}},
              {.name = "keygen",
               .does = "Make a key pair, NAME.key and NAME.pub, in minisign's format.",
               .example = "breakwater firmware keygen qa",
               .next = "breakwater firmware sign RELEASE.yaml --key qa.key",
               .act = make_key,
               .stateless = true,
               .options = {kName}},
          }};
}

}  // namespace breakwater::cli
