#include "drivers/ipmi/ipmi_context.hpp"

#include <openssl/rand.h>

#include <limits>
#include <stdexcept>

namespace breakwater::ipmi {

bool IpmiContext::offers_seventeen(const std::string& address) {
  const std::lock_guard lock(mutex_);
  return seventeen_.contains(address);
}

void IpmiContext::remember_seventeen(const std::string& address) {
  const std::lock_guard lock(mutex_);
  seventeen_.insert(address);
}

void fill_random(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random numbers");
}

}  // namespace breakwater::ipmi
