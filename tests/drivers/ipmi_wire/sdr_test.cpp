#include "drivers/ipmi/wire/sdr.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::sdr_test {

using golden::hex;

namespace {

SensorRecord temperature() {
  SensorRecord record;
  record.id = 1;
  record.number = 1;
  record.entity = 7;
  record.entity_instance = 1;
  record.sensor_type = 0x01;
  record.event_type = 0x01;
  record.name = "MBTemp";
  return record;
}

// As IPMI 2.0 table 43-1 has it: unsigned degrees, all thresholds 0.
constexpr std::string_view kTemperature =
    "0100 51 01 30  20 00 01 07 01 7f 68 01 01 0000 0000 0000 00 01 00 00 01 00 00 00 00 00 00 00 00 00 ff 00"
    "00 00 00 00 00 00 00 00 00 00 00 c6 4d4254656d70";

}  // namespace

TEST(Sdr, info_reservation_and_parts) {
  const Bytes bytes = hex("5107000010040302010807060502");
  const auto info = decode_sdr_info(bytes);
  ASSERT_TRUE(info);
  EXPECT_EQ(*info, (SdrInfo{0x51, 7, 0x1000, 0x01020304, 0x05060708}));
  EXPECT_EQ(encode(*info), bytes);
  EXPECT_EQ(decode_reservation(encode_reservation(0x1234)).value_or(0), 0x1234);
  EXPECT_FALSE(decode_reservation(hex("34")));
  const SdrQuestion question{0x1234, 0x0056, 5, 16};
  EXPECT_EQ(hex(sdr_get_request(question).data), "341256000510");
  EXPECT_EQ(decode_sdr_get_request(hex("341256000510")).value_or(SdrQuestion{}), question);
  EXPECT_FALSE(decode_sdr_get_request(hex("3412560005")));
  const auto part = decode_sdr_part(hex("0200aabb"));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->next, 2);
  EXPECT_EQ(hex(part->data), "aabb");
  EXPECT_EQ(hex(encode(*part)), "0200aabb");
  EXPECT_FALSE(decode_sdr_part(hex("0200")));
  EXPECT_FALSE(decode_sdr_part(hex("02")));
}

TEST(Sdr, a_full_record_as_the_specification_has_it) {
  const Bytes bytes = hex(kTemperature);
  const auto header = decode_sdr_header(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(*header, (SdrHeader{1, 0x51, 0x01, 0x30}));
  EXPECT_TRUE(header->is_sensor());
  const auto sensor = decode_sensor_record(bytes);
  ASSERT_TRUE(sensor) << sensor.error().what;
  EXPECT_EQ(*sensor, temperature());
}

TEST(Sdr, full_and_compact_records_both_ways) {
  for (const bool compact : {false, true}) {
    SensorRecord sensor = temperature();
    sensor.compact = compact;
    sensor.lun = 2;
    const Bytes bytes = encode(sensor);
    EXPECT_EQ(decode_sensor_record(bytes).value_or(SensorRecord{}), sensor);
    EXPECT_EQ(decode_sdr_header(bytes).value_or(SdrHeader{}).length, bytes.size() - kSdrHeaderBytes);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_FALSE(decode_sensor_record(ByteView(bytes).first(length))) << length;
    }
  }
}

TEST(Sdr, a_name_in_every_encoding_and_none_longer_than_its_record) {
  const struct {
    const char* name;
    const char* text;
  } rows[] = {{"c3 43 50 55", "CPU"}, {"03 43 50 55", "CPU"}, {"83 29dca6", "IPMI"}, {"42 1a20", "1 20"}, {"c0", ""}};
  for (const auto& row : rows) {
    Bytes bytes = hex(kTemperature);
    bytes.resize(47);
    for (const std::uint8_t byte : hex(row.name)) bytes.push_back(byte);
    EXPECT_EQ(decode_sensor_record(bytes).value_or(SensorRecord{}).name, row.text) << row.name;
    ++bytes[47];
    EXPECT_FALSE(decode_sensor_record(bytes)) << row.name;
  }
}

TEST(Sdr, another_record_type_is_no_sensor) {
  Bytes bytes = hex(kTemperature);
  for (const int type : {0x03, 0x11, 0x12, 0xC0}) {
    bytes[3] = static_cast<std::uint8_t>(type);
    EXPECT_FALSE(decode_sensor_record(bytes));
  }
}

TEST(Sensor, a_reading_is_asked_at_the_sensors_lun) {
  SensorRecord sensor = temperature();
  sensor.lun = 1;
  sensor.number = 0x42;
  const IpmiRequest request = sensor_reading_request(sensor);
  EXPECT_EQ(request.lun, 1);
  EXPECT_EQ(decode_sensor_reading_request(request.data).value_or(0), 0x42);
  EXPECT_FALSE(decode_sensor_reading_request({}));
}

TEST(Sensor, what_a_reading_means) {
  const struct {
    std::uint8_t sensor_type, event_type;
    const char* bytes;
    SensorState state;
  } rows[] = {
      {0x01, 0x01, "6040c0", SensorState::ok},
      {0x01, 0x01, "6040c080", SensorState::ok},
      {0x01, 0x01, "604001", SensorState::warning},
      {0x01, 0x01, "6040c8", SensorState::warning},
      {0x01, 0x01, "604002", SensorState::critical},
      {0x01, 0x01, "6040d8", SensorState::critical},
      {0x01, 0x01, "604004", SensorState::non_recoverable},
      {0x01, 0x01, "6040f8", SensorState::non_recoverable},
      {0x01, 0x01, "6000c0", SensorState::unavailable},
      {0x01, 0x01, "6060d8", SensorState::unavailable},
      {0x01, 0x01, "6040", SensorState::ok},
      {0x08, 0x6F, "00400180", SensorState::ok},        // supply present
      {0x08, 0x6F, "00400380", SensorState::critical},  // present, failed
      {0x07, 0x6F, "00400088", SensorState::critical},  // state 11, in the second byte
      {0x04, 0x07, "00400480", SensorState::critical},
  };
  for (const auto& row : rows) {
    SensorRecord sensor = temperature();
    sensor.sensor_type = row.sensor_type;
    sensor.event_type = row.event_type;
    const auto reading = decode_sensor_reading(hex(row.bytes));
    ASSERT_TRUE(reading) << row.bytes;
    EXPECT_EQ(to_string(state_of(sensor, *reading)), to_string(row.state)) << row.bytes;
    EXPECT_EQ(decode_sensor_reading(encode(*reading)).value_or(SensorReading{}), *reading);
  }
  EXPECT_FALSE(decode_sensor_reading(hex("60")));
}

}  // namespace breakwater::ipmi::sdr_test
