#include "orchestrator/operations/bmc_memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inventories/vocabulary/descriptor.hpp"
#include "orchestrator/log.hpp"

namespace breakwater::operations {
namespace {

constexpr Duration kRemembered = std::chrono::hours(1);

struct Refused {
  Instant at;
  std::string address;
};

/// Lines of milliseconds, a blank, and an address; those that are younger than an hour. One from the future was written
/// by a clock that has been put right since: it says nothing.
std::vector<Refused> read_recent(const std::filesystem::path& file, Instant now) {
  std::vector<Refused> recent;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::int64_t at_ms = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), at_ms);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || digits + 1 >= line.size() || line[digits] != ' ') continue;
    const Instant at{Duration(at_ms)};
    if (at <= now && now - at < kRemembered) recent.push_back(Refused{at, line.substr(digits + 1)});
  }
  return recent;
}

/// Appends lines to a file, that is opened when there is something to write. Lines of several processes do not mix.
class Lines {
 public:
  Lines(std::filesystem::path file, std::string what) : file_(std::move(file)), what_(std::move(what)) {}

  void append(const std::string& text) {
    if (!open_) open_ = Descriptor(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    const std::string line = text + '\n';
    if (!open_ || ::write(open_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      log_warning(file_.string() + ": " + what_ + " could not be written down");
    }
  }

 private:
  std::filesystem::path file_;
  std::string what_;
  Descriptor open_;
};

}  // namespace

void remember_logins(const std::filesystem::path& dir, LoginGuard& guard, Instant now) {
  const std::filesystem::path file = dir / "logins";
  const std::vector<Refused> recent = read_recent(file, now);
  for (const Refused& one : recent) guard.restore(one.address, one.at);
  std::error_code ignored;
  if (recent.empty()) std::filesystem::remove(file, ignored);
  guard.keep_with(
      [lines = std::make_shared<Lines>(file, "a refused login")](const std::string& address, Instant at) {
        lines->append(std::to_string(at.time_since_epoch().count()) + ' ' + address);
      },
      file.string());
}

void remember_suites(const std::filesystem::path& dir, ipmi::IpmiContext& known) {
  const std::filesystem::path file = dir / "cipher-suites";
  std::ifstream in(file);
  for (std::string address; std::getline(in, address);) known.remember_seventeen(address);
  known.keep_with([lines = std::make_shared<Lines>(file, "a BMC's cipher suite")](const std::string& address) {
    lines->append(address);
  });
}

}  // namespace breakwater::operations
