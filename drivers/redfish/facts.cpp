#include "drivers/redfish/facts.hpp"

#include <algorithm>

#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater::redfish {
std::string text(const Json& object, std::string_view key) {
  return json_text(object, key).value_or("");
}

bool tells_nothing(const Json& resource) {
  const auto members = resource.items();
  return std::none_of(members.begin(), members.end(),
                      [](const auto& member) { return !member.key().starts_with('@'); });
}

bool has(const std::vector<std::string>& values, std::string_view wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

namespace {

/// The `@odata.id` of a link; some services write the URI itself where a link belongs.
std::string link_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return text(value, "@odata.id");
}

std::string link_at(const Json& object, std::string_view key) {
  const Json* const member = json_member(object, key);
  return member == nullptr ? std::string() : link_of(*member);
}

std::vector<std::string> links_at(const Json& object, std::string_view key) {
  std::vector<std::string> links;
  for (const Json& item : json_array(object, key)) {
    if (std::string link = link_of(item); !link.empty()) links.push_back(std::move(link));
  }
  return links;
}

std::vector<std::string> texts_at(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  for (const Json& item : json_array(object, key)) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// A serial that says something: factories leave blanks and placeholders (X10: ten spaces).
std::string real_serial(const std::string& value) {
  const std::string serial(trimmed(value));
  const std::string low = to_lower(serial);
  if (is_placeholder_version(serial) || low == "to be filled by o.e.m." || low == "0123456789") return {};
  return serial;
}

std::string real_uuid(const std::string& value) {
  const std::string uuid = to_lower(trimmed(value));
  return uuid.find_first_not_of("0-") == std::string::npos ? std::string() : uuid;
}

std::optional<ResetAction> action_at(const Json& resource, std::string_view name) {
  const Json& action = json_object(json_object(resource, "Actions"), name);
  const std::string target = text(action, "target");
  if (target.empty()) return std::nullopt;
  return ResetAction{target, texts_at(action, "ResetType@Redfish.AllowableValues"),
                     link_at(action, "@Redfish.ActionInfo")};
}

Power read_power(const std::string& state) {
  if (state == "On") return Power::on;
  if (state == "Off") return Power::off;
  if (state == "PoweringOn" || state == "PoweringOff") return Power::changing;
  return Power::unknown;
}

Health read_health(const Json& status) {
  std::string health = text(status, "HealthRollup");
  if (health.empty()) health = text(status, "Health");
  if (health == "OK") return Health::ok;
  if (health == "Warning") return Health::warning;
  if (health == "Critical") return Health::critical;
  return Health::unknown;
}

/// A time that a clock can have shown; BMCs send 1970 and 0000-00-00.
std::optional<Instant> real_time(const std::string& value) {
  constexpr Instant kEarliest{std::chrono::hours(24 * 365 * 35)};  // 2005: before Redfish existed
  const auto instant = parse_instant(value);
  return instant && *instant > kEarliest ? instant : std::nullopt;
}

/// How far the boot is, as far as the service tells. `None` without a time is what a service shows that never tells
/// (iLO7); a state older than the last reset describes the boot before it.
Boot read_boot(const Json& system, const Quirks& quirks) {
  const Json& progress = json_object(system, "BootProgress");
  const std::string state = text(progress, "LastState");
  const std::string oem = text(progress, "OemLastState");
  if (state.empty()) return Boot::unknown;
  if (state == "None" && text(progress, "LastStateTime").empty()) return Boot::unknown;
  const bool booted = state == "OSRunning" || (!quirks.booted_state.empty() && state == quirks.booted_state) ||
                      (state == "OEM" && !quirks.booted_oem_state.empty() && oem == quirks.booted_oem_state);
  if (state == "OEM" && !booted && quirks.booted_oem_state.empty()) return Boot::unknown;
  const auto since = real_time(text(progress, "LastStateTime"));
  const auto reset = real_time(text(system, "LastResetTime"));
  if (booted && since && reset && *since < *reset) return Boot::booting;
  return booted ? Boot::booted : Boot::booting;
}

std::optional<Slot> slot_by_id(const std::string& id, const Quirks& quirks) {
  for (const SlotRow& row : quirks.slots) {
    if (id.starts_with(row.prefix) && id.ends_with(row.suffix)) return row.slot;
  }
  return std::nullopt;
}

Slot read_slot(const Json& entry, const std::string& id, const Quirks& quirks) {
  const auto active = json_boolean(entry, "Active");
  if (active.value_or(false)) return Slot::running;
  if (json_boolean(entry, "Staged").value_or(false)) return Slot::staged;
  if (active) return Slot::previous;
  if (const auto slot = slot_by_id(id, quirks)) return *slot;
  return text(json_object(entry, "Status"), "State") == "StandbySpare" ? Slot::previous : Slot::running;
}

std::string action_target(const Json& resource, std::string_view name) {
  return text(json_object(json_object(resource, "Actions"), name), "target");
}

char read_expand(const Json& root) {
  const Json& query = json_object(json_object(root, "ProtocolFeaturesSupported"), "ExpandQuery");
  if (json_boolean(query, "NoLinks").value_or(false)) return '.';
  return json_boolean(query, "ExpandAll").value_or(false) ? '*' : '\0';
}

/// The apply times that the service's push takes. Where it stands differs: at the multipart URI, on SimpleUpdate
/// (Dell), and for the bare push in its options.
std::vector<std::string> read_apply_times(const Json& service, bool multipart) {
  if (!multipart) {
    const Json& options = json_object(json_object(service, "HttpPushUriOptions"), "HttpPushUriApplyTime");
    return texts_at(options, "ApplyTime@Redfish.AllowableValues");
  }
  const Json& at_uri = json_object(service, "MultipartHttpPushUri@Redfish.OperationApplyTimeSupport");
  if (!at_uri.empty()) return texts_at(at_uri, "SupportedValues");
  const Json& simple = json_object(json_object(service, "Actions"), "#UpdateService.SimpleUpdate");
  return texts_at(json_object(simple, "@Redfish.OperationApplyTimeSupport"), "SupportedValues");
}

}  // namespace

ServiceRoot read_service_root(const Json& root) {
  std::vector<std::string> oem_keys;
  for (const auto& item : json_object(root, "Oem").items()) oem_keys.push_back(item.key());
  ServiceRoot facts;
  facts.vendor = text(root, "Vendor");
  facts.uuid = real_uuid(text(root, "UUID"));
  facts.sessions = link_at(json_object(root, "Links"), "Sessions");
  facts.systems = link_at(root, "Systems");
  facts.managers = link_at(root, "Managers");
  facts.manager_providing = link_at(json_object(root, "Links"), "ManagerProvidingService");
  facts.update_service = link_at(root, "UpdateService");
  facts.task_service = link_at(root, "Tasks");
  facts.expand = read_expand(root);
  facts.family = family_of(facts.vendor, oem_keys);
  return facts;
}

SystemFacts read_system(const Json& system, const Quirks& quirks) {
  SystemFacts facts;
  facts.uri = text(system, "@odata.id");
  facts.identity.vendor = trimmed(text(system, "Manufacturer"));
  facts.identity.model = trimmed(text(system, "Model"));
  facts.identity.serial = real_serial(text(system, "SerialNumber"));
  facts.identity.uuid = real_uuid(text(system, "UUID"));
  facts.managed_by = links_at(json_object(system, "Links"), "ManagedBy");
  facts.reset = action_at(system, "#ComputerSystem.Reset");
  facts.power = read_power(text(system, "PowerState"));
  facts.health = read_health(json_object(system, "Status"));
  facts.boot = read_boot(system, quirks);
  facts.reset_time = text(system, "LastResetTime");
  return facts;
}

ManagerFacts read_manager(const Json& manager) {
  ManagerFacts facts;
  facts.uri = text(manager, "@odata.id");
  facts.active_image = link_at(json_object(manager, "Links"), "ActiveSoftwareImage");
  facts.for_servers = links_at(json_object(manager, "Links"), "ManagerForServers");
  facts.reset = action_at(manager, "#Manager.Reset");
  facts.reset_time = text(manager, "LastResetTime");
  return facts;
}

UpdateFacts read_update_service(const Json& service, const Quirks& quirks) {
  UpdateFacts facts;
  facts.uri = text(service, "@odata.id");
  facts.etag = text(service, "@odata.etag");
  facts.enabled = json_boolean(service, "ServiceEnabled").value_or(true);
  facts.busy = json_boolean(service, "HttpPushUriTargetsBusy").value_or(false);
  facts.push_targets = json_member(service, "HttpPushUriTargets") != nullptr;
  facts.multipart_uri = link_at(service, "MultipartHttpPushUri");
  facts.http_push_uri = quirks.raw_push ? link_at(service, "HttpPushUri") : std::string();
  facts.inventory = link_at(service, "FirmwareInventory");
  facts.start_update = action_target(service, "#UpdateService.StartUpdate");
  facts.simple_update = action_target(service, "#UpdateService.SimpleUpdate");
  facts.ability.multipart = !facts.multipart_uri.empty();
  facts.ability.http_push = !facts.http_push_uri.empty();
  const std::vector<std::string> values = read_apply_times(service, facts.ability.multipart);
  facts.push_options = !facts.ability.multipart && !values.empty();
  facts.ability.stage_on_reset = has(values, "OnReset");
  facts.ability.stage_for_start = has(values, "OnStartUpdateRequest") && !facts.start_update.empty();
  const auto bytes = json_integer(service, "MaxImageSizeBytes");
  facts.ability.bare_only = !facts.ability.multipart && facts.ability.http_push && !facts.push_targets;
  if (!facts.enabled) facts.ability.closed = "the update service is switched off (ServiceEnabled false)";
  if (!facts.ability.multipart && !facts.ability.http_push) facts.ability.closed = std::string(kTakesNoImage);
  facts.ability.max_image_bytes = bytes && *bytes > 0 ? static_cast<std::uint64_t>(*bytes) : 0;
  return facts;
}

SoftwareEntry read_software(const Json& entry, const Quirks& quirks) {
  SoftwareEntry facts;
  InstalledComponent& component = facts.component;
  component.uri = text(entry, "@odata.id");
  component.id = text(entry, "Id");
  if (component.id.empty()) component.id = component.uri.substr(component.uri.rfind('/') + 1);
  component.key.software_id = trimmed(text(entry, "SoftwareId"));
  component.key.related_items = links_at(entry, "RelatedItem");
  component.key.name = text(entry, "Name");
  component.version = text(entry, "Version");
  component.slot = read_slot(entry, component.id, quirks);
  facts.known = component.slot == Slot::running || !is_placeholder_version(component.version);
  facts.activate = action_target(entry, "#SoftwareInventory.Activate");
  facts.cancel = action_target(entry, "#SoftwareInventory.Cancel");
  return facts;
}

Page read_page(Json collection) {
  Page page;
  page.next = text(collection, "Members@odata.nextLink");
  if (page.next.empty()) page.next = text(collection, "@odata.nextLink");
  const auto members = collection.find("Members");
  if (members == collection.end() || !members->is_array()) return page;
  for (Json& item : *members) {
    Page::Member member;
    member.uri = link_of(item);
    if (member.uri.empty()) continue;
    // A bare link has one member, or an etag beside it. A resource names itself.
    member.expanded = item.is_object() && json_member(item, "Id") != nullptr;
    if (member.expanded) member.body = std::move(item);
    page.members.push_back(std::move(member));
  }
  return page;
}

std::vector<std::string> read_action_info(const Json& action_info) {
  for (const Json& parameter : json_array(action_info, "Parameters")) {
    if (text(parameter, "Name") == "ResetType") return texts_at(parameter, "AllowableValues");
  }
  return {};
}

}  // namespace breakwater::redfish
