#pragma once
// What a BMC answers to a request: one table of paths, methods and functions.
#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

/// Every request but an upload. Counts, authenticates, routes.
LabReply answer(Machine& machine, const Credentials& credentials, const LabRequest& request);

/// Whether the request is for one of the URIs that take images.
bool is_push(const Machine& machine, const LabRequest& request);

/// Whether a valid token or password came with the request; a wrong password is counted.
bool authorised(Machine& machine, const Credentials& credentials, const LabRequest& request);

}  // namespace breakwater::lab
