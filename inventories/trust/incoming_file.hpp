#pragma once
// A file on its way into the image store, or beside the journal: written under a temporary name, and deleted unless
// settle() succeeds.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "inventories/trust/digest.hpp"
#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// A system error about a file, as a refusal: `store_full` if the disk has no room, else `unreadable`.
Refusal system_refusal(const std::filesystem::path& file, int error);

/// Makes the folder (0700) durably, if it does not exist.
Result<void, Refusal> make_folder(const std::filesystem::path& folder);

class IncomingFile {
 public:
  /// A new temporary file in `folder`. Deletes the files that killed imports have left there.
  static Result<IncomingFile, Refusal> create(const std::filesystem::path& folder);
  IncomingFile(IncomingFile&& other) noexcept;
  IncomingFile& operator=(IncomingFile&&) = delete;
  ~IncomingFile();

  /// Copies and hashes the whole source in one pass. `name` is the source's, for refusals.
  Result<HashedFile, Refusal> copy_from(int source, std::uint64_t bytes_max, const std::string& name);

  /// Appends these bytes.
  Result<void, Refusal> write(std::string_view bytes);

  /// Gives the file its name in the store, read-only and durable. Replaces an existing file.
  Result<void, Refusal> settle(const std::filesystem::path& file);

 private:
  IncomingFile(Descriptor descriptor, std::filesystem::path path);
  Descriptor descriptor_;
  std::filesystem::path path_;  ///< empty once it has settled
};

}  // namespace breakwater
