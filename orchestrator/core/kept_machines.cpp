#include "orchestrator/core/kept_machines.hpp"

#include <algorithm>
#include <array>

#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

/// In lower case.
constexpr std::array<std::string_view, 18> kNoSerials{
    "to be filled by o.e.m.",
    "to be filled by oem",
    "default string",
    "system serial number",
    "chassis serial number",
    "not specified",
    "not applicable",
    "not available",
    "none",
    "null",
    "n/a",
    "na",
    "unknown",
    "empty",
    "invalid",
    "o.e.m.",
    "0123456789",
    "123456789",
};
/// What one maker of BIOSes ships, in both orders of its bytes, and one that counts.
constexpr std::array<std::string_view, 3> kNoUuids{
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "12345678-1234-5678-90ab-cddeefaabbcc",
};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// `0`, `00000000-0000-...`, `xxxxxxxx`: nothing but one letter and what parts it.
bool is_one_letter(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" -.:");
  return first == std::string::npos || text.find_first_not_of(std::string(" -.:") + text[first]) == std::string::npos;
}

}  // namespace

std::vector<std::string> halves_of(const Identity& who) {
  std::vector<std::string> halves;
  const std::string serial = to_lower(who.serial);
  if (!is_one_letter(serial) && !is_one_of(kNoSerials, serial)) halves.push_back("serial " + who.serial);
  const std::string uuid = to_lower(who.uuid);
  if (!is_one_letter(uuid) && !is_one_of(kNoUuids, uuid)) halves.push_back("uuid " + uuid);
  return halves;
}

std::set<std::string> shared_halves(const std::vector<PlannedHost>& hosts) {
  std::set<std::string> shared;
  std::unordered_map<std::string, std::string> first;  // half -> the first machine that has it
  for (const PlannedHost& host : hosts) {
    const std::string machine = machine_of(host);
    for (std::string& half : halves_of(host.identity)) {
      const auto [known, added] = first.emplace(std::move(half), machine);
      if (!added && known->second != machine) shared.insert(known->first);
    }
  }
  return shared;
}

void KeptMachines::see(const ResolvedPlan& plan) {
  shared_.merge(shared_halves(plan.hosts));
}

void KeptMachines::keep(const PlannedHost& host) {
  const std::string machine = machine_of(host);
  if (!as_.insert_or_assign(machine, host.name).second) return;
  for (const std::string& half : halves_of(host.identity)) by_half_[half].push_back(machine);
}

void KeptMachines::let_go(const PlannedHost& host) {
  const std::string machine = machine_of(host);
  if (as_.erase(machine) == 0) return;
  for (const std::string& half : halves_of(host.identity)) {
    const auto found = by_half_.find(half);
    std::erase(found->second, machine);
    if (found->second.empty()) by_half_.erase(found);
  }
}

const std::string* KeptMachines::kept(const PlannedHost& host) const {
  if (as_.empty()) return nullptr;
  if (const auto whole = as_.find(machine_of(host)); whole != as_.end()) return &whole->first;
  for (const std::string& half : halves_of(host.identity)) {
    const auto found = tells(half) ? by_half_.find(half) : by_half_.end();
    if (found != by_half_.end()) return &found->second.back();
  }
  return nullptr;
}

}  // namespace breakwater
