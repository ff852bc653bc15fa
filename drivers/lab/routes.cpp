#include "drivers/lab/routes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "drivers/lab/actions.hpp"
#include "drivers/lab/resources.hpp"
#include "inventories/trust/base64.hpp"

namespace breakwater::lab {
namespace {

using nlohmann::json;

LabReply missing() {
  return error_reply(404, "ResourceMissingAtURI", "There is no resource at this URI.");
}

LabReply shown(json body) {
  if (body.is_null()) return missing();
  LabReply reply;
  reply.body = std::move(body);
  return reply;
}

template <json (*body)(const Machine&)>
LabReply show(Machine& machine, const LabRequest&, const Captures&) {
  return shown(body(machine));
}

template <json (*body)()>
LabReply show(Machine&, const LabRequest&, const Captures&) {
  return shown(body());
}

// The collections of one member called `1`.
template <json (*body)(const Machine&)>
LabReply single(Machine& machine, const LabRequest& request, std::string_view type) {
  return shown(collection(machine, request, std::string(type) + " collection", type, {"1"},
                          [&](const std::string&) { return body(machine); }));
}

LabReply versions(Machine&, const LabRequest&, const Captures&) {
  return shown({{"v1", "/redfish/v1/"}});
}

LabReply odata(Machine&, const LabRequest&, const Captures&) {
  return shown({{"@odata.context", "/redfish/v1/$metadata"}, {"value", json::array()}});
}

LabReply systems(Machine& machine, const LabRequest& request, const Captures&) {
  return single<system_body>(machine, request, "ComputerSystem");
}

LabReply managers(Machine& machine, const LabRequest& request, const Captures&) {
  return single<manager_body>(machine, request, "Manager");
}

LabReply chassis(Machine& machine, const LabRequest& request, const Captures&) {
  return single<chassis_body>(machine, request, "Chassis");
}

LabReply adapters(Machine& machine, const LabRequest& request, const Captures&) {
  return shown(collection(machine, request, "Network adapters", "NetworkAdapter", adapter_ids(machine),
                          [&](const std::string& id) { return adapter_body(machine, id); }));
}

LabReply adapter(Machine& machine, const LabRequest&, const Captures& captures) {
  return shown(adapter_body(machine, captures[0]));
}

LabReply sessions(Machine& machine, const LabRequest& request, const Captures&) {
  std::vector<std::string> ids;
  for (const LabSession& session : machine.sessions().all()) ids.push_back(session.id);
  return shown(collection(machine, request, "Sessions", "Session", ids,
                          [&](const std::string& id) { return session_body(*machine.sessions().find(id)); }));
}

LabReply session(Machine& machine, const LabRequest&, const Captures& captures) {
  const LabSession* found = machine.sessions().find(captures[0]);
  return found == nullptr ? missing() : shown(session_body(*found));
}

LabReply garbage() {
  LabReply reply;
  reply.raw = "{\"Members\": [ \x01\xff <html>Segmentation fault";
  return reply;
}

LabReply inventory(Machine& machine, const LabRequest& request, const Captures&) {
  if (machine.strikes(LabFault::garbage)) return garbage();
  return shown(collection(machine, request, "Firmware inventory", "SoftwareInventory", inventory_ids(machine),
                          [&](const std::string& id) { return inventory_body(machine, id); }));
}

LabReply inventory_member(Machine& machine, const LabRequest&, const Captures& captures) {
  if (machine.strikes(LabFault::garbage)) return garbage();
  return shown(inventory_body(machine, captures[0]));
}

LabReply tasks(Machine& machine, const LabRequest& request, const Captures&) {
  std::vector<std::string> ids;
  for (const auto& task : machine.tasks().all()) ids.push_back(task->id);
  return shown(collection(machine, request, "Tasks", "Task", ids,
                          [&](const std::string& id) { return task_body(*machine.tasks().find(id)); }));
}

LabReply task(Machine& machine, const LabRequest&, const Captures& captures) {
  const auto found = machine.tasks().find(captures[0]);
  return found ? shown(task_body(*found)) : missing();
}

LabReply registries(Machine& machine, const LabRequest& request, const Captures&) {
  return shown(collection(machine, request, "Registries", "MessageRegistryFile", {"Update"},
                          [](const std::string& id) { return registry_file(id); }));
}

LabReply registry(Machine&, const LabRequest&, const Captures& captures) {
  return captures[0] == "Update" ? shown(registry_file(captures[0])) : missing();
}

struct Route {
  Method method;
  std::string_view path;  ///< a `{}` stands for any one segment
  LabReply (*reply)(Machine&, const LabRequest&, const Captures&);
};

constexpr std::array kRoutes{
    Route{Method::get, "/redfish", versions},
    Route{Method::get, "/redfish/v1", show<service_root>},
    Route{Method::get, "/redfish/v1/odata", odata},
    Route{Method::get, "/redfish/v1/SessionService", show<session_service>},
    Route{Method::get, "/redfish/v1/SessionService/Sessions", sessions},
    Route{Method::get, "/redfish/v1/SessionService/Sessions/{}", session},
    Route{Method::remove, "/redfish/v1/SessionService/Sessions/{}", log_out},
    Route{Method::get, "/redfish/v1/Systems", systems},
    Route{Method::get, "/redfish/v1/Systems/1", show<system_body>},
    Route{Method::get, "/redfish/v1/Systems/1/ResetActionInfo", show<system_reset_info>},
    Route{Method::post, "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", reset_system},
    Route{Method::get, "/redfish/v1/Managers", managers},
    Route{Method::get, "/redfish/v1/Managers/1", show<manager_body>},
    Route{Method::get, "/redfish/v1/Managers/1/ResetActionInfo", show<manager_reset_info>},
    Route{Method::post, "/redfish/v1/Managers/1/Actions/Manager.Reset", reset_manager},
    Route{Method::get, "/redfish/v1/Chassis", chassis},
    Route{Method::get, "/redfish/v1/Chassis/1", show<chassis_body>},
    Route{Method::get, "/redfish/v1/Chassis/1/NetworkAdapters", adapters},
    Route{Method::get, "/redfish/v1/Chassis/1/NetworkAdapters/{}", adapter},
    Route{Method::get, "/redfish/v1/UpdateService", show<update_service>},
    Route{Method::patch, "/redfish/v1/UpdateService", patch_update_service},
    Route{Method::post, "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate", simple_update},
    Route{Method::post, "/redfish/v1/UpdateService/Actions/UpdateService.StartUpdate", start_update},
    Route{Method::get, "/redfish/v1/UpdateService/FirmwareInventory", inventory},
    Route{Method::get, "/redfish/v1/UpdateService/FirmwareInventory/{}", inventory_member},
    Route{Method::post, "/redfish/v1/UpdateService/FirmwareInventory/{}/Actions/SoftwareInventory.Activate",
          activate_bank},
    Route{Method::post, "/redfish/v1/UpdateService/FirmwareInventory/{}/Actions/SoftwareInventory.Cancel",
          cancel_staged},
    Route{Method::get, "/redfish/v1/TaskService", show<task_service>},
    Route{Method::get, "/redfish/v1/TaskService/Tasks", tasks},
    Route{Method::get, "/redfish/v1/TaskService/Tasks/{}", task},
    Route{Method::remove, "/redfish/v1/TaskService/Tasks/{}", delete_task},
    Route{Method::get, "/redfish/v1/TaskService/TaskMonitors/{}", read_monitor},
    Route{Method::get, "/redfish/v1/Registries", registries},
    Route{Method::get, "/redfish/v1/Registries/{}", registry},
    Route{Method::get, "/redfish/v1/Registries/Update/Update.1.0", show<update_registry>},
};

// True if the path fits the pattern; `captures` then holds what its `{}` matched.
bool matches(std::string_view pattern, std::string_view path, Captures& captures) {
  captures.clear();
  while (true) {
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, path_end);
    if (pattern.substr(0, pattern_end) == "/{}" && segment.size() > 1) {
      captures.emplace_back(segment.substr(1));
    } else if (pattern.substr(0, pattern_end) != segment) {
      return false;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
    if (pattern.empty() || path.empty()) return pattern.empty() && path.empty();
  }
}

LabReply route(Machine& machine, const LabRequest& request) {
  const Method method = request.method == Method::head ? Method::get : request.method;
  std::string allowed;
  Captures captures;
  for (const Route& candidate : kRoutes) {
    if (!matches(candidate.path, request.path, captures)) continue;
    if (candidate.method == method) return candidate.reply(machine, request, captures);
    const char* name = candidate.method == Method::get     ? "GET, HEAD"
                       : candidate.method == Method::post  ? "POST"
                       : candidate.method == Method::patch ? "PATCH"
                                                           : "DELETE";
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  if (allowed.empty()) return missing();
  LabReply reply = error_reply(405, "OperationNotAllowed", "This resource does not take this method.");
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

}  // namespace

bool is_push(const Machine& machine, const LabRequest& request) {
  const Persona& persona = machine.config().persona;
  if (request.method != Method::post) return false;
  return (persona.multipart_push && request.path == persona.multipart_uri) ||
         (persona.http_push && request.path == persona.http_push_uri);
}

bool authorised(Machine& machine, const Credentials& credentials, const LabRequest& request) {
  if (!request.token.empty()) return machine.sessions().use(request.token) != nullptr;
  constexpr std::string_view kBasic = "Basic ";
  if (!request.authorization.starts_with(kBasic)) return false;
  const auto decoded = parse_base64(std::string_view(request.authorization).substr(kBasic.size()));
  const std::string expected = credentials.username + ":" + credentials.password.reveal();
  if (decoded && std::ranges::equal(*decoded, expected, [](std::uint8_t byte, char letter) {
        return byte == static_cast<std::uint8_t>(letter);
      }))
    return true;
  ++machine.counters().logins_refused;
  return false;
}

LabReply answer(Machine& machine, const Credentials& credentials, const LabRequest& request) {
  const bool reading = request.method == Method::get || request.method == Method::head;
  const bool open_to_all =
      reading && (request.path == "/redfish" || request.path == uri::kRoot || request.path == "/redfish/v1/odata");
  if (request.method == Method::post && request.path == uri::kSessions) return log_in(machine, credentials, request);
  if (!open_to_all && !authorised(machine, credentials, request)) {
    LabReply reply = error_reply(401, "NoValidSession", "There is no valid session or password with the request.");
    reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"lab\"");
    return reply;
  }
  // As iDRAC does, whatever the tag: If-Match makes no sense with an action.
  if (request.method == Method::post && request.if_match)
    return error_reply(412, "PreconditionFailed", "An action takes no If-Match.");
  return route(machine, request);
}

}  // namespace breakwater::lab
