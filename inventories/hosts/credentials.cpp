#include "inventories/hosts/credentials.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "inventories/vocabulary/descriptor.hpp"

namespace breakwater {
namespace {

constexpr std::size_t kCredentialBytesMax = 4096;

Secret first_line(std::string_view content) {
  std::string_view line = content.substr(0, content.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return Secret(std::string(line));
}

Result<Secret, std::string> read_file(const std::string& path, const std::string& reference) {
  const auto complain = [&](int number) {
    return fail(reference + " cannot be read: " + std::generic_category().message(number));
  };
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return complain(errno);
  struct stat about {};
  if (fstat(file.get(), &about) != 0) return complain(errno);
  if (!S_ISREG(about.st_mode)) return fail(reference + " is no file");
  if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(reference + " may be written by others than its owner: chmod go-w it");
  }
  std::array<char, kCredentialBytesMax> content{};
  const ssize_t got = read(file.get(), content.data(), content.size());
  if (got < 0) return complain(errno);
  const std::string_view read_text(content.data(), static_cast<std::size_t>(got));
  const bool is_cut = read_text.size() == content.size() && read_text.find('\n') == std::string_view::npos;
  Secret line = first_line(read_text);
  volatile char* wiped = content.data();
  for (std::size_t i = 0; i < content.size(); ++i) wiped[i] = 0;
  // A password that is cut would be refused by the BMC, and locks the account.
  if (is_cut) return fail(reference + ": its line is longer than " + std::to_string(content.size() - 1) + " bytes");
  return line;
}

}  // namespace

Result<Secret, std::string> resolve_secret(const std::string& reference) {
  constexpr std::string_view kEnvironment = "env:";
  constexpr std::string_view kFile = "file:";
  if (reference.starts_with(kEnvironment)) {
    const char* content = std::getenv(reference.c_str() + kEnvironment.size());
    if (content == nullptr) return fail(reference + " is not set in the environment");
    return first_line(content);
  }
  if (reference.starts_with(kFile)) return read_file(reference.substr(kFile.size()), reference);
  return fail("'" + reference + "' is neither env:NAME nor file:PATH");
}

Result<Credentials, std::string> resolve_credentials(const std::string& reference) {
  const Result<Secret, std::string> secret = resolve_secret(reference);
  if (!secret) return fail(secret.error());
  const std::string_view line = secret->reveal();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == line.size()) {
    return fail(reference + " does not hold user:password");
  }
  return Credentials{std::string(line.substr(0, colon)), Secret(std::string(line.substr(colon + 1)))};
}

}  // namespace breakwater
