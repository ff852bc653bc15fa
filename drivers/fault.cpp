#include "drivers/fault.hpp"

#include <cerrno>
#include <utility>

namespace breakwater {

Fault make_fault(Fault::Kind kind, std::string step, std::string message) {
  Fault fault;
  fault.kind = kind;
  fault.step = std::move(step);
  fault.message = std::move(message);
  return fault;
}

Fault unsent(Fault fault) {
  fault.unsent = true;
  fault.body_sent = false;
  return fault;
}

bool is_shortage(int system_error) {
  switch (system_error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
      return true;
    default:
      return false;
  }
}

Fault withdrawn_fault(std::string step) {
  return make_fault(Fault::Kind::cancelled, std::move(step), "its command was withdrawn");
}

bool is_login_refusal(Fault::Kind kind) {
  return kind == Fault::Kind::login_refused || kind == Fault::Kind::user_unknown ||
         kind == Fault::Kind::logins_exhausted;
}

bool is_transient(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::refused:
    case Fault::Kind::unreachable:
    case Fault::Kind::connect_timeout:
    case Fault::Kind::tls_failed:
    case Fault::Kind::closed_before_reply:
    case Fault::Kind::no_progress:
    case Fault::Kind::malformed_reply:
    case Fault::Kind::unauthorized:
    case Fault::Kind::sessions_exhausted:
    case Fault::Kind::busy:
      return true;
    case Fault::Kind::name_not_resolved:
    case Fault::Kind::tls_untrusted:
    case Fault::Kind::tls_wrong_name:
    case Fault::Kind::tls_expired:
    case Fault::Kind::tls_pin_mismatch:
    case Fault::Kind::deadline:
    case Fault::Kind::bound_exceeded:
    case Fault::Kind::foreign_link:
    case Fault::Kind::login_refused:
    case Fault::Kind::user_unknown:
    case Fault::Kind::suite_refused:
    case Fault::Kind::logins_exhausted:
    case Fault::Kind::http_status:
    case Fault::Kind::not_supported:
    case Fault::Kind::task_gone:
    case Fault::Kind::image_refused:
    case Fault::Kind::wrong_identity:
    case Fault::Kind::cancelled:
    case Fault::Kind::own_side:
      return false;
  }
  return false;
}

}  // namespace breakwater
