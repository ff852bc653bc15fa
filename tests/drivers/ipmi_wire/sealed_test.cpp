#include "drivers/ipmi/wire/sealed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::sealed_test {

using golden::hex;

namespace {

// A datagram around an encrypted payload of our own choice, with a valid code.
Bytes authenticated(const SessionKeys& keys, Bytes covered) {
  const Digest code = hmac(keys.suite, keys.integrity.view(), ByteView(covered).subspan(4));
  const ByteView cut = code.first(code_bytes(keys.suite));
  covered.insert(covered.end(), cut.begin(), cut.end());
  return covered;
}

}  // namespace

TEST(Sealed, the_first_packets_of_foreign_sessions_open_and_come_out_again) {
  for (const golden::Session& session : golden::kSessions) {
    const SessionKeys keys = golden::keys_of(session);
    const Bytes packet = hex(session.packet);
    const auto unsealed = unseal(keys, session.bmc_id, packet);
    ASSERT_TRUE(unsealed) << session.name << ": " << unsealed.error().what;
    EXPECT_EQ(unsealed->sequence, session.sequence);
    EXPECT_EQ(unsealed->type, Payload::ipmi);
    EXPECT_EQ(hex(unsealed->bytes), session.message);
    Iv iv;
    std::copy_n(packet.begin() + 16, iv.size(), iv.begin());
    EXPECT_EQ(seal(keys, session.bmc_id, session.sequence, iv, Payload::ipmi, hex(session.message)), packet);
  }
}

TEST(Sealed, the_reply_of_a_foreign_session_opens_for_the_console_only) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  const auto unsealed = unseal(keys, golden::c17().console_id, hex(golden::kC17Reply));
  ASSERT_TRUE(unsealed) << unsealed.error().what;
  EXPECT_EQ(hex(unsealed->bytes), "811c6320043b00049d");
  EXPECT_EQ(unsealed->sequence, 1u);
  EXPECT_FALSE(unseal(keys, golden::c17().bmc_id, hex(golden::kC17Reply)));
}

TEST(Sealed, our_own_packet_sent_back_to_us_is_refused) {
  EXPECT_FALSE(unseal(golden::keys_of(golden::c17()), golden::c17().console_id, hex(golden::c17().packet)));
}

TEST(Sealed, every_length_comes_back_whole_and_every_changed_byte_is_noticed) {
  for (const golden::Session& session : golden::kSessions) {
    const SessionKeys keys = golden::keys_of(session);
    for (std::size_t length = 0; length < 70; ++length) {
      const Bytes bytes(length, 0xA5);
      const Bytes packet = seal(keys, 7, 99, Iv{1, 2, 3}, Payload::ipmi, bytes);
      EXPECT_EQ(packet.size() % 4, 0u) << "the code ends on a multiple of four";
      const auto unsealed = unseal(keys, 7, packet);
      ASSERT_TRUE(unsealed) << length << ": " << unsealed.error().what;
      EXPECT_EQ(unsealed->bytes, bytes);
    }
    const Bytes packet = seal(keys, 7, 99, Iv{}, Payload::ipmi, hex("0102030405"));
    for (std::size_t at = 4; at < packet.size(); ++at) {
      Bytes changed = packet;
      changed[at] ^= 0x01;
      EXPECT_FALSE(unseal(keys, 7, changed)) << at;
    }
    for (std::size_t cut = 0; cut < packet.size(); ++cut) EXPECT_FALSE(unseal(keys, 7, ByteView(packet).first(cut)));
  }
}

TEST(Sealed, a_packet_without_encryption_or_without_its_code_is_refused) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  Bytes packet = hex(golden::kC17Reply);
  for (const int flags : {0x00, 0x40, 0x80}) {
    packet[5] = static_cast<std::uint8_t>(flags);
    Bytes covered(packet.begin(), packet.end() - 16);
    EXPECT_FALSE(unseal(keys, golden::c17().console_id, authenticated(keys, covered))) << flags;
  }
}

TEST(Sealed, the_other_suites_keys_and_no_keys_open_nothing) {
  SessionKeys keys = golden::keys_of(golden::c17());
  keys.suite = Suite::three;
  EXPECT_FALSE(unseal(keys, golden::c17().console_id, hex(golden::kC17Reply)));
  EXPECT_FALSE(unseal(SessionKeys{}, golden::c17().console_id, hex(golden::kC17Reply)));
}

// The plain text ends with the byte `pad`; whether its block may be that long is the question.
TEST(Sealed, padding_may_be_a_whole_block_and_hold_anything_but_never_more_than_there_is) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  // Sealing 15 bytes pads nothing, so the byte behind them is the pad length 0: a block chosen freely, CBC with the IV
  // as the handle on it: changing the last byte of the IV by x changes the last plain byte by x.
  const Bytes packet = seal(keys, 7, 1, Iv{}, Payload::ipmi, Bytes(15, 0xEE));
  for (const int pad : {0, 1, 15, 16, 17, 255}) {
    Bytes covered(packet.begin(), packet.end() - 16);
    covered[16 + 15] = static_cast<std::uint8_t>(pad);
    const auto unsealed = unseal(keys, 7, authenticated(keys, covered));
    EXPECT_EQ(unsealed.has_value(), pad <= 15) << pad;
    if (unsealed) {
      EXPECT_EQ(unsealed->bytes.size(), 15u - static_cast<unsigned>(pad));
    }
  }
}

TEST(Sealed, a_full_block_of_padding_is_taken) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  // 31 bytes and pad length 0 in two blocks; the last plain byte is moved by the last byte of the first cipher block,
  // which garbles that first block and leaves the length readable.
  const Bytes packet = seal(keys, 7, 1, Iv{}, Payload::ipmi, Bytes(31, 0xEE));
  Bytes covered(packet.begin(), packet.end() - 16);
  covered[16 + 16 + 15] ^= 16;
  const auto unsealed = unseal(keys, 7, authenticated(keys, covered));
  ASSERT_TRUE(unsealed) << unsealed.error().what;
  EXPECT_EQ(unsealed->bytes.size(), 15u);
  covered[16 + 16 + 15] ^= 16 ^ 17;
  EXPECT_FALSE(unseal(keys, 7, authenticated(keys, covered)));
}

TEST(Sealed, a_payload_that_is_not_whole_blocks_is_refused_although_authenticated) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  for (const std::size_t length : {0u, 1u, 15u, 16u, 17u, 31u, 33u}) {
    WireWriter out;
    append_header(out, 0xC0, 7, 1, static_cast<std::uint16_t>(length));
    out.fill(length, 0x11).u8(0).u8(7);
    EXPECT_FALSE(unseal(keys, 7, authenticated(keys, out.done()))) << length;
  }
}

TEST(Sealed, a_pad_length_that_does_not_add_up_is_refused_although_authenticated) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  const Bytes packet = seal(keys, 7, 1, Iv{}, Payload::ipmi, Bytes(15, 0xEE));
  Bytes covered(packet.begin(), packet.end() - 16);
  EXPECT_TRUE(unseal(keys, 7, authenticated(keys, covered)));
  for (const int pad : {0, 1, 3, 255}) {
    covered[covered.size() - 2] = static_cast<std::uint8_t>(pad);
    EXPECT_FALSE(unseal(keys, 7, authenticated(keys, covered))) << pad;
  }
}

TEST(Sequence, a_counter_skips_zero) {
  SequenceCounter first;
  EXPECT_EQ(first.next(), 1u);
  EXPECT_EQ(first.next(), 2u);
  SequenceCounter last(0xFFFF'FFFE);
  EXPECT_EQ(last.next(), 0xFFFF'FFFFu);
  EXPECT_EQ(last.next(), 1u);
}

TEST(Sequence, any_first_number_is_taken_and_none_twice) {
  for (const std::uint32_t first : {1u, 3u, 8u, 0xFFFF'FFFFu}) {
    SequenceWindow window;
    EXPECT_FALSE(window.accept(0));
    EXPECT_TRUE(window.accept(first));
    EXPECT_FALSE(window.accept(first));
    EXPECT_FALSE(window.accept(0));
  }
}

TEST(Sequence, what_came_late_is_taken_once_and_what_came_too_late_never) {
  SequenceWindow window;
  EXPECT_TRUE(window.accept(100));
  EXPECT_TRUE(window.accept(84));
  EXPECT_FALSE(window.accept(84));
  EXPECT_FALSE(window.accept(83));
  EXPECT_TRUE(window.accept(102));  // a board that counts by two
  EXPECT_TRUE(window.accept(101));
  EXPECT_FALSE(window.accept(100));
  EXPECT_FALSE(window.accept(85));
  EXPECT_TRUE(window.accept(500));
  EXPECT_TRUE(window.accept(484));
  EXPECT_FALSE(window.accept(102));
}

TEST(Sequence, the_window_goes_on_over_the_wrap) {
  SequenceWindow window;
  EXPECT_TRUE(window.accept(0xFFFF'FFFE));
  EXPECT_TRUE(window.accept(2));
  EXPECT_TRUE(window.accept(0xFFFF'FFFF));
  EXPECT_FALSE(window.accept(0xFFFF'FFFE));
  EXPECT_FALSE(window.accept(0));
  EXPECT_TRUE(window.accept(1));
}

}  // namespace breakwater::ipmi::sealed_test
