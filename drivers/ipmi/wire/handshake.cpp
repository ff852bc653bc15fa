#include "drivers/ipmi/wire/handshake.hpp"

namespace breakwater::ipmi {

Decoded<Handshake> Handshake::of(Login login) {
  if (login.user.size() > kUserBytesMax) return malformed("user name over 16 bytes");
  if (login.password.reveal().size() > kPasswordBytesMax) return malformed("password over 20 bytes");
  if (login.kg.reveal().size() > kKgBytesMax) return malformed("K_G over 20 bytes");
  if (login.console_id == 0) return malformed("session id 0");
  return Handshake(std::move(login));
}

Handshake::Handshake(Login login) : login_(std::move(login)) {
  exchange_.suite = login_.suite;
  exchange_.console_id = login_.console_id;
  exchange_.console_random = login_.console_random;
  exchange_.role = static_cast<std::uint8_t>(static_cast<std::uint8_t>(login_.privilege) |
                                             (login_.name_only_lookup ? kNameOnlyLookup : 0));
  exchange_.user = login_.user;
  next_tag_ = login_.first_tag;
}

Bytes Handshake::next() {
  if (stage_ == Stage::ended) return {};
  sent_tag_ = next_tag_++;
  switch (stage_) {
    case Stage::open:
      return wrap_plain(Payload::open_request,
                        encode(OpenRequest{sent_tag_, login_.privilege_in_open ? login_.privilege : Privilege::highest,
                                           login_.console_id, algorithms(login_.suite)}));
    case Stage::rakp1:
      return wrap_plain(Payload::rakp1, encode(Rakp1{sent_tag_, exchange_.bmc_id, exchange_.console_random,
                                                     exchange_.role, exchange_.user}));
    case Stage::rakp3:
      return wrap_plain(Payload::rakp3, encode(Rakp3{sent_tag_, RakpStatus::ok, exchange_.bmc_id,
                                                     rakp3_code(exchange_, login_.password)}));
    case Stage::ended:
      break;
  }
  return {};
}

HandshakeStep Handshake::take(ByteView datagram) {
  const auto packet = unwrap_plain(datagram);
  if (!packet) return Ignored{};
  const auto awaited_type = [&]() -> std::optional<Payload> {
    switch (stage_) {
      case Stage::open:
        return Payload::open_response;
      case Stage::rakp1:
        return Payload::rakp2;
      case Stage::rakp3:
        return Payload::rakp4;
      case Stage::ended:
        break;
    }
    return std::nullopt;
  }();
  if (packet->type != awaited_type || packet->bytes.empty()) return Ignored{};
  if (const auto refusal = refusal_in(packet->bytes)) {
    if (refusal->tag && *refusal->tag != sent_tag_) return Ignored{};
    if (refusal->console_id != 0 && refusal->console_id != login_.console_id) return Ignored{};
    return failed(HandshakeFailure::Reason::refused, to_string(refusal->status), refusal->status);
  }
  // A bare byte 0 has no tag and says nothing; anything longer begins with the tag.
  if (packet->bytes.size() > 1 && packet->bytes.front() != sent_tag_) return Ignored{};
  switch (packet->type) {
    case Payload::open_response:
      return take_open(packet->bytes);
    case Payload::rakp2:
      return take_rakp2(packet->bytes);
    case Payload::rakp4:
      return take_rakp4(packet->bytes);
    case Payload::ipmi:
    case Payload::open_request:
    case Payload::rakp1:
    case Payload::rakp3:
      break;
  }
  return Ignored{};
}

bool Handshake::awaited(std::uint8_t tag, std::uint32_t console_id) const {
  return tag == sent_tag_ && console_id == login_.console_id;
}

HandshakeStep Handshake::take_open(ByteView message) {
  const auto response = decode_open_response(message);
  if (!response) return failed(HandshakeFailure::Reason::malformed, response.error().what);
  if (!awaited(response->tag, response->console_id)) return Ignored{};
  if (response->algorithms != algorithms(login_.suite)) {
    return failed(HandshakeFailure::Reason::algorithms_changed, "the BMC chose other algorithms than those asked for");
  }
  exchange_.bmc_id = response->bmc_id;
  stage_ = Stage::rakp1;
  return SendNext{};
}

HandshakeStep Handshake::take_rakp2(ByteView message) {
  const auto rakp2 = decode_rakp2(message, login_.suite);
  if (!rakp2) return failed(HandshakeFailure::Reason::malformed, rakp2.error().what);
  if (!awaited(rakp2->tag, rakp2->console_id)) return Ignored{};
  exchange_.bmc_random = rakp2->bmc_random;
  exchange_.guid = rakp2->guid;
  if (!same_code(rakp2_code(exchange_, login_.password).view(), rakp2->code.view())) {
    return failed(HandshakeFailure::Reason::wrong_password, "the BMC knows another password for this user");
  }
  sik_ = session_key(exchange_, login_.password, login_.kg);
  stage_ = Stage::rakp3;
  return SendNext{};
}

HandshakeStep Handshake::take_rakp4(ByteView message) {
  const auto rakp4 = decode_rakp4(message, login_.suite);
  if (!rakp4) return failed(HandshakeFailure::Reason::malformed, rakp4.error().what);
  if (!awaited(rakp4->tag, rakp4->console_id)) return Ignored{};
  if (!same_code(rakp4_code(exchange_, sik_).view(), rakp4->code.view())) {
    return failed(HandshakeFailure::Reason::wrong_session_key, "the BMC made another session key: K_G differs");
  }
  stage_ = Stage::ended;
  return Established{session_keys(login_.suite, sik_), exchange_.bmc_id, exchange_.guid};
}

HandshakeStep Handshake::failed(HandshakeFailure::Reason reason, std::string_view what, RakpStatus status) {
  stage_ = Stage::ended;
  return HandshakeFailure{reason, status, what};
}

}  // namespace breakwater::ipmi
