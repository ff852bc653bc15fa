#include "inventories/trust/incoming_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <span>
#include <system_error>

namespace breakwater {
namespace fs = std::filesystem;
using Reason = Refusal::Reason;

namespace {

constexpr std::string_view kTemporary = ".import-";

Result<void, Refusal> sync_folder(const fs::path& folder) {
  const Descriptor open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder || ::fsync(open_folder.get()) != 0) return fail(system_refusal(folder, errno));
  return {};
}

/// An import holds a lock on its temporary file; an unlocked one belongs to a process that has ended.
void clear_abandoned(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().string().starts_with(kTemporary)) continue;
    const Descriptor file(::open(at->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(at->path().c_str());
  }
}

Result<void, Refusal> write_all(int fd, std::span<const std::byte> bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(system_refusal(file, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Refusal system_refusal(const fs::path& file, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {full ? Reason::store_full : Reason::unreadable,
          file.string() + ": " + std::generic_category().message(error)};
}

Result<void, Refusal> make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  if (const fs::path parent = folder.parent_path(); !parent.empty() && parent != folder) {
    if (auto made = make_folder(parent); !made) return made;
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return fail(system_refusal(folder, errno));
  return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

IncomingFile::IncomingFile(Descriptor descriptor, fs::path path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

IncomingFile::IncomingFile(IncomingFile&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), path_(std::move(other.path_)) {
  other.path_.clear();
}

IncomingFile::~IncomingFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<IncomingFile, Refusal> IncomingFile::create(const fs::path& folder) {
  clear_abandoned(folder);
  while (true) {
    std::string name = (folder / (std::string(kTemporary) + "XXXXXX")).string();
    Descriptor descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (!descriptor) return fail(system_refusal(folder, errno));
    IncomingFile file(std::move(descriptor), name);
    struct ::stat now {};
    if (::flock(file.descriptor_.get(), LOCK_EX) != 0 || ::fstat(file.descriptor_.get(), &now) != 0) {
      return fail(system_refusal(name, errno));
    }
    if (now.st_nlink > 0) return file;  // else another import deleted it as abandoned before it was locked
  }
}

Result<HashedFile, Refusal> IncomingFile::copy_from(int source, std::uint64_t bytes_max, const std::string& name) {
  struct ::stat now {};
  if (::fstat(source, &now) != 0) return fail(system_refusal(name, errno));
  const auto size = static_cast<std::uint64_t>(now.st_size);
  if (size == 0) return fail(Refusal{Reason::unreadable, name + ": empty"});
  if (size > bytes_max) {
    return fail(Refusal{Reason::too_large, name + ": " + std::to_string(size) +
                                               " bytes, and the bound of the image store is " +
                                               std::to_string(bytes_max)});
  }
  // Reserve the space first, so that a full disk is found at once. Not every file system supports it.
  if (const int error = ::posix_fallocate(descriptor_.get(), 0, now.st_size); error == ENOSPC || error == EFBIG) {
    return fail(system_refusal(path_, error));
  }
  return hash_descriptor(source, bytes_max, name, [this](std::span<const std::byte> bytes) {
    return write_all(descriptor_.get(), bytes, path_);
  });
}

Result<void, Refusal> IncomingFile::write(std::string_view bytes) {
  return write_all(descriptor_.get(), std::as_bytes(std::span(bytes)), path_);
}

Result<void, Refusal> IncomingFile::settle(const fs::path& file) {
  if (::fchmod(descriptor_.get(), 0400) != 0 || ::fsync(descriptor_.get()) != 0 ||
      ::rename(path_.c_str(), file.c_str()) != 0) {
    return fail(system_refusal(file, errno));
  }
  path_.clear();
  return sync_folder(file.parent_path());
}

}  // namespace breakwater
