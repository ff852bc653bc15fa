#pragma once
// Walking a collection under its bounds: pages, members, bytes, values, nothing twice (hardening 7). Bytes and values
// keep what one walk holds at once under 16 MiB: the text of a reply, its values, and those of the replies before it.
#include <string>
#include <vector>

#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/session.hpp"

namespace breakwater::redfish {

constexpr std::size_t kPagesMax = 256;
constexpr std::size_t kMembersMax = 10'000;
constexpr std::size_t kWalkBytesMax = std::size_t{4} << 20;  ///< of all replies of one walk; 30 times the largest seen
constexpr std::size_t kWalkValuesMax = 50'000;               ///< of all replies of one walk

/// The links of a collection's members, all pages, each once.
BmcResult<std::vector<Page::Member>> list_members(RedfishSession& session, std::string link, std::string step);

/// The newest `members_max` members themselves, by a GET each. One that is listed and not there (404) is left out, and
/// its fault is added to `gone`.
BmcResult<std::vector<Json>> read_members(RedfishSession& session, std::string link, std::string step,
                                          std::size_t members_max, std::vector<Fault>& gone);

constexpr std::size_t kUnreadMax = 32;  ///< a service with more bad members than that is not read

/// The members of a firmware inventory, and those that could not be read.
struct ReadInventory {
  std::vector<Json> bodies;
  std::vector<UnreadEntry> unread;
};

/// In one expanded reply if the service supports it, else by a GET each; also by a GET each what was expanded without
/// its version. `expand` is set to 0 if the service cannot answer the query. A bad member is tried twice. A Fault where
/// no member can be read. The members beside an error status are read, and the collection itself is then unread.
BmcResult<ReadInventory> read_inventory(RedfishSession& session, std::string link, char& expand);

}  // namespace breakwater::redfish
