#pragma once
// What clients do to a BMC besides pushing images: log in and out, reset, start, switch, cancel.
#include <memory>
#include <string>
#include <vector>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

using Captures = std::vector<std::string>;  ///< what the `{}` of a path stood for

Reply log_in(Machine& machine, const Credentials& credentials, const Request& request);
Reply log_out(Machine& machine, const Request& request, const Captures& captures);
Reply reset_system(Machine& machine, const Request& request, const Captures& captures);
Reply reset_manager(Machine& machine, const Request& request, const Captures& captures);
Reply start_update(Machine& machine, const Request& request, const Captures& captures);
Reply simple_update(Machine& machine, const Request& request, const Captures& captures);
Reply activate_bank(Machine& machine, const Request& request, const Captures& captures);
Reply cancel_staged(Machine& machine, const Request& request, const Captures& captures);
Reply delete_task(Machine& machine, const Request& request, const Captures& captures);
Reply patch_update_service(Machine& machine, const Request& request, const Captures& captures);
Reply read_monitor(Machine& machine, const Request& request, const Captures& captures);

/// 202 for a task that has begun, told where the persona tells it.
Reply accepted(const Machine& machine, const Task& task);
Reply denied(Denial denial);

}  // namespace breakwater::lab
