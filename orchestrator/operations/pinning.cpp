#include "orchestrator/operations/pinning.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "inventories/document/files.hpp"
#include "inventories/hosts/address.hpp"
#include "orchestrator/crews/bmc/survey.hpp"
#include "orchestrator/operations/bmc_access.hpp"
#include "orchestrator/operations/first_documents.hpp"
#include "orchestrator/operations/new_file.hpp"

namespace breakwater::operations {
namespace {

namespace fs = std::filesystem;

/// A file that begins otherwise was written by a person, and is left alone.
constexpr std::string_view kKeysOpening =
    "# Keys that BMCs showed; `breakwater pin FOLDER` writes them anew, and nothing else.\n";

bool in_pin_mode(const Host& host) {
  const auto& drivers = host.bmc.drivers;
  return host.bmc.tls.mode == TlsPolicy::Mode::pin &&
         std::find(drivers.begin(), drivers.end(), Driver::redfish) != drivers.end();
}

KeySight::Standing standing_of(const KeyShown& shown, const std::vector<Sha256>& pins) {
  if (!shown.key) return KeySight::Standing::silent;
  if (pins.empty()) return KeySight::Standing::fresh;
  const bool known = std::find(pins.begin(), pins.end(), *shown.key) != pins.end();
  return known ? KeySight::Standing::pinned : KeySight::Standing::other;
}

/// What the file says now; nothing where it is not there.
Result<BmcKeys, Problem> keys_in(const std::string& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return BmcKeys();
  const Sources sources = read_sources({file});
  if (!sources.faults.empty()) return fail(document_problem(sources.faults));
  const DocumentFile parsed = parse_documents(sources.texts.front());
  if (!parsed.faults.empty()) return fail(document_problem(parsed.faults));
  if (parsed.documents.size() != 1 || parsed.documents.front().kind != DocumentKind::bmc_keys) {
    return fail(
        problem(Problem::Kind::bad_document, file + ": holds other documents than one BmcKeys", "the same --out FILE"));
  }
  auto keys = read_bmc_keys(parsed.documents.front());
  if (!keys) return fail(document_problem(keys.error()));
  return std::move(*keys);
}

std::string keys_text(const std::string& name, const BmcKeys& keys) {
  std::string text(kKeysOpening);
  text += "apiVersion: breakwater/v1\nkind: BmcKeys\nmetadata: {name: \"" + name + "\"}\nspec:\n  hosts:\n";
  for (const auto& [host, pins] : keys) {
    text += "    \"" + host + "\":\n";
    for (const Sha256& pin : pins) text += "      - \"" + to_hex(pin) + "\"\n";
  }
  return text;
}

/// A person's comments would be lost. Nothing else of such a file holds a number sign.
Result<void, Problem> holds_no_comment(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (number == 1 || line.find('#') == std::string::npos) continue;
    return fail(problem(Problem::Kind::bad_argument,
                        file + ':' + std::to_string(number) +
                            ": has a comment, which would be lost: `pin` writes this " +
                            "file anew. Nothing was pinned",
                        "the same --out FILE  # or keep the comment elsewhere"));
  }
  return {};
}

/// Keys of hosts that have none. What was pinned since they were shown is never replaced.
Result<void, Problem> add_keys(BmcKeys& keys, const std::vector<KeySight>& fresh) {
  for (const KeySight& one : fresh) {
    if (!one.key) continue;
    const auto [at, added] = keys.emplace(one.host, std::vector{*one.key});
    if (added || std::find(at->second.begin(), at->second.end(), *one.key) != at->second.end()) continue;
    return fail(problem(Problem::Kind::try_later,
                        "host '" + one.host + "': another key was pinned since this one was shown. Nothing was pinned",
                        std::string(kSame)));
  }
  return {};
}

}  // namespace

std::vector<KeySight> look_at_keys(Installation& installation, const std::vector<Host>& hosts,
                                   const LookProgress& progress) {
  std::vector<Host> asked;
  std::copy_if(hosts.begin(), hosts.end(), std::back_inserter(asked), in_pin_mode);
  progress(0, asked.size());
  const std::vector<KeyShown> shown = survey_keys(installation.bmcs().for_keys(), asked, kLooksAtOnce,
                                                  [&](std::size_t done) { progress(done, asked.size()); });
  std::vector<KeySight> sights;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const BmcEndpoint& bmc = asked[i].bmc;
    sights.push_back({asked[i].name, to_string(BmcAddress{bmc.address, bmc.port}), standing_of(shown[i], bmc.tls.pins),
                      shown[i].key, shown[i].fault});
  }
  return sights;
}

Result<void, Problem> write_keys(const std::string& file, const std::vector<KeySight>& fresh) {
  const auto alone = lock_beside(file);
  if (!alone) return fail(alone.error());
  auto keys = keys_in(file);
  if (!keys) return fail(keys.error());
  if (auto added = add_keys(*keys, fresh); !added) return added;
  const std::string text = keys_text(fs::path(file).stem().string(), *keys);
  if (auto right = check_document(file, text); !right) return right;
  if (auto allowed = may_replace(file, kKeysOpening); !allowed) return allowed;
  if (auto kept = holds_no_comment(file); !kept) return kept;
  return write_new_file(file, text, kKeysOpening);
}

}  // namespace breakwater::operations
