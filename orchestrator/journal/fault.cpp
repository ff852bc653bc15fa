#include "orchestrator/journal/fault.hpp"

#include <cerrno>
#include <system_error>

namespace breakwater::journal {

std::string_view name(StoreFault::Reason reason) {
  switch (reason) {
    case StoreFault::Reason::fatal:
      return "fatal";
    case StoreFault::Reason::disk_full:
      return "disk_full";
    case StoreFault::Reason::busy:
      return "busy";
    case StoreFault::Reason::changed:
      return "changed";
    case StoreFault::Reason::unknown_format:
      return "unknown_format";
    case StoreFault::Reason::locked:
      return "locked";
    case StoreFault::Reason::not_locked:
      return "not_locked";
    case StoreFault::Reason::unknown_request:
      return "unknown_request";
    case StoreFault::Reason::missing:
      return "missing";
    case StoreFault::Reason::unreadable:
      return "unreadable";
  }
  return "unknown";
}

tl::unexpected<StoreFault> system_fault(const std::filesystem::path& file, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return fail(StoreFault{full ? StoreFault::Reason::disk_full : StoreFault::Reason::unreadable,
                         file.string() + ": " + std::generic_category().message(error)});
}

StoreFault locked_fault(const std::string& lock_file, const std::optional<Holder>& holder) {
  std::string message = lock_file + ": ";
  if (!holder) {
    message += "another process holds the conductor's lock";
  } else {
    message +=
        "process " + std::to_string(holder->pid) + " holds the conductor's lock since " + to_string(holder->started);
    message += holder->rollout.empty() ? " for an operator's command" : " for rollout " + holder->rollout;
  }
  return {StoreFault::Reason::locked, std::move(message), 0, holder};
}

}  // namespace breakwater::journal
