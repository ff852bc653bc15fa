#pragma once
// Commands: what the conductor orders a crew to do with one host. Imperative; each has an id and ends exactly once.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/words.hpp"
#include "orchestrator/core/plan.hpp"
#include "policies/checks.hpp"

namespace breakwater {

enum class Action {
  prepare,     ///< look: identity, versions, nothing else running; changes nothing
  stage,       ///< upload one image so that it waits for its activation
  activate,    ///< make it run: by reset or StartUpdate, or by the upload itself where the service only knows immediate
  check,       ///< read until all checks hold together for their time
  cancel,      ///< take a staged image back and prove that it is gone
  roll_back,   ///< one component, by its proven way
  check_back,  ///< as check, for the versions from before
  watch,       ///< read an updated host while its wave soaks: is it still well?
};
template <>
inline constexpr auto kWords<Action> = words<Action>({
    {Action::prepare, "prepare"},
    {Action::stage, "stage"},
    {Action::activate, "activate"},
    {Action::check, "check"},
    {Action::cancel, "cancel"},
    {Action::roll_back, "roll_back"},
    {Action::check_back, "check_back"},
    {Action::watch, "watch"},
});

/// True for actions that may change the BMC or its host: their intent is durable before they start.
constexpr bool is_mutating(Action action) {
  return action == Action::stage || action == Action::activate || action == Action::cancel ||
         action == Action::roll_back;
}

/// What a conversation left behind, newest last: what its successor would need. Durable before the conversation waits
/// on it.
struct Evidence {
  enum class Kind {
    session,       ///< URI of a login
    sending,       ///< the first byte of an upload is about to leave; text: digest
    body_sent,     ///< the whole body has left; text: digest
    task,          ///< URI of the update's task; `started` follows a blank where the service says
    start_asked,   ///< StartUpdate or a bank switch is about to be asked for
    reset_asked,   ///< a reset is about to be asked for; text: the LastResetTime before it
    new_key,       ///< a key that the Policy expected, and the planned machine is behind it; text: SPKI digest
    cancel_asked,  ///< the image that waits is about to be cancelled; text: its entry and its task
    own_fault,     ///< our own side failed, and the conversation waits until it is mended; text: what failed
    mended,        ///< it is mended, and the conversation goes on
    key_shown,     ///< the BMC shows a key that nobody vouched for: nothing is said to it; text: SPKI digest
    key_gone,      ///< that key is not shown any more, and the conversation goes on
  };
  Kind kind = Kind::session;
  std::string text;
};
template <>
inline constexpr auto kWords<Evidence::Kind> = words<Evidence::Kind>({
    {Evidence::Kind::session, "session"},
    {Evidence::Kind::sending, "sending"},
    {Evidence::Kind::body_sent, "body_sent"},
    {Evidence::Kind::task, "task"},
    {Evidence::Kind::start_asked, "start_asked"},
    {Evidence::Kind::reset_asked, "reset_asked"},
    {Evidence::Kind::new_key, "new_key"},
    {Evidence::Kind::cancel_asked, "cancel_asked"},
    {Evidence::Kind::own_fault, "own_fault"},
    {Evidence::Kind::mended, "mended"},
    {Evidence::Kind::key_shown, "key_shown"},
    {Evidence::Kind::key_gone, "key_gone"},
});

enum class Cause {
  none,
  unchanged,         ///< all said success, the version is the old one
  failed_back,       ///< it booted its other bank
  version_mismatch,  ///< it reports a text that is neither old nor new
  timed_out,
  unhealthy,
  component_lost,
  component_changed,  ///< by the Policy a failure: one that nobody asked to change runs another version
  unreadable,         ///< it answers, and what is asked, or a part of its inventory, cannot be read
  power_not_restored,
  host_not_booted,
  lost,         ///< the BMC did not come back
  unreachable,  ///< the BMC did not answer before anything was done
  login_refused,
  tls_refused,
  identity_mismatch,
  drifted,       ///< it no longer runs the version the plan saw
  foreign_task,  ///< somebody else's update runs or waits on it
  unfit,         ///< before anything was sent: its power or its health speaks against it
  image_refused,
  upload_failed,
  task_failed,
  ambiguous,  ///< what happened cannot be told
  armed,      ///< something was written that a later restart may run, and it could not be proved gone
  no_way_back,
  roll_back_failed,
  not_supported,
  request_refused,  ///< the BMC said no to a reset, a start or a bank switch, and did nothing
  halted,           ///< the rollout halted or was rolled back first
  asked,            ///< an operator asked for it
  recalled,         ///< the same: its image was recalled
  interrupted,      ///< the crew left before the command's end
  window_closed,    ///< its window has too little room left for what was ordered
  withdrawn,        ///< a pause or a stop came before anything was done
  abandoned,        ///< an operator gave its rollout up; what its BMC holds is not known
};
template <>
inline constexpr auto kWords<Cause> = words<Cause>({
    {Cause::none, "none"},
    {Cause::unchanged, "unchanged"},
    {Cause::failed_back, "failed_back"},
    {Cause::version_mismatch, "version_mismatch"},
    {Cause::timed_out, "timed_out"},
    {Cause::unhealthy, "unhealthy"},
    {Cause::component_lost, "component_lost"},
    {Cause::component_changed, "component_changed"},
    {Cause::unreadable, "unreadable"},
    {Cause::power_not_restored, "power_not_restored"},
    {Cause::host_not_booted, "host_not_booted"},
    {Cause::lost, "lost"},
    {Cause::unreachable, "unreachable"},
    {Cause::login_refused, "login_refused"},
    {Cause::tls_refused, "tls_refused"},
    {Cause::identity_mismatch, "identity_mismatch"},
    {Cause::drifted, "drifted"},
    {Cause::foreign_task, "foreign_task"},
    {Cause::unfit, "unfit"},
    {Cause::image_refused, "image_refused"},
    {Cause::upload_failed, "upload_failed"},
    {Cause::task_failed, "task_failed"},
    {Cause::ambiguous, "ambiguous"},
    {Cause::armed, "armed"},
    {Cause::no_way_back, "no_way_back"},
    {Cause::roll_back_failed, "roll_back_failed"},
    {Cause::not_supported, "not_supported"},
    {Cause::request_refused, "request_refused"},
    {Cause::halted, "halted"},
    {Cause::asked, "asked"},
    {Cause::recalled, "recalled"},
    {Cause::interrupted, "interrupted"},
    {Cause::window_closed, "window_closed"},
    {Cause::withdrawn, "withdrawn"},
    {Cause::abandoned, "abandoned"},
});

/// How a command ended.
struct Outcome {
  enum class Verdict {
    done,       ///< what was ordered is so, proved by reading
    current,    ///< prepare: every component already runs the wanted version
    untouched,  ///< it failed and nothing has changed, proved by reading
    failed,     ///< it failed; something may have changed, the BMC answers
    lost,       ///< the BMC does not answer or may not be touched: hands are needed
  };
  Verdict verdict = Verdict::done;
  Cause cause = Cause::none;
  std::string detail;                 ///< for people: what was met, what was wanted
  bool stages = false;                ///< prepare: the service can hold an image until it is told to run it
  std::vector<std::string> versions;  ///< as read at the end, one for each of the host's updates; empty where unread
  Baseline baseline;                  ///< prepare
};
template <>
inline constexpr auto kWords<Outcome::Verdict> = words<Outcome::Verdict>({
    {Outcome::Verdict::done, "done"},
    {Outcome::Verdict::current, "current"},
    {Outcome::Verdict::untouched, "untouched"},
    {Outcome::Verdict::failed, "failed"},
    {Outcome::Verdict::lost, "lost"},
});

using CommandId = std::uint64_t;  ///< the sequence number of its CommandIssued record
using RolloutId = std::uint64_t;  ///< the sequence number of its RolloutStarted record

struct Command {
  CommandId id = 0;
  RolloutId rollout = 0;
  HostIndex host = 0;
  Action action = Action::prepare;
  std::uint32_t update = 0;  ///< which of the host's updates; check and watch: how many of them run the new version
  bool upload = false;       ///< activate: the upload itself activates, nothing was staged
  std::vector<std::uint32_t> stays{};  ///< roll_back, check_back: what another run brought anew, or is back already
  bool ran = false;     ///< roll_back: the new version was read running there; another one is somebody else's
  bool well = false;    ///< roll_back: the host is updated and well, and nothing of it was brought back yet
  bool beside = false;  ///< watch: another run worked on the machine since; what else changed there is its doing
};

}  // namespace breakwater
