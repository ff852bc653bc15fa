#include "drivers/lab/ipmi/sel.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/ipmi/wire/sdr.hpp"

namespace breakwater::lab {
namespace {

constexpr std::size_t record_bytes = 16;
constexpr std::uint8_t threshold_event = 0x01;
constexpr std::uint8_t sensor_specific_event = 0x6F;
constexpr std::uint8_t event_logging = 0x10;  // sensor type
constexpr std::uint8_t log_cleared = 0x02;
constexpr std::uint8_t temperature = 0x01;       // sensor type
constexpr std::uint8_t ambient_sensor = 0x01;    // number, as in the sensors' table
constexpr std::uint8_t upper_critical = 0x59;    // going high; reading and threshold follow
constexpr std::uint8_t critical_reading = 95;    // degrees
constexpr std::uint8_t critical_threshold = 90;  // degrees

}  // namespace

void Sel::begin() {
  entries_.clear();
  erased_at_ = ipmi_time();
  add({.sensor_type = event_logging, .event_type = sensor_specific_event, .data = {log_cleared, 0xFF, 0xFF}});
}

void Sel::follow(std::string_view health) {
  const bool critical = health == "Critical";
  if (critical == critical_) return;
  critical_ = critical;
  add({.sensor_type = temperature,
       .sensor_number = ambient_sensor,
       .asserted = critical,
       .event_type = threshold_event,
       .data = {upper_critical, critical_reading, critical_threshold}});
}

void Sel::add(ipmi::SelEvent event) {
  if (entries_.size() >= entries_max) return;
  event.time = added_at_ = ipmi_time();
  entries_.push_back(ipmi::record_of(next_id_++, event));
}

IpmiAnswer Sel::info() const {
  ipmi::SelInfo info;
  info.entries = static_cast<std::uint16_t>(entries_.size());
  info.free_bytes = static_cast<std::uint16_t>((entries_max - entries_.size()) * record_bytes);
  info.last_addition = added_at_;
  info.last_erase = erased_at_;
  return {ipmi::kCompleted, ipmi::encode(info)};
}

IpmiAnswer Sel::reserve() {
  if (++reservation_ == 0) ++reservation_;
  return {ipmi::kCompleted, ipmi::encode_reservation(reservation_)};
}

IpmiAnswer Sel::get(ipmi::ByteView data) const {
  ipmi::Reader in(data);
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
  if (offset >= record_bytes) return {ipmi::kOutOfRange};
  const auto next = found + 1;
  const ipmi::Bytes whole = ipmi::encode(ipmi::SelEntry{next == entries_.end() ? ipmi::kLastRecord : next->id, *found});
  const ipmi::ByteView record = ipmi::ByteView(whole).last(record_bytes);
  ipmi::Writer out;
  out.raw(ipmi::ByteView(whole).first(whole.size() - record_bytes)).raw(part_of(record, offset, count));
  return {ipmi::kCompleted, out.done()};
}

// `CLR` and AA begin it, 00 asks how far it is: it is done at once.
IpmiAnswer Sel::clear(ipmi::Reader in) {
  constexpr std::array<std::uint8_t, 3> word{'C', 'L', 'R'};
  constexpr std::uint8_t begin_it = 0xAA;
  constexpr std::uint8_t done = 0x01;
  const std::uint16_t reservation = in.u16();
  const auto said = in.array<std::array<std::uint8_t, 3>>();
  const std::uint8_t what = in.u8();
  if (!in.ok()) return {ipmi::kLengthInvalid};
  if (said != word) return {ipmi::kInvalidField};
  if (reservation != reservation_) return {ipmi::kReservationLost};
  if (what == begin_it) begin();
  return {ipmi::kCompleted, {done}};
}

}  // namespace breakwater::lab
