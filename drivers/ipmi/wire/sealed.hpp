#pragma once
// Packets inside a session: encrypted with AES-CBC-128, then authenticated, IPMI 2.0 sections 13.6, 13.28.4 and 13.29.
// There is no other kind: a packet that is not both is not a packet of a session. And the session sequence numbers,
// IPMI 2.0 section 6.12.13: the sender counts, the receiver refuses what it has seen.
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

/// The whole datagram for `bytes` (at most kSealedBytesMax), addressed to the peer's `session_id`. Empty if OpenSSL
/// fails.
Bytes seal(const SessionKeys& keys, std::uint32_t session_id, std::uint32_t sequence, const Iv& iv, Payload type,
           ByteView bytes);

/// What was inside a datagram; a SequenceWindow has yet to check the sequence number.
struct Unsealed {
  std::uint32_t sequence = 0;
  Payload type = Payload::ipmi;
  Bytes bytes;
};

/// Opens a datagram addressed to our `session_id`. The code is verified, in constant time, before anything is
/// decrypted; both sides use the same keys, so another session id is refused first: the datagram is our own, sent back.
Decoded<Unsealed> unseal(const SessionKeys& keys, std::uint32_t session_id, ByteView datagram);

/// Numbers for what is sent: 1, 2, ..., never 0, and never the same twice, also not for a resent message.
class SequenceCounter {
 public:
  explicit SequenceCounter(std::uint32_t last = 0) : last_(last) {}
  std::uint32_t next() {
    if (++last_ == 0) ++last_;
    return last_;
  }

 private:
  std::uint32_t last_;
};

/// Checks the numbers of authenticated packets. Any first number is accepted (measured: a BMC began at 8, ipmitool
/// begins at 3). A later number is accepted once, however many were lost before it; an earlier one once, if it is at
/// most 16 behind. 0 never is.
class SequenceWindow {
 public:
  static constexpr std::uint32_t kWidth = 16;

  /// True the first time a number inside the window is seen. Ask only for packets whose code was verified.
  bool accept(std::uint32_t sequence);

 private:
  std::uint32_t newest_ = 0;  ///< 0: nothing yet
  std::uint32_t seen_ = 0;    ///< bit n: `newest_ - n` was seen
};

}  // namespace breakwater::ipmi
