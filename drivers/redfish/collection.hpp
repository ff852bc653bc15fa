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
BmcResult<std::vector<Page::Member>> list_members(RedfishSession& session, std::string link, std::string step,
                                                  char expand = 0);

/// The members themselves: in one expanded reply if the service supports it, else by a GET each. `expand` is set to 0
/// if the service refuses the query. A member that is gone by the time it is read (404) is left out.
BmcResult<std::vector<Json>> read_members(RedfishSession& session, std::string link, std::string step, char& expand,
                                          std::size_t members_max = kMembersMax);

}  // namespace breakwater::redfish
