#pragma once
// What Policy and Rollout have in common on paper: shares, limits, windows and freezes.
#include <optional>
#include <string>
#include <vector>

#include "inventories/document/object.hpp"
#include "policies/policy.hpp"

namespace breakwater {

/// `98%`
std::optional<Share> as_share(const YamlValue& value);

/// `3` or `5%`; at least one host, and more than nothing.
std::optional<CountOrShare> as_count_or_share(const YamlValue& value);

/// `{global: 200, per: {rack: 2, service: 5%}}`
std::optional<Limits> as_limits(const YamlValue& value);

/// `{successRate: {atLeast: 98%, minHosts: 20}}`
std::optional<Gate> as_gate(const YamlValue& value);

/// The IANA name of a zone that the time-zone database knows.
std::optional<std::string> as_time_zone(const YamlValue& value);

/// Lists of at least `least` windows or freezes, each tried out in the zone that the schedule names. Clock changes of
/// the days to come are looked at when a plan is made: a document does not know when that is.
std::optional<std::vector<WindowSpec>> read_windows(const YamlValue& value, std::size_t least,
                                                    const std::string& time_zone);
std::optional<std::vector<FreezeSpec>> read_freezes(const YamlValue& value, std::size_t least,
                                                    const std::string& time_zone);

/// A fault for each name that stands twice; `names` are the items of `list` in order.
void refuse_twins(const YamlValue& list, const std::vector<std::string>& names, std::string_view what);

}  // namespace breakwater
