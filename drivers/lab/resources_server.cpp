// The server's side of the tree: root, sessions, system, manager, chassis and its network adapters.
#include <algorithm>

#include "drivers/lab/resources.hpp"

namespace breakwater::lab {

using nlohmann::json;

json link(std::string_view uri) {
  return {{"@odata.id", uri}};
}

namespace {

constexpr std::string_view kAdapterPrefix = "/redfish/v1/Chassis/1/NetworkAdapters/";

json resource(std::string_view uri, std::string_view type, std::string_view id, std::string_view name) {
  return {{"@odata.id", uri}, {"@odata.type", type}, {"Id", id}, {"Name", name}};
}

json system_reset_values() {
  return {"On", "ForceOff", "GracefulShutdown", "GracefulRestart", "ForceRestart", "PowerCycle"};
}

json manager_reset_values() {
  return {"GracefulRestart", "ForceRestart"};
}

json reset_action(const Machine& machine, const std::string& target, const std::string& info, const json& values) {
  json action = {{"target", target}};
  if (machine.config().persona.reset_values_in == ResetValuesIn::action) {
    action["ResetType@Redfish.AllowableValues"] = values;
  } else {
    action["@Redfish.ActionInfo"] = info;
  }
  return action;
}

json reset_info(std::string_view uri, const json& values) {
  json info = resource(uri, "#ActionInfo.v1_3_0.ActionInfo", "ResetActionInfo", "Reset action");
  info["Parameters"] =
      json::array({{{"Name", "ResetType"}, {"Required", true}, {"DataType", "String"}, {"AllowableValues", values}}});
  return info;
}

// The running version of the component, empty if the server has none of that name.
std::string version_of(const Machine& machine, std::string_view name) {
  const auto& held = machine.components();
  const auto found = std::ranges::find_if(held, [name](const Component& one) { return one.config.name == name; });
  return found == held.end() ? "" : found->active.version;
}

}  // namespace

json service_root(const Machine& machine) {
  const HostConfig& host = machine.config();
  json root = resource("/redfish/v1/", "#ServiceRoot.v1_15_0.ServiceRoot", "RootService", "Root Service");
  root["RedfishVersion"] = "1.15.0";
  root["UUID"] = host.uuid;
  root["Vendor"] = host.persona.vendor;
  root["Product"] = host.persona.product;
  const bool advertised = host.persona.expand != Expand::absent;
  root["ProtocolFeaturesSupported"] = {{"ExpandQuery",
                                        {{"ExpandAll", advertised},
                                         {"Levels", advertised},
                                         {"Links", advertised},
                                         {"NoLinks", advertised},
                                         {"MaxLevels", advertised ? 1 : 0}}},
                                       {"SelectQuery", false},
                                       {"FilterQuery", false},
                                       {"OnlyMemberQuery", false},
                                       {"ExcerptQuery", false}};
  if (!advertised) root["ProtocolFeaturesSupported"].erase("ExpandQuery");
  for (const char* name : {"Systems", "Managers", "Chassis", "UpdateService", "SessionService", "Registries"})
    root[name] = link("/redfish/v1/" + std::string(name));
  root["Tasks"] = link("/redfish/v1/TaskService");
  root["Links"]["Sessions"] = link(uri::kSessions);
  return root;
}

json session_service(const Machine&) {
  json body = resource("/redfish/v1/SessionService", "#SessionService.v1_1_8.SessionService", "SessionService",
                       "Session Service");
  body["ServiceEnabled"] = true;
  body["SessionTimeout"] = std::chrono::seconds(SessionTable::kIdleMax).count();
  body["Sessions"] = link(uri::kSessions);
  return body;
}

json session_body(const LabSession& session) {
  json body =
      resource(std::string(uri::kSessions) + "/" + session.id, "#Session.v1_5_0.Session", session.id, "User Session");
  body["UserName"] = session.user;
  body["CreatedTime"] = breakwater::to_string(session.created);
  return body;
}

json system_body(const Machine& machine) {
  const HostConfig& host = machine.config();
  json body = resource(uri::kSystem, "#ComputerSystem.v1_20_0.ComputerSystem", "1", host.name);
  body["SystemType"] = "Physical";
  body["Manufacturer"] = host.manufacturer;
  body["Model"] = host.model;
  body["SerialNumber"] = host.serial;
  body["UUID"] = host.uuid;
  body["PowerState"] = machine.power();
  const std::string health = machine.health();
  body["Status"] = {
      {"State", machine.power() == "On" ? "Enabled" : "Disabled"}, {"Health", health}, {"HealthRollup", health}};
  if (const std::string bios = version_of(machine, "bios"); !bios.empty()) body["BiosVersion"] = bios;
  if (host.persona.boot_progress) body["BootProgress"] = {{"LastState", machine.boot_progress()}};
  if (host.persona.last_reset_time) body["LastResetTime"] = breakwater::to_string(machine.last_system_reset());
  body["Boot"] = {{"BootSourceOverrideEnabled", "Disabled"}, {"BootSourceOverrideTarget", "None"}};
  body["Links"] = {{"ManagedBy", json::array({link(uri::kManager)})}, {"Chassis", json::array({link(uri::kChassis)})}};
  body["Actions"]["#ComputerSystem.Reset"] =
      reset_action(machine, "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset",
                   "/redfish/v1/Systems/1/ResetActionInfo", system_reset_values());
  return body;
}

json system_reset_info() {
  return reset_info("/redfish/v1/Systems/1/ResetActionInfo", system_reset_values());
}

json manager_body(const Machine& machine) {
  const HostConfig& host = machine.config();
  json body = resource(uri::kManager, "#Manager.v1_19_0.Manager", "1", host.persona.product);
  body["ManagerType"] = "BMC";
  body["Model"] = host.persona.product;
  body["UUID"] = host.uuid;
  body["PowerState"] = "On";
  body["Status"] = {{"State", "Enabled"}, {"Health", "OK"}};
  if (host.persona.last_reset_time) body["LastResetTime"] = breakwater::to_string(machine.last_manager_reset());
  body["Links"] = {{"ManagerForServers", json::array({link(uri::kSystem)})},
                   {"ManagerForChassis", json::array({link(uri::kChassis)})}};
  for (const Component& component : machine.components()) {
    if (component.config.related_item != uri::kManager) continue;
    body["FirmwareVersion"] = component.active.version;
    body["Links"]["ActiveSoftwareImage"] = link(std::string(uri::kInventory) + "/" + component.config.id);
    break;
  }
  body["Actions"]["#Manager.Reset"] = reset_action(machine, "/redfish/v1/Managers/1/Actions/Manager.Reset",
                                                   "/redfish/v1/Managers/1/ResetActionInfo", manager_reset_values());
  return body;
}

json manager_reset_info() {
  return reset_info("/redfish/v1/Managers/1/ResetActionInfo", manager_reset_values());
}

json chassis_body(const Machine& machine) {
  const HostConfig& host = machine.config();
  json body = resource(uri::kChassis, "#Chassis.v1_23_0.Chassis", "1", "Chassis");
  body["ChassisType"] = "RackMount";
  body["Manufacturer"] = host.manufacturer;
  body["Model"] = host.model;
  body["SerialNumber"] = host.serial;
  body["PowerState"] = machine.power() == "Off" ? "Off" : "On";
  body["Status"] = {{"State", "Enabled"}, {"Health", machine.health()}};
  body["NetworkAdapters"] = link("/redfish/v1/Chassis/1/NetworkAdapters");
  body["Links"] = {{"ComputerSystems", json::array({link(uri::kSystem)})},
                   {"ManagedBy", json::array({link(uri::kManager)})}};
  return body;
}

std::vector<std::string> adapter_ids(const Machine& machine) {
  std::vector<std::string> ids;
  for (const Component& component : machine.components())
    if (component.config.related_item.starts_with(kAdapterPrefix))
      ids.push_back(component.config.related_item.substr(kAdapterPrefix.size()));
  return ids;
}

json adapter_body(const Machine& machine, std::string_view id) {
  const std::string here = std::string(kAdapterPrefix) + std::string(id);
  for (const Component& component : machine.components()) {
    if (component.config.related_item != here) continue;
    json body = resource(here, "#NetworkAdapter.v1_9_0.NetworkAdapter", id, "Network Adapter");
    body["Manufacturer"] = machine.config().manufacturer;
    body["Model"] = component.config.software_id;
    body["PartNumber"] = component.config.part_number;
    body["Status"] = {{"State", "Enabled"}, {"Health", "OK"}};
    return body;
  }
  return nullptr;
}

json collection(const Machine& machine, const LabRequest& request, std::string_view name, std::string_view type,
                const std::vector<std::string>& ids, const std::function<json(const std::string&)>& body_of) {
  const Persona& persona = machine.config().persona;
  const auto [expand_asked, levels] = query_parameter(request.query, "$expand");
  const bool expanded = expand_asked && persona.expand == Expand::honoured && !levels.starts_with('~');
  const auto [skip_asked, skip_text] = query_parameter(request.query, "$skip");
  std::size_t skip = 0;
  for (const char digit : skip_text)
    if (digit >= '0' && digit <= '9' && skip <= ids.size()) skip = skip * 10 + static_cast<std::size_t>(digit - '0');
  const std::size_t from = std::min(skip, ids.size());
  const std::size_t page = persona.page_size == 0 ? ids.size() : persona.page_size;
  const std::size_t to = std::min(from + page, ids.size());
  json members = json::array();
  for (std::size_t i = from; i < to; ++i)
    members.push_back(expanded ? body_of(ids[i]) : link(request.path + "/" + ids[i]));
  json body = {{"@odata.id", request.path},
               {"@odata.type", "#" + std::string(type) + "Collection." + std::string(type) + "Collection"},
               {"Name", name},
               {"Members@odata.count", ids.size()},
               {"Members", std::move(members)}};
  if (to < ids.size())
    body["Members@odata.nextLink"] =
        request.path + "?$skip=" + std::to_string(to) + (expanded ? "&$expand=" + levels : "");
  return body;
}

}  // namespace breakwater::lab
