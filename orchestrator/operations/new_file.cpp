#include "orchestrator/operations/new_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace breakwater::operations {
namespace {

constexpr std::chrono::milliseconds kFolderPause{20};
constexpr std::chrono::seconds kFolderMost{5};

Problem system_problem(const std::string& file, int error) {
  return problem(error == ENOSPC ? Problem::Kind::try_later : Problem::Kind::failed,
                 file + ": " + std::generic_category().message(error));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void, Problem> may_replace(const std::string& file, std::string_view opening) {
  struct stat there {};
  if (::lstat(file.c_str(), &there) != 0) return {};
  if (!S_ISREG(there.st_mode)) {
    return fail(problem(Problem::Kind::bad_argument, file + ": is no regular file, and is not replaced"));
  }
  if (there.st_size == 0) return {};
  std::string begins(opening.size(), '\0');
  std::ifstream in(file, std::ios::binary);
  if (in.read(begins.data(), static_cast<std::streamsize>(begins.size())) && begins == opening) return {};
  return fail(
      problem(Problem::Kind::bad_argument,
              file + ": is there already, and is no file of the kind that would be written; it is not replaced"));
}

Result<void, Problem> write_new_file(const std::string& file, std::string_view bytes, std::string_view opening) {
  if (auto allowed = may_replace(file, opening); !allowed) return allowed;
  // A name of its own, and only where nobody has it: what is beside the file may be a person's.
  const std::string incoming = file + ".incoming." + std::to_string(::getpid());
  Descriptor descriptor(::open(incoming.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!descriptor) return fail(system_problem(incoming, errno));
  if (!write_all(descriptor.get(), bytes) || ::fsync(descriptor.get()) != 0 ||
      std::rename(incoming.c_str(), file.c_str()) != 0) {
    const int error = errno;
    ::unlink(incoming.c_str());
    return fail(system_problem(file, error));
  }
  return {};
}

Result<Descriptor, Problem> lock_beside(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) return fail(system_problem(folder, errno));
  const auto end = std::chrono::steady_clock::now() + kFolderMost;
  while (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    if (std::chrono::steady_clock::now() >= end) {
      return fail(problem(Problem::Kind::try_later, file + ": another process keeps its folder locked"));
    }
    std::this_thread::sleep_for(kFolderPause);
  }
  return descriptor;
}

}  // namespace breakwater::operations
