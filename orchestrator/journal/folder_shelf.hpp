#pragma once
// Snapshots as files: `DIR/snapshots/NUMBER`.
#include <filesystem>

#include "orchestrator/journal/shelf.hpp"

namespace breakwater::journal {

/// A larger file is none of ours: 100,000 hosts take some 50 MB.
inline constexpr std::uint64_t kSnapshotBytesMax = std::uint64_t{1} << 31;

class FolderShelf final : public Shelf {
 public:
  explicit FolderShelf(const std::filesystem::path& dir) : folder_(dir / "snapshots") {}

  std::vector<std::uint64_t> numbers() const override;
  std::optional<std::string> read(std::uint64_t number) const override;
  Result<void, std::string> keep(std::uint64_t number, std::string_view bytes) override;
  void drop(std::uint64_t number) override;

 private:
  std::filesystem::path folder_;
};

}  // namespace breakwater::journal
