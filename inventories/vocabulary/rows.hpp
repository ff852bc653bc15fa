#pragma once
// Tables with a row for each value of an enum, read by the value's number.
#include <array>

#include "inventories/vocabulary/words.hpp"

namespace breakwater {

/// Whether a table has one row for each value, in their order; `key` is the member of a row that holds the value. For a
/// static_assert beside the table.
template <class Row, std::size_t kCount, class E>
constexpr bool has_every_row(const std::array<Row, kCount>& rows, E Row::*key) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (static_cast<std::size_t>(rows[i].*key) != i) return false;
  }
  return !is_named<static_cast<E>(kCount)>();
}

}  // namespace breakwater
