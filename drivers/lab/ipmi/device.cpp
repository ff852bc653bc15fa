// What a lab BMC says about itself.
#include <algorithm>
#include <charconv>

#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/fru.hpp"
#include "drivers/ipmi/wire/hpm2.hpp"
#include "drivers/lab/ipmi/bmc.hpp"

namespace breakwater::lab {
namespace {

constexpr std::uint8_t kSupports = 0x8F;  // chassis, FRU, SEL, SDR, sensors
constexpr std::uint8_t kLanParametersStart = 0xC0;
constexpr std::uint8_t kHpm2 = 0x02;

// The whole memory of FRU 0: board and product area.
ipmi::Bytes fru_memory(const HostConfig& host) {
  ipmi::Fru fru;
  ipmi::FruBoard& board = fru.board.emplace();
  board.manufacturer = host.manufacturer;
  board.product = host.model;
  board.serial = host.serial;
  ipmi::FruProduct& product = fru.product.emplace();
  product.manufacturer = host.manufacturer;
  product.name = host.model;
  product.serial = host.serial;
  return ipmi::build_fru(fru);
}

}  // namespace

ipmi::Guid ipmi_guid(std::string_view uuid) {
  constexpr std::array<std::size_t, 16> kOrder{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  ipmi::Guid guid{};
  std::string digits(uuid);
  std::erase(digits, '-');
  if (digits.size() != 2 * guid.size()) return guid;
  ipmi::Guid made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    const char* begin = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, made[kOrder[i]], 16);
    if (error != std::errc{} || end != begin + 2) return guid;
  }
  return made;
}

IpmiAnswer device_id(const Machine& machine) {
  const auto& all = machine.components();
  const auto found = std::ranges::find_if(all, [](const Component& held) { return held.config.name == "bmc"; });
  const ipmi::Version version = found == all.end() ? ipmi::Version{} : ipmi_version(found->active.version);
  ipmi::DeviceId id;
  id.device_id = kIpmiDevice;
  id.has_sdrs = true;
  id.revision = 1;
  id.major = version.major;
  id.minor = version.minor;
  id.support = kSupports;
  id.manufacturer = kIpmiManufacturer;
  id.product = kIpmiProduct;
  id.aux = version.aux;
  return {ipmi::kCompleted, ipmi::encode(id)};
}

IpmiAnswer self_test(const Machine& machine) {
  ipmi::SelfTest test;
  if (!machine.self_test_passes()) test = {0x57, 0x01};  // its firmware is corrupt
  return {ipmi::kCompleted, ipmi::encode(test)};
}

IpmiAnswer system_guid(const Machine& machine) {
  const ipmi::Guid guid = ipmi_guid(machine.config().uuid);
  return {ipmi::kCompleted, ipmi::Bytes(guid.begin(), guid.end())};
}

IpmiAnswer hpm2_capabilities(ipmi::ByteView data) {
  if (data.size() < 2 || data[1] != kHpm2) return {ipmi::kInvalidField, {0}};
  ipmi::Hpm2Capabilities capabilities;
  capabilities.revision = 1;
  capabilities.lan_channels = 0x0002;
  capabilities.lan_parameters_start = kLanParametersStart;
  return {ipmi::kCompleted, ipmi::encode(capabilities)};
}

IpmiAnswer payload_limits(const Machine& machine, ipmi::ByteView data) {
  const auto question = ipmi::decode_lan_configuration_request(data);
  if (!question) return {ipmi::kLengthInvalid};
  constexpr std::uint8_t kNoSuchParameter = 0x80;
  if (question->parameter != kLanParametersStart) return {kNoSuchParameter};
  const auto bytes = static_cast<std::uint16_t>(machine.config().persona.ipmi_message_bytes_max);
  return {ipmi::kCompleted, ipmi::encode(ipmi::PayloadLimits{bytes, bytes})};
}

IpmiAnswer fru_info(const HostConfig& host, ipmi::ByteView data) {
  const auto fru = ipmi::decode_fru_info_request(data);
  if (!fru) return {ipmi::kLengthInvalid};
  if (*fru != ipmi::kMainFru) return {ipmi::kNotPresent};
  return {ipmi::kCompleted, ipmi::encode(ipmi::FruInfo{static_cast<std::uint16_t>(fru_memory(host).size())})};
}

IpmiAnswer fru_read(const HostConfig& host, ipmi::ByteView data) {
  const auto asked = ipmi::decode_fru_read_request(data);
  if (!asked) return {ipmi::kLengthInvalid};
  if (asked->fru != ipmi::kMainFru) return {ipmi::kNotPresent};
  const ipmi::Bytes memory = fru_memory(host);
  if (asked->offset >= memory.size()) return {ipmi::kOutOfRange};
  return {ipmi::kCompleted, ipmi::encode_fru_part(part_of(memory, asked->offset, asked->count))};
}

}  // namespace breakwater::lab
