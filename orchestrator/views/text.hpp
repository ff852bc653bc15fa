#pragma once
// Text on a terminal: lines broken and cut, columns aligned.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater::views {

/// The lines of `text`, without their newlines.
std::vector<std::string> lines_of(std::string_view text);

/// How many cells `text` takes: its code points, colour sequences not counted.
std::size_t cells(std::string_view text);

/// `text` filled with blanks up to `width` cells; longer text stays as it is.
std::string pad(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// At most `width` cells, with `…` where something is missing. Colour sequences stay whole.
std::string cut(std::string_view text, std::size_t width);

/// `text` broken at blanks into lines that end before column `width`. The first one is taken to stand at column
/// `indent`; the others begin with so many blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// `2026-11-04 02:12:04Z`
std::string date_time(Instant at);

/// Rows whose columns line up, two blanks apart; the last column is not filled up.
class Table {
 public:
  void row(std::vector<std::string> cells_of_row) { rows_.push_back(std::move(cells_of_row)); }
  bool empty() const { return rows_.empty(); }
  std::string text(std::string_view indent = {}) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace breakwater::views
