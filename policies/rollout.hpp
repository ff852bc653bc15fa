#pragma once
// The Rollout: which hosts take which Releases, in what waves, under which limits, checks and way back.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventories/firmware/component_match.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/hosts/selector.hpp"
#include "policies/policy.hpp"

namespace breakwater {

struct RolloutComponent {
  std::string id;
  ReleaseRef release;
  ComponentSelect select;
  std::vector<std::string> after;  ///< ids of components that must be updated first
  bool irreversible_acknowledged = false;
  Mark at;
};

struct WaveSpec {
  std::string name;
  CountOrShare size;                ///< an integer is a count of new hosts, a share is cumulative
  std::vector<std::string> spread;  ///< labels (or `model`) across which its hosts are picked
  Duration soak{0};
  std::string gate;  ///< name of a gate of the Policy
  Mark at{};
};

/// What must hold together after an update. Reading back the version and the service's readiness cannot be left out.
struct Checks {
  Duration stable_for{0};
  int ready_reads = 3;         ///< authenticated reads in a row that must succeed
  Duration ready_every{5000};  ///< between them
  bool no_component_lost = false;
  bool health_no_worse = false;
  bool power_restored = false;
  bool host_booted = false;
  std::optional<int> new_critical_most;  ///< critical entries of the event log that are let through
};

struct Attempts {
  int upload = 1;  ///< in all; repeated only where staging is confirmed and a fresh look shows that nothing arrived
  Duration backoff_first{30'000};
  Duration backoff_most{600'000};
};

struct Timeouts {
  Duration upload{1'800'000};
  Duration task{3'600'000};
  Duration bmc_return{900'000};
  Duration host_return{2'700'000};
  Duration host{10'800'000};  ///< the commands of one host's trip, from its start to its end, way back not counted
  Duration no_progress{1'200'000};
};

/// A wave that reaches one of these fails at once, whatever its gate would have said.
struct WaveFailure {
  std::optional<int> failed_hosts;
  std::optional<Share> failed_share;  ///< of completed hosts
  int min_hosts = 1;                  ///< completed hosts from which on failed_share counts
  bool undo_wave = true;              ///< roll the wave's updated hosts back too
};

struct RolloutSchedule {
  std::string time_zone;
  std::vector<WindowSpec> windows;
  std::vector<FreezeSpec> freezes;
  std::optional<Duration> last_start;  ///< no start later than this before a window closes
};

struct Rollout {
  std::string name;
  std::string policy;
  Selector targets;
  std::vector<std::string> vendor_match;  ///< as the BMC reports it; empty: any
  std::vector<std::string> model_match;
  std::vector<std::string> excluded_hosts;
  std::vector<RolloutComponent> components;
  std::vector<WaveSpec> waves;
  Limits limits;
  std::optional<RolloutSchedule> schedule;
  Checks checks;
  Attempts attempts;
  Timeouts timeouts;
  bool roll_back_host = true;  ///< rollback.host.most: 1 or 0
  int way_back_failures = 2;   ///< rollback.failures.most: so many that fail stop the rest
  WaveFailure wave_failure;
  std::string file;
  Sha256 document_digest;  ///< of what it says, however it is written
};

}  // namespace breakwater
