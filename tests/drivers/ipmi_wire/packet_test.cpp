#include "drivers/ipmi/wire/packet.hpp"

#include <gtest/gtest.h>

#include "drivers/ipmi/wire/text.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::packet_test {

using golden::hex;

TEST(Packet, the_capabilities_question_of_ipmitool_and_its_answer) {
  const Bytes asked = hex("0600ff07000000000000000000092018c88100388e04b5");
  const IpmiRequest request{0x06, 0x38, hex("8e04")};
  EXPECT_EQ(wrap_pre_session(encode(request)), asked);
  const auto message = unwrap_pre_session(asked);
  ASSERT_TRUE(message) << message.error().what;
  EXPECT_EQ(decode_request(*message).value_or(IpmiRequest{}), request);
  EXPECT_EQ(kind_of(asked), DatagramKind::pre_session);

  const Bytes answered = hex("0600ff0700000000000000000010811c6320003800018014020000000011");
  const IpmiReply response = reply_to(request, 0, hex("0180140200000000"));
  EXPECT_EQ(wrap_pre_session(encode(response)), answered);
  const auto reply = unwrap_pre_session(answered);
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(decode_reply(*reply).value_or(IpmiReply{}), response);
  EXPECT_TRUE(answers(response, request));
}

TEST(Packet, the_messages_of_a_foreign_session_come_out) {
  const struct {
    IpmiRequest request;
    const char* sent;
    std::uint8_t completion;
    const char* data;
    const char* answered;
  } rows[] = {
      {{0x06, 0x3B, hex("04"), 1}, "2018c881043b043c", 0, "04", "811c6320043b00049d"},
      {{0x2C, 0x3E, hex("0002"), 2}, "20b03081083e000237", 0xC1, "", "81b4cb20083ec1d9"},
      {{0x06, 0x01, {}, 3},
       "2018c8810c0172",
       0,
       "2001031502bf57010001000000000000",
       "811c63200c01002001031502bf5701000100000000000080"},
      {{0x06, 0x3C, hex("0d0c0b0a"), 7}, "2018c8811c3c0d0c0b0af9", 0, "", "811c63201c3c0088"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(hex(encode(row.request)), row.sent);
    EXPECT_EQ(decode_request(hex(row.sent)).value_or(IpmiRequest{}), row.request) << row.sent;
    const IpmiReply response = reply_to(row.request, row.completion, hex(row.data));
    EXPECT_EQ(hex(encode(response)), row.answered);
    EXPECT_EQ(decode_reply(hex(row.answered)).value_or(IpmiReply{}), response) << row.answered;
  }
}

TEST(Packet, a_lun_and_another_requester_survive_the_way_there_and_back) {
  const IpmiRequest request{0x04, 0x2D, hex("07"), 63, 2, 0x8D};
  EXPECT_EQ(decode_request(encode(request)).value_or(IpmiRequest{}), request);
  const IpmiReply response = reply_to(request, 0, hex("60c0"));
  EXPECT_EQ(decode_reply(encode(response)).value_or(IpmiReply{}), response);
  EXPECT_EQ(response.lun, 2);
  EXPECT_EQ(response.requester, 0x8D);
}

TEST(Packet, a_reply_to_another_request_is_told_apart) {
  const IpmiRequest request{0x06, 0x01, {}, 5};
  IpmiReply response = reply_to(request, 0);
  response.sequence = 4;
  EXPECT_FALSE(answers(response, request));
  response = reply_to(request, 0);
  response.command = 0x02;
  EXPECT_FALSE(answers(response, request));
  response = reply_to(request, 0);
  response.net_fn = 0x0B;
  EXPECT_FALSE(answers(response, request));
}

TEST(Packet, a_wrong_checksum_is_refused_unless_the_board_is_known_to_miscount) {
  const Bytes whole = hex("811c6320043b00049d");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes wrong = whole;
    wrong[at] ^= 0x10;
    EXPECT_FALSE(decode_reply(wrong)) << at;
  }
  Bytes wrong = whole;
  wrong.back() ^= 1;
  EXPECT_TRUE(decode_reply(wrong, Checksums::ignored));
  Bytes asked = hex("2018c881043b043c");
  asked.back() ^= 1;
  EXPECT_FALSE(decode_request(asked));
}

TEST(Packet, a_request_is_no_reply_and_a_reply_no_request) {
  EXPECT_FALSE(decode_reply(hex("2018c881043b043c")));
  EXPECT_FALSE(decode_request(hex("811c6320043b00049d")));
}

TEST(Packet, every_cut_of_a_datagram_is_refused) {
  const Bytes pre_session = hex("0600ff07000000000000000000092018c88100388e04b5");
  const Bytes plain =
      hex("0600ff0706100000000000000000200000000000a4a3a2a0000000080300000001000008040000000200000801000000");
  const Bytes pong = hex("0600ff06000011be40000010000011be000000008100000000000000");
  for (std::size_t length = 0; length < pre_session.size(); ++length) {
    EXPECT_FALSE(unwrap_pre_session(ByteView(pre_session).first(length))) << length;
  }
  for (std::size_t length = 0; length < plain.size(); ++length) {
    EXPECT_FALSE(unwrap_plain(ByteView(plain).first(length))) << length;
  }
  for (std::size_t length = 0; length < pong.size(); ++length) {
    EXPECT_FALSE(decode_pong(ByteView(pong).first(length))) << length;
  }
}

TEST(Packet, a_length_that_is_not_the_datagrams_is_refused) {
  Bytes plain = wrap_plain(Payload::rakp1, hex("00112233"));
  EXPECT_TRUE(unwrap_plain(plain));
  plain.push_back(0);
  EXPECT_FALSE(unwrap_plain(plain));
  Bytes pre_session = wrap_pre_session(hex("2018c881043b043c"));
  pre_session.push_back(0);  // the legacy pad
  EXPECT_TRUE(unwrap_pre_session(pre_session));
  pre_session.push_back(0);
  EXPECT_FALSE(unwrap_pre_session(pre_session));
}

TEST(Packet, the_kind_of_a_datagram) {
  EXPECT_EQ(kind_of(hex("0600ff06000011be80000000")), DatagramKind::asf);
  EXPECT_EQ(kind_of(hex("0600ff0706100000")), DatagramKind::plain);
  EXPECT_EQ(kind_of(hex("0600ff0706c00000")), DatagramKind::sealed);
  EXPECT_EQ(kind_of(hex("0600ff0706400000")), DatagramKind::sealed);   // for unseal to refuse
  EXPECT_EQ(kind_of(hex("0600ff0702000000")), DatagramKind::unknown);  // 1.5 with MD5
  EXPECT_EQ(kind_of(hex("0700ff0706100000")), DatagramKind::unknown);
  EXPECT_EQ(kind_of(hex("0600ff0706")), DatagramKind::unknown);
  EXPECT_EQ(kind_of({}), DatagramKind::unknown);
  EXPECT_EQ(sealed_session_id(hex("0600ff0706c0a4a3a2a0")), 0xa0a2a3a4);
  EXPECT_EQ(sealed_session_id(hex("0600ff0706c0a4a3a2")), std::nullopt);
}

TEST(Packet, a_ping_and_the_pong_of_ipmi_sim) {
  EXPECT_EQ(hex(encode_ping(0x07)), "0600ff06000011be80070000");
  EXPECT_EQ(decode_ping(encode_ping(0x07)).value_or(0), 0x07);
  EXPECT_EQ(hex(encode_pong(Pong{0, true})), "0600ff06000011be40000010000011be000000008100000000000000");
  EXPECT_EQ(decode_pong(encode_pong(Pong{9, false})).value_or(Pong{}), (Pong{9, false}));
  EXPECT_FALSE(decode_pong(encode_ping(0)));
  EXPECT_FALSE(decode_ping(hex("0600ff06000011bf80070000")));
}

TEST(Bytes, text_of_a_peer_ends_at_nul_and_prints) {
  EXPECT_EQ(printable(hex("424d4300ff")), "BMC");
  EXPECT_EQ(printable(hex("1b5b316d41ff")), "?[1mA?");
}

}  // namespace breakwater::ipmi::packet_test
