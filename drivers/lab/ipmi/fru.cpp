#include "drivers/lab/ipmi/fru.hpp"

#include "drivers/ipmi/wire/fru.hpp"

namespace breakwater::lab {

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
