#include "drivers/ipmi/wire/handshake.hpp"

#include <gtest/gtest.h>

#include "drivers/ipmi/wire/sealed.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::handshake_test {

using golden::hex;

namespace {

Login login_of(const golden::Session& session) {
  Login login;
  login.user = golden::kUser;
  login.password = Secret(std::string(golden::kPassword));
  login.suite = session.suite;
  login.console_id = session.console_id;
  login.console_random = golden::exchange_of(session).console_random;
  return login;
}

BmcHandshake::Setup bmc_of(const golden::Session& session) {
  BmcHandshake::Setup setup;
  setup.bmc_id = session.bmc_id;
  setup.bmc_random = golden::exchange_of(session).bmc_random;
  setup.guid = golden::exchange_of(session).guid;
  setup.accounts = {{std::string(golden::kUser), Secret(std::string(golden::kPassword)), Privilege::administrator},
                    {"watcher", Secret("eyes"), Privilege::user}};
  return setup;
}

Handshake started(Login login) {
  auto handshake = Handshake::of(std::move(login));
  EXPECT_TRUE(handshake);
  return std::move(*handshake);
}

// The BMC's answer to one datagram of the console.
Bytes answered(BmcHandshake& bmc, ByteView datagram) {
  const auto packet = unwrap_plain(datagram);
  EXPECT_TRUE(packet);
  switch (packet->type) {
    case Payload::open_request:
      return bmc.answer(decode_open_request(packet->bytes).value_or(OpenRequest{}));
    case Payload::rakp1:
      return bmc.answer(decode_rakp1(packet->bytes).value_or(Rakp1{}));
    case Payload::rakp3:
      return bmc.answer_rakp3(packet->bytes);
    case Payload::ipmi:
    case Payload::open_response:
    case Payload::rakp2:
    case Payload::rakp4:
      break;
  }
  return {};
}

HandshakeStep run(Handshake& console, BmcHandshake& bmc) {
  HandshakeStep step = SendNext{};
  while (std::holds_alternative<SendNext>(step)) step = console.take(answered(bmc, console.next()));
  return step;
}

const HandshakeFailure* failure(const HandshakeStep& step) {
  return std::get_if<HandshakeFailure>(&step);
}

std::string text(std::string_view part) {
  return std::string(part);
}

}  // namespace

TEST(Handshake, both_sides_reproduce_the_foreign_sessions) {
  for (const golden::Session& session : golden::kSessions) {
    Handshake console = started(login_of(session));
    BmcHandshake bmc(bmc_of(session));
    const HandshakeStep step = run(console, bmc);
    const auto* established = std::get_if<Established>(&step);
    ASSERT_NE(established, nullptr) << session.name;
    EXPECT_EQ(established->bmc_id, session.bmc_id);
    EXPECT_EQ(hex(established->guid), session.guid);
    EXPECT_EQ(hex(established->keys.integrity.view()), session.k1);
    EXPECT_EQ(hex(established->keys.confidentiality.view()), session.k2);
    ASSERT_TRUE(bmc.keys());
    EXPECT_EQ(hex(bmc.keys()->integrity.view()), session.k1);
    EXPECT_EQ(bmc.console_id(), session.console_id);
    EXPECT_EQ(bmc.privilege(), Privilege::administrator);
    ASSERT_NE(bmc.account(), nullptr);
    EXPECT_EQ(bmc.account()->user, "admin");
    EXPECT_TRUE(console.next().empty());
  }
}

TEST(Handshake, its_bytes_are_those_of_ipmitool_but_for_the_rising_tag) {
  const golden::Session& c17 = golden::c17();
  Handshake console = started(login_of(c17));
  EXPECT_EQ(hex(console.next()),
            "0600ff0706100000000000000000200000000000a4a3a2a0000000080300000001000008040000000200000801000000");
  ASSERT_TRUE(std::holds_alternative<SendNext>(console.take(hex(
      "0600ff0706110000000000000000240000000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000"))));
  EXPECT_EQ(hex(console.next()),
            "0600ff07061200000000000000002100010000000d0c0b0ad8c86eb939ab1c3443610bc2c804585f1400000561646d696e");
  ASSERT_TRUE(std::holds_alternative<SendNext>(console.take(hex(
      "0600ff0706130000000000000000480001000000a4a3a2a0" + text(c17.bmc_random) + text(c17.guid) + text(c17.kec2)))));
  EXPECT_EQ(hex(console.next()), "0600ff07061400000000000000002800020000000d0c0b0a" + text(c17.kec3));
  EXPECT_TRUE(std::holds_alternative<Established>(
      console.take(hex("0600ff0706150000000000000000180002000000a4a3a2a0" + text(c17.icv)))));
}

TEST(Handshake, a_late_answer_to_an_earlier_try_is_not_taken) {
  Handshake console = started(login_of(golden::c17()));
  BmcHandshake bmc(bmc_of(golden::c17()));
  const Bytes first = console.next();
  const Bytes second = console.next();
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(answered(bmc, first))));
  EXPECT_TRUE(std::holds_alternative<SendNext>(console.take(answered(bmc, second))));
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(answered(bmc, second)))) << "the same answer again";
  const Bytes rakp1 = console.next();
  const Bytes rakp1_again = console.next();
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(answered(bmc, rakp1))));
  EXPECT_TRUE(std::holds_alternative<SendNext>(console.take(answered(bmc, rakp1_again))));
  const Bytes rakp3 = console.next();
  const Bytes rakp3_again = console.next();
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(answered(bmc, rakp3))));
  EXPECT_TRUE(std::holds_alternative<Established>(console.take(answered(bmc, rakp3_again))));
}

TEST(Handshake, an_answer_to_another_attempt_is_not_taken) {
  Login other = login_of(golden::c17());
  other.console_id = 0x01020304;
  Handshake before = started(other);
  Handshake console = started(login_of(golden::c17()));
  BmcHandshake bmc(bmc_of(golden::c17()));
  console.next();
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(answered(bmc, before.next()))));
}

TEST(Handshake, noise_is_not_taken) {
  Handshake console = started(login_of(golden::c17()));
  console.next();
  for (const char* noise : {"", "00", "0600ff06000011be40000010000011be000000008100000000000000",
                            "0600ff0700000000000000000010811c6320003800018014020000000011",
                            "0600ff0706110000000000000000000000", "0600ff0706150000000000000000010001"}) {
    EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(hex(noise)))) << noise;
  }
  EXPECT_TRUE(std::holds_alternative<Ignored>(console.take(hex(golden::kC17Reply))));
}

TEST(Handshake, a_refusal_ends_it_at_every_step_and_in_every_form) {
  const struct {
    const char* body;
    RakpStatus status;
  } forms[] = {
      {"0111000000000000", RakpStatus::no_suite_match},
      {"010100a4a3a2a0", RakpStatus::no_resources},
      {"010d", RakpStatus::name_not_authorised},
      {"12", RakpStatus::illegal_parameter},
  };
  for (int stage = 0; stage < 3; ++stage) {
    for (const auto& form : forms) {
      Handshake console = started(login_of(golden::c17()));
      BmcHandshake bmc(bmc_of(golden::c17()));
      for (int i = 0; i < stage; ++i) console.take(answered(bmc, console.next()));
      Bytes body = hex(form.body);
      console.next();
      if (body.size() > 1) body[0] = static_cast<std::uint8_t>(stage);
      const Payload types[] = {Payload::open_response, Payload::rakp2, Payload::rakp4};
      const HandshakeStep step = console.take(wrap_plain(types[stage], body));
      ASSERT_NE(failure(step), nullptr) << stage << form.body;
      EXPECT_EQ(failure(step)->reason, HandshakeFailure::Reason::refused);
      EXPECT_EQ(failure(step)->status, form.status);
      EXPECT_TRUE(console.next().empty());
    }
  }
}

TEST(Handshake, a_refusal_of_an_earlier_try_is_not_taken) {
  Handshake console = started(login_of(golden::c17()));
  console.next();
  console.next();
  EXPECT_TRUE(std::holds_alternative<Ignored>(
      console.take(wrap_plain(Payload::open_response, encode_refusal(0, RakpStatus::no_resources, 0)))));
}

TEST(Handshake, a_refusal_of_somebody_elses_attempt_is_not_taken) {
  Handshake console = started(login_of(golden::c17()));
  console.next();
  const std::uint32_t other = golden::c17().console_id + 1;
  EXPECT_TRUE(std::holds_alternative<Ignored>(
      console.take(wrap_plain(Payload::open_response, encode_refusal(0, RakpStatus::no_resources, other)))));
}

TEST(Handshake, tags_begin_where_the_login_says) {
  Login login = login_of(golden::c17());
  login.first_tag = 0xFE;
  Handshake console = started(login);
  BmcHandshake bmc(bmc_of(golden::c17()));
  console.next();
  EXPECT_TRUE(std::holds_alternative<Ignored>(
      console.take(wrap_plain(Payload::open_response, encode_refusal(0, RakpStatus::no_resources, 0)))));
  EXPECT_TRUE(std::holds_alternative<Established>(run(console, bmc))) << "FF and 00 follow";
}

TEST(Handshake, a_bare_zero_is_no_success) {
  Handshake console = started(login_of(golden::c17()));
  console.next();
  const HandshakeStep step = console.take(wrap_plain(Payload::open_response, hex("00")));
  ASSERT_NE(failure(step), nullptr);
  EXPECT_EQ(failure(step)->reason, HandshakeFailure::Reason::malformed);
}

TEST(Handshake, a_downgrade_is_refused) {
  for (const Algorithms weaker : {Algorithms{1, 1, 1}, Algorithms{0, 0, 0}, Algorithms{3, 4, 0}, Algorithms{3, 0, 1}}) {
    Handshake console = started(login_of(golden::c17()));
    console.next();
    const HandshakeStep step = console.take(
        wrap_plain(Payload::open_response,
                   encode(OpenResponse{0, Privilege::administrator, golden::c17().console_id, 0x0a0b0c0d, weaker})));
    ASSERT_NE(failure(step), nullptr);
    EXPECT_EQ(failure(step)->reason, HandshakeFailure::Reason::algorithms_changed);
  }
}

TEST(Handshake, a_wrong_password_is_noticed_by_both_sides) {
  Login login = login_of(golden::c17());
  login.password = Secret("wrong");
  Handshake console = started(login);
  BmcHandshake bmc(bmc_of(golden::c17()));
  const HandshakeStep step = run(console, bmc);
  ASSERT_NE(failure(step), nullptr);
  EXPECT_EQ(failure(step)->reason, HandshakeFailure::Reason::wrong_password);
  Bytes guessed(32, 0x5A);
  const Bytes refused = bmc.answer_rakp3(encode(Rakp3{3, RakpStatus::ok, golden::c17().bmc_id, Digest(guessed)}));
  EXPECT_EQ(hex(ByteView(refused).subspan(16)), "030f0000a4a3a2a0");
  EXPECT_FALSE(bmc.keys());
}

TEST(Handshake, a_second_key_must_be_the_same_on_both_sides) {
  for (const bool same : {true, false}) {
    Login login = login_of(golden::c3());
    login.kg = Secret("0123456789abcdefghij");
    Handshake console = started(login);
    BmcHandshake::Setup setup = bmc_of(golden::c3());
    if (same) setup.kg = login.kg;
    BmcHandshake bmc(setup);
    const HandshakeStep step = run(console, bmc);
    EXPECT_EQ(std::holds_alternative<Established>(step), same);
    if (!same) {
      ASSERT_NE(failure(step), nullptr);
      EXPECT_EQ(failure(step)->reason, HandshakeFailure::Reason::wrong_session_key);
    }
  }
}

TEST(Handshake, the_bmc_refuses_what_it_does_not_know_or_allow) {
  const struct {
    void (*change)(Login&);
    RakpStatus status;
  } rows[] = {
      {[](Login& login) { login.user = "nobody"; }, RakpStatus::name_not_authorised},
      {[](Login& login) { login.user = "watcher"; }, RakpStatus::role_not_authorised},
      {[](Login& login) { login.privilege = Privilege::highest; }, RakpStatus::bad_role},
      {[](Login& login) { login.suite = Suite::three; }, RakpStatus::no_suite_match},
  };
  for (const auto& row : rows) {
    Login login = login_of(golden::c17());
    row.change(login);
    Handshake console = started(login);
    BmcHandshake::Setup setup = bmc_of(golden::c17());
    setup.suites = {Suite::seventeen};
    BmcHandshake bmc(setup);
    const HandshakeStep step = run(console, bmc);
    ASSERT_NE(failure(step), nullptr) << to_string(row.status);
    EXPECT_EQ(failure(step)->status, row.status);
  }
}

TEST(Handshake, a_user_with_the_least_privilege_gets_in) {
  Login login = login_of(golden::c17());
  login.user = "watcher";
  login.password = Secret("eyes");
  login.privilege = Privilege::user;
  login.name_only_lookup = false;
  login.privilege_in_open = true;
  Handshake console = started(login);
  EXPECT_EQ(console.next()[17], 2) << "the privilege, in Open Session already";
  BmcHandshake bmc(bmc_of(golden::c17()));
  EXPECT_TRUE(std::holds_alternative<Established>(run(console, bmc)));
  EXPECT_EQ(bmc.privilege(), Privilege::user);
}

TEST(Handshake, what_would_have_to_be_cut_short_is_refused) {
  Login login = login_of(golden::c17());
  login.user = std::string(17, 'a');
  EXPECT_FALSE(Handshake::of(login));
  login = login_of(golden::c17());
  login.password = Secret(std::string(21, 'a'));
  EXPECT_FALSE(Handshake::of(login));
  login.password = Secret(std::string(20, 'a'));
  EXPECT_TRUE(Handshake::of(login));
  login.kg = Secret(std::string(21, 'a'));
  EXPECT_FALSE(Handshake::of(login));
  login = login_of(golden::c17());
  login.console_id = 0;
  EXPECT_FALSE(Handshake::of(login));
}

}  // namespace breakwater::ipmi::handshake_test
