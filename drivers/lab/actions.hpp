#pragma once
// What clients do to a BMC: log in and out, reset, start, switch, cancel, and push images. A push is refused by its
// header alone, or taken once its body was read.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "drivers/lab/upload.hpp"
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

/// The refusal of a push whose header is reason enough; nothing if the body is to be read.
std::optional<LabReply> refuse_push(Machine& machine, const Credentials& credentials, const LabRequest& request,
                                    std::optional<std::uint64_t> content_bytes);

/// Carries out a push whose body was read.
LabReply take_push(Machine& machine, const LabRequest& request, Upload& upload);

LabReply image_too_big();

}  // namespace breakwater::lab
