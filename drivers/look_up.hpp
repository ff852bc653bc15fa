#pragma once
// A BMC's name as addresses, under a deadline.
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "drivers/bmc.hpp"

namespace breakwater {

/// The addresses of a host name or IP literal, at least one, in the resolver's order. Faults: `name_not_resolved`, and
/// `deadline` if `end` comes first. A look-up cannot be interrupted: a later answer is dropped.
BmcResult<std::vector<boost::asio::ip::address>> look_up(boost::asio::any_io_executor executor, std::string name,
                                                         std::string step, std::chrono::steady_clock::time_point end);

}  // namespace breakwater
