#include "drivers/ipmi/wire/sdr.hpp"

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/text.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kFull = 0x01;
constexpr std::uint8_t kCompact = 0x02;
// From the record's beginning, tables 43-1 and 43-2: where the byte of type and length of the name stands.
constexpr std::size_t kFullNameAt = 47;
constexpr std::size_t kCompactNameAt = 31;
constexpr std::size_t kNameBytesMax = 16;
constexpr std::uint8_t kNameLengthBits = 0x1F;
constexpr std::uint8_t kEightBitName = 0xC0;
constexpr std::uint8_t kLunBits = 0x03;

// Bits of a reading's second byte.
constexpr std::uint8_t kScanning = 0x40;
constexpr std::uint8_t kUnavailable = 0x20;
// Bits of a threshold sensor's states: at or below the lower, at or above the upper one.
constexpr std::uint16_t kNonCritical = 0x09;
constexpr std::uint16_t kCritical = 0x12;
constexpr std::uint16_t kNonRecoverable = 0x24;
constexpr std::uint16_t kDiscreteStates = 0x7FFF;

}  // namespace

IpmiRequest sdr_info_request() {
  return request_for(code::kSdrInfo);
}

Bytes encode(const SdrInfo& info) {
  WireWriter out(14);
  out.u8(info.version).u16(info.records).u16(info.free_bytes).u32(info.last_addition).u32(info.last_erase);
  constexpr std::uint8_t kReserveSupported = 0x02;
  return out.u8(kReserveSupported).done();
}

Decoded<SdrInfo> decode_sdr_info(ByteView data) {
  WireReader in(data);
  SdrInfo info;
  info.version = in.u8();
  info.records = in.u16();
  info.free_bytes = in.u16();
  info.last_addition = in.u32();
  info.last_erase = in.u32();
  if (!in.ok()) return malformed("SDR repository info cut short");
  return info;
}

IpmiRequest sdr_reserve_request() {
  return request_for(code::kSdrReserve);
}

Bytes encode_reservation(std::uint16_t reservation) {
  return WireWriter(2).u16(reservation).done();
}

Decoded<std::uint16_t> decode_reservation(ByteView data) {
  WireReader in(data);
  const std::uint16_t reservation = in.u16();
  if (!in.ok()) return malformed("reservation cut short");
  return reservation;
}

IpmiRequest sdr_get_request(const SdrQuestion& question) {
  WireWriter out(6);
  out.u16(question.reservation).u16(question.record_id).u8(question.offset).u8(question.count);
  return request_for(code::kSdrGet, out.done());
}

Decoded<SdrQuestion> decode_sdr_get_request(ByteView data) {
  WireReader in(data);
  SdrQuestion question;
  question.reservation = in.u16();
  question.record_id = in.u16();
  question.offset = in.u8();
  question.count = in.u8();
  if (!in.ok()) return malformed("SDR asked for in too few bytes");
  return question;
}

Bytes encode(const SdrPart& part) {
  return WireWriter(2 + part.data.size()).u16(part.next).raw(part.data).done();
}

Decoded<SdrPart> decode_sdr_part(ByteView data) {
  WireReader in(data);
  SdrPart part;
  part.next = in.u16();
  const ByteView rest = in.rest();
  if (!in.ok() || rest.empty()) return malformed("SDR without its bytes");
  part.data.assign(rest.begin(), rest.end());
  return part;
}

Decoded<SdrHeader> decode_sdr_header(ByteView record) {
  WireReader in(record);
  SdrHeader header;
  header.id = in.u16();
  header.version = in.u8();
  header.type = in.u8();
  header.length = in.u8();
  if (!in.ok()) return malformed("SDR header cut short");
  return header;
}

Bytes encode(const SensorRecord& record) {
  const std::string_view name = std::string_view(record.name).substr(0, kNameBytesMax);
  const std::size_t name_at = record.compact ? kCompactNameAt : kFullNameAt;
  WireWriter out(name_at + 1 + name.size());
  out.u16(record.id).u8(0x51).u8(record.compact ? kCompact : kFull);
  out.u8(static_cast<std::uint8_t>(name_at + 1 + name.size() - kSdrHeaderBytes));
  out.u8(record.owner).u8(record.lun & kLunBits).u8(record.number).u8(record.entity).u8(record.entity_instance);
  out.u16(0).u8(record.sensor_type).u8(record.event_type);
  out.fill(name_at - out.size(), 0);
  return out.u8(static_cast<std::uint8_t>(kEightBitName | name.size())).text(name).done();
}

Decoded<SensorRecord> decode_sensor_record(ByteView record) {
  const auto header = decode_sdr_header(record);
  if (!header) return malformed(header.error().what);
  if (!header->is_sensor()) return malformed("no sensor's SDR");
  WireReader in(record.subspan(kSdrHeaderBytes));
  SensorRecord sensor;
  sensor.id = header->id;
  sensor.compact = header->type == kCompact;
  sensor.owner = in.u8();
  sensor.lun = in.u8() & kLunBits;
  sensor.number = in.u8();
  sensor.entity = in.u8();
  sensor.entity_instance = in.u8();
  in.u16();  // initialisation, capabilities
  sensor.sensor_type = in.u8();
  sensor.event_type = in.u8() & 0x7F;
  const std::size_t name_at = sensor.compact ? kCompactNameAt : kFullNameAt;
  const std::size_t read = record.size() - in.left();
  if (!in.ok() || record.size() < name_at) return malformed("SDR of a sensor cut short");
  in.take(name_at - read);
  const std::uint8_t type_and_length = in.u8();
  const ByteView name = in.take(type_and_length & kNameLengthBits);
  if (!in.ok()) return malformed("SDR with a name longer than itself");
  // Records call the first encoding Unicode, and boards write plain text into it.
  const TextEncoding encoding = text_encoding_of(type_and_length);
  sensor.name = decode_text(encoding == TextEncoding::binary ? TextEncoding::eight_bit : encoding, name);
  return sensor;
}

IpmiRequest sensor_reading_request(const SensorRecord& sensor) {
  IpmiRequest request = request_for(code::kSensorReading, {sensor.number});
  request.lun = sensor.lun;
  return request;
}

Decoded<std::uint8_t> decode_sensor_reading_request(ByteView data) {
  if (data.empty()) return malformed("sensor reading without the sensor's number");
  return data.front();
}

Bytes encode(const SensorReading& reading) {
  const int flags = (reading.scanning ? kScanning : 0) | (reading.unavailable ? kUnavailable : 0);
  return WireWriter(4).u8(reading.raw).u8(static_cast<std::uint8_t>(flags)).u16(reading.states).done();
}

Decoded<SensorReading> decode_sensor_reading(ByteView data) {
  WireReader in(data);
  SensorReading reading;
  reading.raw = in.u8();
  const std::uint8_t flags = in.u8();
  if (!in.ok()) return malformed("sensor reading cut short");
  reading.scanning = (flags & kScanning) != 0;
  reading.unavailable = (flags & kUnavailable) != 0;
  // Either byte of states may be left out.
  if (in.left() > 0) reading.states = in.u8();
  if (in.left() > 0) reading.states = static_cast<std::uint16_t>(reading.states | in.u8() << 8);
  return reading;
}

SensorState state_of(const SensorRecord& sensor, const SensorReading& reading) {
  if (!reading.scanning || reading.unavailable) return SensorState::unavailable;
  if (sensor.event_type == kThresholdEvent) {
    if ((reading.states & kNonRecoverable) != 0) return SensorState::non_recoverable;
    if ((reading.states & kCritical) != 0) return SensorState::critical;
    return (reading.states & kNonCritical) != 0 ? SensorState::warning : SensorState::ok;
  }
  const unsigned states = reading.states & kDiscreteStates;  // the highest bit is reserved and reads 1
  for (std::uint8_t offset = 0; offset < 15; ++offset) {
    if ((states >> offset & 1) != 0 && is_critical_state(sensor.sensor_type, sensor.event_type, offset)) {
      return SensorState::critical;
    }
  }
  return SensorState::ok;
}

}  // namespace breakwater::ipmi
