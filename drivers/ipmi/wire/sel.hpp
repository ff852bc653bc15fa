#pragma once
// The System Event Log, read only: IPMI 2.0 chapters 31 and 32. Times are seconds since 1970 by the BMC's
// own clock.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

constexpr std::uint16_t kFirstRecord = 0x0000;
constexpr std::uint16_t kLastRecord = 0xFFFF;  ///< as the next record of a reply: there is none

/// Get SEL Info, IPMI 2.0 section 31.2.
struct SelInfo {
  std::uint8_t version = 0x51;
  std::uint16_t entries = 0;
  std::uint16_t free_bytes = 0;  ///< FFFF: that or more
  std::uint32_t last_addition = 0;
  std::uint32_t last_erase = 0;
  bool overflow = false;  ///< events were dropped
  bool operator==(const SelInfo&) const = default;
};
IpmiRequest sel_info_request();
Bytes encode(const SelInfo& info);
Decoded<SelInfo> decode_sel_info(ByteView data);

/// Get SEL Time, IPMI 2.0 section 31.10: what "now" is by the log's clock.
Bytes encode_sel_time(std::uint32_t seconds);

/// One record of 16 bytes, IPMI 2.0 section 32.1.
struct SelRecord {
  std::uint16_t id = 0;
  std::uint8_t type = 0x02;
  std::array<std::uint8_t, 13> body{};  ///< of an event: see event_in
  bool operator==(const SelRecord&) const = default;
};

/// Get SEL Entry, whole, without a reservation.
IpmiRequest sel_entry_request(std::uint16_t record_id);
/// The record that is asked for.
Decoded<std::uint16_t> decode_sel_entry_request(ByteView data);
struct SelEntry {
  std::uint16_t next = kLastRecord;
  SelRecord record;
  bool operator==(const SelEntry&) const = default;
};
Bytes encode(const SelEntry& entry);
Decoded<SelEntry> decode_sel_entry(ByteView data);

/// What a record of type 02 says.
struct SelEvent {
  std::uint32_t time = 0;  ///< seconds by the BMC's clock; below 20000000 hex: since its start
  std::uint16_t generator = 0x0020;
  std::uint8_t revision = 0x04;
  std::uint8_t sensor_type = 0;
  std::uint8_t sensor_number = 0;
  bool asserted = true;  ///< false: the state went away
  std::uint8_t event_type = 0;
  std::array<std::uint8_t, 3> data{};
  bool operator==(const SelEvent&) const = default;

  /// Which state of the sensor: see is_critical_state.
  std::uint8_t offset() const { return data[0] & 0x0F; }
};
std::optional<SelEvent> event_in(const SelRecord& record);
SelRecord record_of(std::uint16_t id, const SelEvent& event);

/// Event and reading types, IPMI 2.0 section 42.1, table 42-1.
constexpr std::uint8_t kThresholdEvent = 0x01;
constexpr std::uint8_t kSeverityEvent = 0x07;
constexpr std::uint8_t kSensorSpecificEvent = 0x6F;

/// True for a state (an event's offset) which says that something failed or is about to stop: a reading past a critical
/// or non-recoverable threshold; a generic severity that got worse, to critical or non-recoverable; the sensor-specific
/// states in the table of sel.cpp. Recoveries and predictions are not critical. One rule for the SEL and for discrete
/// sensors.
bool is_critical_state(std::uint8_t sensor_type, std::uint8_t event_type, std::uint8_t offset);

/// True for the beginning (not the end) of a state that is_critical_state names. OEM records are never critical: only
/// their vendor can read them.
bool is_critical(const SelRecord& record);

/// A number that tells this record from others by its type and body, whatever its id (FNV-1a).
std::uint64_t mark_of(const SelRecord& record);

/// `sensor 0x30 type 0x01 event 0x01 state 9 asserted`, or `OEM record type 0xc1`: for people, until a table names
/// more.
std::string text_of(const SelRecord& record);

}  // namespace breakwater::ipmi
