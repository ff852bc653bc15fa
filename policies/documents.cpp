#include "policies/documents.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "inventories/document/canonical.hpp"
#include "inventories/firmware/release_document.hpp"
#include "inventories/hosts/bmc_keys_document.hpp"
#include "inventories/hosts/inventory_document.hpp"
#include "inventories/trust/digest.hpp"
#include "policies/label_check.hpp"
#include "policies/limits.hpp"
#include "policies/policy_document.hpp"
#include "policies/references.hpp"
#include "policies/rollout_document.hpp"

namespace breakwater {
namespace {

void append(Diagnostics& all, Diagnostics more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

/// Gathers documents by kind and name, and their faults.
class Loader {
 public:
  void load(const Sources& sources) {
    faults_ = sources.faults;
    for (const SourceText& source : sources.texts) {
      DocumentFile file = parse_documents(source);
      append(source.neighbour ? beside_ : faults_, std::move(file.faults));
      for (Document& document : file.documents) keep(std::move(document));
    }
    for (const auto& [key, document] : documents_) read(document);
    leave_out_what_is_not_meant();
    check_hosts();
    hand_out_keys();
    check_pins();
    append(faults_, check_references(references_));
  }

  Result<Documents, Diagnostics> take() {
    if (!faults_.empty()) return fail(std::move(faults_));
    return std::move(loaded_);
  }

  CheckedDocuments take_checked() {
    LabelFindings labels = check_labels(references_, loaded_.hosts);
    append(faults_, std::move(labels.faults));
    append(doubts_, std::move(labels.doubts));
    return {std::move(loaded_), std::move(faults_), std::move(doubts_)};
  }

 private:
  using Key = std::pair<DocumentKind, std::string>;

  void keep(Document document) {
    if (document.neighbour && document.kind == DocumentKind::rollout) return;
    Key key{document.kind, document.name};
    const auto found = documents_.find(key);
    if (found == documents_.end()) {
      documents_.emplace(std::move(key), std::move(document));
      return;
    }
    const Mark first = found->second.mark_of("metadata.name");
    faults_of_[key].push_back({document.mark_of("metadata.name"), "metadata.name",
                               "there is a second " + std::string(to_string(document.kind)) + " '" + document.name +
                                   "'; the first is at " + first.file + ":" + std::to_string(first.line)});
  }

  void read(const Document& document) {
    switch (document.kind) {
      case DocumentKind::inventory:
        return read_hosts(document);
      case DocumentKind::bmc_keys:
        return read_keys(document);
      case DocumentKind::policy:
        return read_rules(document);
      case DocumentKind::release:
        add(document, read_release, loaded_.releases, references_.releases);
        loaded_.release_texts[document.name] = document.text;
        return;
      case DocumentKind::rollout:
        return add(document, read_rollout, loaded_.rollouts, references_.rollouts);
      case DocumentKind::lab:
        return;
    }
  }

  /// A document with faults is kept as far as it could be read, so that what it names is looked for all the same.
  template <class T>
  void add(const Document& document, T (*reader)(const Document&, DocumentFaults&), std::map<std::string, T>& values,
           References::Known<T>& known) {
    DocumentFaults faults(document.file);
    const T& value = values[document.name] = reader(document, faults);
    known[document.name] = {&document, &value, faults.empty()};
    append(faults_of(document), faults.take());
  }

  void read_rules(const Document& document) {
    auto policy = read_policy(document);
    References::Entry<Policy>& known = references_.policies[document.name];
    known.document = &document;
    if (!policy) return append(faults_of(document), std::move(policy.error()));
    known.value = &(loaded_.policies[document.name] = std::move(*policy));
    known.whole = true;
  }

  void read_hosts(const Document& document) {
    inventories_text_ += canonical_text(document.root);
    ++inventories_;
    auto inventory = read_inventory(document);
    if (!inventory) {
      references_.all_hosts_known = false;
      return append(faults_of(document), std::move(inventory.error()));
    }
    loaded_.stated_at.merge(inventory->stated_at);
    std::move(inventory->hosts.begin(), inventory->hosts.end(), std::back_inserter(loaded_.hosts));
  }

  Diagnostics& faults_of(const Document& document) { return faults_of_[{document.kind, document.name}]; }

  /// What the documents that were named speak of: the Policy of a Rollout, its Releases and their ways back. A Release
  /// for the same kind of component counts too, since its sequence tells which step is a downgrade.
  std::set<Key> named() const {
    std::set<Key> names;
    std::set<ComponentKind> kinds;
    const auto name_release = [&](const std::string& name) {
      const auto release = loaded_.releases.find(name);
      if (!names.insert({DocumentKind::release, name}).second || release == loaded_.releases.end()) return;
      kinds.insert(release->second.component);
      if (release->second.back_to) names.insert({DocumentKind::release, release->second.back_to->name});
    };
    for (const auto& [key, document] : documents_) {
      if (!document.neighbour && key.first == DocumentKind::release) name_release(key.second);
    }
    for (const auto& [name, rollout] : loaded_.rollouts) {
      names.insert({DocumentKind::policy, rollout.policy});
      for (const RolloutComponent& component : rollout.components) name_release(component.release.name);
    }
    for (const auto& [name, release] : loaded_.releases) {
      if (kinds.contains(release.component)) names.insert({DocumentKind::release, name});
    }
    return names;
  }

  /// A file is read with everything below its directory. What is wrong there and has nothing to do with it is left out.
  void leave_out_what_is_not_meant() {
    const std::set<Key> names = named();
    const bool rolls_out = !loaded_.rollouts.empty();
    if (rolls_out) append(faults_, std::move(beside_));
    for (const auto& [key, document] : documents_) {
      const bool of_hosts = key.first == DocumentKind::inventory || key.first == DocumentKind::bmc_keys;
      const bool hosts = of_hosts && rolls_out;
      Diagnostics& faults = faults_of(document);
      if (!document.neighbour || hosts || names.contains(key)) {
        append(faults_, std::move(faults));
        continue;
      }
      if (key.first == DocumentKind::release) references_.releases.erase(key.second);
      if (faults.empty()) continue;
      if (key.first == DocumentKind::release) loaded_.releases.erase(key.second);
      if (key.first == DocumentKind::policy) references_.policies.erase(key.second);
    }
  }

  void read_keys(const Document& document) {
    inventories_text_ += canonical_text(document.root);
    auto keys = read_bmc_keys(document);
    if (!keys) return append(faults_of(document), std::move(keys.error()));
    keys_.emplace_back(&document, std::move(*keys));
  }

  /// Hosts are in order of name by now.
  void hand_out_keys() {
    for (auto& [document, keys] : keys_) {
      for (auto& [name, pins] : keys) {
        const auto host = std::lower_bound(loaded_.hosts.begin(), loaded_.hosts.end(), name,
                                           [](const Host& one, const std::string& text) { return one.name < text; });
        const bool known = host != loaded_.hosts.end() && host->name == name;
        if (known && host->bmc.tls.mode == TlsPolicy::Mode::pin) {
          add_pins(host->bmc.tls.pins, pins);
        } else if (known || references_.all_hosts_known) {
          const std::string path = "spec.hosts." + name;
          doubts_.push_back({document->mark_of(path), path,
                             known ? "this host is in CA mode: its key does not count" : "no Inventory has this host"});
        }
      }
    }
  }

  static void add_pins(std::vector<Sha256>& known, const std::vector<Sha256>& pins) {
    for (const Sha256& pin : pins) {
      if (std::find(known.begin(), known.end(), pin) == known.end()) known.push_back(pin);
    }
  }

  /// Without a key no BMC in pin mode is spoken to.
  void check_pins() {
    std::map<std::string, std::vector<const Host*>> by_file;
    for (const Host& host : loaded_.hosts) {
      const auto& drivers = host.bmc.drivers;
      const bool redfish = std::find(drivers.begin(), drivers.end(), Driver::redfish) != drivers.end();
      const bool lacks = redfish && host.bmc.tls.mode == TlsPolicy::Mode::pin && host.bmc.tls.pins.empty();
      if (lacks) by_file[host.declared_at.file].push_back(&host);
    }
    for (const auto& [file, hosts] : by_file) {
      const std::string more = hosts.size() == 1 ? "" : " and " + std::to_string(hosts.size() - 1) + " more";
      doubts_.push_back({hosts.front()->declared_at, "",
                         "host '" + hosts.front()->name + "'" + more +
                             " in pin mode without a key, and so not spoken to: breakwater pin " + file});
    }
  }

  void check_hosts() {
    std::sort(loaded_.hosts.begin(), loaded_.hosts.end(), [](const Host& a, const Host& b) { return a.name < b.name; });
    // One Inventory has looked after itself.
    if (inventories_ > 1) append(faults_, find_duplicates(loaded_.hosts));
    if (inventories_ == 0) references_.any_inventory = references_.all_hosts_known = false;
    for (const Host& host : loaded_.hosts) references_.hosts.insert(host.name);
    loaded_.inventory_digest = sha256(inventories_text_);
    for (const auto& [name, rollout] : loaded_.rollouts) {
      const auto policy = loaded_.policies.find(rollout.policy);
      if (policy == loaded_.policies.end()) continue;
      auto merged = merge_limits(policy->second.ceilings, rollout.limits);
      if (merged) {
        loaded_.limits[name] = std::move(*merged);
      } else {
        append(faults_, std::move(merged.error()));
      }
    }
  }

  std::map<Key, Document> documents_;
  Documents loaded_;
  References references_;
  Diagnostics faults_;
  Diagnostics beside_;                    ///< of neighbours, where not even the kind of document is known
  std::map<Key, Diagnostics> faults_of_;  ///< of each document
  Diagnostics doubts_;
  std::vector<std::pair<const Document*, BmcKeys>> keys_;
  std::string inventories_text_;
  std::size_t inventories_ = 0;
};

}  // namespace

Diagnostics faults_of(const Document& document) {
  const auto of = [](auto read) { return read ? Diagnostics() : std::move(read.error()); };
  switch (document.kind) {
    case DocumentKind::inventory:
      return of(read_inventory(document));
    case DocumentKind::bmc_keys:
      return of(read_bmc_keys(document));
    case DocumentKind::policy:
      return of(read_policy(document));
    case DocumentKind::release:
      return of(read_release(document));
    case DocumentKind::rollout: {
      DocumentFaults faults(document.file);
      read_rollout(document, faults);
      return faults.take();
    }
    case DocumentKind::lab:
      break;
  }
  return {};
}

Result<Documents, Diagnostics> load_documents(const Sources& sources) {
  Loader loader;
  loader.load(sources);
  return loader.take();
}

CheckedDocuments check_documents(const Sources& sources) {
  Loader loader;
  loader.load(sources);
  return loader.take_checked();
}

}  // namespace breakwater
