#include "inventories/firmware/release.hpp"

#include <algorithm>

namespace breakwater {
namespace {

bool names_version(const Edge& edge, std::string_view version) {
  return std::any_of(edge.from.begin(), edge.from.end(),
                     [version](const std::string& pattern) { return matches_pattern(pattern, version); });
}

}  // namespace

std::string_view to_string(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::bmc:
      return "bmc";
    case ComponentKind::bios:
      return "bios";
    case ComponentKind::nic:
      return "nic";
    case ComponentKind::psu:
      return "psu";
    case ComponentKind::cpld:
      return "cpld";
    case ComponentKind::backplane:
      return "backplane";
    case ComponentKind::storage:
      return "storage";
    case ComponentKind::gpu:
      return "gpu";
    case ComponentKind::tpm:
      return "tpm";
    case ComponentKind::other:
      return "other";
  }
  return "";
}

std::string to_string(const ReleaseRef& ref) {
  return ref.name + "@sha256:" + to_hex(ref.digest);
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
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

}  // namespace breakwater
