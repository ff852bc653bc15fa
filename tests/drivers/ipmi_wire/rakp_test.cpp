#include "drivers/ipmi/wire/rakp.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::rakp_test {

using golden::hex;

namespace {

const Secret kPassword{std::string(golden::kPassword)};

}  // namespace

TEST(Rakp, the_codes_and_keys_of_foreign_sessions_come_out) {
  for (const golden::Session& session : golden::kSessions) {
    const Exchange exchange = golden::exchange_of(session);
    EXPECT_EQ(hex(rakp2_code(exchange, kPassword).view()), session.kec2) << session.name;
    EXPECT_EQ(hex(rakp3_code(exchange, kPassword).view()), session.kec3) << session.name;
    const Digest sik = session_key(exchange, kPassword, Secret());
    EXPECT_EQ(hex(sik.view()), session.sik) << session.name;
    EXPECT_EQ(hex(rakp4_code(exchange, sik).view()), session.icv) << session.name;
    const SessionKeys keys = session_keys(session.suite, sik);
    EXPECT_EQ(hex(keys.integrity.view()), session.k1) << session.name;
    EXPECT_EQ(hex(keys.confidentiality.view()), session.k2) << session.name;
  }
}

TEST(Rakp, a_second_key_of_zeroes_is_none_and_any_other_changes_the_session_key_only) {
  const Exchange exchange = golden::exchange_of(golden::c17());
  EXPECT_EQ(hex(session_key(exchange, kPassword, Secret(std::string(20, '\0'))).view()), golden::c17().sik);
  EXPECT_NE(hex(session_key(exchange, kPassword, Secret("kg")).view()), golden::c17().sik);
  EXPECT_EQ(hex(session_key(exchange, kPassword, Secret("kg")).view()),
            hex(session_key(exchange, Secret("another"), Secret("kg")).view()));
}

TEST(Rakp, a_code_that_could_not_be_made_equals_nothing) {
  EXPECT_FALSE(same_code({}, {}));
  EXPECT_FALSE(same_code(hex("0102"), hex("01")));
  EXPECT_FALSE(same_code(hex("0102"), hex("0103")));
  EXPECT_TRUE(same_code(hex("0102"), hex("0102")));
}

TEST(Rakp, open_session_is_that_of_ipmitool) {
  const OpenRequest request{0, Privilege::highest, 0xa0a2a3a4, algorithms(Suite::seventeen)};
  const Bytes sent = hex("00000000a4a3a2a0000000080300000001000008040000000200000801000000");
  EXPECT_EQ(encode(request), sent);
  EXPECT_EQ(decode_open_request(sent).value_or(OpenRequest{}), request);

  const OpenResponse response{0, Privilege::administrator, 0xa0a2a3a4, 0x0a0b0c0d, algorithms(Suite::seventeen)};
  const Bytes answered = hex("00000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000");
  EXPECT_EQ(encode(response), answered);
  EXPECT_EQ(decode_open_response(answered).value_or(OpenResponse{}), response);
}

TEST(Rakp, rakp_1_to_4_are_those_of_ipmitool) {
  const golden::Session& c17 = golden::c17();
  const Exchange exchange = golden::exchange_of(c17);
  const Rakp1 rakp1{0, c17.bmc_id, exchange.console_random, golden::kRole, "admin"};
  const Bytes sent = hex("000000000d0c0b0ad8c86eb939ab1c3443610bc2c804585f1400000561646d696e");
  EXPECT_EQ(encode(rakp1), sent);
  EXPECT_EQ(decode_rakp1(sent).value_or(Rakp1{}), rakp1);

  const Bytes answered =
      hex("00000000a4a3a2a0" + std::string(c17.bmc_random) + std::string(c17.guid) + std::string(c17.kec2));
  const auto rakp2 = decode_rakp2(answered, Suite::seventeen);
  ASSERT_TRUE(rakp2) << rakp2.error().what;
  EXPECT_EQ(rakp2->console_id, c17.console_id);
  EXPECT_EQ(rakp2->bmc_random, exchange.bmc_random);
  EXPECT_EQ(rakp2->guid, exchange.guid);
  EXPECT_EQ(encode(*rakp2), answered);
  EXPECT_FALSE(decode_rakp2(answered, Suite::three));

  const Bytes third = hex("000000000d0c0b0a" + std::string(c17.kec3));
  const auto rakp3 = decode_rakp3(third, Suite::seventeen);
  ASSERT_TRUE(rakp3) << rakp3.error().what;
  EXPECT_EQ(hex(rakp3->code.view()), c17.kec3);
  EXPECT_EQ(encode(*rakp3), third);

  const Bytes fourth = hex("00000000a4a3a2a0" + std::string(c17.icv));
  const auto rakp4 = decode_rakp4(fourth, Suite::seventeen);
  ASSERT_TRUE(rakp4) << rakp4.error().what;
  EXPECT_EQ(encode(*rakp4), fourth);
}

TEST(Rakp, each_form_of_a_refusal_is_read) {
  const struct {
    const char* bytes;
    std::optional<RakpRefusal> refusal;
  } rows[] = {
      {"0901000004030201", RakpRefusal{9, RakpStatus::no_resources, 0x01020304}},
      {"091100a4a3a2a0", RakpRefusal{9, RakpStatus::no_suite_match}},
      {"090d", RakpRefusal{9, RakpStatus::name_not_authorised}},
      {"12", RakpRefusal{std::nullopt, RakpStatus::illegal_parameter}},
      {"00", std::nullopt},
      {"0900", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& row : rows) EXPECT_EQ(refusal_in(hex(row.bytes)), row.refusal) << row.bytes;
  EXPECT_EQ(hex(encode_refusal(9, RakpStatus::no_resources, 0x01020304)), "0901000004030201");
}

TEST(Rakp, a_success_of_any_other_length_is_none) {
  Bytes whole = hex("00000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_open_response(ByteView(whole).first(length))) << length;
  }
  whole.push_back(0);
  EXPECT_FALSE(decode_open_response(whole));
}

TEST(Rakp, a_session_id_of_zero_is_refused) {
  EXPECT_FALSE(decode_open_response(hex("00000400a4a3a2a000000000000000080300000001000008040000000200000801000000")));
}

TEST(Rakp, a_name_longer_than_its_message_or_than_sixteen_bytes_is_refused) {
  Bytes message = encode(Rakp1{0, 1, {}, golden::kRole, "admin"});
  message[27] = 6;
  EXPECT_FALSE(decode_rakp1(message));
  EXPECT_TRUE(decode_rakp1(encode(Rakp1{0, 1, {}, golden::kRole, std::string(16, 'a')})));
  EXPECT_FALSE(decode_rakp1(encode(Rakp1{0, 1, {}, golden::kRole, std::string(17, 'a')})));
}

TEST(Rakp, a_status_that_hints_at_the_suite_says_so) {
  for (const int status : {0x01, 0x04, 0x0A, 0x11, 0x12})
    EXPECT_TRUE(suggests_other_suite(static_cast<RakpStatus>(status)));
  for (const int status : {0x00, 0x02, 0x0D, 0x0F, 0x77})
    EXPECT_FALSE(suggests_other_suite(static_cast<RakpStatus>(status)));
  EXPECT_EQ(to_string(static_cast<RakpStatus>(0x77)), "unknown");
}

TEST(Suites, no_others_are_known) {
  EXPECT_EQ(suite_of({1, 1, 1}), Suite::three);
  EXPECT_EQ(suite_of({3, 4, 1}), Suite::seventeen);
  for (const Algorithms weak : {Algorithms{0, 0, 0}, Algorithms{1, 0, 0}, Algorithms{1, 1, 0}, Algorithms{2, 2, 1},
                                Algorithms{2, 3, 1}, Algorithms{3, 4, 0}, Algorithms{1, 4, 1}}) {
    EXPECT_EQ(suite_of(weak), std::nullopt);
  }
}

TEST(Suites, records_name_those_that_a_bmc_speaks) {
  const Suite both[] = {Suite::three, Suite::seventeen};
  EXPECT_EQ(hex(encode_cipher_suites(both)), "c003014181c011034481");
}

}  // namespace breakwater::ipmi::rakp_test
