#pragma once
// A file on its way into the image store: written under a temporary name, gone again unless it settles.
#include <cstdint>
#include <filesystem>
#include <string>

#include "inventories/trust/descriptor.hpp"
#include "inventories/trust/digest.hpp"
#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// What the system said about a file, as a refusal: `store_full` where the disk has no room, else `unreadable`.
Refusal system_refusal(const std::filesystem::path& file, int error);

/// Makes the folder (0700), durably, unless it is there.
Result<void, Refusal> make_folder(const std::filesystem::path& folder);

class IncomingFile {
 public:
  /// A new temporary file in `folder`. Clears away what an import that was killed has left there.
  static Result<IncomingFile, Refusal> create(const std::filesystem::path& folder);
  IncomingFile(IncomingFile&& other) noexcept;
  IncomingFile& operator=(IncomingFile&&) = delete;
  ~IncomingFile();

  /// Copies and hashes the whole source in one pass. `name` is the source's, for refusals.
  Result<HashedFile, Refusal> copy_from(int source, std::uint64_t bytes_max, const std::string& name);

  /// Gives the file its name in the store, read-only and durable. Replaces what is there.
  Result<void, Refusal> settle(const std::filesystem::path& file);

 private:
  IncomingFile(Descriptor descriptor, std::filesystem::path path);
  Descriptor descriptor_;
  std::filesystem::path path_;  ///< empty once it has settled
};

}  // namespace breakwater
