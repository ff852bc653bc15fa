#include "policies/policy_document.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "inventories/document/canonical.hpp"
#include "inventories/document/scalar.hpp"
#include "inventories/firmware/release_document.hpp"
#include "inventories/trust/digest.hpp"
#include "policies/reading.hpp"

namespace breakwater {
namespace {

std::optional<std::string> as_vouched_kind(const YamlValue& value) {
  if (value.node->kind == YamlNode::Kind::scalar && value.node->text == "*") return "*";
  const auto kind = as_word<ComponentKind>(value);
  return kind ? std::optional(std::string(to_string(*kind))) : std::nullopt;
}

SignerSpec read_signer(const std::string& name, const YamlValue& value, const std::string& directory) {
  Object object(value);
  SignerSpec signer;
  signer.name = name;
  object.required("key", signer.key_file, [&](const YamlValue& key) {
    signer.key_at = key.mark();
    return as_file(key, directory);
  });
  object.optional("vendors", signer.vendors, list_of(1, as_text));
  object.required("components", signer.components, list_of(1, as_vouched_kind));
  object.finish();
  return signer;
}

void read_require(const YamlValue& value, Policy& policy) {
  Object object(value);
  object.required("signers", policy.require.signers, integer_in<std::size_t>(1, 100));
  const auto including = object.find("including");
  if (including && !policy.signers.empty()) {
    const auto names = read_list(*including, 1, as_name);
    for (std::size_t i = 0; names && i < names->size(); ++i) {
      const bool known = std::any_of(policy.signers.begin(), policy.signers.end(),
                                     [&](const SignerSpec& signer) { return signer.name == (*names)[i]; });
      if (!known)
        including->faults->add(including->node->at, including->path, "there is no signer '" + (*names)[i] + "'");
    }
    if (names) {
      refuse_twins(*including, *names, "signer");
      policy.require.including = *names;
    }
  }
  if (!policy.signers.empty() && policy.require.signers > policy.signers.size()) {
    object.fault("signers", "asks for " + std::to_string(policy.require.signers) + " signers of " +
                                std::to_string(policy.signers.size()) + ": no Release could ever be taken");
  }
  object.finish();
}

/// Either images or versions of one kind of component; a version text alone means nothing.
std::optional<ForbiddenFirmware> as_forbidden(const YamlValue& value) {
  Object object(value);
  ForbiddenFirmware forbidden;
  object.optional("digests", forbidden.digests, list_of(1, as_sha256));
  object.optional("component", forbidden.component, as_word<ComponentKind>);
  object.optional("versions", forbidden.versions, list_of(1, as_pattern));
  object.required("why", forbidden.why, as_text);
  if (object.is_mapping()) {
    const bool digests = object.find("digests").has_value();
    const bool versions = object.find("versions").has_value();
    const bool component = object.find("component").has_value();
    if (digests == versions) {
      object.fault("versions", "either digests or versions say what is forbidden");
    } else if (component != versions) {
      object.fault("component", "goes with versions, and they with it; a digest names one image");
    }
  }
  object.finish();
  return forbidden;
}

void read_trust(const YamlValue& value, const std::string& directory, Policy& policy) {
  Object object(value);
  if (const auto signers = object.require("signers")) {
    for_each_entry(*signers, "name", is_name, [&](const std::string& name, const YamlValue& signer) {
      policy.signers.push_back(read_signer(name, signer, directory));
    });
    if (signers->node->kind == YamlNode::Kind::mapping && signers->node->entries.empty()) {
      signers->fault("names nobody who may vouch for firmware");
    }
  }
  if (const auto require = object.require("require")) read_require(*require, policy);
  object.optional("forbidden", policy.forbidden, list_of(1, as_forbidden));
  object.optional("newBmcKeys", policy.new_bmc_keys, list_of(1, as_sha256));
  object.finish();
}

/// What nobody told is neither good nor bad, and no floor.
std::optional<Health> as_floor(const YamlValue& value) {
  const auto health = as_word<Health>(value);
  if (health == Health::unknown) {
    value.fault("is ok, warning or critical");
    return std::nullopt;
  }
  return health;
}

void read_fitness(const YamlValue& value, Policy& policy) {
  Object object(value);
  object.required("worstHealth", policy.worst_health, as_floor);
  object.finish();
}

void read_checks(const YamlValue& value, Policy& policy) {
  Object object(value);
  object.required("unaskedChange", policy.unasked_change, as_word<UnaskedChange>);
  object.finish();
}

}  // namespace

Result<Policy, Diagnostics> read_policy(const Document& document) {
  DocumentFaults faults(document.file);
  Policy policy;
  policy.name = document.name;
  policy.file = document.path;
  policy.document_digest = sha256(canonical_text(document.root));
  Object spec(document.spec(faults));
  if (const auto trust = spec.require("trust")) read_trust(*trust, document.directory, policy);
  spec.optional("ceilings", policy.ceilings, as_limits);
  if (const auto freezes = spec.find("freezes")) {
    if (auto list = read_freezes(*freezes, 1, "")) policy.freezes = std::move(*list);
  }
  if (const auto fitness = spec.find("fitness")) read_fitness(*fitness, policy);
  if (const auto checks = spec.find("checks")) read_checks(*checks, policy);
  if (const auto gates = spec.find("gates")) {
    for_each_entry(*gates, "name", is_name, [&](const std::string& name, const YamlValue& value) {
      if (const auto gate = as_gate(value)) policy.gates[name] = *gate;
    });
  }
  spec.finish();
  if (!faults.empty()) return fail(faults.take());
  return policy;
}

}  // namespace breakwater
