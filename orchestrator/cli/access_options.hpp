#pragma once
// How BMCs are reached, of the verbs that write an Inventory.
#include "orchestrator/cli/cli_verb.hpp"

namespace breakwater::cli {

inline constexpr Option kLogin{.name = "--login",
                               .does = "What holds user:password of the BMCs: env:NAME or file:PATH",
                               .value = "REFERENCE",
                               .unless_given = "file:bmc.login"};
inline constexpr Option kBundle{
    .name = "--ca",
    .does = "The CA bundle of the BMCs' certificates, a path from the Inventory; without it their keys are pinned",
    .value = "FILE"};

}  // namespace breakwater::cli
