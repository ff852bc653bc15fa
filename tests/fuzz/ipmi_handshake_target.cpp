// The messages that open a session, each side driven by what the other might send. Nobody gets in without the password.
#include <algorithm>
#include <variant>

#include "drivers/ipmi/wire/handshake.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"
#include "tests/fuzz/ipmi.hpp"

namespace breakwater::fuzz::ipmi_handshake_target {

using namespace breakwater::ipmi;

namespace {

constexpr std::string_view kHead = "0600ff0706";

/// The BMC's three datagrams of the recorded session c17.
const std::array<Bytes, 3>& answers() {
  const golden::Session& session = golden::c17();
  const std::string head(kHead);
  static const std::array<Bytes, 3> made{
      golden::hex(head +
                  "110000000000000000240000000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000"),
      golden::hex(head + "130000000000000000480001000000a4a3a2a0" + std::string(session.bmc_random) +
                  std::string(session.guid) + std::string(session.kec2)),
      golden::hex(head + "150000000000000000180002000000a4a3a2a0" + std::string(session.icv))};
  return made;
}

Handshake console_at(std::size_t stage) {
  Login login;
  login.user = golden::kUser;
  login.password = Secret(std::string(golden::kPassword));
  login.console_id = golden::c17().console_id;
  login.console_random = golden::exchange_of(golden::c17()).console_random;
  Handshake console = *Handshake::of(login);
  console.next();
  for (std::size_t i = 0; i < stage; ++i) {
    console.take(answers()[i]);
    console.next();
  }
  return console;
}

/// `bytes` as the answer at each stage: the session opens for the genuine last one alone.
void answer_console(ByteView bytes) {
  static const std::array<Handshake, 3> stages{console_at(0), console_at(1), console_at(2)};
  static const Bytes icv = golden::hex(golden::c17().icv);
  for (const Handshake& stage : stages) {
    Handshake console = stage;
    if (!std::holds_alternative<Established>(console.take(bytes))) continue;
    require(bytes.size() >= icv.size() && std::ranges::equal(bytes.last(icv.size()), icv),
            "a session opens for nobody without its key");
  }
}

/// `bytes` as what a console sends to a BMC that waits for RAKP 3.
void answer_bmc(ByteView bytes) {
  BmcHandshake::Setup setup;
  setup.bmc_id = 7;
  setup.accounts = {{"admin", Secret(std::string("correct horse")), Privilege::administrator}};
  BmcHandshake bmc(setup);
  OpenRequest open;
  open.console_id = 1;
  open.algorithms = algorithms(Suite::seventeen);
  bmc.answer(open);
  Rakp1 rakp1;
  rakp1.bmc_id = setup.bmc_id;
  rakp1.role = 4;
  rakp1.user = "admin";
  bmc.answer(rakp1);
  bmc.answer_rakp3(bytes);
  require(!bmc.keys(), "no console gets in without the password");
}

void read_codes(ByteView bytes, Suite suite) {
  if (const auto rakp2 = read(bytes, decode_rakp2, suite)) {
    require(rakp2->code.size() == digest_bytes(suite), "a code of RAKP 2 is whole");
    const auto again = decode_rakp2(encode(*rakp2), suite);
    require(again && std::ranges::equal(again->code.view(), rakp2->code.view()), "RAKP 2 made again is the same");
  }
  if (const auto rakp3 = read(bytes, decode_rakp3, suite)) {
    require(rakp3->code.size() <= digest_bytes(suite), "a code of RAKP 3 is bounded");
  }
  if (const auto rakp4 = read(bytes, decode_rakp4, suite)) {
    require(rakp4->code.size() == code_bytes(suite), "a code of RAKP 4 is cut");
  }
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  round_trip(bytes, decode_open_request);
  round_trip(bytes, decode_open_response);
  round_trip(bytes, decode_rakp1);
  for (const Suite suite : {Suite::three, Suite::seventeen}) read_codes(bytes, suite);
  if (const auto refusal = refusal_in(bytes)) require(refusal->status != RakpStatus::ok, "a refusal is no success");
  answer_console(bytes);
  answer_bmc(bytes);
}

}  // namespace breakwater::fuzz::ipmi_handshake_target
