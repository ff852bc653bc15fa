#include "inventories/firmware/component_match.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

using Entries = MatchedEntries;
using Matched = Result<Entries, NoMatch>;

/// Names that vendors give the one component of a kind, as found on their servers; `*` at the end matches the rest.
/// Kinds of which a server has several are not listed: a name does not single one out.
struct KnownName {
  ComponentKind kind;
  std::string_view pattern;
};
constexpr std::array kKnownNames{
    KnownName{ComponentKind::bmc, "BMC"},
    KnownName{ComponentKind::bmc, "BMC Firmware"},
    KnownName{ComponentKind::bmc, "Firmware:BMC"},
    KnownName{ComponentKind::bmc, "HostBMC_0"},
    KnownName{ComponentKind::bmc, "Integrated Dell Remote Access Controller"},
    KnownName{ComponentKind::bmc, "iLO *"},
    KnownName{ComponentKind::bios, "BIOS"},
    KnownName{ComponentKind::bios, "BIOS Firmware"},
    KnownName{ComponentKind::bios, "Firmware:UEFI"},
    KnownName{ComponentKind::bios, "HostBIOS_0"},
    KnownName{ComponentKind::bios, "System BIOS"},
    KnownName{ComponentKind::bios, "System ROM"},
    KnownName{ComponentKind::bios, "UEFI"},
    KnownName{ComponentKind::cpld, "CPLD Motherboard"},
    KnownName{ComponentKind::cpld, "System CPLD"},
    KnownName{ComponentKind::cpld, "System Programmable Logic Device"},
    KnownName{ComponentKind::tpm, "TPM"},
    KnownName{ComponentKind::tpm, "TPM Firmware"},
};

bool has_known_name(ComponentKind kind, const InstalledComponent& entry) {
  return std::any_of(kKnownNames.begin(), kKnownNames.end(), [&](const KnownName& known) {
    return known.kind == kind && matches_pattern(known.pattern, entry.key.name);
  });
}

/// What follows `prefix` in `uri`; empty if `uri` does not begin with it.
std::string_view behind(std::string_view uri, std::string_view prefix) {
  return uri.starts_with(prefix) ? uri.substr(prefix.size()) : std::string_view();
}

bool is_member_of(std::string_view uri, std::string_view collection) {
  const std::string_view member = behind(uri, collection);
  return !member.empty() && member.find('/') == std::string_view::npos;
}

bool is_bios_of_system(std::string_view uri) {
  const std::string_view path = behind(uri, "/redfish/v1/Systems/");
  const std::size_t slash = path.find('/');
  return slash != std::string_view::npos && slash > 0 && path.substr(slash) == "/Bios";
}

bool holds(std::string_view uri, std::string_view part) {
  return uri.find(part) != std::string_view::npos;
}

/// Whether firmware of this kind belongs to the resource at `uri`.
bool relates(ComponentKind kind, std::string_view uri) {
  switch (kind) {
    case ComponentKind::bmc:
      return is_member_of(uri, "/redfish/v1/Managers/");
    case ComponentKind::bios:
      return is_bios_of_system(uri);
    case ComponentKind::nic:
      return holds(uri, "/NetworkAdapters/");
    case ComponentKind::psu:
      return holds(uri, "/PowerSupplies/");
    case ComponentKind::storage:
      return holds(uri, "/Storage/") || holds(uri, "/SimpleStorage/");
    case ComponentKind::gpu:
      return holds(uri, "/Processors/GPU");
    case ComponentKind::tpm:
      return holds(uri, "/TrustedComponents/");
    case ComponentKind::cpld:
    case ComponentKind::backplane:
    case ComponentKind::other:
      return false;
  }
  return false;
}

template <class Test>
bool relates_to(const InstalledComponent& entry, const Test& test) {
  return std::any_of(entry.key.related_items.begin(), entry.key.related_items.end(), test);
}

template <class Test>
Entries pick(const Entries& entries, const Test& test) {
  Entries picked;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(picked),
               [&test](const InstalledComponent* entry) { return test(*entry); });
  return picked;
}

Entries running_in(std::span<const InstalledComponent> inventory) {
  Entries running;
  for (const InstalledComponent& entry : inventory) {
    if (entry.slot == Slot::running) running.push_back(&entry);
  }
  return running;
}

bool is_usable_id(const std::string& id) {
  return !id.empty() && id != "0";
}

/// True for a single entry, and for entries that share a SoftwareId or a part number.
bool is_one_component(const Entries& entries) {
  const ComponentKey& first = entries.front()->key;
  const bool same_id = is_usable_id(first.software_id) &&
                       std::all_of(entries.begin(), entries.end(), [&](const InstalledComponent* entry) {
                         return entry->key.software_id == first.software_id;
                       });
  const bool same_part =
      !first.part_number.empty() && std::all_of(entries.begin(), entries.end(), [&](const InstalledComponent* entry) {
        return entry->key.part_number == first.part_number;
      });
  return entries.size() == 1 || same_id || same_part;
}

std::string describe(const Entries& entries) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + entries[i]->id + " (" + entries[i]->key.name + ")";
  }
  if (entries.size() > kShown) text += " and " + std::to_string(entries.size() - kShown) + " more";
  return text;
}

/// The one component among candidates that were found by `how`; those with a well-known name go first.
Matched settle(Entries candidates, ComponentKind kind, const std::string& how) {
  if (is_one_component(candidates)) return candidates;
  Entries named = pick(candidates, [kind](const InstalledComponent& entry) { return has_known_name(kind, entry); });
  if (!named.empty() && is_one_component(named)) return named;
  return fail(NoMatch{NoMatch::Reason::ambiguous, how + " fits several components: " + describe(candidates) +
                                                      "; say which one in the Rollout's select"});
}

Matched nothing(std::string what) {
  return fail(NoMatch{NoMatch::Reason::none, std::move(what)});
}

Matched match_selected(ComponentKind kind, const ComponentSelect& select, const Entries& running) {
  Entries found = pick(running, [&](const InstalledComponent& entry) {
    const ComponentKey& key = entry.key;
    if (!select.software_id.empty() && key.software_id != select.software_id) return false;
    if (!select.part_number.empty() && key.part_number != select.part_number) return false;
    if (!select.name.empty() && key.name != select.name) return false;
    return select.related_item.empty() ||
           relates_to(entry, [&](std::string_view uri) { return matches_pattern(select.related_item, uri); });
  });
  if (found.empty()) return nothing("no running firmware fits the Rollout's select");
  // These two keys name a part: every entry that has them is that part, however many there are.
  if (is_usable_id(select.software_id) || !select.part_number.empty()) return found;
  return settle(std::move(found), kind, "the Rollout's select");
}

/// Kinds of which a server has one: an entry that is found is the component, whatever else could not be read.
bool is_single(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::bmc:
    case ComponentKind::bios:
    case ComponentKind::cpld:
    case ComponentKind::tpm:
      return true;
    case ComponentKind::nic:
    case ComponentKind::psu:
    case ComponentKind::backplane:
    case ComponentKind::storage:
    case ComponentKind::gpu:
    case ComponentKind::other:
      return false;
  }
  return false;
}

bool tells(const std::string& key) {
  return !key.empty() && key != "0";
}

/// Among the entries that were read.
Matched match_read(ComponentKind kind, std::span<const std::string> parts, const ComponentSelect& select,
                   std::span<const InstalledComponent> inventory) {
  const Entries running = running_in(inventory);
  if (!select.empty()) return match_selected(kind, select, running);

  if (!parts.empty()) {
    Entries found = pick(running, [&](const InstalledComponent& entry) {
      return std::any_of(parts.begin(), parts.end(), [&](const std::string& pattern) {
        return !entry.key.part_number.empty() && matches_pattern(pattern, entry.key.part_number);
      });
    });
    if (!found.empty()) return found;
    return nothing("no running firmware belongs to a part that the Release names");
  }

  const std::string kind_name(to_string(kind));
  Entries related = pick(running, [kind](const InstalledComponent& entry) {
    return relates_to(entry, [kind](std::string_view uri) { return relates(kind, uri); });
  });
  if (related.empty() && kind == ComponentKind::bios) {
    // Services without a Bios resource relate it to the system, as they do with other firmware of the board.
    related = pick(running, [](const InstalledComponent& entry) {
      return relates_to(entry, [](std::string_view uri) { return is_member_of(uri, "/redfish/v1/Systems/"); });
    });
  }
  if (!related.empty()) return settle(std::move(related), kind, "what a " + kind_name + " belongs to");

  Entries named = pick(running, [kind](const InstalledComponent& entry) { return has_known_name(kind, entry); });
  if (!named.empty()) return settle(std::move(named), kind, "the name of a " + kind_name);
  return nothing("no running firmware is known for a " + kind_name + "; name it in the Rollout's select");
}

}  // namespace

bool ComponentSelect::empty() const {
  return software_id.empty() && part_number.empty() && related_item.empty() && name.empty();
}

Matched match_component(ComponentKind kind, std::span<const std::string> parts, const ComponentSelect& select,
                        std::span<const InstalledComponent> inventory, std::span<const UnreadEntry> unread) {
  Matched matched = match_read(kind, parts, select, inventory);
  if (!matched && matched.error().reason == NoMatch::Reason::ambiguous) return matched;
  const bool by_part = !select.part_number.empty() || (select.empty() && !parts.empty());
  const bool any_entry = by_part || !matched || !is_single(kind);
  for (const UnreadEntry& one : unread) {
    if (one.part_number_only ? !by_part : !any_entry) continue;
    return fail(NoMatch{NoMatch::Reason::unread, "what cannot be read may be its firmware: " + one.why});
  }
  return matched;
}

bool same_component(const ComponentKey& one, const ComponentKey& other) {
  if (tells(one.software_id) && tells(other.software_id)) return one.software_id == other.software_id;
  if (tells(one.part_number) && tells(other.part_number)) return one.part_number == other.part_number;
  return !one.related_items.empty() && one.related_items == other.related_items;
}

}  // namespace breakwater
