#pragma once
// Every URI that a BMC sends passes here before a byte goes to it (hardening 2.1). The host is never taken from a
// reply.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "inventories/vocabulary/result.hpp"

namespace breakwater::redfish {

constexpr std::size_t kLinkBytesMax = 1024;

/// Where a BMC answers, as the Inventory says; the scheme is always https.
struct Origin {
  std::string host;  ///< name or IP literal, without brackets
  std::uint16_t port = 443;
};

/// What a link is for. Resources live under /redfish/; an upload may go to any path of the BMC, since vendors publish
/// such push URIs: `/mfwupdate` (XCC), `/cgi-bin/uploadFile` (iLO).
enum class LinkUse { resource, push };

/// The path and query of `link`, safe to send to `origin`; else what is wrong with the link. A fragment is cut off.
Result<std::string, std::string> same_origin_path(std::string_view link, const Origin& origin,
                                                  LinkUse use = LinkUse::resource);

}  // namespace breakwater::redfish
