#include "inventories/hosts/inventory_document.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "inventories/document/scalar.hpp"
#include "inventories/hosts/address.hpp"
#include "inventories/hosts/host_layer.hpp"
#include "inventories/hosts/ranges.hpp"

namespace breakwater {
namespace {

struct Group {
  std::string name;
  HostLayer layer;
};

/// A host while its layers are gathered.
struct HostDraft {
  struct Membership {
    const Group* group;
    std::size_t place;  ///< in the group's order, from 0
  };
  std::vector<Membership> groups;
  HostLayer own;
  Position declared_at;
  std::string path;
  bool declared = false;
};

class InventoryReader {
 public:
  explicit InventoryReader(const Document& document) : document_(document), faults_(document.file) {}

  Result<Inventory, Diagnostics> read() {
    Object spec(document_.spec(faults_));
    if (const auto defaults = spec.find("defaults")) {
      Object object(*defaults);
      defaults_ = read_layer(object, LayerKind::defaults, document_.directory);
      object.finish();
    }
    if (const auto groups = spec.find("groups")) {
      for_each_entry(*groups, "name", is_name,
                     [&](const auto& name, const YamlValue& value) { read_group(name, value); });
    }
    if (const auto hosts = spec.find("hosts")) {
      for_each_entry(*hosts, "host name", is_host_name,
                     [&](const auto& name, const YamlValue& value) { read_host(name, value); });
    }
    spec.finish();
    if (!faults_.empty()) return fail(faults_.take());
    Inventory inventory{document_.name, {}};
    for (const auto& [name, draft] : drafts_) inventory.hosts.push_back(merge(name, draft));
    inventory.stated_at = std::move(stated_at_);
    report_missing();
    if (!faults_.empty()) return fail(faults_.take());
    Diagnostics duplicates = find_duplicates(inventory.hosts);
    if (!duplicates.empty()) return fail(std::move(duplicates));
    return inventory;
  }

 private:
  void read_group(const std::string& name, const YamlValue& value) {
    Object object(value);
    auto group = std::make_unique<Group>();
    group->name = name;
    group->layer = read_layer(object, LayerKind::group, document_.directory);
    std::size_t place = 0;
    if (const auto hosts = object.require("hosts")) {
      if (hosts->node->kind == YamlNode::Kind::sequence) {
        read_list(*hosts, 1, [&](const YamlValue& range) {
          add_range(*group, range, place);
          return std::optional<int>();
        });
      } else {
        add_range(*group, *hosts, place);
      }
    }
    object.finish();
    groups_.push_back(std::move(group));
  }

  void add_range(const Group& group, const YamlValue& value, std::size_t& place) {
    const auto range = as_text(value);
    if (!range) return;
    const auto names = expand_range(*range, kHostsMax);
    if (!names) return value.fault(names.error());
    for (const std::string& name : *names) {
      if (!is_host_name(name)) return value.fault("'" + name + "' is no host name");
      if (drafts_.size() == kHostsMax && !drafts_.contains(name)) {
        return value.fault("makes more than " + std::to_string(kHostsMax) + " hosts in one Inventory");
      }
      HostDraft& draft = drafts_[name];
      if (!draft.groups.empty() && draft.groups.back().group == &group) {
        return value.fault("names host '" + name + "' twice");
      }
      draft.groups.push_back({&group, place++});
      if (!draft.declared) declare(draft, value);
    }
  }

  void read_host(const std::string& name, const YamlValue& value) {
    Object object(value);
    if (drafts_.size() == kHostsMax && !drafts_.contains(name)) return value.fault("is one host too many");
    HostDraft& draft = drafts_[name];
    draft.own = read_layer(object, LayerKind::host, document_.directory);
    declare(draft, value);
    object.finish();
  }

  static void declare(HostDraft& draft, const YamlValue& value) {
    draft.declared_at = value.node->at;
    draft.path = value.path;
    draft.declared = true;
  }

  /// One key of a host, from the nearest layer that has it; adds a fault if its groups disagree.
  template <class T>
  const Stated<T>* pick(const std::string& name, const HostDraft& draft, std::optional<Stated<T>> HostLayer::*key) {
    if (draft.own.*key) return &*(draft.own.*key);
    const Stated<T>* picked = nullptr;
    for (const HostDraft::Membership& membership : draft.groups) {
      const auto& said = membership.group->layer.*key;
      if (!said) continue;
      if (picked != nullptr && !(picked->value == said->value)) disagree(name, *picked, *said);
      if (picked == nullptr) picked = &*said;
    }
    if (picked == nullptr && defaults_.*key) picked = &*(defaults_.*key);
    return picked;
  }

  /// Reports each pair of places once, for the first host that is in both.
  template <class T>
  void disagree(const std::string& name, const Stated<T>& one, const Stated<T>& other) {
    if (!disagreements_.insert({one.path, other.path}).second) return;
    faults_.add(other.at, other.path,
                "gives host '" + name + "' another value than " + one.path + " in line " + std::to_string(one.at.line) +
                    ", and neither group takes precedence");
  }

  Labels merge_labels(const std::string& name, const HostDraft& draft) {
    std::map<std::string, const Stated<std::string>*> picked;
    for (const HostDraft::Membership& membership : draft.groups) {
      for (const auto& [key, said] : membership.group->layer.labels) {
        const auto [at, fresh] = picked.try_emplace(key, &said);
        const bool settled = fresh || draft.own.labels.contains(key) || at->second->value == said.value;
        if (!settled) disagree(name, *at->second, said);
      }
    }
    Labels labels;
    for (const auto& [key, said] : defaults_.labels) labels[key] = said.value;
    for (const auto& [key, said] : picked) labels[key] = said->value;
    for (const auto& [key, said] : draft.own.labels) labels[key] = said.value;
    return labels;
  }

  /// The address of one BMC. A place that gives its hosts no valid address is reported once.
  void set_address(const std::string& name, const HostDraft& draft, BmcEndpoint& bmc) {
    const auto* written = pick(name, draft, &HostLayer::address);
    const bool counted_wins = !draft.own.address;
    const Stated<std::string>* first = nullptr;
    std::size_t place = 0;
    for (const HostDraft::Membership& membership : draft.groups) {
      const auto& said = membership.group->layer.first_address;
      if (!said || !counted_wins) continue;
      if (first != nullptr) disagree(name, *first, *said);
      first = &*said;
      place = membership.place;
    }
    const bool from_group = first != nullptr && written != nullptr && written != address_of_defaults();
    if (from_group) disagree(name, *written, *first);
    const Stated<std::string>* said = first != nullptr ? first : written;
    if (said == nullptr) return note_missing(name, draft, "bmc.address");
    auto address = parse_address(fill_in(said->value, name));
    if (address && first != nullptr) address = count_up(*address, place);
    if (address) {
      bmc.address = address->host;
      bmc.port = address->port;
    } else if (bad_addresses_.insert(said->path).second) {
      faults_.add(said->at, said->path, "is no address for host '" + name + "': " + address.error());
    }
  }

  const Stated<std::string>* address_of_defaults() const { return defaults_.address ? &*defaults_.address : nullptr; }

  Host merge(const std::string& name, const HostDraft& draft) {
    Host host;
    host.name = name;
    host.declared_at = faults_.mark(draft.declared_at);
    host.labels = merge_labels(name, draft);
    if (const auto* said = pick(name, draft, &HostLayer::time_zone)) host.time_zone = said->value;
    if (const auto* said = pick(name, draft, &HostLayer::hold)) host.hold = said->value;
    if (draft.own.serial) host.serial = draft.own.serial->value;
    if (draft.own.uuid) host.uuid = draft.own.uuid->value;
    set_address(name, draft, host.bmc);
    if (const auto* said = pick(name, draft, &HostLayer::credentials)) {
      host.bmc.credentials = fill_in(said->value, name);
      note_stated(host.bmc.credentials, *said);
    } else {
      note_missing(name, draft, "bmc.credentials");
    }
    if (const auto* said = pick(name, draft, &HostLayer::drivers)) host.bmc.drivers = said->value;
    if (const auto* said = pick(name, draft, &HostLayer::ipmi)) {
      host.bmc.ipmi = said->value;
      host.bmc.ipmi.k_g = fill_in(said->value.k_g, name);
      note_stated(host.bmc.ipmi.k_g, *said);
    }
    if (const auto* said = pick(name, draft, &HostLayer::timeouts)) host.bmc.timeouts = said->value;
    const bool redfish = std::ranges::find(host.bmc.drivers, Driver::redfish) != host.bmc.drivers.end();
    if (const auto* said = pick(name, draft, &HostLayer::tls)) {
      host.bmc.tls = said->value;
      note_stated(host.bmc.tls.ca_bundle, *said);
    } else if (redfish) {
      note_missing(name, draft, "bmc.tls");
    }
    return host;
  }

  template <class T>
  void note_stated(const std::string& what, const Stated<T>& said) {
    if (!what.empty() && !stated_at_.contains(what)) stated_at_[what] = {faults_.mark(said.at), said.path};
  }

  void note_missing(const std::string& name, const HostDraft& draft, const std::string& key) {
    const auto noted = missing_.try_emplace(key, Missing{name, draft.declared_at, draft.path, 0}).first;
    ++noted->second.hosts;
  }

  void report_missing() {
    for (const auto& [key, missing] : missing_) {
      const std::string more = missing.hosts == 1 ? "" : " and " + std::to_string(missing.hosts - 1) + " more";
      faults_.add(
          missing.at, missing.path,
          "host '" + missing.host + "'" + more + " without " + key + ": say it here, in a group or in the defaults");
    }
  }

  /// A key that hosts lack: the first such host, and how many there are.
  struct Missing {
    std::string host;
    Position at;
    std::string path;
    std::size_t hosts;
  };

  const Document& document_;
  DocumentFaults faults_;
  HostLayer defaults_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::map<std::string, HostDraft> drafts_;
  std::set<std::pair<std::string, std::string>> disagreements_;
  std::set<std::string> bad_addresses_;
  std::map<std::string, Missing> missing_;
  StatedAt stated_at_;
};

}  // namespace

Result<Inventory, Diagnostics> read_inventory(const Document& document) {
  return InventoryReader(document).read();
}

Diagnostics find_duplicates(std::span<const Host> hosts) {
  Diagnostics found;
  std::map<std::pair<std::string, std::string>, const Host*> seen;
  const auto check = [&](const char* what, const std::string& value, const Host& host) {
    if (value.empty()) return;
    const auto [first, fresh] = seen.try_emplace({what, value}, &host);
    if (fresh) return;
    const Mark& at = first->second->declared_at;
    found.push_back({host.declared_at, "",
                     "host '" + host.name + "' has the " + what + " " + value + " of host '" + first->second->name +
                         "' (" + at.file + ":" + std::to_string(at.line) + ")"});
  };
  for (const Host& host : hosts) {
    check("name", host.name, host);
    for (const Driver driver : host.bmc.drivers) {
      const std::uint16_t port = driver == Driver::ipmi ? host.bmc.ipmi.port : host.bmc.port;
      check("BMC address", to_string(BmcAddress{host.bmc.address, port}), host);
    }
    check("serial", host.serial, host);
    check("UUID", host.uuid, host);
  }
  return found;
}

}  // namespace breakwater
