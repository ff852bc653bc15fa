#include "orchestrator/views/skeleton.hpp"

#include "inventories/document/json.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::views {
namespace {

/// `["3.2", "3.3"]`
std::string quoted_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quoted(text);
  return '[' + list + ']';
}

std::string head(std::string_view comment, std::string_view kind, const std::string& name) {
  std::string text;
  for (std::size_t begin = 0; begin < comment.size();) {
    const std::size_t end = std::min(comment.find('\n', begin), comment.size());
    text += "# " + std::string(comment.substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  return text + "apiVersion: breakwater/v1\nkind: " + std::string(kind) + "\nmetadata: {name: " + quoted(name) +
         "}\nspec:\n";
}

}  // namespace

/// Every JSON string is one in YAML.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string inventory_skeleton(const InventoryChoice& choice) {
  std::string text = head(
      "What do we have? One group for each rack; a host takes its keys from its own entry under `hosts`, then from "
      "its\n"
      "group, then from the defaults. All keys: docs/formats.md, or: breakwater schema Inventory",
      "Inventory", choice.name);
  text += "  defaults:\n    bmc:\n      credentials: " + quoted(choice.credentials) +
          "   # what it names holds user:password on one line; $(host.name) is filled in\n      tls: " + choice.tls +
          "\n    labels: {site: " + quoted(choice.name) + "}\n  groups:\n";
  for (const RackChoice& rack : choice.racks) {
    text += "    " + quoted(rack.name) + ":\n      hosts: " + quoted(rack.hosts) +
            "\n      labels: {rack: " + quoted(rack.name) +
            "}                # a rollout updates one host of a rack at a time unless told\n" +
            "      bmc: {firstAddress: " + quoted(rack.first_address) + "}   # counted up from host to host\n";
  }
  return text +
         "  # hosts:\n"
         "  #   r01-n01:\n"
         "  #     identity: {serial: \"ABC123\"}              # another machine at this address is left alone\n"
         "  #     hold: {reason: \"HW-8830 fan tray\"}        # not touched until this line is gone\n";
}

std::string imported_inventory(const ImportedChoice& choice) {
  std::string text = head("What do we have? Imported once, and kept by hand from here on.", "Inventory", choice.name);
  text +=
      "  defaults:\n    bmc: {credentials: " + quoted(choice.credentials) + ", tls: " + choice.tls + "}\n  hosts:\n";
  for (const ImportedHost& host : choice.hosts) {
    text += "    " + quoted(host.name) + ":\n      bmc: {address: " + quoted(host.address) + "}\n";
    if (!host.serial.empty() || !host.uuid.empty()) {
      text += "      identity: {" + (host.serial.empty() ? "" : "serial: " + quoted(host.serial)) +
              (host.serial.empty() || host.uuid.empty() ? "" : ", ") +
              (host.uuid.empty() ? "" : "uuid: " + quoted(host.uuid)) + "}\n";
    }
    if (host.labels.empty()) continue;
    std::string labels;
    for (const auto& [key, value] : host.labels)
      labels += (labels.empty() ? "" : ", ") + quoted(key) + ": " + quoted(value);
    text += "      labels: {" + labels + "}\n";
  }
  return text;
}

std::string policy_skeleton(const std::string& name, const std::string& signer, const std::string& key) {
  return head(
             "What may happen? Who vouches for firmware, and the ceilings that no Rollout may exceed. All keys: "
             "docs/formats.md.",
             "Policy", name) +
         "  trust:\n    signers:\n      " + quoted(signer) + ": {key: " + quoted(key) +
         ", components: [\"*\"]}\n"
         "    require: {signers: 1}                     # 2 once a second person signs: breakwater firmware keygen "
         "NAME\n"
         "  ceilings: {global: 20, per: {rack: 1}}      # hosts that may be away at once: in all, and of one rack\n"
         "  fitness: {worstHealth: warning}             # a host in worse health is not touched\n"
         "  gates:                                      # what a wave must show before the next one starts\n"
         "    strict: {successRate: {atLeast: 100%}}\n"
         "    normal: {successRate: {atLeast: 95%}}\n";
}

std::string release_skeleton(const ReleaseChoice& choice) {
  const std::string way_back =
      choice.has_other_bank
          ? "  rollback: {method: bankSwitch}              # each host that was read has a second bank\n"
          : "  # How does a host come back? `reflash` writes an older Release again, and needs that image here:\n"
            "  #   {method: reflash, to: \"NAME@sha256:DIGEST\"}\n"
            "  # With `none` a host that fails is quarantined, and the Rollout has to say `irreversible: "
            "acknowledged`.\n"
            "  rollback: {method: none}\n";
  return head(
             "One image, and what it may follow. Signatures cover the bytes of this file: sign it again after every "
             "change.",
             "Release", choice.name) +
         "  component: " + std::string(to_string(choice.component)) + "\n  vendor: " + quoted(choice.vendor) +
         "                      # as BMCs report it\n  models: " + quoted_list(choice.models) +
         "\n  version: " + quoted(choice.version) + "\n  reportedAs: " + quoted_list({choice.version}) +
         "   # what a BMC shows once these bytes run; any other text is no success\n  files:\n    - role: image\n"
         "      name: " +
         quoted(choice.image.name) + "\n      sha256: " + quoted(to_hex(choice.image.digest)) +
         "\n      size: " + std::to_string(choice.image.size) +
         "\n  edges:                                      # which versions may be updated to this one, by the release "
         "notes;\n    - {from: " +
         quoted_list(choice.from) +
         ", verdict: ok}\n  #                                           # others: via, forbidden, bricks; a host "
         "without an edge is left out\n" +
         "  apply: {activate: " + (choice.component == ComponentKind::bmc ? "bmcReset" : "hostReboot") +
         ", duration: {typical: 10m, most: 45m}}   # of one update, the boot included: measure it\n" + way_back;
}

std::string rollout_skeleton(const RolloutChoice& choice) {
  const std::string gate = quoted(choice.gate);
  return head("Who takes what, in which order? All keys: docs/formats.md.", "Rollout", choice.name) +
         "  policy: " + quoted(choice.policy) +
         "\n  targets: {selector: \"\"}                     # every host; or \"site=fra1,role!=db\"\n"
         "  components:\n    - {id: " +
         choice.component + ", release: " + quoted(choice.release) +
         "}\n"
         "  waves:                                      # a number counts new hosts, a share is cumulative\n"
         "    - {name: canary, size: 1, soak: 1h, gate: " +
         gate + "}\n    - {name: quarter, size: 25%, spread: [rack], soak: 1h, gate: " + gate +
         "}\n    - {name: rest, size: 100%, gate: " + gate +
         "}\n"
         "  # schedule:                                 # when hosts may start; always, unless told\n"
         "  #   timeZone: Europe/Berlin\n"
         "  #   windows: [{name: night, rrule: \"FREQ=DAILY;BYHOUR=22;BYMINUTE=0\", duration: 6h}]\n"
         "  checks:                                     # all of them at the same time, for stableFor\n"
         "    stableFor: 5m\n    list:\n"
         "      - {check: redfish.serviceReady}\n      - {check: inventory.versionEquals}\n"
         "      - {check: inventory.noComponentLost}\n      - {check: redfish.healthRollup, noWorse: true}\n"
         "      - {check: power.restored}\n      - {check: host.booted}\n";
}

}  // namespace breakwater::views
