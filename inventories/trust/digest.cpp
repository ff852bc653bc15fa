#include "inventories/trust/digest.hpp"

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace breakwater {
namespace {

/// SHA-256 over memory fails only if memory has run out.
void must(bool done) {
  if (!done) std::abort();
}

/// Looked up once: a fetch on every call costs more than hashing a journal record.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  must(kAlgorithm != nullptr);
  return kAlgorithm;
}

std::string system_message(int error) {
  return std::generic_category().message(error);
}

constexpr std::size_t kPieceBytes = 1 << 20;

}  // namespace

struct Sha256Stream::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { must(context != nullptr && EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::string_view bytes) {
  must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Sha256Stream::update(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  must(EVP_DigestFinal_ex(state_->context, digest.bytes.data(), nullptr) == 1);
  must(EVP_DigestInit_ex2(state_->context, nullptr, nullptr) == 1);
  return digest;
}

Sha256 sha256(std::string_view bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Result<HashedFile, Refusal> hash_descriptor(int fd, std::uint64_t size_max, const std::string& file,
                                            const UsePiece& use) {
  struct ::stat before {};
  if (::fstat(fd, &before) != 0) {
    return fail(Refusal{Refusal::Reason::unreadable, file + ": " + system_message(errno)});
  }
  if (!S_ISREG(before.st_mode)) {
    return fail(Refusal{Refusal::Reason::unreadable, file + ": not a regular file"});
  }
  const auto size = static_cast<std::uint64_t>(before.st_size);
  if (size > size_max) {
    return fail(Refusal{Refusal::Reason::too_large,
                        file + ": " + std::to_string(size) + " bytes, and the bound is " + std::to_string(size_max)});
  }
  Sha256Stream stream;
  std::vector<std::byte> piece(kPieceBytes);
  std::uint64_t at = 0;
  while (at <= size) {  // one read past the end, which finds a file that has grown
    const ssize_t got = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Refusal{Refusal::Reason::unreadable, file + ": " + system_message(errno)});
    if (got == 0) break;
    const auto bytes = std::span<const std::byte>(piece).first(static_cast<std::size_t>(got));
    stream.update(bytes);
    if (use) {
      if (auto used = use(bytes); !used) return fail(used.error());
    }
    at += static_cast<std::uint64_t>(got);
  }
  if (at != size) {
    return fail(Refusal{Refusal::Reason::size_mismatch, file + ": changed while it was read, from " +
                                                            std::to_string(size) + " bytes to " +
                                                            (at > size ? "more" : std::to_string(at))});
  }
  return HashedFile{stream.finish(), size};
}

}  // namespace breakwater
