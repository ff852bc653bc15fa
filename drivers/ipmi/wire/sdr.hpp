#pragma once
// Sensors: the records that name them, and their readings. Read only: IPMI 2.0 chapters 33, 35 and 43.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::ipmi {

/// Get SDR Repository Info, IPMI 2.0 section 33.9.
struct SdrInfo {
  std::uint8_t version = 0x51;
  std::uint16_t records = 0;
  std::uint16_t free_bytes = 0;
  std::uint32_t last_addition = 0;  ///< with last_erase: has anything changed since it was read?
  std::uint32_t last_erase = 0;
  bool operator==(const SdrInfo&) const = default;
};
IpmiRequest sdr_info_request();
Bytes encode(const SdrInfo& info);
Decoded<SdrInfo> decode_sdr_info(ByteView data);

/// Reserve SDR Repository: needed to read a record in parts; lost (kReservationLost) when anything changes.
IpmiRequest sdr_reserve_request();
Bytes encode_reservation(std::uint16_t reservation);
Decoded<std::uint16_t> decode_reservation(ByteView data);

/// Get SDR: `count` bytes from `offset`. Boards that cannot give so many answer kCannotReturnBytes: ask for fewer.
struct SdrQuestion {
  std::uint16_t reservation = 0;
  std::uint16_t record_id = 0;  ///< kFirstRecord of sel.hpp for the first one
  std::uint8_t offset = 0;
  std::uint8_t count = 0xFF;  ///< FF: the whole record
  bool operator==(const SdrQuestion&) const = default;
};
IpmiRequest sdr_get_request(const SdrQuestion& question);
Decoded<SdrQuestion> decode_sdr_get_request(ByteView data);
struct SdrPart {
  std::uint16_t next = 0xFFFF;  ///< the next record; kLastRecord of sel.hpp: there is none
  Bytes data;
};
Bytes encode(const SdrPart& part);
Decoded<SdrPart> decode_sdr_part(ByteView data);

/// The five bytes that every record begins with, IPMI 2.0 section 43.
constexpr std::size_t kSdrHeaderBytes = 5;
struct SdrHeader {
  std::uint16_t id = 0;
  std::uint8_t version = 0x51;
  std::uint8_t type = 0;
  std::uint8_t length = 0;  ///< of what follows the header
  bool operator==(const SdrHeader&) const = default;

  /// Full or compact: the records of sensors that can be read.
  bool is_sensor() const { return type == 0x01 || type == 0x02; }
};
Decoded<SdrHeader> decode_sdr_header(ByteView record);

/// What is of use in a full (01) or compact (02) sensor record, IPMI 2.0 sections 43.1 and 43.2.
struct SensorRecord {
  std::uint16_t id = 0;
  bool compact = false;
  std::uint8_t owner = 0x20;
  std::uint8_t lun = 0;
  std::uint8_t number = 0;
  std::uint8_t entity = 0;
  std::uint8_t entity_instance = 0;
  std::uint8_t sensor_type = 0;
  std::uint8_t event_type = 0;
  std::string name;  ///< at most 16 bytes
  bool operator==(const SensorRecord&) const = default;
};
/// A whole record with its header; fields that are not named above are 0. For the lab.
Bytes encode(const SensorRecord& record);
/// Refuses records of other types; ask SdrHeader::is_sensor first.
Decoded<SensorRecord> decode_sensor_record(ByteView record);

/// Get Sensor Reading, IPMI 2.0 section 35.14.
struct SensorReading {
  std::uint8_t raw = 0;
  bool scanning = true;
  bool unavailable = false;
  std::uint16_t states = 0;  ///< of a threshold sensor bits 0 to 5; of a discrete one bits 0 to 14
  bool operator==(const SensorReading&) const = default;
};
IpmiRequest sensor_reading_request(const SensorRecord& sensor);
/// The number of the sensor.
Decoded<std::uint8_t> decode_sensor_reading_request(ByteView data);
Bytes encode(const SensorReading& reading);
Decoded<SensorReading> decode_sensor_reading(ByteView data);

/// What a reading means. `warning` is a non-critical threshold; a discrete sensor is critical where one of its states
/// is by is_critical_state, else ok.
enum class SensorState { unavailable, ok, warning, critical, non_recoverable };
SensorState state_of(const SensorRecord& sensor, const SensorReading& reading);

}  // namespace breakwater::ipmi

namespace breakwater {

/// For people.
template <>
inline constexpr auto kWords<ipmi::SensorState> = words<ipmi::SensorState>({
    {ipmi::SensorState::unavailable, "unavailable"},
    {ipmi::SensorState::ok, "ok"},
    {ipmi::SensorState::warning, "warning"},
    {ipmi::SensorState::critical, "critical"},
    {ipmi::SensorState::non_recoverable, "non-recoverable"},
});

}  // namespace breakwater
