#include "drivers/lab/lab_config.hpp"

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <cctype>

#include "inventories/trust/digest.hpp"

namespace breakwater::lab {
namespace {

std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

// Version 8 of RFC 9562, custom bits: here a hash of the name, so that a host keeps its UUID over restarts.
std::string uuid_of(const std::string& name) {
  std::string hex = to_hex(sha256("breakwater lab host " + name)).substr(0, 32);
  hex[12] = '8';
  hex[16] = 'a';
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

ComponentConfig complete(ComponentConfig component, int& adapters) {
  if (component.id.empty()) component.id = upper(component.name);
  if (component.software_id.empty()) component.software_id = "LAB-" + component.id;
  if (component.related_item.empty()) {
    if (component.name == "bmc") {
      component.related_item = "/redfish/v1/Managers/1";
    } else if (component.name.starts_with("nic")) {
      component.related_item = "/redfish/v1/Chassis/1/NetworkAdapters/NIC" + std::to_string(++adapters);
      if (component.part_number.empty()) component.part_number = "LAB-PN-" + component.id;
    } else {
      component.related_item = "/redfish/v1/Systems/1";
    }
  }
  if (!component.activated_by) component.activated_by = component.name == "bmc" ? ResetOf::manager : ResetOf::system;
  return component;
}

}  // namespace

std::vector<ComponentConfig> default_components() {
  return {{.name = "bmc", .version = "2.10", .previous = "2.09"},
          {.name = "bios", .version = "3.2", .previous = "3.1"},
          {.name = "nic", .version = "20.5", .previous = "20.4"}};
}

HostConfig complete(HostConfig host) {
  if (host.serial.empty()) host.serial = "LAB-" + upper(host.name);
  if (host.uuid.empty()) host.uuid = uuid_of(host.name);
  int adapters = 0;
  for (ComponentConfig& component : host.components) component = complete(std::move(component), adapters);
  return host;
}

bool is_lab_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(text, error);
  return !error && address.is_loopback();
}

std::optional<std::string> next_address(std::string_view address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address_v4(address, error);
  if (error || !parsed.is_loopback()) return std::nullopt;
  const boost::asio::ip::address_v4 made(parsed.to_uint() + 1);
  if (!made.is_loopback()) return std::nullopt;
  return made.to_string();
}

}  // namespace breakwater::lab
