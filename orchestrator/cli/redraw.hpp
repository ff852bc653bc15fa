#pragma once
// A block of lines at the end of a terminal that is drawn again in place: no more than four times a second, and whole
// again after the window changed its size.
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "orchestrator/cli/console.hpp"

namespace breakwater::cli {

/// Lets at most four redraws a second through.
class RedrawGate {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kBetween{250};

  /// True where a redraw may be made now; it then counts as made.
  bool pass(Time now) {
    if (last_ && now - *last_ < kBetween) return false;
    last_ = now;
    return true;
  }

 private:
  std::optional<Time> last_;
};

/// Told how many of `all` are done, at any pace.
using Teller = std::function<void(std::size_t done, std::size_t all)>;
/// The progress of a look at hosts, on stderr: drawn again in place on a terminal, else one line before the first host.
Teller look_teller(const Console& console);

class LiveBlock {
 public:
  explicit LiveBlock(std::ostream& out) : out_(out) {}

  /// Replaces what was drawn before. Lines are cut to the window; what does not fit below each other is left out, with
  /// a line that says so.
  void draw(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows);

  /// Takes the block off the screen, so that something else may be printed in its place.
  void erase(std::size_t columns);

 private:
  std::size_t rows_drawn(std::size_t columns) const;

  std::ostream& out_;
  std::vector<std::size_t> widths_;  ///< of the lines on the screen, in cells
};

}  // namespace breakwater::cli
