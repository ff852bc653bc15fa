#pragma once
// What happened to one simulated host so far: what tests assert on and the control endpoint shows.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

struct Counters {
  int requests = 0;
  int uploads_begun = 0;  ///< pushes whose header was accepted
  int uploads = 0;        ///< pushes whose body was read to its end
  int tasks = 0;
  int sessions_opened = 0;
  int logins_refused = 0;
  int resets_of_manager = 0;   ///< asked for by a client
  int resets_of_system = 0;    ///< asked for by a client
  int bmc_boots = 0;           ///< whoever caused them
  int host_boots = 0;          ///< whoever caused them
  int writes_interrupted = 0;  ///< the BMC was reset in the middle of a flash
  int ipmi_requests = 0;       ///< datagrams that came in
  int ipmi_sessions_opened = 0;
  int ipmi_logins_refused = 0;
  int hpm_uploads_begun = 0;
  int hpm_uploads = 0;      ///< finished, with the length that came
  int hpm_activations = 0;  ///< asked for and begun
  int hpm_rollbacks = 0;    ///< asked for and begun
  int hpm_aborts = 0;
};

struct ReceivedImage {
  Sha256 sha256;
  std::uint64_t bytes = 0;
  std::string component;  ///< empty if the file is no lab image
  std::string version;
};

/// One order to change a component's bank.
struct Activation {
  std::string component;
  std::string version;  ///< the one that was to run
  Sha256 sha256;        ///< of the image; all zero for a bank that was there from the start
  std::string outcome;  ///< `activated`, `unchanged` or `failed_back`
  Instant at;
};

struct HostState {
  std::string name;
  std::string group;
  std::string address;
  std::uint16_t port = 0;       ///< of HTTPS; 0: it speaks no Redfish
  std::uint16_t ipmi_port = 0;  ///< UDP; 0: it speaks no IPMI
  Sha256 spki;                  ///< of the certificate that is shown now
  std::string serial;
  std::string uuid;
  Counters counters;
  int sessions_open = 0;
  int ipmi_sessions_open = 0;
  std::map<std::string, std::string> versions;  ///< running, by component
  std::map<std::string, std::string> previous;  ///< in the other bank
  std::map<std::string, std::string> staged;    ///< waiting to be applied
  std::string power;
  std::string health;
  std::string boot_progress;
  bool bmc_up = true;
  std::vector<ReceivedImage> images;
  std::vector<Activation> activations;

  int activations_of(std::string_view component) const {
    int count = 0;
    for (const Activation& activation : activations) count += activation.component == component ? 1 : 0;
    return count;
  }
};

}  // namespace breakwater::lab
