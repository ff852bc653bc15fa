#pragma once
// OpenIPMI's ipmi_sim, a BMC that nobody here wrote: one process, one BMC on an address of 127.0.0.0/8.
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace breakwater::ipmi {

/// True where the program is installed.
bool has_ipmi_sim();

class IpmiSim {
 public:
  /// Starts it and waits until it answers; throws std::runtime_error where it does not. User admin, password test.
  explicit IpmiSim(std::string address, std::vector<std::string> more_emu_lines = {});
  ~IpmiSim();
  IpmiSim(const IpmiSim&) = delete;
  IpmiSim& operator=(const IpmiSim&) = delete;

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return 6230; }
  /// The BMC is gone from here on.
  void kill();
  /// What the chassis script was told to do beside the power: `reset`.
  std::string told() const;

 private:
  std::string address_;
  std::string folder_;
  pid_t process_ = 0;
};

}  // namespace breakwater::ipmi
