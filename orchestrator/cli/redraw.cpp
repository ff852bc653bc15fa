#include "orchestrator/cli/redraw.hpp"

#include <algorithm>

#include "orchestrator/views/text.hpp"

namespace breakwater::cli {

Teller look_teller(const Console& console) {
  return [&console, gate = RedrawGate()](std::size_t done, std::size_t all) mutable {
    if (done == 0 && !console.err_is_terminal) console.note("looking at " + count_of(all, "host"));
    if (gate.pass(std::chrono::steady_clock::now())) {
      console.progress("looking at " + std::to_string(done) + '/' + std::to_string(all) + " hosts");
    }
    if (done == all) console.progress("");
  };
}

/// A terminal that became narrower has wrapped what was drawn: the way up is longer than the lines were many.
std::size_t LiveBlock::rows_drawn(std::size_t columns) const {
  std::size_t rows = 0;
  for (const std::size_t width : widths_) rows += std::max<std::size_t>(1, (width + columns - 1) / columns);
  return rows;
}

void LiveBlock::erase(std::size_t columns) {
  const std::size_t up = rows_drawn(std::max<std::size_t>(columns, 1));
  if (up > 0) out_ << "\x1b[" << up << "A\r\x1b[J" << std::flush;
  widths_.clear();
}

void LiveBlock::draw(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows) {
  columns = std::max<std::size_t>(columns, 20);
  const std::size_t most = std::max<std::size_t>(rows, 4) - 1;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (shown.size() + 1 == most && i + 1 < lines.size()) {
      shown.push_back("… " + count_of(lines.size() - i, "more line"));
      break;
    }
    shown.push_back(cut(lines[i], columns - 1));
  }
  // One write for the whole picture: a terminal shows no half of it.
  std::string picture;
  if (const std::size_t up = rows_drawn(columns); up > 0) picture = "\x1b[" + std::to_string(up) + "A\r";
  picture += "\x1b[J";
  widths_.clear();
  for (const std::string& line : shown) {
    picture += line + '\n';
    widths_.push_back(cells(line));
  }
  out_ << picture << std::flush;
}

}  // namespace breakwater::cli
