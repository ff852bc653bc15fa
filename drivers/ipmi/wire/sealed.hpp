#pragma once
// A packet inside a session: encrypted with AES-CBC-128, then authenticated, IPMI 2.0 sections 13.6, 13.28.4 and 13.29.
// There is no other kind: what is not both encrypted and authenticated is not a packet of a session.
#include <array>
#include <cstddef>
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"

namespace breakwater::ipmi {

/// Random, and never the same twice under one key.
using Iv = std::array<std::uint8_t, 16>;

/// No payload is larger: what a UDP datagram holds, less header, IV, padding and code, rounded down.
constexpr std::size_t kSealedBytesMax = 65'000;

/// The whole datagram for `bytes` (at most kSealedBytesMax), addressed to the peer's `session_id`. Empty where OpenSSL
/// fails.
Bytes seal(const SessionKeys& keys, std::uint32_t session_id, std::uint32_t sequence, const Iv& iv, Payload type,
           ByteView bytes);

/// What was inside a datagram; the sequence number is yet to be judged by a SequenceWindow.
struct Unsealed {
  std::uint32_t sequence = 0;
  Payload type = Payload::ipmi;
  Bytes bytes;
};

/// Opens a datagram addressed to our `session_id`. The code is verified, in constant time, before anything is
/// decrypted; both sides use the same keys, so another session id is refused first: it is our own packet come back.
Decoded<Unsealed> unseal(const SessionKeys& keys, std::uint32_t session_id, ByteView datagram);

}  // namespace breakwater::ipmi
