#pragma once
// What an IPMI command answers.
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/completion.hpp"

namespace breakwater::lab {

/// A reply's completion code and what follows it.
struct IpmiAnswer {
  std::uint8_t completion = ipmi::kCompleted;
  ipmi::Bytes data = {};
};

/// Seconds since 1970, as IPMI's clocks show them.
inline std::uint32_t ipmi_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

/// At most `count` bytes of `whole` from `offset`: what commands that read in parts answer with.
inline ipmi::ByteView part_of(ipmi::ByteView whole, std::size_t offset, std::size_t count) {
  if (offset >= whole.size()) return {};
  const ipmi::ByteView rest = whole.subspan(offset);
  return rest.first(count < rest.size() ? count : rest.size());
}

}  // namespace breakwater::lab
