// The sensors of a lab server.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/lab/ipmi/bmc.hpp"

namespace breakwater::lab {
namespace {

constexpr std::uint8_t kSdrVersion = 0x51;
constexpr std::uint8_t kFullRecord = 0x01;
constexpr std::uint8_t kCompactRecord = 0x02;
constexpr std::uint8_t kBmcAddress = 0x20;
constexpr std::uint8_t kText8Bit = 0xC0;
constexpr std::uint8_t kThresholdType = 0x01;
constexpr std::uint8_t kSensorSpecificType = 0x6F;

// Bits of thresholds, in masks and in the states of a reading, in the order Get Sensor Thresholds has them.
constexpr std::uint8_t kLowerCritical = 0x02;
constexpr std::uint8_t kUpperNonCritical = 0x08;
constexpr std::uint8_t kUpperCritical = 0x10;

struct Sensor {
  std::uint8_t number;
  std::string_view name;
  std::uint8_t entity;
  std::uint8_t type;
  std::uint8_t unit;
  std::uint8_t factor;        ///< M of the conversion
  std::uint8_t result_power;  ///< of ten, four bits, two's complement
  std::uint8_t thresholds;    ///< mask
  std::uint8_t lower;         ///< critical
  std::uint8_t upper_warning;
  std::uint8_t upper;  ///< critical
  std::uint8_t normal;
  std::uint8_t warning;   ///< the reading while the machine's health is Warning
  std::uint8_t critical;  ///< and while it is Critical
  bool needs_power;
};

constexpr std::array kSensors{
    Sensor{.number = 1,
           .name = "Ambient Temp",
           .entity = 0x37,
           .type = 0x01,
           .unit = 0x01,
           .factor = 1,
           .result_power = 0,
           .thresholds = kUpperNonCritical | kUpperCritical,
           .lower = 0,
           .upper_warning = 75,
           .upper = 90,
           .normal = 24,
           .warning = 80,
           .critical = 95,
           .needs_power = false},
    Sensor{.number = 2,
           .name = "Fan 1",
           .entity = 0x1D,
           .type = 0x04,
           .unit = 0x12,
           .factor = 100,
           .result_power = 0,
           .thresholds = kLowerCritical,
           .lower = 10,
           .upper_warning = 0,
           .upper = 0,
           .normal = 84,
           .warning = 84,
           .critical = 120,
           .needs_power = true},
    Sensor{.number = 3,
           .name = "12V",
           .entity = 0x07,
           .type = 0x02,
           .unit = 0x04,
           .factor = 6,
           .result_power = 0x0E,
           .thresholds = kLowerCritical | kUpperCritical,
           .lower = 180,
           .upper_warning = 0,
           .upper = 220,
           .normal = 201,
           .warning = 201,
           .critical = 201,
           .needs_power = true},
};

constexpr std::uint8_t kSupplyNumber = 4;
constexpr std::string_view kSupplyName = "PSU 1";
constexpr std::uint8_t kSupplyEntity = 0x0A;
constexpr std::uint8_t kSupplyType = 0x08;
constexpr std::uint8_t kSupplyPresent = 0x01;
constexpr std::uint8_t kSupplyStates = 0x03;  // presence, failure

ipmi::Bytes with_header(std::uint16_t id, std::uint8_t type, ipmi::ByteView body) {
  ipmi::WireWriter out;
  return out.u16(id).u8(kSdrVersion).u8(type).u8(static_cast<std::uint8_t>(body.size())).raw(body).done();
}

// IPMI 2.0 section 43.1.
ipmi::Bytes full_sdr(std::uint16_t id, const Sensor& sensor) {
  ipmi::WireWriter out;
  out.u8(kBmcAddress).u8(0).u8(sensor.number).u8(sensor.entity).u8(1);
  out.u8(0x7F).u8(0x44);  // initialised and scanning; re-arms itself, thresholds readable
  out.u8(sensor.type).u8(kThresholdType);
  out.u16(0).u16(0);  // no events are sent
  out.u8(sensor.thresholds).u8(0);
  out.u8(0).u8(sensor.unit).u8(0).u8(0);
  out.u8(sensor.factor).u8(0).u8(0).u8(0).u8(0).u8(static_cast<std::uint8_t>(sensor.result_power << 4));
  out.u8(0x01).u8(sensor.normal).u8(0).u8(0).u8(0xFF).u8(0);  // the nominal reading is given
  out.u8(0).u8(sensor.upper).u8(sensor.upper_warning).u8(0).u8(sensor.lower).u8(0);
  out.u8(0).u8(0).u16(0).u8(0);
  out.u8(static_cast<std::uint8_t>(kText8Bit | sensor.name.size())).text(sensor.name);
  return with_header(id, kFullRecord, out.view());
}

// IPMI 2.0 section 43.2.
ipmi::Bytes supply_sdr(std::uint16_t id) {
  ipmi::WireWriter out;
  out.u8(kBmcAddress).u8(0).u8(kSupplyNumber).u8(kSupplyEntity).u8(1);
  out.u8(0x67).u8(0x40);
  out.u8(kSupplyType).u8(kSensorSpecificType);
  out.u16(kSupplyStates).u16(kSupplyStates).u16(kSupplyStates);
  out.u8(0xC0).u8(0).u8(0);  // no analogue reading, no unit
  out.u16(0x0001).u8(0).u8(0).fill(3, 0).u8(0);
  out.u8(static_cast<std::uint8_t>(kText8Bit | kSupplyName.size())).text(kSupplyName);
  return with_header(id, kCompactRecord, out.view());
}

// One repository, since all lab servers have the same sensors.
const std::vector<ipmi::Bytes>& repository() {
  static const std::vector<ipmi::Bytes> records = [] {
    std::vector<ipmi::Bytes> made;
    std::uint16_t id = 1;
    for (const Sensor& sensor : kSensors) made.push_back(full_sdr(id++, sensor));
    made.push_back(supply_sdr(id));
    return made;
  }();
  return records;
}

const Sensor* sensor_of(std::uint8_t number) {
  const auto found = std::ranges::find(kSensors, number, &Sensor::number);
  return found == kSensors.end() ? nullptr : &*found;
}

std::uint8_t reading_of(const Sensor& sensor, std::string_view health) {
  if (health == "Critical") return sensor.critical;
  return health == "OK" ? sensor.normal : sensor.warning;
}

std::uint8_t states_of(const Sensor& sensor, std::uint8_t reading) {
  std::uint8_t states = 0;
  if ((sensor.thresholds & kLowerCritical) != 0 && reading <= sensor.lower) states |= kLowerCritical;
  if ((sensor.thresholds & kUpperNonCritical) != 0 && reading >= sensor.upper_warning) states |= kUpperNonCritical;
  if ((sensor.thresholds & kUpperCritical) != 0 && reading >= sensor.upper) states |= kUpperCritical;
  return states;
}

}  // namespace

IpmiAnswer sdr_info() {
  ipmi::SdrInfo info;
  info.records = static_cast<std::uint16_t>(repository().size());
  return {ipmi::kCompleted, ipmi::encode(info)};
}

IpmiAnswer get_sdr(Machine& machine, ipmi::ByteView data, std::uint16_t reservation) {
  const auto asked = ipmi::decode_sdr_get_request(data);
  if (!asked) return {ipmi::kLengthInvalid};
  if (asked->offset != 0 && asked->reservation != reservation) return {ipmi::kReservationLost};
  const auto& records = repository();
  std::size_t index = asked->record_id - 1U;
  if (asked->record_id == ipmi::kFirstRecord) index = 0;
  if (asked->record_id == ipmi::kLastRecord) index = records.size() - 1;
  if (index >= records.size()) return {ipmi::kNotPresent};
  if (const auto rule = machine.strikes_by_rule(LabFault::sdr_refused, std::to_string(index + 1))) {
    return {static_cast<std::uint8_t>(rule->code)};
  }
  if (asked->offset >= records[index].size()) return {ipmi::kOutOfRange};
  const ipmi::ByteView part = part_of(records[index], asked->offset, asked->count);
  const bool last = index + 1 == records.size();
  return {ipmi::kCompleted, ipmi::encode(ipmi::SdrPart{last ? ipmi::kLastRecord : static_cast<std::uint16_t>(index + 2),
                                                       {part.begin(), part.end()}})};
}

IpmiAnswer sensor_reading(Machine& machine, ipmi::ByteView data) {
  const auto number = ipmi::decode_sensor_reading_request(data);
  if (!number) return {ipmi::kLengthInvalid};
  if (const auto rule = machine.strikes_by_rule(LabFault::sensor_refused, std::to_string(*number))) {
    return {static_cast<std::uint8_t>(rule->code)};
  }
  ipmi::SensorReading shown;
  if (*number == kSupplyNumber) {
    shown.states = kSupplyPresent;
    return {ipmi::kCompleted, ipmi::encode(shown)};
  }
  const Sensor* sensor = sensor_of(*number);
  if (sensor == nullptr) return {ipmi::kNotPresent};
  shown.unavailable = sensor->needs_power && machine.power() == "Off";
  if (!shown.unavailable) {
    shown.raw = reading_of(*sensor, machine.health());
    shown.states = states_of(*sensor, shown.raw);
  }
  return {ipmi::kCompleted, ipmi::encode(shown)};
}

IpmiAnswer sensor_thresholds(ipmi::WireReader in) {
  const std::uint8_t number = in.u8();
  if (!in.ok()) return {ipmi::kLengthInvalid};
  const Sensor* sensor = sensor_of(number);
  if (sensor == nullptr) return {ipmi::kNotPresent};
  return {ipmi::kCompleted, {sensor->thresholds, 0, sensor->lower, 0, sensor->upper_warning, sensor->upper, 0}};
}

}  // namespace breakwater::lab
