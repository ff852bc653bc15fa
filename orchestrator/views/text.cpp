#include "orchestrator/views/text.hpp"

#include <algorithm>

namespace breakwater::views {
namespace {

/// Bytes of a colour sequence that begins at `at`; 0 where none does.
std::size_t colour_at(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "\x1b[") return 0;
  const std::size_t end = text.find('m', at);
  return end == std::string_view::npos ? 0 : end + 1 - at;
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t cells(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t colour = colour_at(text, at)) {
      at += colour;
      continue;
    }
    if (!continues(text[at])) ++count;
    ++at;
  }
  return count;
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t taken = cells(text);
  return std::string(text) + std::string(width > taken ? width - taken : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t taken = cells(text);
  return std::string(width > taken ? width - taken : 0, ' ') + std::string(text);
}

std::string cut(std::string_view text, std::size_t width) {
  if (cells(text) <= width) return std::string(text);
  std::string out;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t colour = colour_at(text, at)) {  // also behind the cut: the last one ends the colour
      out += text.substr(at, colour);
      at += colour;
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && continues(text[end])) ++end;
    ++count;
    if (count < width) out += text.substr(at, end - at);
    if (count == width) out += "…";
    at = end;
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    if (!first && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out;
}

std::string date_time(Instant at) {
  const std::string text = to_string(at);
  return text.substr(0, 10) + ' ' + text.substr(11, 8) + 'Z';
}

std::string Table::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], cells(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? pad(row[i], widths[i]) + "  " : row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace breakwater::views
