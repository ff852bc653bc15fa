#include "drivers/redfish/tasks.hpp"

#include <algorithm>
#include <iterator>

#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/fault_text.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater::redfish {
namespace {

struct StateRow {
  std::string_view text;
  TaskState state;
};

// Task and Job states of the schema, then those met in the field. What is not listed is unknown and
// polled on. `Stopping` is how OpenBMC shows an image that waits for a reboot; Dell's and Supermicro's `Scheduled` and
// `UserIntervention` mean the same.
constexpr StateRow kStates[] = {
    {"New", TaskState::running},
    {"Starting", TaskState::running},
    {"Running", TaskState::running},
    {"Service", TaskState::running},
    {"Suspended", TaskState::running},
    {"Interrupted", TaskState::running},
    {"Cancelling", TaskState::running},
    {"Continue", TaskState::running},
    {"Validating", TaskState::running},
    {"Downloading", TaskState::running},
    {"Downloading...", TaskState::running},
    {"Downloaded", TaskState::running},
    {"Scheduling", TaskState::running},
    {"Update...", TaskState::running},
    {"Verifying", TaskState::running},
    {"Pending", TaskState::pending},
    {"Stopping", TaskState::pending},
    {"Scheduled", TaskState::pending},
    {"UserIntervention", TaskState::pending},
    {"Completed", TaskState::succeeded},
    {"Killed", TaskState::failed},
    {"Cancelled", TaskState::failed},
    {"Exception", TaskState::failed},
    {"Invalid", TaskState::failed},
    {"Failed", TaskState::failed},
    {"CompletedWithErrors", TaskState::failed},
    {"RebootFailed", TaskState::failed},
};

// Messages of tasks that ended without an update, although no message is critical.
constexpr std::string_view kNothingFlashed[] = {"NoTargetsDetermined", "UpdateSkipped", "UpdateNotApplicable"};
constexpr std::string_view kTasksPath = "/TaskService/Tasks/";

std::string last_segment(const std::string& message_id) {
  return message_id.substr(message_id.rfind('.') + 1);
}

bool is_critical(const Json& message) {
  const std::string severity = text(message, "MessageSeverity");
  return (severity.empty() ? text(message, "Severity") : severity) == "Critical";
}

bool nothing_flashed(const Json& message) {
  const std::string id = last_segment(text(message, "MessageId"));
  return std::find(std::begin(kNothingFlashed), std::end(kNothingFlashed), id) != std::end(kNothingFlashed);
}

const Json& messages_of(const Json& resource) {
  const Json& own = json_array(resource, "Messages");
  if (!own.empty()) return own;
  const Json& inside = json_array(json_object(resource, "error"), "@Message.ExtendedInfo");
  return inside.empty() ? json_array(resource, "@Message.ExtendedInfo") : inside;
}

/// A message as people read it: its text, else its id.
std::string spoken(const Json& message) {
  const std::string said = text(message, "Message");
  return sanitised(said.empty() ? text(message, "MessageId") : said);
}

TaskState read_state(const std::string& state_text) {
  const auto* const row = std::find_if(std::begin(kStates), std::end(kStates),
                                       [&](const StateRow& known) { return known.text == state_text; });
  return row == std::end(kStates) ? TaskState::unknown : row->state;
}

/// The task that one of the message arguments names.
std::string task_in_arguments(const Json& messages) {
  for (const Json& message : messages) {
    for (const Json& argument : json_array(message, "MessageArgs")) {
      if (argument.is_string() && argument.get_ref<const std::string&>().find(kTasksPath) != std::string::npos) {
        return argument.get<std::string>();
      }
    }
  }
  return {};
}

bool is_task_path(std::string_view path) {
  return path.find("/Tasks/") != std::string_view::npos || path.find("/Jobs/") != std::string_view::npos;
}

/// True if the text names what an update task works on.
bool speaks_of_update(std::string_view text) {
  const std::string value = to_lower(text);
  return value.find("update") != std::string::npos || value.find("upload") != std::string::npos ||
         value.find("firmware") != std::string::npos;
}

/// False only where the task itself says that it is about something else.
bool may_be_update(const Json& resource) {
  const std::string target = text(json_object(resource, "Payload"), "TargetUri");
  if (!target.empty()) return speaks_of_update(target);
  std::string type = text(resource, "JobType");
  if (type.empty()) type = text(json_object(json_object(resource, "Oem"), "Dell"), "JobType");
  return type.empty() || speaks_of_update(type);
}

}  // namespace

TaskView read_task(const Json& resource) {
  TaskView view;
  view.uri = text(resource, "@odata.id");
  view.state_text = text(resource, "TaskState");
  if (view.state_text.empty()) view.state_text = text(resource, "JobState");
  const bool stateless = view.state_text.empty();
  view.state = read_state(view.state_text);
  view.percent =
      static_cast<int>(std::clamp<std::int64_t>(json_integer(resource, "PercentComplete").value_or(-1), -1, 100));
  view.started = sanitised(text(resource, "StartTime"), 64);
  bool critical = text(resource, "TaskStatus") == "Critical" || text(resource, "JobStatus") == "Critical";
  bool skipped = false;
  bool flashed = false;
  bool found_critical = false;
  for (const Json& message : messages_of(resource)) {
    skipped = skipped || nothing_flashed(message);
    flashed = flashed || last_segment(text(message, "MessageId")) == "UpdateSuccessful";
    const std::string said = spoken(message);
    if (!found_critical && !said.empty()) view.message = said;
    found_critical = found_critical || is_critical(message);
    if (stateless && last_segment(text(message, "MessageId")).find("Success") != std::string::npos) {
      view.state = TaskState::succeeded;
    }
  }
  if (view.message.empty()) view.message = sanitised(text(resource, "Message"));
  critical = critical || found_critical;
  if (critical && (view.state == TaskState::succeeded || stateless)) view.state = TaskState::failed;
  if (skipped && !flashed && view.state == TaskState::succeeded) view.state = TaskState::failed;
  view.state_text = sanitised(view.state_text, 64);
  view.update = may_be_update(resource);
  return view;
}

bool is_over(const TaskView& task) {
  return task.state == TaskState::succeeded || task.state == TaskState::failed;
}

TaskLinks find_task(std::string_view location, const Json& body, const Origin& origin) {
  const auto ours = [&origin](std::string_view link) { return same_origin_path(link, origin).value_or(""); };
  TaskLinks links;
  std::string where = ours(location);
  constexpr std::string_view kMonitor = "/Monitor";
  if (is_task_path(where) && where.ends_with(kMonitor)) {
    links.monitor = where;
    where.resize(where.size() - kMonitor.size());
  }
  (is_task_path(where) ? links.task : links.monitor) = where;
  const std::string type = text(body, "@odata.type");
  const bool is_task = type.starts_with("#Task.") || type.starts_with("#Job.");
  if (links.task.empty() && is_task) links.task = ours(text(body, "@odata.id"));
  if (links.monitor.empty()) links.monitor = ours(text(body, "TaskMonitor"));
  const Json& accepted = json_array(json_object(body, "Accepted"), "@Message.ExtendedInfo");
  if (links.task.empty()) links.task = ours(task_in_arguments(accepted));
  if (links.task.empty()) links.task = ours(task_in_arguments(messages_of(body)));
  if (links.task.empty()) links.task = ours(text(json_object(body, "Task"), "@odata.id"));
  return links;
}

std::string new_task(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::string found;
  for (const std::string& uri : after) {
    if (std::find(before.begin(), before.end(), uri) != before.end()) continue;
    if (!found.empty()) return {};
    found = uri;
  }
  return found;
}

std::string next_job(const Json& task) {
  for (const Json& message : messages_of(task)) {
    if (last_segment(text(message, "MessageId")) != "OperationTransitionedToJob") continue;
    const Json& arguments = json_array(message, "MessageArgs");
    if (!arguments.empty() && arguments.front().is_string()) return arguments.front().get<std::string>();
  }
  return {};
}

}  // namespace breakwater::redfish
