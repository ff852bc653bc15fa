#include "inventories/hosts/bmc_keys_document.hpp"

#include "inventories/document/scalar.hpp"

namespace breakwater {

Result<BmcKeys, Diagnostics> read_bmc_keys(const Document& document) {
  DocumentFaults faults(document.file);
  BmcKeys keys;
  Object spec(document.spec(faults));
  if (const auto hosts = spec.require("hosts")) {
    for_each_entry(*hosts, "host name", is_host_name, [&](const std::string& host, const YamlValue& value) {
      if (auto list = read_list(value, 1, as_sha256)) keys[host] = std::move(*list);
    });
  }
  spec.finish();
  if (!faults.empty()) return fail(faults.take());
  return keys;
}

}  // namespace breakwater
