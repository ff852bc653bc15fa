#pragma once
// What clients do to a BMC besides pushing images: log in and out, reset, start, switch, cancel.
#include <memory>
#include <string>
#include <vector>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

using Captures = std::vector<std::string>;  ///< the segments that the `{}` of a path matched

LabReply log_in(Machine& machine, const Credentials& credentials, const LabRequest& request);
LabReply log_out(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply reset_system(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply reset_manager(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply start_update(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply simple_update(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply activate_bank(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply cancel_staged(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply delete_task(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply patch_update_service(Machine& machine, const LabRequest& request, const Captures& captures);
LabReply read_monitor(Machine& machine, const LabRequest& request, const Captures& captures);

/// 202 for a task that has begun; the persona says where the reply names the task.
LabReply accepted(const Machine& machine, const Task& task);
LabReply denied(Denial denial);

}  // namespace breakwater::lab
