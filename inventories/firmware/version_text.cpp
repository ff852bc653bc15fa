#include "inventories/firmware/version_text.hpp"

#include <algorithm>
#include <array>

namespace breakwater {
namespace {

/// Seen on servers, in lower case.
constexpr std::array<std::string_view, 13> kPlaceholders{"",
                                                         "-",
                                                         "-*",
                                                         "n/a",
                                                         "na",
                                                         "none",
                                                         "not available",
                                                         "null",
                                                         "unknown",
                                                         "not present",
                                                         "undefined",
                                                         "not specified",
                                                         "version not available"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

bool is_placeholder_version(std::string_view reported) {
  std::string text(trimmed(reported));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(kPlaceholders.begin(), kPlaceholders.end(), text) != kPlaceholders.end();
}

VersionMatch compare_version(std::string_view reported, std::span<const std::string> reported_as) {
  if (is_placeholder_version(reported)) return VersionMatch::incomparable;
  const bool known = std::find(reported_as.begin(), reported_as.end(), trimmed(reported)) != reported_as.end();
  return known ? VersionMatch::equal : VersionMatch::different;
}

}  // namespace breakwater
