#include "drivers/ipmi/wire/rakp.hpp"

#include <algorithm>

namespace breakwater::ipmi {
namespace {

constexpr std::size_t kOpenResponseBytes = 36;
constexpr std::size_t kRakp1BytesMin = 28;
constexpr std::uint8_t kAlgorithmBlockBytes = 8;
constexpr std::size_t kConstantBytes = 20;  // K1 and K2 hash 20 bytes of 01 and 02 whatever the hash, table 13-20

void append_algorithm(WireWriter& out, std::uint8_t kind, std::uint8_t number) {
  out.u8(kind).u16(0).u8(kAlgorithmBlockBytes).u8(number).fill(3, 0);
}

void append(WireWriter& out, const Algorithms& algorithms) {
  append_algorithm(out, 0, algorithms.authentication);
  append_algorithm(out, 1, algorithms.integrity);
  append_algorithm(out, 2, algorithms.confidentiality);
}

// A block of length 0 means "you choose" and has no valid number; we do not choose either, so it reads as 0.
std::optional<std::uint8_t> take_algorithm(WireReader& in, std::uint8_t kind) {
  const std::uint8_t found = in.u8();
  in.u16();
  const std::uint8_t length = in.u8();
  const std::uint8_t number = in.u8();
  in.take(3);
  if (!in.ok() || found != kind) return std::nullopt;
  return length == kAlgorithmBlockBytes ? number & 0x3F : std::uint8_t{0};
}

std::optional<Algorithms> take_algorithms(WireReader& in) {
  const auto authentication = take_algorithm(in, 0);
  const auto integrity = take_algorithm(in, 1);
  const auto confidentiality = take_algorithm(in, 2);
  if (!authentication || !integrity || !confidentiality) return std::nullopt;
  return Algorithms{*authentication, *integrity, *confidentiality};
}

// Takes `tag status reserved(2)` and is false if the status is not ok or the bytes are not there.
bool take_ok(WireReader& in, std::uint8_t& tag) {
  tag = in.u8();
  const std::uint8_t status = in.u8();
  in.u16();
  return in.ok() && status == 0;
}

void append_name(WireWriter& out, const Exchange& exchange) {
  out.u8(exchange.role).u8(static_cast<std::uint8_t>(exchange.user.size())).text(exchange.user);
}

using PaddedKey = std::array<std::uint8_t, kPasswordBytesMax>;

// Passwords and K_G are keys of 20 bytes, zero-filled; Handshake::of has checked their length.
template <class Use>
Digest with_key(const Secret& secret, Use use) {
  PaddedKey key{};
  const std::string& text = secret.reveal();
  std::copy_n(text.begin(), std::min(text.size(), key.size()), key.begin());
  Digest digest = use(ByteView(key));
  OPENSSL_cleanse(key.data(), key.size());
  return digest;
}

bool all_zero(const Secret& secret) {
  return std::all_of(secret.reveal().begin(), secret.reveal().end(), [](char letter) { return letter == '\0'; });
}

}  // namespace

bool suggests_other_suite(RakpStatus status) {
  switch (status) {
    case RakpStatus::no_resources:
    case RakpStatus::bad_authentication:
    case RakpStatus::bad_integrity:
    case RakpStatus::role_not_authorised:
    case RakpStatus::bad_confidentiality:
    case RakpStatus::no_suite_match:
    case RakpStatus::illegal_parameter:
      return true;
    case RakpStatus::ok:
    case RakpStatus::bad_session_id:
    case RakpStatus::bad_payload_type:
    case RakpStatus::no_authentication_payload:
    case RakpStatus::no_integrity_payload:
    case RakpStatus::inactive_session_id:
    case RakpStatus::bad_role:
    case RakpStatus::no_resources_at_role:
    case RakpStatus::bad_name_length:
    case RakpStatus::name_not_authorised:
    case RakpStatus::guid_not_authorised:
    case RakpStatus::bad_check_value:
      return false;
  }
  return false;
}

Bytes encode(const OpenRequest& request) {
  WireWriter out(32);
  out.u8(request.tag).u8(static_cast<std::uint8_t>(request.privilege)).u16(0).u32(request.console_id);
  append(out, request.algorithms);
  return out.done();
}

Decoded<OpenRequest> decode_open_request(ByteView message) {
  WireReader in(message);
  OpenRequest request;
  request.tag = in.u8();
  request.privilege = static_cast<Privilege>(in.u8() & 0x0F);
  in.u16();
  request.console_id = in.u32();
  const auto algorithms = take_algorithms(in);
  if (!algorithms || in.left() != 0) return malformed("Open Session request of a wrong shape");
  request.algorithms = *algorithms;
  return request;
}

std::optional<RakpRefusal> refusal_in(ByteView message) {
  WireReader in(message);
  RakpRefusal refusal;
  if (message.size() > 1) refusal.tag = in.u8();
  const std::uint8_t status = in.u8();
  if (status == 0) return std::nullopt;
  refusal.status = static_cast<RakpStatus>(status);
  in.u16();
  const std::uint32_t console_id = in.u32();
  if (in.ok()) refusal.console_id = console_id;
  return refusal;
}

Bytes encode_refusal(std::uint8_t tag, RakpStatus status, std::uint32_t console_id) {
  return WireWriter(8).u8(tag).u8(static_cast<std::uint8_t>(status)).u16(0).u32(console_id).done();
}

Bytes encode(const OpenResponse& response) {
  WireWriter out(kOpenResponseBytes);
  out.u8(response.tag).u8(0).u8(static_cast<std::uint8_t>(response.privilege)).u8(0);
  out.u32(response.console_id).u32(response.bmc_id);
  append(out, response.algorithms);
  return out.done();
}

Decoded<OpenResponse> decode_open_response(ByteView message) {
  if (message.size() != kOpenResponseBytes) return malformed("Open Session response of a wrong length");
  WireReader in(message);
  OpenResponse response;
  response.tag = in.u8();
  if (in.u8() != 0) return malformed("Open Session response without success");
  response.privilege = static_cast<Privilege>(in.u8() & 0x0F);
  in.u8();
  response.console_id = in.u32();
  response.bmc_id = in.u32();
  const auto algorithms = take_algorithms(in);
  if (!algorithms) return malformed("Open Session response without its algorithms");
  if (response.bmc_id == 0) return malformed("Open Session response with session id 0");
  response.algorithms = *algorithms;
  return response;
}

Bytes encode(const Rakp1& message) {
  WireWriter out(kRakp1BytesMin + message.user.size());
  out.u8(message.tag).fill(3, 0).u32(message.bmc_id).raw(message.console_random).u8(message.role).u16(0);
  return out.u8(static_cast<std::uint8_t>(message.user.size())).text(message.user).done();
}

Decoded<Rakp1> decode_rakp1(ByteView message) {
  WireReader in(message);
  Rakp1 decoded;
  decoded.tag = in.u8();
  in.take(3);
  decoded.bmc_id = in.u32();
  decoded.console_random = in.array<Random>();
  decoded.role = in.u8();
  in.u16();
  const std::uint8_t length = in.u8();
  if (length > kUserBytesMax) return malformed("RAKP 1 with too long a name");
  const ByteView name = in.take(length);
  if (!in.ok()) return malformed("RAKP 1 cut short");
  decoded.user.assign(name.begin(), name.end());
  return decoded;
}

Bytes encode(const Rakp2& message) {
  WireWriter out(40 + message.code.size());
  out.u8(message.tag).u8(0).u16(0).u32(message.console_id).raw(message.bmc_random).raw(message.guid);
  return out.raw(message.code.view()).done();
}

Decoded<Rakp2> decode_rakp2(ByteView message, Suite suite) {
  WireReader in(message);
  Rakp2 decoded;
  if (!take_ok(in, decoded.tag)) return malformed("RAKP 2 without success");
  decoded.console_id = in.u32();
  decoded.bmc_random = in.array<Random>();
  decoded.guid = in.array<Guid>();
  if (!in.ok() || in.left() != digest_bytes(suite)) return malformed("RAKP 2 of a wrong length");
  decoded.code = Digest(in.rest());
  return decoded;
}

Bytes encode(const Rakp3& message) {
  WireWriter out(8 + message.code.size());
  out.u8(message.tag).u8(static_cast<std::uint8_t>(message.status)).u16(0).u32(message.bmc_id);
  if (message.status == RakpStatus::ok) out.raw(message.code.view());
  return out.done();
}

Decoded<Rakp3> decode_rakp3(ByteView message, Suite suite) {
  WireReader in(message);
  Rakp3 decoded;
  decoded.tag = in.u8();
  decoded.status = static_cast<RakpStatus>(in.u8());
  in.u16();
  decoded.bmc_id = in.u32();
  if (!in.ok()) return malformed("RAKP 3 cut short");
  if (decoded.status != RakpStatus::ok) return decoded;
  if (in.left() != digest_bytes(suite)) return malformed("RAKP 3 of a wrong length");
  decoded.code = Digest(in.rest());
  return decoded;
}

Bytes encode(const Rakp4& message) {
  WireWriter out(8 + message.code.size());
  return out.u8(message.tag).u8(0).u16(0).u32(message.console_id).raw(message.code.view()).done();
}

Decoded<Rakp4> decode_rakp4(ByteView message, Suite suite) {
  WireReader in(message);
  Rakp4 decoded;
  if (!take_ok(in, decoded.tag)) return malformed("RAKP 4 without success");
  decoded.console_id = in.u32();
  if (!in.ok() || in.left() != code_bytes(suite)) return malformed("RAKP 4 of a wrong length");
  decoded.code = Digest(in.rest());
  return decoded;
}

Digest session_key(const Exchange& exchange, const Secret& password, const Secret& kg) {
  WireWriter input(34 + exchange.user.size());
  input.raw(exchange.console_random).raw(exchange.bmc_random);
  append_name(input, exchange);
  return with_key(all_zero(kg) ? password : kg, [&](ByteView key) { return hmac(exchange.suite, key, input.view()); });
}

Digest rakp2_code(const Exchange& exchange, const Secret& password) {
  WireWriter input(58 + exchange.user.size());
  input.u32(exchange.console_id).u32(exchange.bmc_id);
  input.raw(exchange.console_random).raw(exchange.bmc_random).raw(exchange.guid);
  append_name(input, exchange);
  return with_key(password, [&](ByteView key) { return hmac(exchange.suite, key, input.view()); });
}

Digest rakp3_code(const Exchange& exchange, const Secret& password) {
  WireWriter input(22 + exchange.user.size());
  input.raw(exchange.bmc_random).u32(exchange.console_id);
  append_name(input, exchange);
  return with_key(password, [&](ByteView key) { return hmac(exchange.suite, key, input.view()); });
}

Digest rakp4_code(const Exchange& exchange, const Digest& sik) {
  WireWriter input(36);
  input.raw(exchange.console_random).u32(exchange.bmc_id).raw(exchange.guid);
  return Digest(hmac(exchange.suite, sik.view(), input.view()).first(code_bytes(exchange.suite)));
}

SessionKeys session_keys(Suite suite, const Digest& sik) {
  const auto derived = [&](std::uint8_t constant) {
    std::array<std::uint8_t, kConstantBytes> input;
    input.fill(constant);
    return hmac(suite, sik.view(), input);
  };
  return SessionKeys{suite, derived(1), derived(2)};
}

}  // namespace breakwater::ipmi
