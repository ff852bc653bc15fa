#include "drivers/lab/actions.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "drivers/lab/resources.hpp"

namespace breakwater::lab {
namespace {

using nlohmann::json;

constexpr const char* kRetryAfterS = "1";

// The body as an object; nothing if it is something else. An empty body is an empty object.
std::optional<json> object_of(const LabRequest& request) {
  if (request.body.empty()) return json::object();
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return std::nullopt;
  return body;
}

std::optional<std::string> text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

LabReply malformed() {
  return error_reply(400, "MalformedJSON", "The body is not a JSON object.");
}

LabReply precondition_failed() {
  return error_reply(412, "PreconditionFailed", "The ETag supplied did not match the one required.");
}

LabReply no_content() {
  LabReply reply;
  reply.status = 204;
  return reply;
}

std::optional<ResetType> parse_reset_type(std::string_view name) {
  constexpr std::array kTypes{std::pair{std::string_view{"On"}, ResetType::on},
                              std::pair{std::string_view{"ForceOff"}, ResetType::force_off},
                              std::pair{std::string_view{"GracefulShutdown"}, ResetType::graceful_shutdown},
                              std::pair{std::string_view{"GracefulRestart"}, ResetType::graceful_restart},
                              std::pair{std::string_view{"ForceRestart"}, ResetType::force_restart},
                              std::pair{std::string_view{"PowerCycle"}, ResetType::power_cycle}};
  for (const auto& [known, type] : kTypes)
    if (known == name) return type;
  return std::nullopt;
}

// The body's ResetType, or the default if it names none; the error reply if it cannot be read.
Result<ResetType, LabReply> wanted_reset(const LabRequest& request, ResetType otherwise) {
  const auto body = object_of(request);
  if (!body) return fail(malformed());
  if (!body->contains("ResetType")) return otherwise;
  const auto type = parse_reset_type(text_of(*body, "ResetType").value_or(""));
  if (!type) return fail(error_reply(400, "ActionParameterNotSupported", "This ResetType is not supported."));
  return *type;
}

}  // namespace

LabReply denied(Denial denial) {
  LabReply reply;
  switch (denial) {
    case Denial::busy:
      reply = error_reply(503, "ServiceTemporarilyUnavailable", "Another update is running.");
      reply.headers.emplace_back("Retry-After", kRetryAfterS);
      break;
    case Denial::already_staged:
      reply = error_reply(409, "ResourceInUse", "An image is already staged for this component.");
      break;
    case Denial::nothing_staged:
      reply = error_reply(409, "ResourceNotFound", "There is no image for this action.");
      break;
    case Denial::powered_off:
      reply = error_reply(409, "ResourceInStandby", "The system is powered off.");
      break;
  }
  return reply;
}

LabReply accepted(const Machine& machine, const Task& task) {
  const std::string task_uri = std::string(uri::kTasks) + "/" + task.id;
  const std::string monitor_uri = std::string(uri::kMonitors) + "/" + task.id;
  LabReply reply;
  reply.status = 202;
  switch (machine.config().persona.task_in) {
    case TaskIn::monitor_and_body:
      reply.headers.emplace_back("Location", monitor_uri);
      reply.body = task_body(task);
      break;
    case TaskIn::location:
      reply.headers.emplace_back("Location", task_uri);
      break;
    case TaskIn::body:
      reply.body = task_body(task);
      break;
    case TaskIn::monitor:
      reply.headers.emplace_back("Location", monitor_uri);
      break;
    case TaskIn::extended_info:
      reply.body["Accepted"] = {
          {"code", "Base.v1_10_3.Accepted"},
          {"Message", "Successfully Accepted Request. Please see the location header and ExtendedInfo."},
          {"@Message.ExtendedInfo", json::array({{{"MessageId", "Lab.1.0.UpdateAccepted"},
                                                  {"Severity", "OK"},
                                                  {"MessageArgs", json::array({task_uri})}}})}};
      break;
  }
  return reply;
}

LabReply log_in(Machine& machine, const Credentials& credentials, const LabRequest& request) {
  const auto body = object_of(request);
  if (!body) return malformed();
  const auto user = text_of(*body, "UserName");
  const auto password = text_of(*body, "Password");
  if (!user || !password)
    return error_reply(400, "CreateFailedMissingReqProperties", "UserName and Password are needed.");
  if (*user != credentials.username || *password != credentials.password.reveal()) {
    ++machine.counters().logins_refused;
    return error_reply(401, "ResourceAtUriUnauthorized", "The user name or the password is wrong.");
  }
  const LabSession* session =
      machine.strikes(LabFault::session_table_full) ? nullptr : machine.sessions().open(credentials.username);
  if (session == nullptr) {
    LabReply reply = error_reply(503, "SessionLimitExceeded", "The limit of simultaneous sessions has been reached.");
    reply.headers.emplace_back("Retry-After", kRetryAfterS);
    return reply;
  }
  ++machine.counters().sessions_opened;
  LabReply reply;
  reply.status = 201;
  reply.body = session_body(*session);
  reply.headers.emplace_back("X-Auth-Token", session->token);
  reply.headers.emplace_back("Location", std::string(uri::kSessions) + "/" + session->id);
  return reply;
}

LabReply log_out(Machine& machine, const LabRequest&, const Captures& captures) {
  if (!machine.sessions().close(captures[0])) return error_reply(404, "ResourceMissingAtURI", "No such session.");
  return no_content();
}

LabReply reset_system(Machine& machine, const LabRequest& request, const Captures&) {
  if (machine.strikes(LabFault::reset_refused)) return precondition_failed();
  const auto type = wanted_reset(request, ResetType::force_restart);
  if (!type) return type.error();
  const auto reset = machine.reset_system(*type);
  return reset ? no_content() : denied(reset.error());
}

LabReply reset_manager(Machine& machine, const LabRequest& request, const Captures&) {
  if (machine.strikes(LabFault::reset_refused)) return precondition_failed();
  const auto type = wanted_reset(request, ResetType::graceful_restart);
  if (!type) return type.error();
  if (*type != ResetType::graceful_restart && *type != ResetType::force_restart)
    return error_reply(400, "ActionParameterNotSupported", "A manager takes GracefulRestart and ForceRestart.");
  machine.reset_manager();
  return no_content();
}

LabReply start_update(Machine& machine, const LabRequest& request, const Captures&) {
  const auto started = machine.start_update(request.path);
  return started ? accepted(machine, **started) : denied(started.error());
}

// The lab downloads nothing: the task exists and ends with a failed transfer.
LabReply simple_update(Machine& machine, const LabRequest& request, const Captures&) {
  const auto body = object_of(request);
  if (!body) return malformed();
  const auto image = text_of(*body, "ImageURI");
  if (!image) return error_reply(400, "ActionParameterMissing", "ImageURI is needed.");
  return accepted(machine, *machine.fail_transfer(*image, request.path));
}

LabReply activate_bank(Machine& machine, const LabRequest& request, const Captures& captures) {
  const InventoryEntry entry = inventory_entry(machine, captures[0]);
  if (entry.component == nullptr || entry.suffix != "-Previous")
    return error_reply(404, "ActionNotSupported", "Only a previous bank can be activated.");
  const auto started = machine.switch_banks(entry.component->config.name, request.path);
  return started ? accepted(machine, **started) : denied(started.error());
}

LabReply cancel_staged(Machine& machine, const LabRequest&, const Captures& captures) {
  const InventoryEntry entry = inventory_entry(machine, captures[0]);
  if (entry.component == nullptr || entry.suffix != "-Staged")
    return error_reply(404, "ActionNotSupported", "Only a staged image can be cancelled.");
  const auto cancelled = machine.cancel_staged(entry.component->config.name);
  return cancelled ? no_content() : denied(cancelled.error());
}

LabReply delete_task(Machine& machine, const LabRequest&, const Captures& captures) {
  const auto task = machine.tasks().find(captures[0]);
  if (!task) return error_reply(404, "ResourceMissingAtURI", "No such task.");
  if (!machine.end_task(task)) return error_reply(409, "ResourceInUse", "The image is being written.");
  return no_content();
}

LabReply patch_update_service(Machine& machine, const LabRequest& request, const Captures&) {
  const auto body = object_of(request);
  if (!body) return malformed();
  const json::json_pointer where("/HttpPushUriOptions/HttpPushUriApplyTime/ApplyTime");
  if (!machine.config().persona.http_push || !body->contains(where))
    return error_reply(400, "PropertyUnknown", "Only HttpPushUriOptions.HttpPushUriApplyTime can be set.");
  const json& value = body->at(where);
  const auto apply = from_string<ApplyTime>(value.is_string() ? value.get<std::string>() : "");
  if (!apply || !machine.supports(*apply))
    return error_reply(400, "PropertyValueNotInList", "This ApplyTime is not supported.");
  machine.set_raw_push_apply(*apply);
  LabReply reply;
  reply.body = update_service(machine);
  return reply;
}

LabReply read_monitor(Machine& machine, const LabRequest& request, const Captures& captures) {
  const auto task = machine.tasks().find(captures[0]);
  if (!task) return error_reply(404, "ResourceMissingAtURI", "No such task.");
  LabReply reply;
  if (!task->ended) {
    reply.status = 202;
    reply.body = task_body(*task);
    reply.headers.emplace_back("Location", request.path);
    reply.headers.emplace_back("Retry-After", kRetryAfterS);
    return reply;
  }
  if (task->ended_badly()) return error_reply(400, task->messages.back().id, task->messages.back().text);
  reply.body = task_body(*task);
  return reply;
}

}  // namespace breakwater::lab
