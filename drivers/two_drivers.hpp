#pragma once
// One BMC through two drivers: the preferred driver does what it can, the other one does the rest. What both report is
// compared.
#include <memory>

#include "drivers/bmc.hpp"
#include "inventories/hosts/host.hpp"

namespace breakwater {

struct DriverBmc {
  Driver driver = Driver::redfish;
  std::unique_ptr<Bmc> bmc;
};

/// Before a plan both drivers are opened; if one does not answer, the other continues alone. For a plan the preferred
/// driver must answer, and the other one is opened when it is needed.
enum class Occasion { before_plan, for_plan };

/// `preferred` and `other` speak to the same BMC, from the same thread.
std::unique_ptr<Bmc> use_both(DriverBmc preferred, DriverBmc other, Occasion occasion);

}  // namespace breakwater
