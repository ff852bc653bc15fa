#include "inventories/firmware/release.hpp"

#include <algorithm>
#include <array>

#include "inventories/vocabulary/text.hpp"

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

/// Whether two Releases are for the same component of a device of this model.
bool same_device(const Release& one, const Release& other, std::string_view model) {
  if (one.component != other.component || to_lower(one.vendor) != to_lower(other.vendor)) return false;
  const auto& models = one.models;
  const auto& parts = one.parts;
  const bool for_model = models.empty() || std::any_of(models.begin(), models.end(), [model](const auto& pattern) {
                           return matches_pattern(to_lower(pattern), to_lower(model));
                         });
  const bool shares_part =
      parts.empty() || other.parts.empty() ||
      std::find_first_of(parts.begin(), parts.end(), other.parts.begin(), other.parts.end()) != parts.end();
  return for_model && shares_part;
}

bool names_version(const Edge& edge, std::string_view version) {
  return std::any_of(edge.from.begin(), edge.from.end(),
                     [version](const std::string& pattern) { return matches_pattern(pattern, version); });
}

}  // namespace

std::string to_string(const ReleaseRef& ref) {
  return ref.name + "@sha256:" + to_hex(ref.digest);
}

const Edge* find_edge(const Release& release, std::string_view version) {
  const auto edge = std::find_if(release.edges.begin(), release.edges.end(),
                                 [version](const Edge& each) { return names_version(each, version); });
  return edge == release.edges.end() ? nullptr : &*edge;
}

const Edge* find_edge(const Release& release, const Release& from) {
  const auto names_any = [&from](const Edge& edge) {
    return names_version(edge, from.version) ||
           std::any_of(from.reported_as.begin(), from.reported_as.end(),
                       [&edge](const std::string& spelling) { return names_version(edge, spelling); });
  };
  const auto edge = std::find_if(release.edges.begin(), release.edges.end(), names_any);
  return edge == release.edges.end() ? nullptr : &*edge;
}

std::optional<std::int64_t> sequence_of(std::string_view reported, std::string_view model, const Release& release,
                                        std::span<const Release> known) {
  std::optional<std::int64_t> highest;
  for (const Release& one : known) {
    if (!one.sequence || !same_device(one, release, model)) continue;
    if (compare_version(reported, one.reported_as) == VersionMatch::equal) highest = std::max(highest, one.sequence);
  }
  return highest;
}

bool is_placeholder_version(std::string_view reported) {
  const std::string_view bare = trimmed(reported);
  // Asked several times a look: no placeholder begins with a digit, most versions do.
  if (!bare.empty() && bare.front() >= '0' && bare.front() <= '9') return false;
  const std::string text = to_lower(bare);
  return std::find(kPlaceholders.begin(), kPlaceholders.end(), text) != kPlaceholders.end();
}

VersionMatch compare_version(std::string_view reported, std::span<const std::string> reported_as) {
  if (is_placeholder_version(reported)) return VersionMatch::incomparable;
  const bool known = std::find(reported_as.begin(), reported_as.end(), trimmed(reported)) != reported_as.end();
  return known ? VersionMatch::equal : VersionMatch::different;
}

}  // namespace breakwater
