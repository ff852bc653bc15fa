#include "orchestrator/operations/first_documents.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "inventories/document/files.hpp"
#include "inventories/document/scalar.hpp"
#include "inventories/firmware/component_match.hpp"
#include "inventories/hosts/address.hpp"
#include "inventories/hosts/ranges.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"
#include "orchestrator/operations/firmware.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "policies/documents.hpp"

namespace breakwater::operations {
namespace {

namespace fs = std::filesystem;

Problem mistyped(std::string message) {
  return problem(Problem::Kind::bad_argument, std::move(message));
}

/// Nothing that a person wrote is replaced, not even by what looks like it.
Result<void, Problem> all_free(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::error_code ignored;
    if (fs::symlink_status(file, ignored).type() != fs::file_type::not_found) {
      return fail(mistyped(file + ": is there already, and is not replaced"));
    }
  }
  return {};
}

Result<void, Problem> make_folder(const fs::path& folder) {
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  if (!error) return {};
  return fail(problem(Problem::Kind::failed, folder.string() + ": cannot be made: " + error.message()));
}

using Texts = std::vector<std::pair<std::string, std::string>>;  // a file, and what goes into it

Result<void, Problem> all_right(const Texts& texts) {
  for (const auto& [file, text] : texts) {
    if (auto right = check_document(file, text); !right) return right;
  }
  return {};
}

Result<void, Problem> write_all(const Texts& texts) {
  for (const auto& [file, text] : texts) {
    if (auto made = make_folder(fs::path(file).parent_path()); !made) return made;
    if (auto written = write_new_file(file, text, "# "); !written) return written;
  }
  return {};
}

/// What one component of many hosts turned out to be.
struct Gathered {
  std::set<std::string> vendors;
  Found found;
  std::size_t without = 0;
  bool has_other_bank = true;
};

void gather(const Observation& seen, ComponentKind component, Gathered& all) {
  const auto entries = match_component(component, {}, {}, seen.inventory, seen.unread);
  if (!entries || is_placeholder_version(entries->front()->version)) {
    ++all.without;
    return;
  }
  const InstalledComponent& running = *entries->front();
  all.vendors.insert(seen.identity.vendor);
  ++all.found[{seen.identity.model, running.version}];
  const auto is_other_bank = [&running](const InstalledComponent& entry) {
    return entry.slot == Slot::previous && same_component(entry.key, running.key);
  };
  all.has_other_bank = all.has_other_bank && std::any_of(seen.inventory.begin(), seen.inventory.end(), is_other_bank);
}

Result<void, Problem> usable(const Gathered& all, const NewRelease& wanted, const Looked& looked) {
  const std::string what(to_string(wanted.component));
  if (all.found.empty()) {
    Problem none = problem(Problem::Kind::no_host, "no host shows one component of the kind " + what,
                           "breakwater observe " + wanted.folder);
    none.messages.insert(none.messages.end(), looked.own_faults.begin(), looked.own_faults.end());
    return fail(std::move(none));
  }
  if (all.vendors.size() == 1) return {};
  return fail(problem(Problem::Kind::bad_argument,
                      "the hosts are of several vendors, and a Release is for one: " +
                          list_some({all.vendors.begin(), all.vendors.end()}, 8),
                      "the same --selector LABELS  # for the hosts of one vendor"));
}

views::ReleaseChoice choice_of(const Gathered& all, const NewRelease& wanted, const StoredImage& image) {
  views::ReleaseChoice choice;
  choice.component = wanted.component;
  choice.vendor = *all.vendors.begin();
  choice.version = wanted.version;
  std::set<std::string> models;
  std::set<std::string> versions;
  for (const auto& [what, hosts] : all.found) {
    models.insert(what.first);
    if (what.second != wanted.version) versions.insert(what.second);
  }
  choice.models.assign(models.begin(), models.end());
  choice.from.assign(versions.begin(), versions.end());
  choice.has_other_bank = all.has_other_bank;
  choice.image = {fs::path(wanted.image).filename().string(), image.digest, image.size};
  choice.name =
      wanted.name.empty()
          ? to_document_name(choice.vendor + '-' + std::string(to_string(choice.component)) + '-' + choice.version)
          : wanted.name;
  return choice;
}

/// The version that the image brings: what was typed, else what its file's name says.
Result<std::string, Problem> version_of(const NewRelease& wanted) {
  const std::string file = fs::path(wanted.image).filename().string();
  std::string version = wanted.version.empty() ? version_in(file) : wanted.version;
  if (!version.empty()) return version;
  return fail(mistyped(harmless(file) + ": its name does not tell one version; say it with --version"));
}

views::RolloutChoice rollout_for(const views::ReleaseChoice& choice, const Policy& policy) {
  const bool strict = policy.gates.contains("strict") || policy.gates.empty();
  return {choice.name, policy.name, strict ? "strict" : policy.gates.begin()->first,
          std::string(to_string(choice.component)), to_string(ReleaseRef{choice.name, choice.image.digest})};
}

/// `init` and `firmware keygen` put both halves of a key beside each other.
std::string secret_key_beside(const Policy& policy) {
  for (const SignerSpec& signer : policy.signers) {
    const fs::path secret = fs::path(signer.key_file).replace_extension(".key");
    std::error_code ignored;
    if (fs::is_regular_file(secret, ignored)) return secret.lexically_proximate(fs::current_path(ignored)).string();
  }
  return {};
}

}  // namespace

Result<views::RackChoice, Problem> parse_rack(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t at = text.rfind('@');
  if (equals == std::string::npos || at == std::string::npos || at < equals) {
    return fail(
        mistyped("--rack " + harmless(text) + ": expected NAME=HOSTS@ADDRESS, as in r07=r07-n[01-40]@10.7.0.1"));
  }
  views::RackChoice rack{text.substr(0, equals), text.substr(equals + 1, at - equals - 1), text.substr(at + 1)};
  if (!is_name(rack.name)) return fail(mistyped("--rack: '" + harmless(rack.name) + "' is no name of a group"));
  const auto hosts = expand_range(rack.hosts);
  if (!hosts) return fail(mistyped("--rack " + rack.name + ": " + hosts.error()));
  const auto first = parse_address(rack.first_address);
  if (!first) return fail(mistyped("--rack " + rack.name + ": " + first.error()));
  if (const auto last = count_up(*first, hosts->size() - 1); !last) {
    return fail(mistyped("--rack " + rack.name + ": " + last.error()));
  }
  return rack;
}

bool holds(const std::string& folder, DocumentKind kind) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return false;
  const Sources sources = read_sources({folder});
  return std::ranges::any_of(sources.texts, [kind](const SourceText& text) {
    const std::vector<Document> documents = parse_documents(text).documents;
    return std::ranges::any_of(documents, [kind](const Document& one) { return one.kind == kind; });
  });
}

Result<std::vector<std::string>, Problem> write_first_fleet(const FirstFleet& fleet) {
  if (!is_name(fleet.name)) return fail(mistyped("'" + harmless(fleet.name) + "' is no name of a document"));
  if (!is_name(fleet.signer)) return fail(mistyped("'" + harmless(fleet.signer) + "' is no name of a signer"));
  const fs::path folder(fleet.folder);
  const std::string inventory = (folder / "inventory.yaml").string();
  const std::string policy = (folder / "policy.yaml").string();
  const std::string key = (folder / "keys" / fleet.signer).string();
  std::vector<std::string> files{policy, key + ".key", key + ".pub"};
  Texts texts{{policy, views::policy_skeleton(fleet.name, fleet.signer, "file:keys/" + fleet.signer + ".pub")}};
  if (!fleet.racks.empty()) {
    files.insert(files.begin(), inventory);
    texts.emplace_back(
        inventory, views::inventory_skeleton({fleet.name, fleet.racks, fleet.credentials, tls_of(fleet.ca_bundle)}));
  }
  if (auto free = all_free(files); !free) return fail(free.error());
  if (auto right = all_right(texts); !right) return fail(right.error());
  if (auto made = make_folder(folder / "keys"); !made) return fail(made.error());
  if (auto made = make_key_pair(key); !made) return fail(made.error());
  if (auto written = write_all(texts); !written) return fail(written.error());
  return files;
}

Result<void, Problem> check_document(const std::string& file, const std::string& text) {
  DocumentFile parsed = parse_documents({file, fs::absolute(file).parent_path().string(), text, false});
  Diagnostics faults = std::move(parsed.faults);
  for (const Document& document : parsed.documents) {
    Diagnostics found = faults_of(document);
    faults.insert(faults.end(), found.begin(), found.end());
  }
  if (faults.empty()) return {};
  Problem wrong = document_problem(faults);
  wrong.kind = Problem::Kind::bad_argument;
  wrong.messages.emplace_back("what was asked for makes no document that is right: nothing was written");
  return fail(std::move(wrong));
}

Result<void, Problem> write_first_documents(const Texts& texts) {
  std::vector<std::string> files;
  for (const auto& [file, text] : texts) files.push_back(file);
  if (auto free = all_free(files); !free) return free;
  if (auto right = all_right(texts); !right) return right;
  return write_all(texts);
}

std::string tls_of(const std::string& ca_bundle) {
  return ca_bundle.empty() ? "{mode: pin}" : "{mode: ca, bundle: " + views::quoted("file:" + ca_bundle) + '}';
}

std::string to_document_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char low = to_lower(c);
    const bool plain = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '.';
    if (plain) name += low;
    if (!plain && !name.empty() && name.back() != '-') name += '-';
  }
  while (name.ends_with('-') || name.ends_with('.')) name.pop_back();
  return name;
}

std::string version_in(const std::string& file_name) {
  const std::string stem = fs::path(file_name).stem().string();
  std::string only;
  for (std::size_t begin = 0; begin < stem.size();) {
    const std::size_t end = std::min(stem.find_first_of("-_ +", begin), stem.size());
    std::string part = stem.substr(begin, end - begin);
    begin = end + 1;
    while (!part.empty() && (part.front() == 'v' || part.front() == 'V')) part.erase(0, 1);
    const bool dotted = part.find('.') != std::string::npos && part.front() != '.' && part.back() != '.';
    if (!dotted || std::isdigit(static_cast<unsigned char>(part.front())) == 0) continue;
    if (!only.empty()) return {};
    only = part;
  }
  return only;
}

Result<ReleaseWritten, Problem> write_release(Installation& installation, const NewRelease& asked,
                                              const std::atomic<int>& interrupts, const LookProgress& progress) {
  NewRelease wanted = asked;
  std::error_code ignored;
  if (!fs::is_regular_file(wanted.image, ignored))
    return fail(problem(Problem::Kind::failed, wanted.image + ": is no file"));
  const auto version = version_of(wanted);
  if (!version) return fail(version.error());
  wanted.version = *version;
  const auto documents = load_documents(read_sources({wanted.folder}));
  if (!documents) return fail(document_problem(documents.error()));
  const auto hosts = select_hosts(*documents, wanted.selector, wanted.folder);
  if (!hosts) return fail(hosts.error());
  const auto fleet = installation.read_fleet();
  if (!fleet) return fail(fleet.error());
  const Looked looked = look_where_able(installation, *hosts, *fleet, kLooksAtOnce, interrupts, progress);
  if (interrupts > 0)
    return fail(problem(Problem::Kind::try_later, "asked to leave while looking; nothing was written"));

  ReleaseWritten made;
  Gathered all;
  for (const Sight& sight : looked.sights) {
    if (sight.seen) gather(*sight.seen, wanted.component, all);
    if (!sight.seen) ++made.silent;
  }
  if (auto fine = usable(all, wanted, looked); !fine) return fail(fine.error());
  const auto imported = import_image(installation, wanted.image);
  if (!imported) return fail(imported.error());
  const views::ReleaseChoice choice = choice_of(all, wanted, imported->image);
  if (!is_name(choice.name)) return fail(mistyped("'" + harmless(choice.name) + "' is no name of a Release: --name"));
  if (choice.from.empty()) {
    return fail(problem(Problem::Kind::no_host, "every host that was read runs " + wanted.version + " already",
                        "the same --version TEXT  # if the image brings another version"));
  }
  made.ref = {choice.name, choice.image.digest};
  made.found = all.found;
  made.without = all.without;
  const fs::path folder(wanted.folder);
  made.release_file = (folder / "releases" / (choice.name + ".yaml")).string();
  Texts texts{{made.release_file, views::release_skeleton(choice)}};
  if (documents->policies.size() == 1) {
    const Policy& policy = documents->policies.begin()->second;
    made.secret_key = secret_key_beside(policy);
    made.rollout_file = (folder / (choice.name + ".yaml")).string();
    texts.emplace_back(made.rollout_file, views::rollout_skeleton(rollout_for(choice, policy)));
  }
  if (auto written = write_first_documents(texts); !written) return fail(written.error());
  return made;
}

}  // namespace breakwater::operations
