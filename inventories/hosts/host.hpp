#pragma once
// A server as the Inventory declares it: its identity, where its BMC answers, and an operator's hold.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

using Labels = std::map<std::string, std::string>;

/// How a BMC's certificate is checked. With pins neither CA nor name counts.
struct TlsPolicy {
  enum class Mode { ca, pin };
  Mode mode = Mode::ca;
  std::string ca_bundle;     ///< path of a PEM file; set where mode is ca
  std::vector<Sha256> pins;  ///< SHA-256 of the SubjectPublicKeyInfo, current and next; set where mode is pin
  bool operator==(const TlsPolicy&) const = default;
};
template <>
inline constexpr auto kWords<TlsPolicy::Mode> = words<TlsPolicy::Mode>({{TlsPolicy::Mode::ca, "ca"},
                                                                        {TlsPolicy::Mode::pin, "pin"}});

/// The protocol by which we talk to a BMC.
enum class Driver { redfish, ipmi };
template <>
inline constexpr auto kWords<Driver> = words<Driver>({{Driver::redfish, "redfish"}, {Driver::ipmi, "ipmi"}});

/// How to reach a BMC by RMCP+.
struct IpmiEndpoint {
  std::uint16_t port = 623;
  std::string k_g;  ///< a reference to the BMC's key K_G, as `credentials`; empty if it has none
  bool operator==(const IpmiEndpoint&) const = default;
};

/// How long one Redfish request may take. There are BMCs that list their firmware in minutes.
struct BmcTimeouts {
  Duration request{30'000};      ///< from the connection to the last byte of the reply
  Duration no_progress{15'000};  ///< without a byte
  bool operator==(const BmcTimeouts&) const = default;
};

/// How long a look at a BMC is given that needs `usual` with the default timeouts: a few of its requests are slow.
inline Duration look_length(const BmcTimeouts& timeouts, Duration usual) {
  constexpr int kSlowRequests = 4;
  return timeouts.request > BmcTimeouts().request ? std::max(usual, timeouts.request * kSlowRequests) : usual;
}

struct BmcEndpoint {
  std::string address;       ///< host name or IP literal
  std::uint16_t port = 443;  ///< of Redfish
  std::string credentials;   ///< a reference, `env:NAME` or `file:PATH`; what it names is `user:password`
  TlsPolicy tls;
  std::vector<Driver> drivers{Driver::redfish};  ///< in order of preference, each once, never empty
  IpmiEndpoint ipmi;
  BmcTimeouts timeouts;
  bool operator==(const BmcEndpoint&) const = default;
};

/// An operator's order to leave the host alone.
struct Hold {
  std::string reason;
  std::optional<Instant> until;
  bool operator==(const Hold&) const = default;
};

struct Host {
  std::string name;
  Labels labels;
  std::string serial;  ///< empty if the Inventory does not say
  std::string uuid;    ///< lower case; empty if the Inventory does not say
  BmcEndpoint bmc;
  std::string time_zone;  ///< IANA name; empty if the Inventory does not say
  std::optional<Hold> hold;
  Mark declared_at;
};

/// Where a document says something.
struct Statement {
  Mark at;
  std::string path;
};

/// By what is named: a reference to credentials or to a K_G, or the path of a CA bundle.
using StatedAt = std::map<std::string, Statement>;

struct Inventory {
  std::string name;
  std::vector<Host> hosts;  ///< in order of name; names are unique
  StatedAt stated_at{};     ///< of what its hosts need that is no document: where the first of them gets it from
};

}  // namespace breakwater
