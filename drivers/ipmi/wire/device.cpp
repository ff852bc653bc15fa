#include "drivers/ipmi/wire/device.hpp"

#include <algorithm>
#include <cstdio>

#include "drivers/ipmi/wire/command_code.hpp"

namespace breakwater::ipmi {
namespace {

using Aux = std::array<std::uint8_t, 4>;

template <class... Numbers>
std::string formatted(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

}  // namespace

IpmiRequest device_id_request() {
  return request_for(code::kDeviceId);
}

Bytes encode(const DeviceId& id) {
  WireWriter out(15);
  out.u8(id.device_id).u8(static_cast<std::uint8_t>((id.has_sdrs ? 0x80 : 0) | (id.revision & 0x0F)));
  out.u8(static_cast<std::uint8_t>((id.updating ? 0x80 : 0) | (id.major & 0x7F))).u8(id.minor);
  out.u8(id.ipmi_version).u8(id.support).u24(id.manufacturer).u16(id.product);
  if (id.aux) out.raw(*id.aux);
  return out.done();
}

Decoded<DeviceId> decode_device_id(ByteView data) {
  WireReader in(data);
  DeviceId id;
  id.device_id = in.u8();
  const std::uint8_t revision = in.u8();
  id.has_sdrs = (revision & 0x80) != 0;
  id.revision = revision & 0x0F;
  const std::uint8_t major = in.u8();
  id.updating = (major & 0x80) != 0;
  id.major = major & 0x7F;
  id.minor = in.u8();
  id.ipmi_version = in.u8();
  id.support = in.u8();
  id.manufacturer = in.u24() & 0x0F'FFFF;
  id.product = in.u16();
  if (!in.ok()) return malformed("device id cut short");
  if (in.left() >= 4) id.aux = in.array<Aux>();
  return id;
}

std::string version_text(const DeviceId& id) {
  return id.version().text();
}

std::string SelfTest::text() const {
  if (passed()) return "passed";
  if (not_implemented()) return "not implemented";
  if (result == 0x58) return formatted("fatal hardware error 0x%02x", unsigned{detail});
  if (result != 0x57) return formatted("failed, result 0x%02x 0x%02x", unsigned{result}, unsigned{detail});
  constexpr std::array<std::string_view, 8> kParts{
      "operational firmware corrupt",  "boot firmware corrupt",     "internal area of the BMC's FRU corrupt",
      "SDR repository empty",          "IPMB lines do not respond", "BMC's FRU not accessible",
      "SDR repository not accessible", "SEL not accessible"};
  std::string text;
  for (std::size_t bit = 0; bit < kParts.size(); ++bit) {
    if ((detail >> bit & 1) == 0) continue;
    if (!text.empty()) text += ", ";
    text += kParts[bit];
  }
  return text.empty() ? "failed" : text;
}

IpmiRequest self_test_request() {
  return request_for(code::kSelfTest);
}

Bytes encode(const SelfTest& test) {
  return {test.result, test.detail};
}

Decoded<SelfTest> decode_self_test(ByteView data) {
  WireReader in(data);
  SelfTest test;
  test.result = in.u8();
  test.detail = in.u8();
  if (!in.ok()) return malformed("self test result cut short");
  return test;
}

IpmiRequest system_guid_request() {
  return request_for(code::kSystemGuid);
}

Decoded<Guid> decode_system_guid(ByteView data) {
  WireReader in(data);
  const auto guid = in.array<Guid>();
  if (!in.ok()) return malformed("system GUID cut short");
  return guid;
}

std::string uuid_of(const Guid& guid) {
  constexpr std::array<std::size_t, 16> kSmbiosOrder{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  const std::uint8_t first = guid.front();
  const bool all_same = std::all_of(guid.begin(), guid.end(), [&](std::uint8_t byte) { return byte == first; });
  if (all_same && (first == 0x00 || first == 0xFF)) return {};
  std::string text;
  for (std::size_t at = 0; at < guid.size(); ++at) {
    if (at == 4 || at == 6 || at == 8 || at == 10) text += '-';
    text += formatted("%02x", unsigned{guid[kSmbiosOrder[at]]});
  }
  return text;
}

IpmiRequest cold_reset_request() {
  return request_for(code::kColdReset);
}

}  // namespace breakwater::ipmi
