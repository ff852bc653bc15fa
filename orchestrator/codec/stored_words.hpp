#pragma once
// Words of the journal for enumerations that have none beside them.
#include "orchestrator/codec/strict_json.hpp"

namespace breakwater::codec {

template <>
inline constexpr auto kStoredWords<Boot> =
    words<Boot>({{Boot::unknown, "unknown"}, {Boot::booting, "booting"}, {Boot::booted, "booted"}});

template <>
inline constexpr auto kStoredWords<ActivateBy> = words<ActivateBy>({{ActivateBy::bmc_reset, "bmc_reset"},
                                                                    {ActivateBy::host_reboot, "host_reboot"}});

template <>
inline constexpr auto kStoredWords<WayBack> =
    words<WayBack>({{WayBack::bank_switch, "bank_switch"}, {WayBack::reflash, "reflash"}, {WayBack::none, "none"}});

}  // namespace breakwater::codec
