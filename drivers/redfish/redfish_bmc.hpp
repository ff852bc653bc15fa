#pragma once
// The Redfish driver: conversations with BMCs over HTTPS, and what they share within a process.
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "drivers/bmc.hpp"
#include "drivers/login_guard.hpp"
#include "drivers/redfish/tls.hpp"
#include "drivers/redfish/transport.hpp"
#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::redfish {

/// What the conversations of a process share; outlives them all. May be used from any thread.
class RedfishContext {
 public:
  /// `steady` is the clock of the login guard; the machine's own by default.
  explicit RedfishContext(LoginGuard::TimeSource steady = {});

  const std::shared_ptr<TlsContexts>& tls() const { return tls_; }
  LoginGuard& logins() { return logins_; }

 private:
  std::shared_ptr<TlsContexts> tls_;
  LoginGuard logins_;
};

/// One conversation. Nothing is sent before `open`. Everything runs on `executor`, whose thread alone may use the
/// object. close() deletes its session; an object destroyed without close() leaves the session to the BMC's own
/// time-out.
std::unique_ptr<Bmc> open_redfish(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                                  RedfishContext& shared, Deadlines deadlines = {});

}  // namespace breakwater::redfish
