#pragma once
// What the answer to a request that acts proves, or the lack of one. One table; every action asks it before it waits.
#include <span>
#include <string_view>

#include "drivers/fault.hpp"

namespace breakwater {

enum class Asked {
  upload,  ///< an image
  act,     ///< a reset, a start, a bank switch, a cancel
};

enum class Aftermath {
  untouched,  ///< nothing was done: said at once, and nothing is waited for
  look_soon,  ///< it says that it took nothing: two looks some seconds apart prove it
  look_late,  ///< it may have taken all of it: only a look after its longest time proves that it did not
};

struct AftermathRule {
  std::string_view name;
  bool (*applies)(Asked, const Fault&);
  Aftermath aftermath;
  std::string_view reason;
};

/// In order: the first that applies decides. The last one always does.
std::span<const AftermathRule> aftermath_rules();

Aftermath aftermath_of(Asked asked, const Fault& fault);

}  // namespace breakwater
