#include "inventories/trust/minisign_text.hpp"

#include <algorithm>

#include "inventories/trust/base64.hpp"

namespace breakwater::minisign {

Result<std::vector<std::string_view>, Refusal> split_lines(std::string_view text, std::size_t count,
                                                           const FormatRefusal& format) {
  if (text.size() > kFileBytesMax) {
    return format.broken(std::to_string(text.size()) + " bytes, and the bound is " + std::to_string(kFileBytesMax));
  }
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.size() != count) {
    return format.broken("not minisign's format: " + std::to_string(lines.size()) + " lines where " +
                         std::to_string(count) + " are expected");
  }
  return lines;
}

Result<std::string_view, Refusal> comment(std::string_view line, std::string_view prefix, std::size_t bytes_max,
                                          const FormatRefusal& format) {
  if (!line.starts_with(prefix)) {
    return format.broken("not minisign's format: no line that begins with `" + std::string(prefix) + "`");
  }
  line.remove_prefix(prefix.size());
  if (line.size() > bytes_max) {
    return format.broken("a comment of " + std::to_string(line.size()) + " bytes, and the bound is " +
                         std::to_string(bytes_max));
  }
  const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(line.begin(), line.end(), control)) return format.broken("control characters in a comment");
  return line;
}

Result<std::vector<std::uint8_t>, Refusal> blob(std::string_view line, std::size_t size, const FormatRefusal& format) {
  auto bytes = parse_base64(line);
  if (!bytes) return format.broken("not minisign's format: a line is not base64");
  if (bytes->size() != size) {
    return format.broken("not minisign's format: " + std::to_string(bytes->size()) + " bytes of base64 where " +
                         std::to_string(size) + " are expected");
  }
  return std::move(*bytes);
}

}  // namespace breakwater::minisign
