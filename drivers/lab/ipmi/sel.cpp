#include "drivers/lab/ipmi/sel.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/ipmi/wire/sdr.hpp"

namespace breakwater::lab {
namespace {

constexpr std::size_t kRecordBytes = 16;
constexpr std::uint8_t kThresholdEvent = 0x01;
constexpr std::uint8_t kSensorSpecificEvent = 0x6F;
constexpr std::uint8_t kEventLogging = 0x10;  // sensor type
constexpr std::uint8_t kLogCleared = 0x02;
constexpr std::uint8_t kTemperature = 0x01;         // sensor type
constexpr std::uint8_t kAmbientSensor = 0x01;       // number, as in the sensors' table
constexpr std::uint8_t kUpperCriticalEvent = 0x59;  // going high; reading and threshold follow
constexpr std::uint8_t kCriticalReading = 95;       // degrees
constexpr std::uint8_t kCriticalThreshold = 90;     // degrees

}  // namespace

void Sel::begin() {
  entries_.clear();
  erased_at_ = ipmi_time();
  add({.sensor_type = kEventLogging, .event_type = kSensorSpecificEvent, .data = {kLogCleared, 0xFF, 0xFF}});
}

void Sel::follow(std::string_view health) {
  const bool critical = health == "Critical";
  if (critical == critical_) return;
  critical_ = critical;
  add({.sensor_type = kTemperature,
       .sensor_number = kAmbientSensor,
       .asserted = critical,
       .event_type = kThresholdEvent,
       .data = {kUpperCriticalEvent, kCriticalReading, kCriticalThreshold}});
}

void Sel::add(ipmi::SelEvent event) {
  if (entries_.size() >= kEntriesMax) return;
  event.time = added_at_ = ipmi_time();
  entries_.push_back(ipmi::record_of(next_id_++, event));
}

IpmiAnswer Sel::info(Machine& machine) const {
  ipmi::SelInfo info;
  info.entries = static_cast<std::uint16_t>(entries_.size());
  info.free_bytes = static_cast<std::uint16_t>((kEntriesMax - entries_.size()) * kRecordBytes);
  info.last_addition = added_at_;
  info.last_erase = erased_at_;
  info.overflow = machine.strikes_by_rule(LabFault::sel_overflow, {}).has_value();
  if (machine.strikes_by_rule(LabFault::sel_full, {})) info.free_bytes = 0;
  return {ipmi::kCompleted, ipmi::encode(info)};
}

IpmiAnswer Sel::reserve() {
  if (++reservation_ == 0) ++reservation_;
  return {ipmi::kCompleted, ipmi::encode_reservation(reservation_)};
}

IpmiAnswer Sel::get(Machine& machine, ipmi::ByteView data) const {
  ipmi::WireReader in(data);
  const std::uint16_t reservation = in.u16();
  const std::uint16_t id = in.u16();
  const std::uint8_t offset = in.u8();
  const std::uint8_t count = in.u8();
  if (!in.ok()) return {ipmi::kLengthInvalid};
  if (offset != 0 && reservation != reservation_) return {ipmi::kReservationLost};
  if (entries_.empty()) return {ipmi::kNotPresent};
  auto found = std::ranges::find(entries_, id, &ipmi::SelRecord::id);
  if (id == ipmi::kFirstRecord) found = entries_.begin();
  if (id == ipmi::kLastRecord) found = entries_.end() - 1;
  if (found == entries_.end()) return {ipmi::kNotPresent};
  if (offset >= kRecordBytes) return {ipmi::kOutOfRange};
  const bool cut = machine.strikes_by_rule(LabFault::sel_cut, {}).has_value();
  const auto next = cut ? entries_.end() : found + 1;
  const ipmi::Bytes whole = ipmi::encode(ipmi::SelEntry{next == entries_.end() ? ipmi::kLastRecord : next->id, *found});
  const ipmi::ByteView record = ipmi::ByteView(whole).last(kRecordBytes);
  ipmi::WireWriter out;
  out.raw(ipmi::ByteView(whole).first(whole.size() - kRecordBytes)).raw(part_of(record, offset, count));
  return {ipmi::kCompleted, out.done()};
}

// `CLR` and AA erase the log, `CLR` and 00 ask for the progress; the lab erases at once.
IpmiAnswer Sel::clear(ipmi::WireReader in) {
  constexpr std::array<std::uint8_t, 3> kWord{'C', 'L', 'R'};
  constexpr std::uint8_t kBeginIt = 0xAA;
  constexpr std::uint8_t kDone = 0x01;
  const std::uint16_t reservation = in.u16();
  const auto said = in.array<std::array<std::uint8_t, 3>>();
  const std::uint8_t what = in.u8();
  if (!in.ok()) return {ipmi::kLengthInvalid};
  if (said != kWord) return {ipmi::kInvalidField};
  if (reservation != reservation_) return {ipmi::kReservationLost};
  if (what == kBeginIt) begin();
  return {ipmi::kCompleted, {kDone}};
}

}  // namespace breakwater::lab
