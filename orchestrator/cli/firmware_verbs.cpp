// `firmware import|sign|verify|list|keygen`: images and the statements over them.
#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/operations/firmware.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kImage{.name = "file", .does = "The image", .value = "FILE", .required = true};
constexpr Option kReleaseFile{
    .name = "release", .does = "A file with one Release", .value = "RELEASE", .required = true};
constexpr Option kSecretKey{.name = "--key",
                            .does = "The secret key, without a password (minisign -G -W)",
                            .value = "SECRET",
                            .required = true};
constexpr Option kComment{.name = "--comment", .does = "The trusted comment, which is signed too", .value = "TEXT"};
constexpr Option kPolicy{.name = "--policy", .does = "A file with the Policy", .value = "FILE", .required = true};
constexpr Option kName{
    .name = "name", .does = "Where the files go, without their endings", .value = "NAME", .required = true};

Exit import_file(const Console& console, Installation& installation, const Given& given) {
  const std::string& file = given.text(kImage);
  const auto imported = import_image(installation, file);
  if (!imported) return report(console, imported.error());
  console.out << "sha256:" << to_hex(imported->image.digest) << "  " << imported->image.size << "  " << harmless(file)
              << '\n';
  if (imported->already_there) console.note("it was in the store already, and is whole");
  console.next("breakwater release new " + file +
               " --component KIND  # or sign a Release that names this digest and size");
  return Exit::done;
}

Exit sign_paper(const Console& console, Installation&, const Given& given) {
  const std::string& release = given.text(kReleaseFile);
  const auto file = sign_release({release, given.text(kSecretKey), given.text(kComment)});
  if (!file) return report(console, file.error());
  console.out << *file << '\n';
  console.next("breakwater firmware verify " + release + " --policy POLICY.yaml");
  return Exit::done;
}

Exit verify_paper(const Console& console, Installation& installation, const Given& given) {
  const auto verified = verify_release(installation, given.text(kReleaseFile), given.text(kPolicy));
  if (!verified) return report(console, verified.error());
  const ProvenRelease& proven = verified->proven;
  if (wants_json(given)) {
    console.out << verified_json(proven, verified->needed);
    return Exit::done;
  }
  console.out << console.paint(Ink::good, "✔") << " Release " << proven.release.name << ", version "
              << harmless(proven.release.version) << '\n'
              << console.paint(Ink::good, "✔") << " signed by " << list_some(proven.signers, 16) << " ("
              << verified->needed << " needed)\n"
              << console.paint(Ink::good, "✔") << " image sha256:" << to_hex(proven.release.image.digest) << ", "
              << proven.release.image.size << " bytes, in the store and whole\n";
  console.next("breakwater plan ROLLOUT.yaml");
  return Exit::done;
}

Exit list_images(const Console& console, Installation& installation, const Given& given) {
  const auto listed = stored_images(installation);
  if (!listed) return report(console, listed.error());
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
  const auto id = make_key_pair(name);
  if (!id) return report(console, id.error());
  console.out << name << ".key\n" << name << ".pub\n";
  console.note("key " + *id + "; " + name + ".key signs and has no password: keep it where only its owner reads");
  console.note("a Policy names " + name + ".pub under spec.trust.signers");
  console.next("breakwater firmware sign RELEASE.yaml --key " + name + ".key");
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
               .act = import_file,
               .options = {kImage}},
              {.name = "sign",
               .does = "Sign the exact bytes of a Release, in minisign's format, into RELEASE.yaml.KEYID.minisig.",
               .example = "breakwater firmware sign bios-3.4.yaml --key qa.key",
               .next = "breakwater firmware verify bios-3.4.yaml --policy policy.yaml",
               .act = sign_paper,
               .stateless = true,
               .options = {kReleaseFile, kSecretKey, kComment}},
              {.name = "verify",
               .does = "Hold a Release against a Policy: enough signers, and the image in the store is its image.",
               .example = "breakwater firmware verify bios-3.4.yaml --policy policy.yaml",
               .next = "breakwater plan rollout.yaml",
               .act = verify_paper,
               .options = {kReleaseFile, kPolicy, kTextOrJson}},
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
