#pragma once
// One BMC spoken to by two drivers: the preferred one does what it can, the other one what the first lacks, and where
// both tell the same thing they are held against each other.
#include <memory>

#include "drivers/bmc.hpp"
#include "inventories/hosts/host.hpp"

namespace breakwater {

struct DriverBmc {
  Driver driver = Driver::redfish;
  std::unique_ptr<Bmc> bmc;
};

/// Before a plan, both are opened, and one that does not answer is done without. For a plan, what was found then holds:
/// the preferred driver must answer, and the other one is there because it does something.
enum class Contact { first, planned };

/// `preferred` and `other` speak to the same BMC, from the same thread.
std::unique_ptr<Bmc> use_both(DriverBmc preferred, DriverBmc other, Contact contact);

}  // namespace breakwater
