// Datagrams and messages outside and inside a session. A sealed one opens only where it is, but for the bytes that no
// code covers, the very packet that the peer sealed.
#include <algorithm>

#include "drivers/ipmi/wire/sealed.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"
#include "tests/drivers/ipmi_wire/repaired.hpp"
#include "tests/fuzz/ipmi.hpp"

namespace breakwater::fuzz::ipmi_packets_target {

using namespace breakwater::ipmi;

namespace {

constexpr std::size_t kRmcpBytes = rmcp_plus::kRmcpBytes;  // RMCP's own header stands outside of the code

void open_sealed(ByteView bytes) {
  static const SessionKeys keys = golden::keys_of(golden::c17());
  static const Bytes genuine = golden::hex(golden::kC17Reply);
  const auto unsealed = unseal(keys, golden::c17().console_id, bytes);
  require(!unsealed || std::ranges::equal(bytes.subspan(kRmcpBytes), ByteView(genuine).subspan(kRmcpBytes)),
          "only the genuine packet unseals");
  Bytes recoded(bytes.begin(), bytes.end());
  constexpr std::size_t kCode = code_bytes(Suite::seventeen);
  if (recoded.size() < kRmcpBytes + kCode) return;
  const ByteView covered = ByteView(recoded).subspan(kRmcpBytes, recoded.size() - kRmcpBytes - kCode);
  const Digest code = hmac(keys.suite, keys.integrity.view(), covered);
  std::ranges::copy(code.first(kCode), recoded.end() - static_cast<std::ptrdiff_t>(kCode));
  const auto opened = unseal(keys, golden::c17().console_id, recoded);
  require(!opened || opened->bytes.size() < recoded.size(), "what was sealed is shorter than its packet");
}

void read_messages(const Bytes& message) {
  round_trip(message, decode_request);
  const auto strict = decode_reply(message);
  const auto lenient = decode_reply(message, Checksums::ignored);
  require(!strict || lenient, "who looks less closely takes no less");
  if (!strict) return;
  const auto again = decode_reply(encode(*strict));
  require(again && *again == *strict, "a response that was read and made again reads the same");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  static_cast<void>(kind_of(bytes));
  static_cast<void>(sealed_session_id(bytes));
  round_trip(bytes, decode_ping, encode_ping);
  round_trip(bytes, decode_pong, encode_pong);
  if (const auto message = read(bytes, unwrap_pre_session)) {
    require(lies_in(*message, bytes), "a message lies in its datagram");
    const Bytes wrapped = wrap_pre_session(*message);
    const auto again = unwrap_pre_session(wrapped);
    require(again && std::ranges::equal(*again, *message), "a message that was wrapped again is the same");
  }
  if (const auto packet = read(bytes, unwrap_plain))
    require(lies_in(packet->bytes, bytes), "a payload lies in its packet");
  Bytes message(bytes.begin(), bytes.end());
  read_messages(message);
  golden::repair_message(message);
  read_messages(message);
  open_sealed(bytes);
}

}  // namespace breakwater::fuzz::ipmi_packets_target
