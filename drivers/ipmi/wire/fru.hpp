#pragma once
// What is built in, by its FRU memory: the commands that read it (IPMI 2.0 chapter 34) and its chassis, board and
// product areas (IPMI FRU Information Storage Definition 1.0).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

constexpr std::uint8_t kMainFru = 0;

/// Get FRU Inventory Area Info, IPMI 2.0 section 34.1.
struct FruInfo {
  std::uint16_t bytes = 0;
  bool by_words = false;  ///< offsets and counts are in words of two bytes
  bool operator==(const FruInfo&) const = default;
};
IpmiRequest fru_info_request(std::uint8_t fru);
Decoded<std::uint8_t> decode_fru_info_request(ByteView data);
Bytes encode(const FruInfo& info);
Decoded<FruInfo> decode_fru_info(ByteView data);

/// Read FRU Data, IPMI 2.0 section 34.2.
struct FruQuestion {
  std::uint8_t fru = kMainFru;
  std::uint16_t offset = 0;
  std::uint8_t count = 0;
  bool operator==(const FruQuestion&) const = default;
};
IpmiRequest fru_read_request(const FruQuestion& question);
Decoded<FruQuestion> decode_fru_read_request(ByteView data);
/// At most 255 bytes.
Bytes encode_fru_part(ByteView bytes);
Decoded<Bytes> decode_fru_part(ByteView data);

struct FruChassis {
  std::uint8_t type = 0;  ///< SMBIOS chassis type
  std::string part_number;
  std::string serial;
  bool operator==(const FruChassis&) const = default;
};
struct FruBoard {
  std::uint32_t made_minutes = 0;  ///< since 1996-01-01 00:00; 0 unknown
  std::string manufacturer;
  std::string product;
  std::string serial;
  std::string part_number;
  bool operator==(const FruBoard&) const = default;
};
struct FruProduct {
  std::string manufacturer;
  std::string name;
  std::string part_number;
  std::string version;
  std::string serial;
  std::string asset_tag;
  bool operator==(const FruProduct&) const = default;
};

/// The areas of one FRU memory. Boards with one spoiled area are common: it is left out and named in `fault`.
struct Fru {
  std::optional<FruChassis> chassis;
  std::optional<FruBoard> board;
  std::optional<FruProduct> product;
  std::string_view fault;  ///< why the last spoiled area was left out; empty if none was
  bool operator==(const Fru&) const = default;
};
/// Refuses a memory whose common header is not one. Every area and field is checked against the bytes that are there.
Decoded<Fru> parse_fru(ByteView memory);

/// A memory with these areas, texts in eight bits and cut to 63 bytes. For the lab.
Bytes build_fru(const Fru& fru);

}  // namespace breakwater::ipmi
