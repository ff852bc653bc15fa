#include <algorithm>

#include "drivers/ipmi/wire/handshake.hpp"

namespace breakwater::ipmi {
namespace {

Privilege privilege_of(std::uint8_t role) {
  return static_cast<Privilege>(role & 0x0F);
}

}  // namespace

Privilege BmcHandshake::privilege() const {
  return privilege_of(exchange_.role);
}

Bytes BmcHandshake::refusal(Payload type, std::uint8_t tag, RakpStatus status) const {
  return wrap_plain(type, encode_refusal(tag, status, exchange_.console_id));
}

Bytes BmcHandshake::answer(const OpenRequest& request) {
  exchange_.console_id = request.console_id;
  exchange_.bmc_id = setup_.bmc_id;
  exchange_.bmc_random = setup_.bmc_random;
  exchange_.guid = setup_.guid;
  const auto suite = suite_of(request.algorithms);
  if (!suite || std::find(setup_.suites.begin(), setup_.suites.end(), *suite) == setup_.suites.end()) {
    return refusal(Payload::open_response, request.tag, RakpStatus::no_suite_match);
  }
  exchange_.suite = *suite;
  const Privilege granted = request.privilege == Privilege::highest ? Privilege::administrator : request.privilege;
  return wrap_plain(Payload::open_response,
                    encode(OpenResponse{request.tag, granted, request.console_id, setup_.bmc_id, request.algorithms}));
}

Bytes BmcHandshake::answer(const Rakp1& request) {
  if (exchange_.console_id == 0 || request.bmc_id != setup_.bmc_id) {
    return refusal(Payload::rakp2, request.tag, RakpStatus::bad_session_id);
  }
  // The role names the privilege that is asked for; none, or an unknown one, cannot be granted.
  const Privilege asked = privilege_of(request.role);
  if (asked < Privilege::callback || asked > Privilege::oem) {
    return refusal(Payload::rakp2, request.tag, RakpStatus::bad_role);
  }
  const auto account = std::find_if(setup_.accounts.begin(), setup_.accounts.end(),
                                    [&](const BmcAccount& known) { return known.user == request.user; });
  if (account == setup_.accounts.end()) {
    return refusal(Payload::rakp2, request.tag, RakpStatus::name_not_authorised);
  }
  if (asked > account->limit) return refusal(Payload::rakp2, request.tag, RakpStatus::role_not_authorised);
  account_ = static_cast<std::size_t>(account - setup_.accounts.begin());
  exchange_.console_random = request.console_random;
  exchange_.role = request.role;
  exchange_.user = request.user;
  return wrap_plain(Payload::rakp2, encode(Rakp2{request.tag, exchange_.console_id, setup_.bmc_random, setup_.guid,
                                                 rakp2_code(exchange_, account->password)}));
}

Bytes BmcHandshake::answer_rakp3(ByteView message) {
  const auto rakp3 = decode_rakp3(message, exchange_.suite);
  if (!rakp3) return {};
  if (rakp3->bmc_id != setup_.bmc_id || !account_) {
    return refusal(Payload::rakp4, rakp3->tag, RakpStatus::bad_session_id);
  }
  if (rakp3->status != RakpStatus::ok) return {};
  const BmcAccount& user = setup_.accounts[*account_];
  if (!same_code(rakp3_code(exchange_, user.password).view(), rakp3->code.view())) {
    return refusal(Payload::rakp4, rakp3->tag, RakpStatus::bad_check_value);
  }
  const Digest sik = session_key(exchange_, user.password, setup_.kg);
  keys_ = session_keys(exchange_.suite, sik);
  return wrap_plain(Payload::rakp4, encode(Rakp4{rakp3->tag, exchange_.console_id, rakp4_code(exchange_, sik)}));
}

}  // namespace breakwater::ipmi
