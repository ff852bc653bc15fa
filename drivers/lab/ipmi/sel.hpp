#pragma once
// The system event log of one BMC: one entry from its beginning, and one for each time its health became critical or
// stopped being so.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

class Sel {
 public:
  static constexpr std::size_t kEntriesMax = 256;  ///< once it is full, new entries are lost

  Sel() { begin(); }

  /// Adds an entry if the health has changed since the last call.
  void follow(std::string_view health);

  IpmiAnswer info(Machine& machine) const;
  IpmiAnswer reserve();
  IpmiAnswer get(Machine& machine, ipmi::ByteView data) const;
  IpmiAnswer clear(ipmi::WireReader in);

 private:
  void begin();
  void add(ipmi::SelEvent event);

  std::vector<ipmi::SelRecord> entries_;
  std::uint16_t next_id_ = 1;
  std::uint16_t reservation_ = 0;
  std::uint32_t added_at_ = 0;
  std::uint32_t erased_at_ = 0;
  bool critical_ = false;
};

}  // namespace breakwater::lab
