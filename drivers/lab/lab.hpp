#pragma once
// The lab: simulated BMCs that speak real HTTPS Redfish, each on its own address of 127.0.0.0/8, all in one process.
//
//   asio::io_context io(1);
//   Lab lab(io, config);
//   lab.start();                       // everything listens; io.run() does the rest
//   lab.state("n1").counters.uploads;  // what that BMC saw
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/lab/host_state.hpp"
#include "drivers/lab/lab_config.hpp"

namespace breakwater::lab {

/// All members are for the io_context's thread, before it runs or from inside it.
class Lab {
 public:
  /// Makes the hosts, and the authority if its folder holds none. Throws std::runtime_error with the reason if that
  /// fails: no certificates, two hosts of one name, an address outside 127.0.0.0/8.
  Lab(boost::asio::io_context& io, LabConfig config);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  /// Starts every BMC; throws std::runtime_error that names the address it cannot bind.
  void start();
  /// Closes everything; the io_context then runs out of work.
  void stop();

  /// The authority's certificate, which every host's certificate leads to.
  std::filesystem::path ca_file() const;
  /// The control endpoint's port, 0 without one.
  std::uint16_t control_port() const;
  std::vector<std::string> names() const;

  /// These throw std::out_of_range for a host that the lab does not have.
  HostState state(std::string_view host) const;
  std::size_t connections(std::string_view host) const;
  void add_fault(std::string_view host, FaultRule rule);
  void heal(std::string_view host);
  void set_power(std::string_view host, bool on);
  /// The health that the host shows from now on; nothing: the health that follows from its firmware.
  void set_health(std::string_view host, std::optional<std::string> health);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace breakwater::lab
