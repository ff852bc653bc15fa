#include "drivers/ipmi/ipmi_context.hpp"

#include <openssl/rand.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace breakwater::ipmi {

bool IpmiContext::offers_seventeen(const std::string& address) {
  const std::lock_guard lock(mutex_);
  return seventeen_.contains(address);
}

void IpmiContext::remember_seventeen(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const bool fresh = seventeen_.insert(address).second;
  if (fresh && keeper_) keeper_(address);
}

void IpmiContext::keep_with(std::function<void(const std::string&)> keeper) {
  const std::lock_guard lock(mutex_);
  keeper_ = std::move(keeper);
}

void fill_random(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random numbers");
}

}  // namespace breakwater::ipmi
