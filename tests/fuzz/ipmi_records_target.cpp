// Sensor records, the event log and FRU memories; FRU checksums are made right, too, so that the areas are reached.
#include "drivers/ipmi/wire/fru.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/text.hpp"
#include "tests/drivers/ipmi_wire/repaired.hpp"
#include "tests/fuzz/ipmi.hpp"

namespace breakwater::fuzz::ipmi_records_target {

using namespace breakwater::ipmi;

namespace {

constexpr std::size_t kFruTextMost = 126;  // 63 bytes of two digits each

void read_sensors(ByteView bytes) {
  round_trip(bytes, decode_sdr_info);
  round_trip(bytes, decode_reservation, encode_reservation);
  round_trip(bytes, decode_sensor_reading);
  round_trip_request(bytes, decode_sdr_get_request, sdr_get_request);
  read(bytes, decode_sdr_part);
  read(bytes, decode_sdr_header);
  read(bytes, decode_sensor_reading_request);
  const auto sensor = read(bytes, decode_sensor_record);
  if (!sensor) return;
  require(sensor->name.size() <= 62 && is_printable(sensor->name), "a sensor's name is bounded and can be printed");
  SensorReading reading;
  reading.states = static_cast<std::uint16_t>(bytes.size() * 257);
  require(!to_string(state_of(*sensor, reading)).empty(), "a state has a name");
}

void read_log(ByteView bytes) {
  round_trip(bytes, decode_sel_info);
  round_trip(bytes, decode_sel_entry);
  round_trip_request(bytes, decode_sel_entry_request, sel_entry_request);
  const auto entry = decode_sel_entry(bytes);
  if (!entry) return;
  require(is_printable(text_of(entry->record)), "a record can be printed");
  const auto event = event_in(entry->record);
  require(event || !is_critical(entry->record), "only events are critical");
  if (event) require(event_in(record_of(entry->record.id, *event)) == event, "an event made again reads the same");
}

void read_fru(ByteView memory) {
  round_trip(memory, decode_fru_info);
  round_trip_request(memory, decode_fru_read_request, fru_read_request);
  read(memory, decode_fru_part);
  const auto fru = read(memory, parse_fru);
  if (!fru) return;
  const FruChassis chassis = fru->chassis.value_or(FruChassis{});
  const FruBoard board = fru->board.value_or(FruBoard{});
  const FruProduct product = fru->product.value_or(FruProduct{});
  for (const std::string* text : {&chassis.part_number, &chassis.serial, &board.manufacturer, &board.product,
                                  &board.serial, &board.part_number, &product.manufacturer, &product.name,
                                  &product.part_number, &product.version, &product.serial, &product.asset_tag}) {
    require(text->size() <= kFruTextMost && is_printable(*text), "a field is bounded and can be printed");
  }
  const Bytes built = build_fru(*fru);
  const auto again = parse_fru(built);
  require(again && again->fault.empty(), "areas that were made again are sound");
  require(again->chassis.has_value() == fru->chassis.has_value() &&
              again->board.has_value() == fru->board.has_value() &&
              again->product.has_value() == fru->product.has_value(),
          "areas that were made again are all there");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  read_sensors(bytes);
  read_log(bytes);
  read_fru(bytes);
  Bytes memory(bytes.begin(), bytes.end());
  golden::repair_fru(memory);
  read_fru(memory);
  for (int encoding = 0; encoding < 4; ++encoding) {
    require(is_printable(decode_text(static_cast<TextEncoding>(encoding), bytes)), "a text can be printed");
  }
}

}  // namespace breakwater::fuzz::ipmi_records_target
