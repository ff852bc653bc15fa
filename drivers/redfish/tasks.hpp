#pragma once
// Tasks and Jobs as values, and where the reply to an upload names its task. Pure. No single field means success, and
// an unknown state is not an end.
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

/// Paths from the reply to an upload or action; empty if it gave none, or one that leads to another host.
struct TaskLinks {
  std::string task;
  std::string monitor;
};

/// Where the work can be followed: at the Location first, then at what the body names.
TaskLinks find_task(std::string_view location, const Json& body, const Origin& origin);

/// If the reply names no task: the one that is new in the collection; empty if none is, or several are.
std::string new_task(const std::vector<std::string>& before, const std::vector<std::string>& after);

/// The job that a finished task handed over to; empty if there is none.
std::string next_job(const Json& task);

}  // namespace breakwater::redfish
