#include "orchestrator/journal/fault.hpp"

#include <cerrno>
#include <system_error>

namespace breakwater::journal {

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

std::string words_of(const Holder& holder) {
  if (holder.pid != 0) return "process " + std::to_string(holder.pid);
  return holder.file_deleted ? "another process (the file that says which one, conductor.lock, was deleted)"
                             : "another process";
}

}  // namespace breakwater::journal
