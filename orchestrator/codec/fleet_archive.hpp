#pragma once
// A fold as bytes, whole: what a snapshot holds.
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/core/fleet.hpp"

namespace breakwater::codec {

/// The same bytes for the same fold, always.
std::string pack(const Fleet& fleet);

/// What pack() made bytes of; a fault where these are none. Never throws, and allocates in proportion to the bytes.
Result<Fleet, std::string> unpack(std::string_view bytes);

}  // namespace breakwater::codec
