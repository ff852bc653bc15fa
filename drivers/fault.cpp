#include "drivers/fault.hpp"

namespace breakwater {

std::string_view to_string(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::name_not_resolved:
      return "name_not_resolved";
    case Fault::Kind::refused:
      return "refused";
    case Fault::Kind::unreachable:
      return "unreachable";
    case Fault::Kind::connect_timeout:
      return "connect_timeout";
    case Fault::Kind::tls_untrusted:
      return "tls_untrusted";
    case Fault::Kind::tls_wrong_name:
      return "tls_wrong_name";
    case Fault::Kind::tls_expired:
      return "tls_expired";
    case Fault::Kind::tls_pin_mismatch:
      return "tls_pin_mismatch";
    case Fault::Kind::tls_failed:
      return "tls_failed";
    case Fault::Kind::closed_before_reply:
      return "closed_before_reply";
    case Fault::Kind::no_progress:
      return "no_progress";
    case Fault::Kind::deadline:
      return "deadline";
    case Fault::Kind::malformed_reply:
      return "malformed_reply";
    case Fault::Kind::bound_exceeded:
      return "bound_exceeded";
    case Fault::Kind::foreign_link:
      return "foreign_link";
    case Fault::Kind::login_refused:
      return "login_refused";
    case Fault::Kind::user_unknown:
      return "user_unknown";
    case Fault::Kind::suite_refused:
      return "suite_refused";
    case Fault::Kind::logins_exhausted:
      return "logins_exhausted";
    case Fault::Kind::unauthorized:
      return "unauthorized";
    case Fault::Kind::sessions_exhausted:
      return "sessions_exhausted";
    case Fault::Kind::busy:
      return "busy";
    case Fault::Kind::http_status:
      return "http_status";
    case Fault::Kind::not_supported:
      return "not_supported";
    case Fault::Kind::task_gone:
      return "task_gone";
    case Fault::Kind::image_refused:
      return "image_refused";
    case Fault::Kind::wrong_identity:
      return "wrong_identity";
    case Fault::Kind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

bool is_weather(Fault::Kind kind) {
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
      return false;
  }
  return false;
}

}  // namespace breakwater
