// The words for the core's closed enumerations, as the journal and every face spell them.
#include "orchestrator/core/event.hpp"

namespace breakwater {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::prepare:
      return "prepare";
    case Action::stage:
      return "stage";
    case Action::activate:
      return "activate";
    case Action::check:
      return "check";
    case Action::cancel:
      return "cancel";
    case Action::roll_back:
      return "roll_back";
    case Action::check_back:
      return "check_back";
  }
  return "unknown";
}

bool is_mutating(Action action) {
  return action == Action::stage || action == Action::activate || action == Action::cancel ||
         action == Action::roll_back;
}

std::string_view to_string(Evidence::Kind kind) {
  switch (kind) {
    case Evidence::Kind::session:
      return "session";
    case Evidence::Kind::sending:
      return "sending";
    case Evidence::Kind::body_sent:
      return "body_sent";
    case Evidence::Kind::task:
      return "task";
    case Evidence::Kind::start_asked:
      return "start_asked";
    case Evidence::Kind::reset_asked:
      return "reset_asked";
    case Evidence::Kind::new_key:
      return "new_key";
  }
  return "unknown";
}

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::none:
      return "none";
    case Cause::unchanged:
      return "unchanged";
    case Cause::failed_back:
      return "failed_back";
    case Cause::version_mismatch:
      return "version_mismatch";
    case Cause::timed_out:
      return "timed_out";
    case Cause::unhealthy:
      return "unhealthy";
    case Cause::component_lost:
      return "component_lost";
    case Cause::power_not_restored:
      return "power_not_restored";
    case Cause::host_not_booted:
      return "host_not_booted";
    case Cause::lost:
      return "lost";
    case Cause::unreachable:
      return "unreachable";
    case Cause::login_refused:
      return "login_refused";
    case Cause::tls_refused:
      return "tls_refused";
    case Cause::identity_mismatch:
      return "identity_mismatch";
    case Cause::drifted:
      return "drifted";
    case Cause::foreign_task:
      return "foreign_task";
    case Cause::image_refused:
      return "image_refused";
    case Cause::upload_failed:
      return "upload_failed";
    case Cause::task_failed:
      return "task_failed";
    case Cause::ambiguous:
      return "ambiguous";
    case Cause::armed:
      return "armed";
    case Cause::no_way_back:
      return "no_way_back";
    case Cause::roll_back_failed:
      return "roll_back_failed";
    case Cause::not_supported:
      return "not_supported";
    case Cause::halted:
      return "halted";
    case Cause::asked:
      return "asked";
    case Cause::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view to_string(Outcome::Verdict verdict) {
  switch (verdict) {
    case Outcome::Verdict::done:
      return "done";
    case Outcome::Verdict::current:
      return "current";
    case Outcome::Verdict::untouched:
      return "untouched";
    case Outcome::Verdict::failed:
      return "failed";
    case Outcome::Verdict::lost:
      return "lost";
  }
  return "unknown";
}

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::pause:
      return "pause";
    case Verb::resume:
      return "resume";
    case Verb::stop:
      return "stop";
    case Verb::roll_back:
      return "roll_back";
    case Verb::release:
      return "release";
  }
  return "unknown";
}

}  // namespace breakwater
