#include "drivers/lab/ipmi/slots.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace breakwater::lab {
namespace {

std::uint32_t random_id() {
  std::uint32_t id = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&id), sizeof id) != 1)
    throw std::runtime_error("no random bytes for a session id");
  return id;
}

}  // namespace

bool IpmiSlots::room() {
  drop_idle();
  return static_cast<std::size_t>(open()) < sessions_max_;
}

LabIpmiSession& IpmiSlots::begin() {
  drop_idle();
  const auto is_attempt = [](const auto& session) { return !session->keys; };
  if (static_cast<std::size_t>(std::ranges::count_if(sessions_, is_attempt)) >= kAttemptsMax)
    sessions_.erase(std::ranges::find_if(sessions_, is_attempt));
  auto session = std::make_unique<LabIpmiSession>();
  while (session->id == 0 || find(session->id) != nullptr) session->id = random_id();
  session->used = std::chrono::steady_clock::now();
  sessions_.push_back(std::move(session));
  return *sessions_.back();
}

LabIpmiSession* IpmiSlots::find(std::uint32_t id) {
  drop_idle();
  const auto found = std::ranges::find_if(sessions_, [id](const auto& session) { return session->id == id; });
  return found == sessions_.end() ? nullptr : found->get();
}

bool IpmiSlots::close(std::uint32_t id) {
  return std::erase_if(sessions_, [id](const auto& session) { return session->id == id; }) > 0;
}

int IpmiSlots::open() const {
  return static_cast<int>(
      std::ranges::count_if(sessions_, [](const auto& session) { return session->keys.has_value(); }));
}

void IpmiSlots::drop_idle() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(sessions_, [&](const auto& session) {
    const auto idle = now - session->used;
    return session->keys ? idle > idle_ : idle > kAttemptMax;
  });
}

}  // namespace breakwater::lab
