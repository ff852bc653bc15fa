#pragma once
// The Policy: who may vouch for firmware, and the ceilings that no Rollout may loosen.
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "inventories/firmware/release.hpp"
#include "inventories/hosts/observation.hpp"
#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/words.hpp"
#include "policies/windows.hpp"

namespace breakwater {

/// Hundredths of a percent, so that shares compare exactly: 5 % is 500, at most 10,000.
struct Share {
  int basis_points = 0;
  auto operator<=>(const Share&) const = default;
};

/// A number of hosts, or a share of a whole that the user of the value names.
using CountOrShare = std::variant<int, Share>;

/// At most so many hosts of `whole`: a share is rounded down, but is never less than one host.
int resolve_count(const CountOrShare& value, int whole);

struct Limits {
  std::optional<int> global;                ///< hosts in flight at once
  std::map<std::string, CountOrShare> per;  ///< by label: hosts away at once in one domain (one value of that label)
  std::map<std::string, Mark> stated_at{};  ///< where the document says so: `global`, `per.rack`
};

/// Whose key counts, and for what.
struct SignerSpec {
  std::string name;
  std::string key_file;
  Mark key_at;                          ///< where the Policy names it
  std::vector<std::string> vendors;     ///< empty: every vendor
  std::vector<std::string> components;  ///< `*` or kinds
};

struct SignatureRule {
  std::size_t signers = 1;             ///< distinct keys, at least 1
  std::vector<std::string> including;  ///< names of signers that must be among them
};

/// Firmware that no plan may contain, whoever signed it: images by their digests, or versions of a kind of component.
struct ForbiddenFirmware {
  std::vector<Sha256> digests;
  std::optional<ComponentKind> component;  ///< set where there are versions
  std::vector<std::string> versions;       ///< patterns
  std::string why;
};

/// When a wave has earned the next one: of its completed hosts at least this share is updated, once that many
/// completed.
struct Gate {
  Share success_at_least{10'000};
  int min_hosts = 1;
};

/// What it is to a host that a component of it which nobody asked to change runs another version after its update.
enum class UnaskedChange { finding, failure };
template <>
inline constexpr auto kWords<UnaskedChange> = words<UnaskedChange>({
    {UnaskedChange::finding, "finding"},
    {UnaskedChange::failure, "failure"},
});

struct Policy {
  std::string name;
  std::vector<SignerSpec> signers;
  SignatureRule require;
  std::vector<ForbiddenFirmware> forbidden;
  std::vector<Sha256>
      new_bmc_keys;  ///< of BMCs' certificates that updates are expected to bring: digests of their SPKI
  Limits ceilings;
  std::vector<FreezeSpec> freezes;
  std::map<std::string, Gate> gates;
  Health worst_health = Health::warning;  ///< fitness: a host whose health is worse before its update is not touched
  UnaskedChange unasked_change = UnaskedChange::finding;
  std::string file;
  Sha256 document_digest;  ///< of what it says, however it is written
};

}  // namespace breakwater
