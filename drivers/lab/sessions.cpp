#include "drivers/lab/sessions.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "inventories/vocabulary/digest.hpp"

namespace breakwater::lab {

const LabSession* SessionTable::open(const std::string& user) {
  drop_idle();
  if (sessions_.size() >= sessions_max_) return nullptr;
  Sha256 random;
  if (RAND_bytes(random.bytes.data(), static_cast<int>(random.bytes.size())) != 1)
    throw std::runtime_error("no random bytes for a session token");
  const auto created = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  sessions_.push_back({.id = std::to_string(next_id_++),
                       .token = to_hex(random).substr(0, 32),
                       .user = user,
                       .created = created,
                       .used = std::chrono::steady_clock::now()});
  return &sessions_.back();
}

const LabSession* SessionTable::use(std::string_view token) {
  drop_idle();
  const auto found = std::ranges::find(sessions_, token, &LabSession::token);
  if (found == sessions_.end()) return nullptr;
  found->used = std::chrono::steady_clock::now();
  return &*found;
}

const LabSession* SessionTable::find(std::string_view id) const {
  const auto found = std::ranges::find(sessions_, id, &LabSession::id);
  return found == sessions_.end() ? nullptr : &*found;
}

bool SessionTable::close(std::string_view id) {
  return std::erase_if(sessions_, [id](const LabSession& session) { return session.id == id; }) > 0;
}

void SessionTable::drop_idle() {
  const auto oldest = std::chrono::steady_clock::now() - kIdleMax;
  std::erase_if(sessions_, [oldest](const LabSession& session) { return session.used < oldest; });
}

}  // namespace breakwater::lab
