#include "orchestrator/cli/login_memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "inventories/trust/descriptor.hpp"
#include "orchestrator/log.hpp"

namespace breakwater::cli {
namespace {

constexpr Duration kRemembered = std::chrono::hours(1);

struct Refused {
  Instant at;
  std::string address;
};

/// Lines of milliseconds, a blank, and an address; those that are younger than an hour.
std::vector<Refused> read_recent(const std::filesystem::path& file, Instant now) {
  std::vector<Refused> recent;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::int64_t at_ms = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), at_ms);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || digits + 1 >= line.size() || line[digits] != ' ') continue;
    const Instant at{Duration(at_ms)};
    if (now - at < kRemembered) recent.push_back(Refused{at, line.substr(digits + 1)});
  }
  return recent;
}

}  // namespace

void remember_logins(const std::filesystem::path& dir, LoginGuard& guard, Instant now) {
  const std::filesystem::path file = dir / "logins";
  const std::vector<Refused> recent = read_recent(file, now);
  for (const Refused& one : recent) guard.restore(one.address, one.at);
  std::error_code ignored;
  if (recent.empty()) std::filesystem::remove(file, ignored);

  const auto memory = std::make_shared<Descriptor>();  // opened when there is something to write
  guard.keep_with([memory, file](const std::string& address, Instant at) {
    if (!*memory) {
      *memory = Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    }
    // One write with O_APPEND: lines of several processes do not mix.
    const std::string line = std::to_string(at.time_since_epoch().count()) + ' ' + address + '\n';
    if (!*memory || ::write(memory->get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      log_warning(file.string() + ": a refused login could not be written down");
    }
  });
}

}  // namespace breakwater::cli
