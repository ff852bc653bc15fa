#pragma once
// The parts of a datagram that no session protects: RMCP, ASF ping, the IPMI message itself, the IPMI 1.5 wrapper
// without authentication, and the RMCP+ header of the messages that open a session. Both directions of each.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "drivers/ipmi/wire/bytes.hpp"

namespace breakwater::ipmi {

constexpr std::uint16_t kRmcpPort = 623;

/// What a datagram claims to be by its first bytes; nothing else is checked yet.
enum class DatagramKind {
  asf,          ///< a presence ping or pong
  pre_session,  ///< IPMI 1.5 wrapper: capabilities, cipher suites, system GUID
  plain,        ///< RMCP+ without protection: Open Session and RAKP
  sealed,       ///< RMCP+ inside a session: encrypted and authenticated
  unknown,
};
DatagramKind kind_of(ByteView datagram);

/// ASF 2.0 section 3.2.4.3, presence ping: 12 bytes.
Bytes encode_ping(std::uint8_t tag);
Decoded<std::uint8_t> decode_ping(ByteView datagram);

/// ASF 2.0 section 3.2.4.2, presence pong: 28 bytes. `ipmi` is bit 7 of its supported entities.
struct Pong {
  std::uint8_t tag = 0;
  bool ipmi = true;
  bool operator==(const Pong&) const = default;
};
Bytes encode_pong(const Pong& pong);
Decoded<Pong> decode_pong(ByteView datagram);

/// An IPMI request, IPMI 2.0 section 13.8. Commands leave `sequence` at 0; who sends it fills it in.
struct IpmiRequest {
  std::uint8_t net_fn = 0;  ///< even
  std::uint8_t command = 0;
  Bytes data;
  std::uint8_t sequence = 0;  ///< rqSeq, 6 bits
  std::uint8_t lun = 0;       ///< of the responder, 2 bits
  std::uint8_t requester = 0x81;
  bool operator==(const IpmiRequest&) const = default;
};

/// An IPMI reply; `data` is what follows the completion code.
struct IpmiReply {
  std::uint8_t net_fn = 0;  ///< odd
  std::uint8_t command = 0;
  std::uint8_t completion = 0;
  Bytes data;
  std::uint8_t sequence = 0;
  std::uint8_t lun = 0;
  std::uint8_t requester = 0x81;
  bool operator==(const IpmiReply&) const = default;
};

/// `ignored` is for boards whose firmware miscounts (Supermicro X9SCM-iiF, X9DRi-F), and only inside a sealed session,
/// where the authentication code says more than a sum does.
enum class Checksums { verified, ignored };

Bytes encode(const IpmiRequest& request);
Bytes encode(const IpmiReply& response);
Decoded<IpmiRequest> decode_request(ByteView message);
Decoded<IpmiReply> decode_reply(ByteView message, Checksums checksums = Checksums::verified);

/// The reply to `request` as a BMC makes it.
IpmiReply reply_to(const IpmiRequest& request, std::uint8_t completion, Bytes data = {});

/// True if `response` is the reply to `request`: function, command and sequence agree.
bool answers(const IpmiReply& response, const IpmiRequest& request);

/// The IPMI 1.5 wrapper with authentication type none, session 0, sequence 0 (IPMI 2.0 section 13.6): pre-session
/// commands travel in it because BMCs exist that drop them in an RMCP+ one (measured: OpenIPMI ipmi_sim 2.0.33).
Bytes wrap_pre_session(ByteView message);

/// The message inside, in place.
Decoded<ByteView> unwrap_pre_session(ByteView datagram);

/// The RMCP+ payload types that we use, IPMI 2.0 section 13.27.3.
enum class Payload : std::uint8_t {
  ipmi = 0x00,
  open_request = 0x10,
  open_response = 0x11,
  rakp1 = 0x12,
  rakp2 = 0x13,
  rakp3 = 0x14,
  rakp4 = 0x15,
};

/// The payload type of a number without its two flag bits; none for types that we do not use.
std::optional<Payload> payload_of(std::uint8_t number);

/// An RMCP+ packet without protection; `bytes` points into the datagram.
struct PlainPacket {
  Payload type = Payload::ipmi;
  std::uint32_t session_id = 0;
  std::uint32_t sequence = 0;
  ByteView bytes;
};

/// IPMI 2.0 section 13.6, with session id 0 and sequence 0 as the messages that open a session have it.
Bytes wrap_plain(Payload type, ByteView payload);
Decoded<PlainPacket> unwrap_plain(ByteView datagram);

/// The session id that a sealed datagram is addressed to, before anything of it has been proved; for finding the keys.
std::optional<std::uint32_t> sealed_session_id(ByteView datagram);

namespace rmcp_plus {                   // what packet.cpp and sealed.cpp both know of the header, IPMI 2.0 section 13.6
constexpr std::uint8_t kFormat = 0x06;  ///< authentication type "RMCP+"
constexpr std::uint8_t kEncrypted = 0x80;
constexpr std::uint8_t kAuthenticated = 0x40;
constexpr std::size_t kRmcpBytes = 4;
constexpr std::size_t kHeaderBytes = 16;  ///< RMCP 4, format 1, payload type 1, session id 4, sequence 4, length 2
}  // namespace rmcp_plus

/// Appends an RMCP+ header for a payload of `length` bytes; `type_and_flags` is the payload type with its flag bits.
void append_header(WireWriter& out, std::uint8_t type_and_flags, std::uint32_t session_id, std::uint32_t sequence,
                   std::uint16_t length);

}  // namespace breakwater::ipmi
