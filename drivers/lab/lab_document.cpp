#include "drivers/lab/lab_document.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "drivers/lab/host_keys.hpp"
#include "inventories/document/files.hpp"
#include "inventories/document/scalar.hpp"
#include "inventories/hosts/ranges.hpp"

namespace breakwater::lab {
namespace {

constexpr std::size_t kHostsMax = 10'000;  // as many as one process has descriptors for
constexpr std::size_t kIpmiUserBytesMax = 16;
constexpr std::size_t kIpmiPasswordBytesMax = 20;

std::optional<std::string> as_loopback(const YamlValue& value) {
  auto text = as_text(value);
  if (text && !is_lab_address(*text)) {
    value.fault("'" + *text + "' is no address of 127.0.0.0/8");
    return std::nullopt;
  }
  return text;
}

class LabReader {
 public:
  explicit LabReader(const Document& document) : document_(document), faults_(document.file) {}

  Result<LabConfig, Diagnostics> read() {
    lab_.name = document_.name;
    Object spec(document_.spec(faults_));
    spec.optional("port", lab_.port, integer_in<std::uint16_t>(1, 65535));
    spec.optional("ipmiPort", lab_.ipmi_port, integer_in<std::uint16_t>(1, 65535));
    spec.optional("ipmiDelay", lab_.ipmi_delay, as_duration);
    spec.optional("control", lab_.control_port, integer_in<std::uint16_t>(1, 65535));
    spec.optional("username", lab_.credentials.username, as_text);
    std::string password = lab_.credentials.password.reveal();
    spec.optional("password", password, as_text);
    lab_.credentials.password = Secret(std::move(password));
    std::string folder = lab_.certificates.string();
    spec.optional("certificates", folder, as_text);
    lab_.certificates = std::filesystem::path(document_.directory) / folder;
    if (const auto defaults = spec.find("defaults")) {
      Object object(*defaults);
      read_host_keys(object, defaults_);
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
    if (faults_.empty()) place_hosts();
    if (faults_.empty()) check_drivers();
    if (!faults_.empty()) return fail(faults_.take());
    return std::move(lab_);
  }

 private:
  struct Declared {
    HostLayers layers;
    Position at;
    std::string path;
  };

  void read_group(const std::string& name, const YamlValue& value) {
    Object object(value);
    std::vector<std::string> names;
    if (const auto hosts = object.require("hosts")) names = names_in(*hosts);
    std::optional<std::string> counted;
    object.optional("firstAddress", counted, as_loopback);
    HostLayers layers = defaults_;
    layers.host.group = name;
    read_host_keys(object, layers);
    object.finish();
    for (const std::string& host : names) {
      layers.host.name = host;
      layers.host.address = counted.value_or("");
      declare(host, layers, value);
      if (counted) counted = next_address(*counted);
    }
  }

  std::vector<std::string> names_in(const YamlValue& range) {
    const auto text = as_text(range);
    if (!text) return {};
    auto names = expand_range(*text, kHostsMax);
    if (!names) {
      range.fault(names.error());
      return {};
    }
    return std::move(*names);
  }

  void declare(const std::string& name, const HostLayers& layers, const YamlValue& value) {
    const auto [found, added] = by_name_.emplace(name, hosts_.size());
    if (added) {
      hosts_.push_back({layers, value.node->at, value.path});
    } else {
      value.fault("host " + name + " is in the group " + hosts_[found->second].layers.host.group + " already");
    }
  }

  void read_host(const std::string& name, const YamlValue& value) {
    if (!by_name_.contains(name)) {
      HostLayers layers = defaults_;
      layers.host.name = name;
      declare(name, layers, value);
    }
    Declared& declared = hosts_[by_name_.at(name)];
    declared.at = value.node->at;
    declared.path = value.path;
    HostConfig& host = declared.layers.host;
    Object object(value);
    object.optional("address", host.address, as_loopback);
    object.optional("serial", host.serial, as_text);
    object.optional("uuid", host.uuid, as_text);
    read_host_keys(object, declared.layers);
    object.finish();
  }

  // A host without an address gets the one after the host before it, as in Lab.
  void place_hosts() {
    if (hosts_.empty()) document_.spec(faults_).fault("a lab needs hosts");
    std::map<std::string, std::string> taken;
    std::optional<std::string> next = lab_.first_address;
    for (Declared& declared : hosts_) {
      HostConfig& host = declared.layers.host;
      if (host.address.empty() && next) host.address = *next;
      const auto [other, added] = taken.emplace(host.address, host.name);
      if (!added) faults_.add(declared.at, declared.path, host.name + " has the address of " + other->second);
      next = next_address(host.address);
      lab_.hosts.push_back(std::move(host));
    }
  }

  void check_drivers() {
    const bool ipmi = std::ranges::any_of(lab_.hosts, &HostConfig::ipmi);
    const YamlValue spec = document_.spec(faults_);
    if (ipmi && lab_.credentials.username.size() > kIpmiUserBytesMax)
      spec.fault("IPMI takes a username of 16 bytes at most; shorten it, or say `ipmi: false` in defaults");
    if (ipmi && lab_.credentials.password.reveal().size() > kIpmiPasswordBytesMax)
      spec.fault("IPMI takes a password of 20 bytes at most; shorten it, or say `ipmi: false` in defaults");
    for (std::size_t i = 0; i < lab_.hosts.size(); ++i) {
      if (!lab_.hosts[i].redfish && !lab_.hosts[i].ipmi)
        faults_.add(hosts_[i].at, hosts_[i].path, lab_.hosts[i].name + " speaks neither Redfish nor IPMI");
    }
  }

  const Document& document_;
  DocumentFaults faults_;
  LabConfig lab_;
  HostLayers defaults_;
  std::vector<Declared> hosts_;
  std::map<std::string, std::size_t> by_name_;
};

}  // namespace

Result<LabConfig, Diagnostics> read_lab(const Document& document) {
  return LabReader(document).read();
}

Result<LabConfig, Diagnostics> load_lab(const std::string& file) {
  Sources sources = read_sources({file});
  Diagnostics faults = std::move(sources.faults);
  std::vector<Document> labs;
  for (const SourceText& source : sources.texts) {
    DocumentFile read = parse_documents(source);
    faults.insert(faults.end(), read.faults.begin(), read.faults.end());
    for (Document& document : read.documents) {
      if (document.kind == DocumentKind::lab) labs.push_back(std::move(document));
    }
  }
  if (!faults.empty()) return fail(std::move(faults));
  if (labs.size() == 1) return read_lab(labs.front());
  const std::string what = labs.empty() ? "there is no Lab in it" : "there is more than one Lab in it";
  return fail(Diagnostics{{{file, 0, 0}, "", what}});
}

}  // namespace breakwater::lab
