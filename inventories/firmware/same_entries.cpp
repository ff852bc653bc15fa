#include "inventories/firmware/same_entries.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

namespace breakwater {
namespace {

using Text = std::optional<std::string>;
using KeyOf = Text (*)(const InstalledComponent&);

Text joined(const Text& one, const Text& other) {
  return one && other ? Text(*one + '\0' + *other) : std::nullopt;
}

Text told(const std::string& text) {
  return text.empty() ? std::nullopt : Text(text);
}

Text software_id(const InstalledComponent& entry) {
  return entry.key.software_id == "0" ? std::nullopt : told(entry.key.software_id);
}

Text part_number(const InstalledComponent& entry) {
  return told(entry.key.part_number);
}

Text related(const InstalledComponent& entry) {
  if (entry.key.related_items.empty()) return std::nullopt;
  std::string all;
  for (const std::string& uri : entry.key.related_items) all += uri + '\0';
  return all;
}

Text id(const InstalledComponent& entry) {
  return told(entry.id);
}

Text name(const InstalledComponent& entry) {
  return told(entry.key.name);
}

/// The text around the version that it carries; nothing if it carries none.
Text without_version(const std::string& text, const std::string& version) {
  const std::size_t at = version.empty() ? std::string::npos : text.find(version);
  if (at == std::string::npos) return std::nullopt;
  return text.substr(0, at) + '\0' + text.substr(at + version.size());
}

Text name_stem(const InstalledComponent& entry) {
  return without_version(entry.key.name, entry.version);
}

Text id_stem(const InstalledComponent& entry) {
  return without_version(entry.id, entry.version);
}

/// True if a stable key that both have differs: no name makes them one.
bool contradict(const ComponentKey& one, const ComponentKey& other) {
  const auto tells = [](const std::string& key) { return !key.empty() && key != "0"; };
  if (tells(one.software_id) && tells(other.software_id)) return one.software_id != other.software_id;
  return tells(one.part_number) && tells(other.part_number) && one.part_number != other.part_number;
}

struct Pass {
  KeyOf key;
  bool by_label = false;  ///< the id or the name alone decides, whatever the stable keys say
};

// Strongest first. The same id or name alone comes late: services number their entries anew when one goes.
constexpr std::array kPasses{
    Pass{[](const InstalledComponent& one) { return joined(id(one), name(one)); }},
    Pass{[](const InstalledComponent& one) { return joined(software_id(one), name(one)); }},
    Pass{[](const InstalledComponent& one) { return joined(software_id(one), name_stem(one)); }},
    Pass{[](const InstalledComponent& one) { return joined(software_id(one), id_stem(one)); }},
    Pass{software_id},
    Pass{[](const InstalledComponent& one) { return joined(part_number(one), name(one)); }},
    Pass{part_number},
    Pass{[](const InstalledComponent& one) { return joined(related(one), name(one)); }},
    Pass{[](const InstalledComponent& one) { return joined(related(one), name_stem(one)); }},
    Pass{related},
    Pass{name},
    Pass{name_stem},
    Pass{id_stem},
    Pass{id, true},
};

class Pairing {
 public:
  Pairing(std::span<const InstalledComponent> before, std::span<const InstalledComponent> now) {
    for (const InstalledComponent& entry : before) {
      if (entry.slot == Slot::running) pairs_.push_back({&entry, nullptr});
    }
    for (const InstalledComponent& entry : now) {
      if (entry.slot == Slot::running) free_.push_back(&entry);
    }
  }

  std::vector<EntryPair> run() {
    for (const Pass& pass : kPasses) pair_by(pass);
    return std::move(pairs_);
  }

 private:
  void pair_by(const Pass& pass) {
    std::map<std::string, std::vector<const InstalledComponent*>> by_key;
    for (auto one = free_.rbegin(); one != free_.rend(); ++one) {  // so that the first is the last of its list
      if (const Text key = pass.key(**one)) by_key[*key].push_back(*one);
    }
    std::vector<const InstalledComponent*> taken;
    for (EntryPair& pair : pairs_) {
      const Text key = pair.now == nullptr ? pass.key(*pair.before) : std::nullopt;
      const auto found = key ? by_key.find(*key) : by_key.end();
      if (found == by_key.end() || found->second.empty()) continue;
      const InstalledComponent* candidate = found->second.back();
      if (!pass.by_label && contradict(pair.before->key, candidate->key)) continue;
      found->second.pop_back();
      pair.now = candidate;
      taken.push_back(candidate);
    }
    std::sort(taken.begin(), taken.end());
    std::erase_if(
        free_, [&taken](const InstalledComponent* one) { return std::binary_search(taken.begin(), taken.end(), one); });
  }

  std::vector<EntryPair> pairs_;
  std::vector<const InstalledComponent*> free_;
};

}  // namespace

std::vector<EntryPair> pair_entries(std::span<const InstalledComponent> before,
                                    std::span<const InstalledComponent> now) {
  return Pairing(before, now).run();
}

}  // namespace breakwater
