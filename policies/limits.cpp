#include "policies/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace breakwater {
namespace {

std::string place_of(const Mark& mark) {
  return mark.file + ":" + std::to_string(mark.line);
}

Mark stated_at(const Limits& limits, const std::string& key) {
  const auto found = limits.stated_at.find(key);
  return found == limits.stated_at.end() ? Mark{} : found->second;
}

/// What is wrong with `limit` under `ceiling`; empty where it tightens or repeats it.
std::string complaint(const CountOrShare& ceiling, const CountOrShare& limit) {
  if (ceiling.index() != limit.index()) {
    return " cannot be held against the Policy's " + to_string(ceiling) + ": say it in the same unit";
  }
  if (ceiling < limit) return " is looser than the Policy's " + to_string(ceiling);
  return "";
}

void check(const Limits& ceilings, const Limits& limits, const std::string& key, const CountOrShare& ceiling,
           const CountOrShare& limit, Diagnostics& faults) {
  const std::string what = complaint(ceiling, limit);
  if (what.empty()) return;
  faults.push_back({stated_at(limits, key), "spec.limits." + key,
                    to_string(limit) + what + " (" + place_of(stated_at(ceilings, key)) + ")"});
}

}  // namespace

int resolve_count(const CountOrShare& value, int whole) {
  if (const int* count = std::get_if<int>(&value)) return *count;
  const std::int64_t hosts = std::int64_t{whole} * std::get<Share>(value).basis_points / 10'000;
  return static_cast<int>(std::max<std::int64_t>(1, hosts));
}

std::string to_string(const CountOrShare& value) {
  if (const int* count = std::get_if<int>(&value)) return std::to_string(*count);
  const int points = std::get<Share>(value).basis_points;
  std::string text = std::to_string(points / 100);
  if (points % 100 != 0) {
    std::string decimals = std::to_string(100 + points % 100).substr(1);
    if (decimals.ends_with('0')) decimals.pop_back();
    text += "." + decimals;
  }
  return text + "%";
}

Result<Limits, Diagnostics> merge_limits(const Limits& ceilings, const Limits& limits) {
  Diagnostics faults;
  Limits merged = ceilings;
  if (limits.global) {
    if (ceilings.global) check(ceilings, limits, "global", *ceilings.global, *limits.global, faults);
    merged.global = limits.global;
  }
  for (const auto& [label, limit] : limits.per) {
    const auto ceiling = ceilings.per.find(label);
    if (ceiling != ceilings.per.end()) check(ceilings, limits, "per." + label, ceiling->second, limit, faults);
    merged.per[label] = limit;
  }
  for (const auto& [key, mark] : limits.stated_at) merged.stated_at[key] = mark;
  if (!limits.global) merged.global = std::min(ceilings.global.value_or(kGlobalLimitDefault), kGlobalLimitDefault);
  // One host is within every ceiling: a share of a rack is at least one host.
  if (!limits.per.contains("rack")) merged.per["rack"] = kRackLimitDefault;
  if (!faults.empty()) return fail(std::move(faults));
  return merged;
}

}  // namespace breakwater
