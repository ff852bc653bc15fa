#pragma once
// Where snapshots of the fold stand beside a journal, each by the number of the record up to which it folds. The shelf
// keeps bytes; what they mean, and whether they are whole, is their reader's question.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/result.hpp"

namespace breakwater::journal {

class Shelf {
 public:
  virtual ~Shelf() = default;

  /// Of all that are there, the newest first.
  virtual std::vector<std::uint64_t> numbers() const = 0;
  /// Nothing where it is not there, or cannot be read.
  virtual std::optional<std::string> read(std::uint64_t number) const = 0;
  /// Whole and durable when it returns; a fault, in words, leaves what was there.
  virtual Result<void, std::string> keep(std::uint64_t number, std::string_view bytes) = 0;
  virtual void drop(std::uint64_t number) = 0;
};

}  // namespace breakwater::journal
