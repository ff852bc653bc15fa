#include "drivers/ipmi/wire/sel.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "drivers/ipmi/wire/command_code.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kSystemEvent = 0x02;
constexpr std::uint8_t kOverflow = 0x80;
constexpr std::uint8_t kDeasserted = 0x80;
constexpr std::uint8_t kWholeRecord = 0xFF;

constexpr std::uint16_t bits() {
  return 0;
}
template <class... Rest>
constexpr std::uint16_t bits(int first, Rest... rest) {
  return static_cast<std::uint16_t>(1u << first | bits(rest...));
}

// IPMI 2.0 table 42-2. For each threshold in turn, an even offset means going low, an odd one going high.
constexpr std::uint16_t kThresholdStates = bits(2, 4, 9, 11);
// To critical from less severe, to non-recoverable from less severe, to non-recoverable.
constexpr std::uint16_t kSeverityStates = bits(2, 3, 6);

struct CriticalStates {
  std::uint8_t sensor_type;
  std::uint16_t states;
};

// IPMI 2.0 table 42-3.
constexpr std::array kSensorSpecific{
    CriticalStates{
        0x07, bits(0, 1, 2, 3, 4, 11)},   // processor: IERR, thermal trip, FRB1 to FRB3, uncorrectable machine check
    CriticalStates{0x08, bits(1, 3)},     // power supply: failed, input lost
    CriticalStates{0x09, bits(4, 5, 6)},  // power unit: input lost, soft power control failed, failed
    CriticalStates{0x0C, bits(1)},        // memory: uncorrectable error
    CriticalStates{0x0D, bits(1, 5, 6)},  // drive slot: fault, in a critical array, in a failed array
    CriticalStates{0x0F, bits(0)},        // system firmware: error
    CriticalStates{0x13,
                   bits(4, 5, 8, 9, 10)},    // critical interrupt: PERR, SERR, bus uncorrectable, fatal NMI, bus fatal
    CriticalStates{0x20, bits(0, 1)},        // operating system: stopped while loading, while running
    CriticalStates{0x23, bits(1, 2, 3)},     // watchdog: reset, power off, power cycle
    CriticalStates{0x28, bits(2, 3)},        // management: controller off line, controller unavailable
    CriticalStates{0x2B, bits(2, 3, 4, 5)},  // version change: incompatible or unsupported hardware, firmware
};

}  // namespace

IpmiRequest sel_info_request() {
  return request_for(code::kSelInfo);
}

Bytes encode(const SelInfo& info) {
  WireWriter out(14);
  out.u8(info.version).u16(info.entries).u16(info.free_bytes).u32(info.last_addition).u32(info.last_erase);
  return out.u8(info.overflow ? kOverflow : 0).done();
}

Decoded<SelInfo> decode_sel_info(ByteView data) {
  WireReader in(data);
  SelInfo info;
  info.version = in.u8();
  info.entries = in.u16();
  info.free_bytes = in.u16();
  info.last_addition = in.u32();
  info.last_erase = in.u32();
  info.overflow = (in.u8() & kOverflow) != 0;
  if (!in.ok()) return malformed("SEL info cut short");
  return info;
}

Bytes encode_sel_time(std::uint32_t seconds) {
  return WireWriter(4).u32(seconds).done();
}

IpmiRequest sel_entry_request(std::uint16_t record_id) {
  return request_for(code::kSelGet, WireWriter(6).u16(0).u16(record_id).u8(0).u8(kWholeRecord).done());
}

Decoded<std::uint16_t> decode_sel_entry_request(ByteView data) {
  WireReader in(data);
  in.u16();
  const std::uint16_t id = in.u16();
  if (!in.ok()) return malformed("SEL entry asked for in too few bytes");
  return id;
}

Bytes encode(const SelEntry& entry) {
  return WireWriter(18).u16(entry.next).u16(entry.record.id).u8(entry.record.type).raw(entry.record.body).done();
}

Decoded<SelEntry> decode_sel_entry(ByteView data) {
  WireReader in(data);
  SelEntry entry;
  entry.next = in.u16();
  entry.record.id = in.u16();
  entry.record.type = in.u8();
  entry.record.body = in.array<std::array<std::uint8_t, 13>>();
  if (!in.ok() || in.left() != 0) return malformed("SEL entry of a wrong length");
  return entry;
}

std::optional<SelEvent> event_in(const SelRecord& record) {
  if (record.type != kSystemEvent) return std::nullopt;
  WireReader in(record.body);
  SelEvent event;
  event.time = in.u32();
  event.generator = in.u16();
  event.revision = in.u8();
  event.sensor_type = in.u8();
  event.sensor_number = in.u8();
  const std::uint8_t direction_and_type = in.u8();
  event.asserted = (direction_and_type & kDeasserted) == 0;
  event.event_type = direction_and_type & 0x7F;
  event.data = in.array<std::array<std::uint8_t, 3>>();
  return event;
}

SelRecord record_of(std::uint16_t id, const SelEvent& event) {
  WireWriter out(13);
  out.u32(event.time).u16(event.generator).u8(event.revision).u8(event.sensor_type).u8(event.sensor_number);
  out.u8(static_cast<std::uint8_t>((event.asserted ? 0 : kDeasserted) | (event.event_type & 0x7F))).raw(event.data);
  SelRecord record{id, kSystemEvent, {}};
  std::copy_n(out.view().begin(), record.body.size(), record.body.begin());
  return record;
}

bool is_critical_state(std::uint8_t sensor_type, std::uint8_t event_type, std::uint8_t offset) {
  if (offset > 15) return false;
  const auto among = [offset](std::uint16_t states) { return (states >> offset & 1) != 0; };
  if (event_type == kThresholdEvent) return among(kThresholdStates);
  if (event_type == kSeverityEvent) return among(kSeverityStates);
  if (event_type != kSensorSpecificEvent) return false;
  for (const CriticalStates& row : kSensorSpecific) {
    if (row.sensor_type == sensor_type) return among(row.states);
  }
  return false;
}

bool is_critical(const SelRecord& record) {
  const auto event = event_in(record);
  return event && event->asserted && is_critical_state(event->sensor_type, event->event_type, event->offset());
}

std::uint64_t mark_of(const SelRecord& record) {
  constexpr std::uint64_t kBasis = 0xCBF29CE484222325;
  constexpr std::uint64_t kPrime = 0x100000001B3;
  std::uint64_t mark = (kBasis ^ record.type) * kPrime;
  for (const std::uint8_t octet : record.body) mark = (mark ^ octet) * kPrime;
  return mark;
}

std::string text_of(const SelRecord& record) {
  std::array<char, 96> text{};  // the longer form with two digits everywhere
  const auto event = event_in(record);
  if (event) {
    std::snprintf(text.data(), text.size(), "sensor 0x%02x type 0x%02x event 0x%02x state %u %s", event->sensor_number,
                  event->sensor_type, event->event_type, unsigned{event->offset()},
                  event->asserted ? "asserted" : "deasserted");
  } else {
    std::snprintf(text.data(), text.size(), "OEM record type 0x%02x", record.type);
  }
  return text.data();
}

}  // namespace breakwater::ipmi
