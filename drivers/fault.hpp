#pragma once
// Why a conversation with a BMC failed. A Fault is an observation; what it means for the host is decided elsewhere.
#include <string>
#include <string_view>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

struct Fault {
  enum class Kind {
    name_not_resolved,
    refused,      ///< the address answers, nothing listens: a BMC in the middle of its reset
    unreachable,  ///< nothing answers at all
    connect_timeout,
    tls_untrusted,  ///< the CA does not vouch for the certificate
    tls_wrong_name,
    tls_expired,
    tls_pin_mismatch,
    tls_failed,           ///< any other handshake failure
    closed_before_reply,  ///< nothing of the reply arrived; a body may have been taken
    no_progress,
    deadline,
    malformed_reply,
    bound_exceeded,
    foreign_link,      ///< a link of the reply leads off this origin or is no Redfish path
    login_refused,     ///< 401 to the login itself; a wrong password
    user_unknown,      ///< the BMC has no such user, or not with this privilege
    suite_refused,     ///< no cipher suite that is good enough is offered
    logins_exhausted,  ///< the allowed number of refused logins is used up; nothing was sent
    unauthorized,      ///< 401 to anything else: a session that died
    sessions_exhausted,
    busy,         ///< 503
    http_status,  ///< any other 4xx or 5xx
    not_supported,
    task_gone,
    image_refused,   ///< our own refusal: the image changed since it was verified
    wrong_identity,  ///< another serial or UUID than the plan's
    cancelled,
  };
  Kind kind = Kind::deadline;
  std::string step;     ///< what was being done: `login`, `upload`, `read task`
  std::string message;  ///< for people: names the URI, the value met, the bound; never a secret
  int http_status = 0;
  bool body_sent = false;   ///< the whole request body had left: the BMC may have acted on it
  Duration retry_after{0};  ///< the BMC asks not to be asked sooner; 0 where it does not say
};

std::string_view to_string(Fault::Kind kind);

/// True for faults that a BMC shows while it restarts; inside an announced reset they are waited out.
bool is_weather(Fault::Kind kind);

}  // namespace breakwater
