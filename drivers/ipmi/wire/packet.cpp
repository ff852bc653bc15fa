#include "drivers/ipmi/wire/packet.hpp"

#include <array>
#include <utility>

namespace breakwater::ipmi {
namespace {

// RMCP, ASF 2.0 section 3.2.2: version 1.0, reserved, no acknowledgement wanted, class.
constexpr std::array<std::uint8_t, 3> kRmcpStart{0x06, 0x00, 0xFF};
constexpr std::uint8_t kAsfClass = 0x06;
constexpr std::uint8_t kIpmiClass = 0x07;

constexpr std::array<std::uint8_t, 4> kAsfEnterprise{0x00, 0x00, 0x11, 0xBE};  // IANA 4542, big endian
constexpr std::uint8_t kPingType = 0x80;
constexpr std::uint8_t kPongType = 0x40;
constexpr std::uint8_t kPongData = 16;
constexpr std::uint8_t kIpmiEntity = 0x80;
constexpr std::uint8_t kAsfVersionOne = 0x01;

constexpr std::uint8_t kBmcAddress = 0x20;
constexpr std::uint8_t kNoAuthentication = 0x00;
constexpr std::size_t kRequestBytesMin = 7;   // two addresses, function, two checksums, sequence, command
constexpr std::size_t kResponseBytesMin = 8;  // and the completion code
constexpr std::size_t kConnectionHeader = 3;  // what the first checksum covers, and itself

void append_rmcp(WireWriter& out, std::uint8_t rmcp_class) {
  out.raw(kRmcpStart).u8(rmcp_class);
}

// The sequence number and the reserved byte are ignored: BMCs differ there, and nothing depends on them.
bool take_rmcp(WireReader& in, std::uint8_t rmcp_class) {
  const std::uint8_t version = in.u8();
  in.take(2);
  return in.u8() == rmcp_class && version == kRmcpStart[0] && in.ok();
}

Decoded<WireReader> asf_data(ByteView datagram, std::uint8_t type, std::uint8_t& tag) {
  WireReader in(datagram);
  if (!take_rmcp(in, kAsfClass)) return malformed("no ASF datagram");
  if (in.array<std::array<std::uint8_t, 4>>() != kAsfEnterprise) return malformed("an ASF message of another maker");
  if (in.u8() != type) return malformed("another ASF message type");
  tag = in.u8();
  in.u8();
  const std::uint8_t length = in.u8();
  if (!in.ok() || in.left() < length) return malformed("ASF message cut short");
  return in;
}

Bytes encode_message(std::uint8_t to, std::uint8_t net_fn_lun, std::uint8_t from, std::uint8_t sequence_lun,
                     std::uint8_t command, const std::uint8_t* completion, ByteView data) {
  WireWriter out(kResponseBytesMin + data.size());
  out.u8(to).u8(net_fn_lun);
  out.u8(zero_sum(out.view()));
  out.u8(from).u8(sequence_lun).u8(command);
  if (completion != nullptr) out.u8(*completion);
  out.raw(data);
  out.u8(zero_sum(out.view().subspan(kConnectionHeader)));
  return out.done();
}

bool checksums_hold(ByteView message) {
  return zero_sum(message.first(kConnectionHeader)) == 0 && zero_sum(message.subspan(kConnectionHeader)) == 0;
}

std::uint8_t with_lun(std::uint8_t number, std::uint8_t lun) {
  return static_cast<std::uint8_t>((number << 2) | (lun & 0x03));
}

}  // namespace

DatagramKind kind_of(ByteView datagram) {
  WireReader in(datagram);
  if (take_rmcp(in, kAsfClass)) return DatagramKind::asf;
  in = WireReader(datagram);
  if (!take_rmcp(in, kIpmiClass)) return DatagramKind::unknown;
  const std::uint8_t format = in.u8();
  const std::uint8_t type = in.u8();
  if (!in.ok()) return DatagramKind::unknown;
  if (format == kNoAuthentication) return DatagramKind::pre_session;
  if (format != rmcp_plus::kFormat) return DatagramKind::unknown;
  return (type & (rmcp_plus::kEncrypted | rmcp_plus::kAuthenticated)) == 0 ? DatagramKind::plain : DatagramKind::sealed;
}

Bytes encode_ping(std::uint8_t tag) {
  WireWriter out(12);
  append_rmcp(out, kAsfClass);
  return out.raw(kAsfEnterprise).u8(kPingType).u8(tag).u8(0).u8(0).done();
}

Decoded<std::uint8_t> decode_ping(ByteView datagram) {
  std::uint8_t tag = 0;
  return asf_data(datagram, kPingType, tag).map([&](const WireReader&) { return tag; });
}

Bytes encode_pong(const Pong& pong) {
  WireWriter out(28);
  append_rmcp(out, kAsfClass);
  out.raw(kAsfEnterprise).u8(kPongType).u8(pong.tag).u8(0).u8(kPongData);
  out.raw(kAsfEnterprise).u32(0);
  out.u8(static_cast<std::uint8_t>((pong.ipmi ? kIpmiEntity : 0) | kAsfVersionOne)).u8(0).fill(6, 0);
  return out.done();
}

Decoded<Pong> decode_pong(ByteView datagram) {
  Pong pong;
  auto in = asf_data(datagram, kPongType, pong.tag);
  if (!in) return malformed(in.error().what);
  in->take(8);  // maker and OEM data
  pong.ipmi = (in->u8() & kIpmiEntity) != 0;
  if (!in->ok()) return malformed("presence pong cut short");
  return pong;
}

Bytes encode(const IpmiRequest& request) {
  return encode_message(kBmcAddress, with_lun(request.net_fn, request.lun), request.requester,
                        with_lun(request.sequence, 0), request.command, nullptr, request.data);
}

Bytes encode(const IpmiReply& response) {
  return encode_message(response.requester, with_lun(response.net_fn, 0), kBmcAddress,
                        with_lun(response.sequence, response.lun), response.command, &response.completion,
                        response.data);
}

Decoded<IpmiRequest> decode_request(ByteView message) {
  if (message.size() < kRequestBytesMin) return malformed("IPMI request cut short");
  if (!checksums_hold(message)) return malformed("IPMI request with a wrong checksum");
  WireReader in(message.first(message.size() - 1));
  IpmiRequest request;
  if (in.u8() != kBmcAddress) return malformed("IPMI request to another address than the BMC's");
  const std::uint8_t net_fn_lun = in.u8();
  if ((net_fn_lun & 0x04) != 0) return malformed("an IPMI reply where a request was expected");
  request.net_fn = net_fn_lun >> 2;
  request.lun = net_fn_lun & 0x03;
  in.u8();
  request.requester = in.u8();
  request.sequence = in.u8() >> 2;
  request.command = in.u8();
  const ByteView data = in.rest();
  request.data.assign(data.begin(), data.end());
  return request;
}

Decoded<IpmiReply> decode_reply(ByteView message, Checksums checksums) {
  if (message.size() < kResponseBytesMin) return malformed("IPMI reply cut short");
  if (checksums == Checksums::verified && !checksums_hold(message)) {
    return malformed("IPMI reply with a wrong checksum");
  }
  WireReader in(message.first(message.size() - 1));
  IpmiReply response;
  response.requester = in.u8();
  const std::uint8_t net_fn_lun = in.u8();
  if ((net_fn_lun & 0x04) == 0) return malformed("an IPMI request where a reply was expected");
  response.net_fn = net_fn_lun >> 2;
  in.take(2);  // checksum, and the responder's address, which some BMCs get wrong
  const std::uint8_t sequence_lun = in.u8();
  response.sequence = sequence_lun >> 2;
  response.lun = sequence_lun & 0x03;
  response.command = in.u8();
  response.completion = in.u8();
  const ByteView data = in.rest();
  response.data.assign(data.begin(), data.end());
  return response;
}

IpmiReply reply_to(const IpmiRequest& request, std::uint8_t completion, Bytes data) {
  return IpmiReply{static_cast<std::uint8_t>(request.net_fn | 1),
                   request.command,
                   completion,
                   std::move(data),
                   request.sequence,
                   request.lun,
                   request.requester};
}

bool answers(const IpmiReply& response, const IpmiRequest& request) {
  return response.net_fn == (request.net_fn | 1) && response.command == request.command &&
         response.sequence == request.sequence;
}

Bytes wrap_pre_session(ByteView message) {
  WireWriter out(14 + message.size());
  append_rmcp(out, kIpmiClass);
  out.u8(kNoAuthentication).u32(0).u32(0).u8(static_cast<std::uint8_t>(message.size())).raw(message);
  return out.done();
}

Decoded<ByteView> unwrap_pre_session(ByteView datagram) {
  WireReader in(datagram);
  if (!take_rmcp(in, kIpmiClass)) return malformed("no IPMI datagram");
  if (in.u8() != kNoAuthentication) return malformed("another IPMI 1.5 authentication type than none");
  in.take(8);  // sequence and session id: 0 here, and of no use
  const std::uint8_t length = in.u8();
  // One byte more than the length says is the legacy pad of IPMI 2.0 section 13.6, table 13-8: some BMCs add it.
  if (!in.ok() || in.left() < length || in.left() > length + 1u)
    return malformed("IPMI 1.5 length is not the datagram's");
  return in.take(length);
}

std::optional<Payload> payload_of(std::uint8_t number) {
  for (const Payload type : {Payload::ipmi, Payload::open_request, Payload::open_response, Payload::rakp1,
                             Payload::rakp2, Payload::rakp3, Payload::rakp4}) {
    if (static_cast<std::uint8_t>(type) == number) return type;
  }
  return std::nullopt;
}

void append_header(WireWriter& out, std::uint8_t type_and_flags, std::uint32_t session_id, std::uint32_t sequence,
                   std::uint16_t length) {
  append_rmcp(out, kIpmiClass);
  out.u8(rmcp_plus::kFormat).u8(type_and_flags).u32(session_id).u32(sequence).u16(length);
}

Bytes wrap_plain(Payload type, ByteView payload) {
  WireWriter out(rmcp_plus::kHeaderBytes + payload.size());
  append_header(out, static_cast<std::uint8_t>(type), 0, 0, static_cast<std::uint16_t>(payload.size()));
  return out.raw(payload).done();
}

Decoded<PlainPacket> unwrap_plain(ByteView datagram) {
  if (kind_of(datagram) != DatagramKind::plain) return malformed("no unprotected RMCP+ datagram");
  WireReader in(datagram);
  in.take(rmcp_plus::kRmcpBytes + 1);
  const auto type = payload_of(in.u8());
  if (!type) return malformed("an RMCP+ payload type that is not spoken");
  PlainPacket packet;
  packet.type = *type;
  packet.session_id = in.u32();
  packet.sequence = in.u32();
  const std::uint16_t length = in.u16();
  if (!in.ok() || in.left() != length) return malformed("RMCP+ length is not the datagram's");
  packet.bytes = in.rest();
  return packet;
}

std::optional<std::uint32_t> sealed_session_id(ByteView datagram) {
  if (kind_of(datagram) != DatagramKind::sealed) return std::nullopt;
  WireReader in(datagram);
  in.take(rmcp_plus::kRmcpBytes + 2);
  const std::uint32_t id = in.u32();
  return in.ok() ? std::optional(id) : std::nullopt;
}

}  // namespace breakwater::ipmi
