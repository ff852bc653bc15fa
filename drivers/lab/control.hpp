#pragma once
// The control endpoint: plain HTTP on 127.0.0.1 for tests that watch and disturb a lab in another process.
//
//   GET  /lab/hosts        every host's state, as an array
//   GET  /lab/hosts/NAME   one host's state
//   POST /lab/hosts/NAME   {"fault": "unchanged", "component": "bios", "times": 1, "every": 1}, {"power": "off"},
//                          {"health": "Critical"}, {"heal": true}
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>

#include "drivers/lab/lab.hpp"

namespace breakwater::lab {

class Control {
 public:
  /// Listens; throws std::runtime_error if it cannot bind the port.
  Control(boost::asio::io_context& io, Lab& lab, std::uint16_t port);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  std::uint16_t port() const;

 private:
  struct Server;
  std::shared_ptr<Server> server_;
};

nlohmann::json to_json(const HostState& state);

}  // namespace breakwater::lab
