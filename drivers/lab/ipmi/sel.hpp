#pragma once
// The system event log of one BMC: one entry from its beginning, and one for each time its health became critical or
// stopped being so.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/lab/ipmi/command.hpp"

namespace breakwater::lab {

class Sel {
 public:
  static constexpr std::size_t entries_max = 256;  ///< what comes when it is full is lost

  Sel() { begin(); }

  /// Adds an entry where the health has become another since it was last told.
  void follow(std::string_view health);

  IpmiAnswer info() const;
  IpmiAnswer reserve();
  IpmiAnswer get(ipmi::ByteView data) const;
  IpmiAnswer clear(ipmi::Reader in);

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
