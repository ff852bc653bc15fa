#pragma once
// Why a conversation with a BMC failed. A Fault is an observation; what it means for the host is decided elsewhere.
#include <string>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

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
    own_side,  ///< our own side failed (a file, descriptors, memory): the BMC was not asked, and nothing is known of it
  };
  Kind kind = Kind::deadline;
  std::string step;     ///< what was being done: `login`, `upload`, `read task`
  std::string message;  ///< for people: names the URI, the value met, the bound; never a secret
  int http_status = 0;
  bool body_sent = false;   ///< it had left, an upload to its last byte: the BMC may have acted on it
  bool asks_again = false;  ///< the BMC says that it is busy and has not begun: the request may be sent again, later
  bool unsent = false;      ///< of an upload: not one byte of the image had left
  Duration retry_after{0};  ///< the BMC asks not to be asked sooner; 0 if it does not say
};

template <>
inline constexpr auto kWords<Fault::Kind> = words<Fault::Kind>({
    {Fault::Kind::name_not_resolved, "name_not_resolved"},
    {Fault::Kind::refused, "refused"},
    {Fault::Kind::unreachable, "unreachable"},
    {Fault::Kind::connect_timeout, "connect_timeout"},
    {Fault::Kind::tls_untrusted, "tls_untrusted"},
    {Fault::Kind::tls_wrong_name, "tls_wrong_name"},
    {Fault::Kind::tls_expired, "tls_expired"},
    {Fault::Kind::tls_pin_mismatch, "tls_pin_mismatch"},
    {Fault::Kind::tls_failed, "tls_failed"},
    {Fault::Kind::closed_before_reply, "closed_before_reply"},
    {Fault::Kind::no_progress, "no_progress"},
    {Fault::Kind::deadline, "deadline"},
    {Fault::Kind::malformed_reply, "malformed_reply"},
    {Fault::Kind::bound_exceeded, "bound_exceeded"},
    {Fault::Kind::foreign_link, "foreign_link"},
    {Fault::Kind::login_refused, "login_refused"},
    {Fault::Kind::user_unknown, "user_unknown"},
    {Fault::Kind::suite_refused, "suite_refused"},
    {Fault::Kind::logins_exhausted, "logins_exhausted"},
    {Fault::Kind::unauthorized, "unauthorized"},
    {Fault::Kind::sessions_exhausted, "sessions_exhausted"},
    {Fault::Kind::busy, "busy"},
    {Fault::Kind::http_status, "http_status"},
    {Fault::Kind::not_supported, "not_supported"},
    {Fault::Kind::task_gone, "task_gone"},
    {Fault::Kind::image_refused, "image_refused"},
    {Fault::Kind::wrong_identity, "wrong_identity"},
    {Fault::Kind::cancelled, "cancelled"},
    {Fault::Kind::own_side, "own_side"},
});

Fault make_fault(Fault::Kind kind, std::string step, std::string message);
/// The fault of an upload that ended before its first byte.
Fault unsent(Fault fault);
/// The fault of what was not asked of a BMC because its command was withdrawn.
Fault withdrawn_fault(std::string step);
/// True where that is all that happened: the request was kept back.
inline bool is_kept_back(const Fault& fault) {
  return fault.kind == Fault::Kind::cancelled && !fault.body_sent;
}

/// True where a fault says nothing about the BMC, and nothing was sent: whoever meets it waits until our own side is
/// mended.
inline bool is_own_side(const Fault& fault) {
  return fault.kind == Fault::Kind::own_side && !fault.body_sent;
}

/// True where the BMC answers and takes no login of ours, or is not asked for one because it refused several.
bool is_login_refusal(Fault::Kind kind);

/// True for an error of the system that says that this process or machine is out of descriptors, ports or memory.
bool is_shortage(int system_error);

/// True for faults that a BMC shows while it restarts; inside an announced reset the caller waits until they end.
bool is_transient(Fault::Kind kind);

}  // namespace breakwater
