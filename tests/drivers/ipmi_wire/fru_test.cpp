#include "drivers/ipmi/wire/fru.hpp"

#include <gtest/gtest.h>

#include "drivers/ipmi/wire/text.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::fru_test {

using golden::hex;

namespace {

Fru server() {
  Fru fru;
  fru.chassis = FruChassis{0x17, "CSE-829", "C8290001"};
  fru.board = FruBoard{0x00C0FFEE, "Harbour", "X12", "B-1", "P-1"};
  fru.product = FruProduct{"Harbour", "Pier 9", "SYS-9", "1.0", "S123456X1", "7"};
  return fru;
}

// A memory with one area, written out by hand, at offset 8.
Bytes memory_of(int area_index, const Bytes& body) {
  WireWriter area;
  const std::size_t bytes = (2 + body.size() + 1 + 7) / 8 * 8;
  area.u8(1).u8(static_cast<std::uint8_t>(bytes / 8)).raw(body).fill(bytes - 3 - body.size(), 0);
  area.u8(zero_sum(area.view()));
  WireWriter out;
  out.u8(1);
  for (int i = 0; i < 6; ++i) out.u8(i == area_index ? 1 : 0);
  out.u8(zero_sum(out.view()));
  return out.raw(area.view()).done();
}

constexpr int kChassis = 1;
constexpr int kBoard = 2;
constexpr int kProduct = 3;

}  // namespace

TEST(FruCommands, info_and_parts) {
  EXPECT_EQ(hex(fru_info_request(3).data), "03");
  EXPECT_EQ(decode_fru_info_request(hex("03")).value_or(0), 3);
  EXPECT_EQ(decode_fru_info(hex("000801")).value_or(FruInfo{}), (FruInfo{2048, true}));
  EXPECT_EQ(hex(encode(FruInfo{2048, true})), "000801");
  EXPECT_FALSE(decode_fru_info(hex("0008")));
  EXPECT_EQ(hex(fru_read_request({1, 0x0203, 16}).data), "01030210");
  EXPECT_EQ(decode_fru_read_request(hex("01030210")).value_or(FruQuestion{}), (FruQuestion{1, 0x0203, 16}));
  EXPECT_FALSE(decode_fru_read_request(hex("010302")));
  EXPECT_EQ(hex(encode_fru_part(hex("aabb"))), "02aabb");
  EXPECT_EQ(hex(decode_fru_part(hex("02aabb")).value_or(Bytes{})), "aabb");
  EXPECT_EQ(hex(decode_fru_part(hex("01aabb")).value_or(Bytes{})), "aabb") << "one word";
  EXPECT_FALSE(decode_fru_part(hex("02")));
  EXPECT_FALSE(decode_fru_part(hex("00aa")));
  EXPECT_FALSE(decode_fru_part({}));
}

TEST(Fru, what_is_built_is_read) {
  const Bytes memory = build_fru(server());
  EXPECT_EQ(memory.size() % 8, 0u);
  const auto fru = parse_fru(memory);
  ASSERT_TRUE(fru);
  EXPECT_EQ(*fru, server());
  Fru board_only;
  board_only.board = server().board;
  EXPECT_EQ(parse_fru(build_fru(board_only)).value_or(Fru{}), board_only);
}

TEST(Fru, an_area_written_by_hand_in_every_encoding) {
  // Type 0x17; a binary part number; a serial in six bits; a field of the maker's own; the end.
  const auto chassis = parse_fru(memory_of(kChassis, hex("17 03 0102ff 83 29dca6 c2 4142 c1")));
  ASSERT_TRUE(chassis && chassis->chassis);
  EXPECT_EQ(*chassis->chassis, (FruChassis{0x17, "0102ff", "IPMI"}));
  const auto product = parse_fru(memory_of(kProduct, hex("19 c4 41434d45 00 43 12a345 c3 312e30 c6 533120202020 c1")));
  ASSERT_TRUE(product && product->product);
  EXPECT_EQ(*product->product, (FruProduct{"ACME", "", "12 345", "1.0", "S1", ""}));
  const auto board = parse_fru(memory_of(kBoard, hex("19 010203 c4 41434d45 c1")));
  ASSERT_TRUE(board && board->board);
  EXPECT_EQ(board->board->made_minutes, 0x030201u);
  EXPECT_EQ(board->board->manufacturer, "ACME");
}

TEST(Fru, texts_of_every_encoding) {
  EXPECT_EQ(decode_text(TextEncoding::bcd_plus, hex("0123456789abcdef")), "0123456789 -.???");
  EXPECT_EQ(decode_text(TextEncoding::binary, hex("00ff")), "00ff");
  EXPECT_EQ(decode_text(TextEncoding::six_bit, hex("29dca6")), "IPMI");
  EXPECT_EQ(decode_text(TextEncoding::six_bit, hex("29dc")), "IP");
  EXPECT_EQ(decode_text(TextEncoding::eight_bit, hex("411b5b42")), "A?[B");
  EXPECT_EQ(decode_text(TextEncoding::eight_bit, hex("41202020")), "A");
  EXPECT_EQ(decode_text(TextEncoding::eight_bit, hex("202020")), "");
}

TEST(Fru, a_spoiled_area_is_left_out_and_the_others_stay) {
  Bytes memory = build_fru(server());
  const std::size_t board_at = memory[3] * 8u;
  memory[board_at + 8] ^= 0x01;
  const auto fru = parse_fru(memory);
  ASSERT_TRUE(fru);
  EXPECT_FALSE(fru->board);
  EXPECT_EQ(fru->fault, "a FRU area with a wrong checksum");
  EXPECT_EQ(fru->chassis, server().chassis);
  EXPECT_EQ(fru->product, server().product);
}

TEST(Fru, an_area_or_a_field_past_the_end_is_left_out) {
  Bytes memory = memory_of(kBoard, hex("19 010203 c4 41434d45 c1"));
  memory[3] = 0x7F;
  memory[7] = static_cast<std::uint8_t>(memory[7] - 0x7E);
  auto fru = parse_fru(memory);
  ASSERT_TRUE(fru);
  EXPECT_EQ(fru->fault, "a FRU area outside of its memory");
  memory = memory_of(kBoard, hex("19 010203 c4 41434d45 c1"));
  memory[9] = 0x20;
  fru = parse_fru(memory);
  ASSERT_TRUE(fru);
  EXPECT_EQ(fru->fault, "a FRU area of a wrong length");
  memory[9] = 0;
  EXPECT_EQ(parse_fru(memory).value_or(Fru{}).fault, "a FRU area of a wrong length");
  fru = parse_fru(memory_of(kBoard, hex("19 010203 ff 41434d45 c1")));
  ASSERT_TRUE(fru);
  EXPECT_FALSE(fru->board);
  EXPECT_EQ(fru->fault, "a FRU field outside of its area");
}

TEST(Fru, a_header_that_is_none_is_refused) {
  EXPECT_FALSE(parse_fru({}));
  EXPECT_FALSE(parse_fru(Bytes(8, 0x00)));
  EXPECT_FALSE(parse_fru(Bytes(256, 0xFF)));
  Bytes memory = build_fru(server());
  EXPECT_FALSE(parse_fru(ByteView(memory).first(7)));
  memory[7] ^= 1;
  EXPECT_FALSE(parse_fru(memory));
}

}  // namespace breakwater::ipmi::fru_test
