#include "orchestrator/journal/folder_shelf.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <functional>

#include "inventories/trust/incoming_file.hpp"
#include "inventories/vocabulary/descriptor.hpp"

namespace breakwater::journal {

std::vector<std::uint64_t> FolderShelf::numbers() const {
  std::vector<std::uint64_t> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::uint64_t number = 0;
    const auto [last, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (fault == std::errc() && std::to_string(number) == name) found.push_back(number);
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

std::optional<std::string> FolderShelf::read(std::uint64_t number) const {
  const std::filesystem::path file = folder_ / std::to_string(number);
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct ::stat now {};
  if (!opened || ::fstat(opened.get(), &now) != 0 || !S_ISREG(now.st_mode)) return std::nullopt;
  if (static_cast<std::uint64_t>(now.st_size) > kSnapshotBytesMax) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(now.st_size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t got = ::read(opened.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<void, std::string> FolderShelf::keep(std::uint64_t number, std::string_view bytes) {
  const auto text = [](const Refusal& refusal) { return refusal.message; };
  if (auto made = make_folder(folder_); !made) return fail(text(made.error()));
  auto file = IncomingFile::create(folder_);
  if (!file) return fail(text(file.error()));
  if (auto written = file->write(bytes); !written) return fail(text(written.error()));
  if (auto settled = file->settle(folder_ / std::to_string(number)); !settled) return fail(text(settled.error()));
  return {};
}

void FolderShelf::drop(std::uint64_t number) {
  std::error_code ignored;
  std::filesystem::remove(folder_ / std::to_string(number), ignored);
}

}  // namespace breakwater::journal
