#pragma once
// When a pushed image is applied: Redfish's OperationApplyTime, as the driver asks for it and as lab BMCs offer it.
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

enum class ApplyTime {
  immediate,         ///< as soon as the image is there
  on_reset,          ///< staged, and applied by the next reset
  on_start_request,  ///< staged, and applied by StartUpdate
};

/// As Redfish spells it.
template <>
inline constexpr auto kWords<ApplyTime> = words<ApplyTime>({
    {ApplyTime::immediate, "Immediate"},
    {ApplyTime::on_reset, "OnReset"},
    {ApplyTime::on_start_request, "OnStartUpdateRequest"},
});

}  // namespace breakwater
