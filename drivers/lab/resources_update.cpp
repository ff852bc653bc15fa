// The update's side of the tree: update service, firmware inventory, tasks, message registry.
#include <algorithm>

#include "drivers/lab/resources.hpp"

namespace breakwater::lab {
namespace {

using nlohmann::json;

constexpr std::string_view kPreviousSuffix = "-Previous";
constexpr std::string_view kStagedSuffix = "-Staged";

std::string member_uri(const Component& component, std::string_view suffix) {
  return std::string(uri::kInventory) + "/" + component.config.id + std::string(suffix);
}

json entry_body(const Component& component, std::string_view suffix, const std::string& version) {
  const ComponentConfig& config = component.config;
  const std::string here = member_uri(component, suffix);
  const bool active = suffix.empty();
  const bool staged = suffix == kStagedSuffix;
  json body = {{"@odata.id", here},
               {"@odata.type", "#SoftwareInventory.v1_12_0.SoftwareInventory"},
               {"Id", config.id + std::string(suffix)},
               {"Name", config.name + " firmware" +
                            (active   ? ""
                             : staged ? ", staged"
                                      : ", previous")},
               {"Version", version},
               {"SoftwareId", config.software_id},
               {"Manufacturer", "Breakwater"},
               {"Updateable", active},
               {"Active", active},
               {"Staged", staged},
               {"ResetRequiredOnUpdate", true},
               {"RelatedItem", json::array({link(config.related_item)})},
               {"RelatedItem@odata.count", 1}};
  const char* state = active ? "Enabled" : staged ? "StandbyOffline" : "StandbySpare";
  body["Status"] = {{"State", state}, {"Health", "OK"}};
  if (suffix == kPreviousSuffix)
    body["Actions"]["#SoftwareInventory.Activate"]["target"] = here + "/Actions/SoftwareInventory.Activate";
  if (staged) body["Actions"]["#SoftwareInventory.Cancel"]["target"] = here + "/Actions/SoftwareInventory.Cancel";
  return body;
}

json message_body(const TaskMessage& message) {
  return {{"MessageId", message.id},
          {"Message", message.text},
          {"MessageArgs", message.args},
          {"Severity", message.severity},
          {"MessageSeverity", message.severity},
          {"Resolution", "None."}};
}

json registry_entry(std::string_view text, std::string_view severity, int args) {
  return {{"Description", text},         {"Message", text},      {"Severity", severity},
          {"MessageSeverity", severity}, {"NumberOfArgs", args}, {"Resolution", "None."}};
}

bool shows_staged(const Machine& machine, const Component& component) {
  return component.staged && machine.config().persona.waits_as == WaitsAs::entry;
}

}  // namespace

json update_service(const Machine& machine) {
  const Persona& persona = machine.config().persona;
  json values = json::array();
  for (const ApplyTime apply : persona.apply_times) values.push_back(to_string(apply));
  const json support = {{"@odata.type", "#Settings.v1_3_5.OperationApplyTimeSupport"}, {"SupportedValues", values}};
  json body = {{"@odata.id", uri::kUpdateService},
               {"@odata.type", "#UpdateService.v1_14_0.UpdateService"},
               {"Id", "UpdateService"},
               {"Name", "Update Service"},
               {"ServiceEnabled", true},
               {"Status", {{"State", "Enabled"}, {"Health", "OK"}}},
               {"MaxImageSizeBytes", persona.image_bytes_max},
               {"FirmwareInventory", link(uri::kInventory)}};
  if (persona.multipart_push) {
    body["MultipartHttpPushUri"] = persona.multipart_uri;
    body["MultipartHttpPushUri@Redfish.OperationApplyTimeSupport"] = support;
  }
  if (persona.http_push) {
    body["HttpPushUri"] = persona.http_push_uri;
    body["HttpPushUriOptions"]["HttpPushUriApplyTime"]["ApplyTime"] = to_string(machine.raw_push_apply());
    body["HttpPushUriOptions"]["HttpPushUriApplyTime"]["ApplyTime@Redfish.AllowableValues"] = values;
  }
  const std::string actions = std::string(uri::kUpdateService) + "/Actions/UpdateService.";
  body["Actions"]["#UpdateService.SimpleUpdate"] = {{"target", actions + "SimpleUpdate"},
                                                    {"TransferProtocol@Redfish.AllowableValues", {"HTTP", "HTTPS"}},
                                                    {"@Redfish.OperationApplyTimeSupport", support}};
  body["Actions"]["#UpdateService.StartUpdate"] = {{"target", actions + "StartUpdate"}};
  return body;
}

std::vector<std::string> inventory_ids(const Machine& machine) {
  std::vector<std::string> ids;
  for (const Component& component : machine.components()) {
    if (machine.lost(component)) continue;
    ids.push_back(component.config.id);
    if (component.previous) ids.push_back(component.config.id + std::string(kPreviousSuffix));
    if (shows_staged(machine, component)) ids.push_back(component.config.id + std::string(kStagedSuffix));
  }
  return ids;
}

InventoryEntry inventory_entry(const Machine& machine, std::string_view id) {
  for (const Component& component : machine.components()) {
    if (machine.lost(component) || !id.starts_with(component.config.id)) continue;
    const std::string_view suffix = id.substr(component.config.id.size());
    const bool shown = suffix.empty() || (suffix == kPreviousSuffix && component.previous) ||
                       (suffix == kStagedSuffix && shows_staged(machine, component));
    if (shown) return {&component, suffix};
  }
  return {};
}

json inventory_body(const Machine& machine, std::string_view id) {
  const InventoryEntry entry = inventory_entry(machine, id);
  if (entry.component == nullptr) return nullptr;
  const Component& component = *entry.component;
  if (entry.suffix == kPreviousSuffix) return entry_body(component, entry.suffix, component.previous->version);
  if (entry.suffix == kStagedSuffix) return entry_body(component, entry.suffix, component.staged->bank.version);
  return entry_body(component, entry.suffix, component.active.version);
}

json task_service() {
  return {{"@odata.id", "/redfish/v1/TaskService"},
          {"@odata.type", "#TaskService.v1_2_0.TaskService"},
          {"Id", "TaskService"},
          {"Name", "Task Service"},
          {"ServiceEnabled", true},
          {"CompletedTaskOverWritePolicy", "Oldest"},
          {"Tasks", link(uri::kTasks)}};
}

json task_body(const Task& task) {
  json body = {{"@odata.id", std::string(uri::kTasks) + "/" + task.id},
               {"@odata.type", "#Task.v1_7_1.Task"},
               {"Id", task.id},
               {"Name", task.name},
               {"TaskState", to_string(task.state)},
               {"TaskStatus", task.ended_badly() ? "Critical" : "OK"},
               {"PercentComplete", task.percent()},
               {"StartTime", breakwater::to_string(task.started)},
               {"TaskMonitor", std::string(uri::kMonitors) + "/" + task.id},
               {"HidePayload", false},
               {"Payload", {{"TargetUri", task.target_uri}, {"HttpOperation", "POST"}}},
               {"Messages", json::array()}};
  if (task.ended) body["EndTime"] = breakwater::to_string(*task.ended);
  for (const TaskMessage& message : task.messages) body["Messages"].push_back(message_body(message));
  return body;
}

json registry_file(std::string_view id) {
  const std::string here = std::string(uri::kRegistries) + "/" + std::string(id);
  return {{"@odata.id", here},
          {"@odata.type", "#MessageRegistryFile.v1_1_3.MessageRegistryFile"},
          {"Id", id},
          {"Name", "Update Message Registry File"},
          {"Registry", "Update.1.0"},
          {"Languages", {"en"}},
          {"Location", json::array({{{"Language", "en"}, {"Uri", here + "/Update.1.0"}}})}};
}

json update_registry() {
  json messages;
  messages["TransferringToComponent"] = registry_entry("Image '%1' is being transferred to '%2'.", "OK", 2);
  messages["VerifyingAtComponent"] = registry_entry("Image '%1' is being verified at '%2'.", "OK", 2);
  messages["InstallingOnComponent"] = registry_entry("Image '%1' is being installed on '%2'.", "OK", 2);
  messages["AwaitToUpdate"] = registry_entry("Awaiting an action to update '%2' with image '%1'.", "OK", 2);
  messages["AwaitToActivate"] = registry_entry("Awaiting an action to activate image '%1' on '%2'.", "OK", 2);
  messages["UpdateSuccessful"] = registry_entry("Device '%1' was updated with image '%2'.", "OK", 2);
  messages["TransferFailed"] = registry_entry("Transfer of image '%1' to '%2' failed.", "Critical", 2);
  messages["VerificationFailed"] = registry_entry("Verification of image '%1' at '%2' failed.", "Critical", 2);
  messages["ApplyFailed"] = registry_entry("Installation of image '%1' to '%2' failed.", "Critical", 2);
  messages["ActivateFailed"] = registry_entry("Activation of image '%1' on '%2' failed.", "Critical", 2);
  return {{"@odata.id", std::string(uri::kRegistries) + "/Update/Update.1.0"},
          {"@odata.type", "#MessageRegistry.v1_6_0.MessageRegistry"},
          {"Id", "Update.1.0"},
          {"Name", "Update Message Registry"},
          {"Language", "en"},
          {"RegistryPrefix", "Update"},
          {"RegistryVersion", "1.0.0"},
          {"OwningEntity", "Breakwater"},
          {"Messages", messages}};
}

}  // namespace breakwater::lab
