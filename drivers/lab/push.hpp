#pragma once
// Pushed images: refused by the header alone, or taken once the body was read.
#include <cstdint>
#include <optional>

#include "drivers/lab/exchange.hpp"
#include "drivers/lab/machine.hpp"
#include "drivers/lab/upload.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

/// The refusal of a push whose header is reason enough; nothing if the body is to be read.
std::optional<LabReply> refuse_push(Machine& machine, const Credentials& credentials, const LabRequest& request,
                                    std::optional<std::uint64_t> content_bytes);

/// Carries out a push whose body was read.
LabReply take_push(Machine& machine, const LabRequest& request, Upload& upload);

LabReply image_too_big();

}  // namespace breakwater::lab
