#include "drivers/redfish/link.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "inventories/vocabulary/text.hpp"

namespace breakwater::redfish {
namespace {

using Objection = std::optional<std::string>;

bool same_text(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

/// Octets that may not stand in a request line, or that a server could read as another path.
Objection refuse_octets(std::string_view link) {
  for (const char c : link) {
    if (c <= ' ' || c == 0x7f || static_cast<unsigned char>(c) >= 0x80)
      return "holds a control, space or non-ASCII octet";
    if (c == '\\') return "holds a backslash";
  }
  return std::nullopt;
}

/// Percent-encoded octets that hide a separator, a dot segment or a line end.
Objection refuse_escapes(std::string_view path) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    if (at + 2 >= path.size() || !is_hex(path[at + 1]) || !is_hex(path[at + 2])) return "holds a broken percent escape";
    int octet = 0;
    std::from_chars(path.data() + at + 1, path.data() + at + 3, octet, 16);
    if (octet < 0x20 || octet == 0x7f || octet == '.' || octet == '/' || octet == '\\' || octet == '%') {
      return "holds an escaped octet that hides a path";
    }
  }
  return std::nullopt;
}

/// Compares `authority` with the origin; what is left out is the default of https.
Objection refuse_authority(std::string_view authority, const Origin& origin) {
  if (authority.find('@') != std::string_view::npos) return "holds user information";
  std::string_view host = authority;
  std::string_view port;
  if (!host.empty() && host.front() == '[') {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return "has a broken address";
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  std::uint16_t number = 443;
  if (!port.empty()) {
    const char* const end = port.data() + port.size();
    const auto read = std::from_chars(port.data() + 1, end, number);
    if (port.front() != ':' || read.ec != std::errc{} || read.ptr != end) return "has a broken port";
  }
  if (!same_text(host, origin.host) || number != origin.port) return "leads to another host or port";
  return std::nullopt;
}

Objection refuse_path(std::string_view path, LinkUse use) {
  if (path.empty() || path.front() != '/' || path.starts_with("//")) return "is no absolute path of this host";
  const std::string_view before_query = path.substr(0, path.find('?'));
  if (use == LinkUse::resource && before_query != "/redfish" && !before_query.starts_with("/redfish/")) {
    return "is not under /redfish/";
  }
  if (path.find("..") != std::string_view::npos) return "holds '..'";
  return refuse_escapes(path);
}

}  // namespace

Result<std::string, std::string> same_origin_path(std::string_view link, const Origin& origin, LinkUse use) {
  if (link.empty()) return fail(std::string("is empty"));
  if (link.size() > kLinkBytesMax) return fail("is longer than " + std::to_string(kLinkBytesMax) + " bytes");
  if (const Objection reason = refuse_octets(link)) return fail(*reason);
  std::string_view path = link.substr(0, link.find('#'));
  if (const std::size_t scheme = path.find("://"); scheme != std::string_view::npos && path.front() != '/') {
    if (!same_text(path.substr(0, scheme), "https")) return fail(std::string("has another scheme than https"));
    const std::string_view rest = path.substr(scheme + 3);
    const std::size_t slash = rest.find_first_of("/?");
    if (const Objection reason = refuse_authority(rest.substr(0, slash), origin)) return fail(*reason);
    path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  }
  if (const Objection reason = refuse_path(path, use)) return fail(*reason);
  return std::string(path);
}

}  // namespace breakwater::redfish
