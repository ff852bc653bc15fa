// A link of a BMC's reply: what is accepted leads to the same origin, whoever reads it.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "drivers/redfish/link.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz::redfish_links_target {

using namespace breakwater::redfish;

namespace {

const std::array<Origin, 3> kOrigins{{{"bmc.example", 443}, {"10.0.0.1", 8443}, {"fd00::1", 443}}};

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return std::tolower(c); });
  return made;
}

/// Every spelling of the origin that a link may have before its path.
bool names(const Origin& origin, const std::string& authority) {
  const std::string host = lower(origin.host);
  const std::string bracketed = "[" + host + "]";
  if (origin.port == 443 && (authority == host || authority == bracketed)) return true;
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return false;
  const std::string port = authority.substr(colon + 1);
  const std::size_t digits = std::min(port.find_first_not_of('0'), port.size());
  const std::string before = authority.substr(0, colon);
  return port.substr(digits) == std::to_string(origin.port) && (before == host || before == bracketed);
}

/// As a server may read a path: escapes undone, once.
std::string unescaped(std::string_view path) {
  std::string made;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool escape = path[i] == '%' && i + 2 < path.size();
    made += escape ? static_cast<char>(std::stoi(std::string(path.substr(i + 1, 2)), nullptr, 16)) : path[i];
    if (escape) i += 2;
  }
  return made;
}

void judge(std::string_view link, const Origin& origin, LinkUse use) {
  const auto path = same_origin_path(link, origin, use);
  if (!path) {
    require(!path.error().empty(), "a refusal says why");
    return;
  }
  require(link.size() <= kLinkBytesMax && path->size() <= link.size(), "an accepted link is short");
  require(path->front() == '/' && !path->starts_with("//"), "an accepted path begins at the origin's root");
  require(std::all_of(path->begin(), path->end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '#'; }),
          "an accepted path can stand in a request line");
  const std::string read = unescaped(*path);
  require(read.find("..") == std::string::npos && read.find('\0') == std::string::npos &&
              read.find('\\') == std::string::npos && read.find('\n') == std::string::npos,
          "an accepted path climbs nowhere");
  if (use == LinkUse::resource) {
    require(lower(*path) == "/redfish" || path->starts_with("/redfish/") || path->starts_with("/redfish?"),
            "a resource lies under /redfish/");
  }
  if (link.front() != '/') {
    const std::string whole = lower(link.substr(0, link.find('#')));
    require(whole.starts_with("https://"), "no other scheme is accepted");
    const std::string rest = whole.substr(8);
    require(names(origin, rest.substr(0, rest.find_first_of("/?"))), "no other host or port is accepted");
  }
  const auto again = same_origin_path(*path, origin, use);
  require(again && *again == *path, "what was accepted is accepted again, unchanged");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const std::string_view link = text_of(data, size);
  for (const Origin& origin : kOrigins) {
    judge(link, origin, LinkUse::resource);
    judge(link, origin, LinkUse::push);
  }
}

}  // namespace breakwater::fuzz::redfish_links_target
