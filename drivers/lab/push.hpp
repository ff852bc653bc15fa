#pragma once
// Images that are pushed: what is refused before the body is read, and what is done when it was.
#include <cstdint>
#include <optional>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "drivers/lab/upload.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

/// Refuses a push by its header alone, or nothing.
std::optional<Reply> refuse_push(Machine& machine, const Credentials& credentials, const Request& request,
                                 std::optional<std::uint64_t> content_bytes);

/// Does what a push whose body was read asks for.
Reply take_push(Machine& machine, const Request& request, Upload& upload);

Reply image_too_big();

}  // namespace breakwater::lab
