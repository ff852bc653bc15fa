#include "orchestrator/journal/conductor_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "inventories/document/json.hpp"

namespace breakwater::journal {
namespace {

namespace fs = std::filesystem;
using Reason = StoreFault::Reason;

// All locks live in the one file, on a byte each. Nobody reads or writes through them.
constexpr off_t kConductor_at = 0;
constexpr off_t kSetup_at = 1;
constexpr off_t kSuccessor_at = 2;

constexpr std::size_t kHolderBytesMost = 8192;
constexpr int kFolderTries = 20;
constexpr std::chrono::milliseconds kFolderPause{5};
constexpr std::size_t kLacksSaid = 8;
constexpr std::size_t kWhySaid = 400;

/// Requests are counted from 1.
off_t asker_at(std::uint64_t request) {
  return kSuccessor_at + static_cast<off_t>(request);
}

struct ::flock one_byte(off_t at) {
  struct ::flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = at;
  range.l_len = 1;
  return range;
}

Descriptor open_lock_file(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

Lacks read_lacks(const Json& said) {
  Lacks lacks;
  const auto all = said.find("lacks");
  if (all == said.end() || !all->is_object()) return lacks;
  for (const auto& [rollout, why] : all->items()) {
    if (why.is_string()) lacks[rollout] = why.get<std::string>();
  }
  return lacks;
}

/// What the holder wrote; nothing while it is still writing.
std::optional<Holder> read_holder(int fd) {
  std::array<char, kHolderBytesMost> text;
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  if (got <= 0) return std::nullopt;
  const auto said = parse_json(std::string_view(text.data(), static_cast<std::size_t>(got)));
  if (!said) return std::nullopt;
  const auto pid = json_integer(*said, "pid");
  const auto rollout = json_text(*said, "rollout");
  const auto started = json_text(*said, "started");
  const auto since = started ? parse_instant(*started) : std::nullopt;
  if (!pid || !rollout || !since) return std::nullopt;
  const auto leaves = json_text(*said, "leaving");
  const Leaving leaving = leaves ? from_string<Leaving>(*leaves).value_or(Leaving::asked) : Leaving::no;
  return Holder{*pid, *rollout, *since, leaving, read_lacks(*said)};
}

/// In one write, which ends no earlier than what stood there: whoever reads meanwhile finds the old words or the new.
bool write_holder(int fd, const Holder& holder) {
  Json said{{"pid", holder.pid}, {"rollout", holder.rollout}, {"started", to_string(holder.started)}};
  if (holder.leaving != Leaving::no) said["leaving"] = to_string(holder.leaving);
  for (const auto& [rollout, why] : holder.lacks) said["lacks"][rollout] = why;
  std::string text = said.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const off_t end = ::lseek(fd, 0, SEEK_END);
  if (end > static_cast<off_t>(text.size()))
    text.insert(text.size() - 1, static_cast<std::size_t>(end) - text.size(), ' ');
  return ::pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

/// The file, opened to read, where somebody holds that byte of it; else nothing. One that we hold ourselves counts.
Result<Descriptor, StoreFault> locked_file(const fs::path& file, off_t at) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!descriptor) {
    if (errno == ENOENT) return Descriptor();
    return system_fault(file, errno);
  }
  auto range = one_byte(at);
  if (::fcntl(descriptor.get(), F_OFD_GETLK, &range) != 0) return system_fault(file, errno);
  if (range.l_type == F_UNLCK) return Descriptor();
  return descriptor;
}

Descriptor open_folder(const fs::path& file) {
  return Descriptor(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Only the holder of the file's lock asks for this one, so it is free unless there was another file, or somebody just
/// looks whether it is. Nothing where the file system has no such lock.
Result<Descriptor, StoreFault> lock_folder(const fs::path& file) {
  Descriptor descriptor = open_folder(file);
  if (!descriptor) return system_fault(file.parent_path(), errno);
  for (int tries = 0; tries < kFolderTries; ++tries) {
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return descriptor;
    std::this_thread::sleep_for(kFolderPause);
  }
  StoreFault fault = locked_fault(file.string(), std::nullopt);
  fault.message += ", and the file that says which one was deleted";
  return fail(std::move(fault));
}

/// Whether a conductor holds the folder. Such a lock cannot be asked about: it is taken and let go at once, beside
/// others that do the same.
bool is_folder_held(const fs::path& file) {
  const Descriptor descriptor = open_folder(file);
  return descriptor && ::flock(descriptor.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

Result<void, StoreFault> ConductorLock::take(const Holder& holder) {
  if (held()) return fail(locked_fault(file_.string(), read_holder(descriptor_.get())));
  Descriptor descriptor = open_lock_file(file_);
  if (!descriptor) return system_fault(file_, errno);
  auto range = one_byte(kConductor_at);
  if (::fcntl(descriptor.get(), F_OFD_SETLK, &range) != 0) {
    if (errno != EAGAIN && errno != EACCES) return system_fault(file_, errno);
    return fail(locked_fault(file_.string(), read_holder(descriptor.get())));
  }
  auto folder = lock_folder(file_);
  if (!folder) return fail(folder.error());
  if (::ftruncate(descriptor.get(), 0) != 0 || !write_holder(descriptor.get(), holder)) {
    return system_fault(file_, errno);
  }
  descriptor_ = std::move(descriptor);
  folder_ = std::move(*folder);
  holder_ = holder;
  return {};
}

Result<void, StoreFault> ConductorLock::say(Leaving leaving, const Lacks& lacks) {
  if (!held()) return fail(StoreFault{Reason::not_locked, file_.string() + ": nobody leaves without the lock"});
  holder_.leaving = leaving;
  holder_.lacks.clear();
  for (const auto& [rollout, why] : lacks) {
    if (holder_.lacks.size() < kLacksSaid) holder_.lacks[rollout] = why.substr(0, kWhySaid);
  }
  if (!write_holder(descriptor_.get(), holder_)) return system_fault(file_, errno);
  return {};
}

void ConductorLock::release() {
  if (!held()) return;
  // A file that cannot be emptied only shows a name that no longer holds: the lock itself is what counts.
  [[maybe_unused]] const int emptied = ::ftruncate(descriptor_.get(), 0);
  const Descriptor closing = std::move(descriptor_);
  const Descriptor first = std::move(folder_);  // closed before the other one
}

Result<std::optional<Holder>, StoreFault> ConductorLock::holder() const {
  const auto said = [](int fd) { return read_holder(fd).value_or(Holder{}); };
  if (held()) return said(descriptor_.get());
  const auto descriptor = locked_file(file_, kConductor_at);
  if (!descriptor) return fail(descriptor.error());
  if (*descriptor) return said(descriptor->get());
  if (!is_folder_held(file_)) return std::optional<Holder>();
  // It may have been taken, with its file, since we looked.
  const auto again = locked_file(file_, kConductor_at);
  if (!again) return fail(again.error());
  if (*again) return said(again->get());
  Holder unnamed;
  unnamed.file_deleted = true;
  return unnamed;
}

Result<void, StoreFault> SuccessorLock::hold() {
  Descriptor descriptor = open_lock_file(file_);
  if (!descriptor) return system_fault(file_, errno);
  auto range = one_byte(kSuccessor_at);
  range.l_type = F_RDLCK;
  if (::fcntl(descriptor.get(), F_OFD_SETLK, &range) != 0) return system_fault(file_, errno);
  descriptor_ = std::move(descriptor);
  return {};
}

bool SuccessorLock::held() const {
  const auto descriptor = locked_file(file_, kSuccessor_at);
  return descriptor && *descriptor;
}

Result<void, StoreFault> AskerLocks::hold(std::uint64_t request) {
  if (!descriptor_) descriptor_ = open_lock_file(file_);
  if (!descriptor_) return system_fault(file_, errno);
  auto range = one_byte(asker_at(request));
  if (::fcntl(descriptor_.get(), F_OFD_SETLK, &range) != 0) return system_fault(file_, errno);
  return {};
}

void AskerLocks::let_go(std::uint64_t request) {
  auto range = one_byte(asker_at(request));
  range.l_type = F_UNLCK;
  // One that cannot be let go is still let go with the file.
  [[maybe_unused]] const int gone = ::fcntl(descriptor_.get(), F_OFD_SETLK, &range);
}

Result<bool, StoreFault> AskerLocks::held(std::uint64_t request) const {
  const auto descriptor = locked_file(file_, asker_at(request));
  if (!descriptor) return fail(descriptor.error());
  return static_cast<bool>(*descriptor);
}

Result<Descriptor, StoreFault> lock_for_setup(const fs::path& dir) {
  const fs::path file = dir / "conductor.lock";
  Descriptor descriptor = open_lock_file(file);
  if (!descriptor) return system_fault(file, errno);
  auto range = one_byte(kSetup_at);
  while (::fcntl(descriptor.get(), F_OFD_SETLKW, &range) != 0) {
    if (errno != EINTR) return system_fault(file, errno);
  }
  return descriptor;
}

}  // namespace breakwater::journal
