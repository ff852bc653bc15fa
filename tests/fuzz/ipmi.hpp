#pragma once
// What the IPMI targets have in common: what is read and made again reads the same.
#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz {

/// Whether `part` lies in `whole`, as views into a message must.
inline bool lies_in(ipmi::ByteView part, ipmi::ByteView whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// Nothing but text that may be printed.
inline bool is_printable(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c >= 0x7f) return false;
  }
  return true;
}

/// Decodes; a refusal has a reason.
template <class T, class... More>
auto read(ipmi::ByteView bytes, ipmi::Decoded<T> (*decode)(ipmi::ByteView, More...), More... more) {
  auto decoded = decode(bytes, more...);
  require(decoded || !decoded.error().what.empty(), "a refusal says why");
  return decoded;
}

/// Decodes and, where that went well, encodes and decodes again: the same value.
template <class T, class Encode>
void round_trip(ipmi::ByteView bytes, ipmi::Decoded<T> (*decode)(ipmi::ByteView), const Encode& encode) {
  const auto decoded = read(bytes, decode);
  if (!decoded) return;
  const auto again = decode(encode(*decoded));
  require(again && *again == *decoded, "what was read and made again reads the same");
}

/// The same for a reply, whose encoder is called encode.
template <class T>
void round_trip(ipmi::ByteView bytes, ipmi::Decoded<T> (*decode)(ipmi::ByteView)) {
  round_trip(bytes, decode, [](const T& value) { return encode(value); });
}

/// The same for a command, whose encoder makes a whole request.
template <class T, class Make>
void round_trip_request(ipmi::ByteView bytes, ipmi::Decoded<T> (*decode)(ipmi::ByteView), const Make& make) {
  round_trip(bytes, decode, [&make](const T& value) { return make(value).data; });
}

}  // namespace breakwater::fuzz
