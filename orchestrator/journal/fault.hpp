#pragma once
// Why the journal could not do as it was told. Closed; each reason has one right answer, which stands beside it.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/result.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::journal {

/// What a conductor says of its leaving: the journal does not say it, and others tell by it why nothing starts.
enum class Leaving {
  no,
  ways_back,  ///< it carries out rollbacks: no host is taken forward, of whatever rollout
  own_over,   ///< its own rollout is over: no host of the others starts any more
  asked,      ///< it was asked to leave: nothing starts
};

/// Rollouts that the conductor takes no host forward of, because it cannot speak to hosts of theirs that wait; each
/// with the reason.
using Lacks = std::map<std::string, std::string>;

/// Who holds the conductor's lock.
struct Holder {
  std::int64_t pid = 0;
  std::string rollout;  ///< empty for an operator's command that writes a line and leaves
  Instant started;
  Leaving leaving = Leaving::no;
  Lacks lacks{};
  bool file_deleted = false;  ///< somebody holds the lock, and the file that says who was deleted under them
  bool operator==(const Holder&) const = default;
};

/// `process 4711`; `another process` where it has not said who it is, and why it never will.
std::string words_of(const Holder& holder);

struct StoreFault {
  enum class Reason {
    fatal,            ///< a sync or write failed, or the file is damaged: end the process, never try again
    disk_full,        ///< nothing was written, nothing is lost: start nothing new, try again later
    busy,             ///< another process holds the file for longer than the time-out: try again
    changed,          ///< a record does not fit its hash, its number or its neighbour: refuse to start
    unknown_format,   ///< written by a newer Breakwater: use that one
    locked,           ///< another conductor runs: leave, or hand in a request
    not_locked,       ///< a write without the conductor's lock: a mistake of the caller
    unknown_request,  ///< no such request waits: it was withdrawn meanwhile, or a mistake of the caller
    missing,          ///< no journal there yet: nothing ever ran here
    unreadable,       ///< no permission, or not a journal: ask the operator
  };
  Reason reason;
  std::string message;
  std::uint64_t record = 0;        ///< the first bad record, for `changed` and `unknown_format`
  std::optional<Holder> holder{};  ///< for `locked`, where the other has said who it is
};

/// Another process holds the file, and nothing was done.
template <class T>
bool is_busy(const Result<T, StoreFault>& result) {
  return !result && result.error().reason == StoreFault::Reason::busy;
}

/// The asker withdrew a request before the record that answers it, and nothing was written.
template <class T>
bool is_withdrawn(const Result<T, StoreFault>& result) {
  return !result && result.error().reason == StoreFault::Reason::unknown_request;
}

/// What the system said of a file, by its errno: `disk_full` or `unreadable`.
tl::unexpected<StoreFault> system_fault(const std::filesystem::path& file, int error);

/// `locked`, naming process and rollout where the holder has said them.
StoreFault locked_fault(const std::string& lock_file, const std::optional<Holder>& holder);

}  // namespace breakwater::journal

namespace breakwater {

template <>
inline constexpr auto kWords<journal::Leaving> = words<journal::Leaving>({
    {journal::Leaving::no, "no"},
    {journal::Leaving::ways_back, "ways_back"},
    {journal::Leaving::own_over, "own_over"},
    {journal::Leaving::asked, "asked"},
});

template <>
inline constexpr auto kWords<journal::StoreFault::Reason> = words<journal::StoreFault::Reason>({
    {journal::StoreFault::Reason::fatal, "fatal"},
    {journal::StoreFault::Reason::disk_full, "disk_full"},
    {journal::StoreFault::Reason::busy, "busy"},
    {journal::StoreFault::Reason::changed, "changed"},
    {journal::StoreFault::Reason::unknown_format, "unknown_format"},
    {journal::StoreFault::Reason::locked, "locked"},
    {journal::StoreFault::Reason::not_locked, "not_locked"},
    {journal::StoreFault::Reason::unknown_request, "unknown_request"},
    {journal::StoreFault::Reason::missing, "missing"},
    {journal::StoreFault::Reason::unreadable, "unreadable"},
});

}  // namespace breakwater
