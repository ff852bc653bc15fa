#pragma once
// A Release: one firmware image by digest, what it is for, which versions it may follow, and the way back.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

enum class ComponentKind { bmc, bios, nic, psu, cpld, backplane, storage, gpu, tpm, other };
template <>
inline constexpr auto kWords<ComponentKind> = words<ComponentKind>({
    {ComponentKind::bmc, "bmc"},
    {ComponentKind::bios, "bios"},
    {ComponentKind::nic, "nic"},
    {ComponentKind::psu, "psu"},
    {ComponentKind::cpld, "cpld"},
    {ComponentKind::backplane, "backplane"},
    {ComponentKind::storage, "storage"},
    {ComponentKind::gpu, "gpu"},
    {ComponentKind::tpm, "tpm"},
    {ComponentKind::other, "other"},
});

/// `name@sha256:<digest of the image>`; both must agree with the Release they name.
struct ReleaseRef {
  std::string name;
  Sha256 digest;
  auto operator<=>(const ReleaseRef&) const = default;
};
std::string to_string(const ReleaseRef& ref);

/// Whether this Release may follow the versions in `from`. Texts are matched, never ordered.
struct Edge {
  enum class Verdict { ok, via, forbidden, bricks };
  std::vector<std::string> from;  ///< literals, or a prefix that ends in `*`
  Verdict verdict = Verdict::ok;
  std::optional<ReleaseRef> through;  ///< set where verdict is via
  std::string why;                    ///< set where verdict is forbidden or bricks
  bool downgrade = false;             ///< it leads also from a higher sequence to a lower one
};

template <>
inline constexpr auto kWords<Edge::Verdict> = words<Edge::Verdict>({
    {Edge::Verdict::ok, "ok"},
    {Edge::Verdict::via, "via"},
    {Edge::Verdict::forbidden, "forbidden"},
    {Edge::Verdict::bricks, "bricks"},
});

enum class ActivateBy { bmc_reset, host_reboot };
enum class WayBack { bank_switch, reflash, none };

struct ImageFile {
  std::string name;  ///< a base name, as the vendor spells it; some BMCs check it
  Sha256 digest;
  std::uint64_t size = 0;  ///< bytes
  bool operator==(const ImageFile&) const = default;
};

/// A detached signature over a Release's file, `.minisig`, as it was read.
struct SignatureFile {
  std::string file;
  std::string text;
};

struct Release {
  std::string name;
  ComponentKind component = ComponentKind::other;
  std::string vendor;
  std::vector<std::string> models;  ///< patterns with `*` at the end; either models or parts is set
  std::vector<std::string> parts;   ///< patterns of part numbers
  std::string version;
  std::optional<std::int64_t> sequence;  ///< its author's order of versions, higher is newer; 0 or more
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

/// The first edge of `release` that names `version`; nullptr if the transition is unknown.
const Edge* find_edge(const Release& release, std::string_view version);

/// The first edge of `release` that names a spelling of `from`: its version, or what devices report for it.
const Edge* find_edge(const Release& release, const Release& from);

/// The sequence of what a device of this model reports, by the Releases of `known` that are for the same component as
/// `release`: the highest, where several know that text. Nothing where none tells.
std::optional<std::int64_t> sequence_of(std::string_view reported, std::string_view model, const Release& release,
                                        std::span<const Release> known);

/// Versions are equal or different, never older or newer. `incomparable`: the device reports no version.
enum class VersionMatch { equal, different, incomparable };

/// Compares what a device reports with the spellings that a Release allows. Blanks around the report do not count.
VersionMatch compare_version(std::string_view reported, std::span<const std::string> reported_as);

/// True for what devices report instead of a version: nothing, `Not Present`, `NA`, `undefined`, `-*`, and the like.
bool is_placeholder_version(std::string_view reported);

}  // namespace breakwater
