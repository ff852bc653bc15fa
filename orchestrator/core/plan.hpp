#pragma once
// The ResolvedPlan: exact hosts x components x images x waves, frozen. From the moment a rollout has started its plan
// is all there is; the documents are not read again.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inventories/firmware/release.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/hosts/observation.hpp"
#include "policies/rollout.hpp"
#include "policies/windows.hpp"

namespace breakwater {

/// A host's place in its plan, from 0.
using HostIndex = std::uint32_t;

/// A key that may vouch, with its text, so that a rollout resumes from the journal alone.
struct TrustedKey {
  std::string name;
  std::string key_text;  ///< minisign's public key file
  std::vector<std::string> vendors;
  std::vector<std::string> components;
};

/// An image that the plan may send, forwards or as the way back.
struct PlannedImage {
  ReleaseRef release;
  std::string version;
  std::vector<std::string> reported_as;
  ImageFile image;
  std::vector<std::string> signers;  ///< whose signatures were counted when the plan was made
  std::string release_file;          ///< where the signed document stood; not read again
  std::string release_text;          ///< its exact bytes: the signatures are checked again before every sending
  std::vector<SignatureFile> signatures;
  std::string vendor;  ///< of the Release: its signers must be allowed to vouch for it
  ComponentKind component = ComponentKind::other;
};

/// One kind of component of this rollout, in an order that honours `after`.
struct PlannedComponent {
  std::string id;
  std::uint32_t image = 0;  ///< index into ResolvedPlan::images
  ComponentKind kind = ComponentKind::other;
  ComponentSelect select;
  std::vector<std::string> parts;
  ActivateBy activate_by = ActivateBy::host_reboot;
  Duration most{0};
  Duration back_most{0};
  WayBack way_back = WayBack::none;
  std::uint32_t back_image = 0;  ///< index into ResolvedPlan::images; meant only where way_back is reflash
};

/// What one host takes of one component.
struct PlannedUpdate {
  std::uint32_t component = 0;       ///< index into ResolvedPlan::components
  std::string from_version;          ///< as reported when the plan was made
  WayBack way_back = WayBack::none;  ///< proved for this host; none only where the Rollout acknowledged it
  bool downgrade = false;            ///< from a higher sequence to a lower one, or so the edge says where none tells
};

struct PlannedHost {
  std::string name;
  Labels labels;
  BmcEndpoint bmc;
  Identity identity;
  std::vector<DoneBy> done_by;        ///< as seen when the plan was made; empty where Redfish does everything
  std::vector<std::string> findings;  ///< of the look that the plan was made from
  std::vector<std::string> unread;    ///< URIs of its inventory that could not be read then; none is of an update
  std::uint32_t wave = 0;
  std::vector<PlannedUpdate> updates;  ///< never empty, in the order of the components
};

struct PlannedWave {
  std::string name;
  std::uint32_t hosts = 0;
  Duration soak{0};
  std::string gate_name;
  Gate gate;
};

/// A host of the selection that the plan does not touch, and why.
struct LeftOut {
  std::string host;
  Labels labels;
  std::string reason;       ///< `held`, `current`, `quarantined`, `unreachable`, ... stable words
  std::string detail;       ///< for people
  bool down = false;        ///< counts as away in its domains
  std::string model{};      ///< `beyond_waves`: what the waves were spread by, beside its labels
  std::string kept_as{};    ///< `quarantined`: the name of its quarantine, where that is another one
  bool kept_whole = false;  ///< that machine's serial number and UUID are both this host's
};

/// The value of a limited label at hosts that do not have it: they share one domain.
inline constexpr const char* kNoDomain = "(none)";

/// Limits with every share already turned into a number of hosts.
struct DomainLimit {
  std::string label;
  std::string value;
  int most = 1;
  int ceiling = 0;  ///< the Policy's own word, which a discount cannot loosen; 0 where it says nothing of this label
};

struct ResolvedPlan {
  std::string rollout;
  std::string policy;
  Sha256 rollout_digest, policy_digest, inventory_digest;  ///< of the documents the plan was made from
  std::vector<PlannedImage> images;
  std::vector<PlannedComponent> components;
  std::vector<PlannedWave> waves;
  std::vector<PlannedHost> hosts;  ///< in order of wave, then of start
  std::vector<LeftOut> left_out;
  int global_limit = 20;
  std::vector<DomainLimit> domain_limits;
  Calendar calendar;
  std::optional<Duration> last_start;
  Checks checks;
  Attempts attempts;
  Timeouts timeouts;
  bool roll_back_host = true;
  int way_back_failures = 2;  ///< so many ways back that fail stop the rest
  WaveFailure wave_failure;
  Health worst_health = Health::warning;  ///< of a host before its update
  UnaskedChange unasked_change = UnaskedChange::finding;
  std::vector<TrustedKey> keys;  ///< whose signatures count
  SignatureRule require;
  std::vector<Sha256> new_bmc_keys;  ///< of certificates that updates are expected to bring: digests of their SPKI
  std::string nonce;                 ///< of the file that froze it, which is applied once; empty where there is none
};

/// The image an update brings, or goes back to (meant only where its way back is reflash).
const PlannedImage& image_of(const ResolvedPlan& plan, const PlannedUpdate& update);
const PlannedImage& back_image_of(const ResolvedPlan& plan, const PlannedUpdate& update);

/// True where an update of this host runs by a restart of it, and not of its BMC alone.
bool restarts(const ResolvedPlan& plan, const PlannedHost& host);

/// True where an update of this host goes over IPMI, by HPM.1.
bool updates_by_ipmi(const PlannedHost& host);

/// Which machine a host of a plan is, whatever its name and address: its serial number and UUID. A plan of before those
/// were read knows a host by its name alone.
std::string machine_of(const PlannedHost& host);
std::string machine_of(const Identity& who);

/// Which device of a host a component is, over plans that call it by other names: its kind and what selects it.
std::string device_of(const PlannedComponent& component);

/// The rack that a host loses its power with: its label `rack`, else its own name; a domain of hosts without one is no
/// rack.
const std::string& rack_of(const PlannedHost& host);

}  // namespace breakwater
