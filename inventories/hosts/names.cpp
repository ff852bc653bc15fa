// The words for what hosts are and do, as documents, journals and people read them.
#include "inventories/hosts/host.hpp"
#include "inventories/hosts/observation.hpp"

namespace breakwater {

std::string_view to_string(Driver driver) {
  return driver == Driver::redfish ? "redfish" : "ipmi";
}

std::string_view to_string(Power power) {
  switch (power) {
    case Power::unknown:
      break;
    case Power::off:
      return "off";
    case Power::on:
      return "on";
    case Power::changing:
      return "changing";
  }
  return "unknown";
}

std::string_view to_string(Health health) {
  switch (health) {
    case Health::unknown:
      break;
    case Health::ok:
      return "ok";
    case Health::warning:
      return "warning";
    case Health::critical:
      return "critical";
  }
  return "unknown";
}

}  // namespace breakwater
