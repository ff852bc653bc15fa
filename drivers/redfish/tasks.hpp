#pragma once
// Tasks and Jobs as values, and where an upload's answer names its task. Pure. Success is never one field,
// an unknown state is no end.
#include <string>
#include <string_view>
#include <vector>

#include "drivers/redfish/link.hpp"
#include "inventories/document/json.hpp"
#include "inventories/hosts/observation.hpp"

namespace breakwater::redfish {

/// Reads a Task, a Job, Dell's job, or what a finished TaskMonitor replays: an object of messages without any state.
TaskView read_task(const Json& resource);

/// True for a task that is over, well or not.
bool is_over(const TaskView& task);

/// Paths that the answer to an upload or action gave; empty where it gave none, or one that leads elsewhere.
struct TaskLinks {
  std::string task;
  std::string monitor;
};

/// Where the service says that the work can be followed: its Location first, then what its body names.
TaskLinks find_task(std::string_view location, const Json& body, const Origin& origin);

/// Where the answer names none: the one that is new in the collection; empty where there is none or several.
std::string new_task(const std::vector<std::string>& before, const std::vector<std::string>& after);

/// The job that a finished task handed over to; empty where it did not.
std::string next_job(const Json& task);

}  // namespace breakwater::redfish
