#include "inventories/hosts/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "inventories/document/scalar.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

using Ipv6 = std::array<std::uint8_t, 16>;
using Ipv4 = std::array<std::uint8_t, 4>;

template <class Bytes>
std::optional<Bytes> parse_ip(int family, const std::string& text) {
  Bytes bytes{};
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

template <class Bytes>
std::string print_ip(int family, const Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
}

/// Adds to a big-endian number; false if it does not fit.
bool add(std::span<std::uint8_t> bytes, std::uint64_t steps) {
  unsigned carry = 0;
  for (std::size_t i = bytes.size(); i-- > 0; steps >>= 8U) {
    carry += bytes[i] + static_cast<unsigned>(steps & 0xFFU);
    bytes[i] = static_cast<std::uint8_t>(carry & 0xFFU);
    carry >>= 8U;
  }
  return steps == 0 && carry == 0;
}

Result<std::uint16_t, std::string> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65'535 || text.front() == '0') {
    return fail("'" + std::string(text) + "' is no port: 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

/// Digits and dots only: meant as an IPv4 address, and as nothing else.
bool looks_like_ipv4(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Result<BmcAddress, std::string> parse_address(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    return fail("write host or host:port, without " + std::string(text.substr(0, scheme + 3)));
  }
  if (text.find('/') != std::string_view::npos) return fail(std::string("write host or host:port, without a path"));
  BmcAddress address;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return fail(std::string("'[' without ']' behind it"));
    const auto bytes = parse_ip<Ipv6>(AF_INET6, std::string(text.substr(1, close - 1)));
    if (!bytes) return fail("'" + std::string(text.substr(1, close - 1)) + "' is no IPv6 address");
    address.host = print_ip(AF_INET6, *bytes);
    rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return fail(std::string("expected ':' and a port behind ']'"));
  } else {
    const std::size_t colon = text.find(':');
    if (colon != text.rfind(':')) return fail(std::string("an IPv6 address stands in brackets: [fd00::7]:443"));
    address.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? "" : text.substr(colon);
    const bool valid =
        looks_like_ipv4(address.host) ? parse_ip<Ipv4>(AF_INET, address.host).has_value() : is_host_name(address.host);
    if (!valid) return fail("'" + address.host + "' is no host name and no IP address");
    address.host = to_lower(address.host);
  }
  if (rest.empty()) return address;
  if (rest.size() == 1) return fail(std::string("expected a port behind ':'"));
  const auto port = parse_port(rest.substr(1));
  if (!port) return fail(port.error());
  address.port = *port;
  return address;
}

Result<BmcAddress, std::string> count_up(const BmcAddress& first, std::uint64_t steps) {
  BmcAddress address = first;
  if (auto v4 = parse_ip<Ipv4>(AF_INET, first.host)) {
    if (!add(*v4, steps)) return fail("there is no address " + std::to_string(steps) + " behind " + first.host);
    address.host = print_ip(AF_INET, *v4);
  } else if (auto v6 = parse_ip<Ipv6>(AF_INET6, first.host)) {
    if (!add(*v6, steps)) return fail("there is no address " + std::to_string(steps) + " behind " + first.host);
    address.host = print_ip(AF_INET6, *v6);
  } else {
    return fail("'" + first.host + "' is a name: only an IP address can be counted up");
  }
  return address;
}

std::string to_string(const BmcAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  std::string text;
  if (v6) text += '[';
  text += address.host;
  if (v6) text += ']';
  text += ':';
  return text += std::to_string(address.port);
}

}  // namespace breakwater
