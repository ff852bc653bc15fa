#include "drivers/ipmi/wire/sel.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::sel_test {

using golden::hex;

namespace {

SelEvent event(std::uint8_t sensor_type, std::uint8_t event_type, std::uint8_t offset, bool asserted = true) {
  SelEvent made;
  made.sensor_type = sensor_type;
  made.event_type = event_type;
  made.data[0] = offset;
  made.asserted = asserted;
  return made;
}

}  // namespace

TEST(Sel, info_and_time) {
  const Bytes bytes = hex("5103001027040302010807060580");
  const auto info = decode_sel_info(bytes);
  ASSERT_TRUE(info);
  EXPECT_EQ(*info, (SelInfo{0x51, 3, 10'000, 0x01020304, 0x05060708, true}));
  EXPECT_EQ(encode(*info), bytes);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_sel_info(ByteView(bytes).first(length)));
  EXPECT_EQ(hex(encode_sel_time(0x65432100)), "00214365");
}

TEST(Sel, an_entry_is_asked_for_whole_and_read_both_ways) {
  EXPECT_EQ(hex(sel_entry_request(0x0102).data), "0000020100ff");
  EXPECT_EQ(decode_sel_entry_request(hex("0000020100ff")).value_or(0), 0x0102);
  // ipmitool's example layout: record 1, system event, temperature upper critical going high.
  const Bytes bytes = hex("ffff0100021032547620000401300159a0b0");
  const auto entry = decode_sel_entry(bytes);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->next, kLastRecord);
  EXPECT_EQ(entry->record.id, 1);
  const auto read = event_in(entry->record);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, 0x76543210u);
  EXPECT_EQ(read->generator, 0x20);
  EXPECT_EQ(read->sensor_number, 0x30);
  EXPECT_TRUE(read->asserted);
  EXPECT_EQ(read->offset(), 9);
  EXPECT_TRUE(is_critical(entry->record));
  EXPECT_EQ(record_of(1, *read), entry->record);
  EXPECT_EQ(encode(*entry), bytes);
  EXPECT_EQ(text_of(entry->record), "sensor 0x30 type 0x01 event 0x01 state 9 asserted");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_sel_entry(ByteView(bytes).first(length))) << length;
  }
}

TEST(Sel, the_end_of_a_state_and_an_oem_record_are_not_critical) {
  EXPECT_TRUE(is_critical(record_of(1, event(0x01, 0x01, 9))));
  EXPECT_FALSE(is_critical(record_of(1, event(0x01, 0x01, 9, false))));
  EXPECT_FALSE(event_in(record_of(1, event(0x01, 0x01, 9, false)))->asserted);
  SelRecord oem = record_of(1, event(0x01, 0x01, 9));
  oem.type = 0xC1;
  EXPECT_FALSE(is_critical(oem));
  EXPECT_FALSE(event_in(oem));
  EXPECT_EQ(text_of(oem), "OEM record type 0xc1");
}

TEST(Sel, a_mark_tells_entries_apart_by_what_they_say) {
  const SelRecord one = record_of(1, event(0x01, 0x01, 9));
  EXPECT_EQ(mark_of(one), mark_of(record_of(7, event(0x01, 0x01, 9)))) << "logs are renumbered";
  EXPECT_NE(mark_of(one), mark_of(record_of(1, event(0x01, 0x01, 11))));
  EXPECT_NE(mark_of(one), mark_of(record_of(1, event(0x01, 0x01, 9, false))));
  SelEvent later = event(0x01, 0x01, 9);
  later.time = 1;
  EXPECT_NE(mark_of(one), mark_of(record_of(1, later)));
}

TEST(Severity, which_states_are_critical) {
  const struct {
    std::uint8_t sensor_type, event_type, offset;
    bool critical;
  } rows[] = {
      {0x01, 0x01, 0, false},   // lower non-critical going low
      {0x01, 0x01, 2, true},    // lower critical going low
      {0x01, 0x01, 3, false},   // lower critical going high: better
      {0x01, 0x01, 4, true},    // lower non-recoverable going low
      {0x01, 0x01, 7, false},   // upper non-critical going high
      {0x01, 0x01, 8, false},   // upper critical going low: better
      {0x01, 0x01, 9, true},    // upper critical going high
      {0x01, 0x01, 11, true},   // upper non-recoverable going high
      {0x04, 0x07, 1, false},   // to non-critical
      {0x04, 0x07, 2, true},    // to critical from less severe
      {0x04, 0x07, 5, false},   // to critical from non-recoverable: better
      {0x04, 0x07, 6, true},    // to non-recoverable
      {0x08, 0x6F, 0, false},   // power supply present
      {0x08, 0x6F, 1, true},    // power supply failed
      {0x08, 0x6F, 2, false},   // failure predicted
      {0x0C, 0x6F, 0, false},   // memory, corrected
      {0x0C, 0x6F, 1, true},    // memory, uncorrectable
      {0x0D, 0x6F, 1, true},    // drive fault
      {0x2B, 0x6F, 1, false},   // firmware change detected
      {0x2B, 0x6F, 3, true},    // firmware incompatible
      {0x2B, 0x6F, 7, false},   // software change succeeded
      {0x77, 0x6F, 1, false},   // a type without a row
      {0x08, 0x03, 1, false},   // "state asserted" says nothing of its weight
      {0x08, 0x6F, 17, false},  // out of range, not state 1
  };
  for (const auto& row : rows) {
    EXPECT_EQ(is_critical_state(row.sensor_type, row.event_type, row.offset), row.critical)
        << int{row.sensor_type} << " " << int{row.event_type} << " " << int{row.offset};
  }
}

}  // namespace breakwater::ipmi::sel_test
