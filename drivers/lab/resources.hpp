#pragma once
// The bodies of the Redfish tree, made from the machine when they are asked for.
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

namespace uri {
constexpr std::string_view kRoot = "/redfish/v1";
constexpr std::string_view kSystem = "/redfish/v1/Systems/1";
constexpr std::string_view kManager = "/redfish/v1/Managers/1";
constexpr std::string_view kChassis = "/redfish/v1/Chassis/1";
constexpr std::string_view kSessions = "/redfish/v1/SessionService/Sessions";
constexpr std::string_view kUpdateService = "/redfish/v1/UpdateService";
constexpr std::string_view kInventory = "/redfish/v1/UpdateService/FirmwareInventory";
constexpr std::string_view kTasks = "/redfish/v1/TaskService/Tasks";
constexpr std::string_view kMonitors = "/redfish/v1/TaskService/TaskMonitors";
constexpr std::string_view kRegistries = "/redfish/v1/Registries";
}  // namespace uri

/// {"@odata.id": uri}
nlohmann::json link(std::string_view uri);

nlohmann::json service_root(const Machine& machine);
nlohmann::json session_service(const Machine& machine);
nlohmann::json session_body(const LabSession& session);
nlohmann::json system_body(const Machine& machine);
nlohmann::json system_reset_info();
nlohmann::json manager_body(const Machine& machine);
nlohmann::json manager_reset_info();
nlohmann::json chassis_body(const Machine& machine);

/// The ids of the network adapters, one for each component that relates to one.
std::vector<std::string> adapter_ids(const Machine& machine);
nlohmann::json adapter_body(const Machine& machine, std::string_view id);

nlohmann::json update_service(const Machine& machine);
/// The ids of the firmware inventory as it is now: active, previous and staged entries.
std::vector<std::string> inventory_ids(const Machine& machine);
/// Null if no such entry is shown.
nlohmann::json inventory_body(const Machine& machine, std::string_view id);
/// The component that an inventory entry shows, and the suffix that says which of its images; nullptr if there is none.
struct InventoryEntry {
  const Component* component = nullptr;
  std::string_view suffix;  ///< empty, `-Previous` or `-Staged`
};
InventoryEntry inventory_entry(const Machine& machine, std::string_view id);

nlohmann::json task_service();
nlohmann::json task_body(const Task& task);
nlohmann::json registry_file(std::string_view id);
nlohmann::json update_registry();

/// A collection, paged as the persona says, and expanded if both the persona and the request say so.
nlohmann::json collection(const Machine& machine, const LabRequest& request, std::string_view name,
                          std::string_view type, const std::vector<std::string>& ids,
                          const std::function<nlohmann::json(const std::string&)>& body_of);

}  // namespace breakwater::lab
