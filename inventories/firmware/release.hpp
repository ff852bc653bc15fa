#pragma once
// A Release: one firmware image by digest, what it is for, what it may follow, and the way back.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

enum class ComponentKind { bmc, bios, nic, psu, cpld, backplane, storage, gpu, tpm, other };
std::string_view to_string(ComponentKind kind);

/// `name@sha256:<digest of the image>`; both must agree with the Release they name.
struct ReleaseRef {
  std::string name;
  Sha256 digest;
  auto operator<=>(const ReleaseRef&) const = default;
};
std::string to_string(const ReleaseRef& ref);

/// Whether the version it names may be followed by this Release. Texts are matched, never ordered.
struct Edge {
  enum class Verdict { ok, via, forbidden, bricks };
  std::vector<std::string> from;  ///< literals, or a prefix that ends in `*`
  Verdict verdict = Verdict::ok;
  std::optional<ReleaseRef> through;  ///< set where verdict is via
  std::string why;                    ///< set where verdict is forbidden or bricks
  bool downgrade = false;
};

enum class ActivateBy { bmc_reset, host_reboot };
enum class WayBack { bank_switch, reflash, none };

struct ImageFile {
  std::string name;  ///< a base name, as the maker spells it; some BMCs read it
  Sha256 digest;
  std::uint64_t size = 0;  ///< bytes
  bool operator==(const ImageFile&) const = default;
};

struct Release {
  std::string name;
  ComponentKind component = ComponentKind::other;
  std::string vendor;
  std::vector<std::string> models;  ///< patterns with `*` at the end; either models or parts is set
  std::vector<std::string> parts;   ///< patterns of part numbers
  std::string version;
  std::vector<std::string> reported_as;  ///< spellings a device may use for these bytes
  ImageFile image;
  std::vector<Edge> edges;
  ActivateBy activate_by = ActivateBy::host_reboot;
  Duration typical{0};  ///< of one update, reset and boot included
  Duration most{0};
  WayBack way_back = WayBack::none;
  std::optional<ReleaseRef> back_to;  ///< set where way_back is reflash
  std::string file;                   ///< the document's path; its signatures lie beside it
  Sha256 document_digest;             ///< of the document's exact bytes
};

/// True where `text` equals `pattern`, or starts with it up to a final `*`.
bool matches_pattern(std::string_view pattern, std::string_view text);

/// The first edge of `release` that names `version`; nullptr where the transition is unknown.
const Edge* find_edge(const Release& release, std::string_view version);

/// The first edge of `release` that names a spelling of `from`: its version, or what devices report for it.
const Edge* find_edge(const Release& release, const Release& from);

}  // namespace breakwater
