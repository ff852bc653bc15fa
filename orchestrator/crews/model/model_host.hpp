#pragma once
// One modelled server: what is true of it, whatever anybody believes. Plain data; model_fleet.hpp moves it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inventories/hosts/observation.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::model {

/// How long things take on one machine, in virtual time.
struct ModelTimes {
  Duration upload{60'000};
  Duration verify{20'000};  ///< from a body's end until its image is seen waiting
  Duration flash{300'000};
  Duration boot{240'000};      ///< of the host
  Duration bmc_boot{120'000};  ///< of the BMC; it is silent meanwhile
};

/// Something physical that happened to a host, as nobody but the model sees it.
struct Act {
  enum class Kind {
    bytes_left,
    body_taken,
    image_waits,
    flash_began,
    flash_over,
    reset,
    started,
    bank_switched,
    cancelled,
    flash_cut,
  };
  Kind kind = Kind::reset;
  Instant at;  ///< true time
  std::uint32_t host = 0;
  std::uint32_t component = 0;
  std::string version;
  bool back = false;
  std::uint64_t command = 0;  ///< whose doing; 0: nature's, or a human's
  bool was_flashing = false;  ///< the host was being flashed at that moment, and its BMC said so
  bool in_vain = false;       ///< it was asked for, and the request had no effect
};
}  // namespace breakwater::model

template <>
inline constexpr auto breakwater::kWords<breakwater::model::Act::Kind> =
    breakwater::words<breakwater::model::Act::Kind>({
        {breakwater::model::Act::Kind::bytes_left, "bytes_left"},
        {breakwater::model::Act::Kind::body_taken, "body_taken"},
        {breakwater::model::Act::Kind::image_waits, "image_waits"},
        {breakwater::model::Act::Kind::flash_began, "flash_began"},
        {breakwater::model::Act::Kind::flash_over, "flash_over"},
        {breakwater::model::Act::Kind::reset, "reset"},
        {breakwater::model::Act::Kind::started, "started"},
        {breakwater::model::Act::Kind::bank_switched, "bank_switched"},
        {breakwater::model::Act::Kind::cancelled, "cancelled"},
        {breakwater::model::Act::Kind::flash_cut, "flash_cut"},
    });

namespace breakwater::model {

/// How a BMC answers one request that acts, once or twice; the next one is answered as it should be.
enum class Answer {
  proper,
  lost_before,       ///< the request is lost on its way: no effect, no reply
  lost_after,        ///< it takes effect, its reply is lost
  refused,           ///< 400, no effect
  refused_yet_done,  ///< 400, and it takes effect
  precondition,      ///< 412, no effect
  gave_up,           ///< 408, no effect
  gave_up_yet_done,  ///< 408, and it takes effect: so says a proxy whose patience is over
  busy,              ///< 503, no effect
  failed,            ///< 500, no effect
  failed_yet_done,   ///< 500, and it takes effect
};

/// By what a BMC's reply names the task that a request began.
enum class TaskNamed {
  by_task,
  by_monitor,         ///< which answers with the task's own name
  by_silent_monitor,  ///< which answers without any name
  not_at_all,
};

/// What a task says of how far it is.
enum class Percents {
  none,
  grow,
  wander,  ///< up and down, and past its end
};

/// How an entry of an inventory cannot be read while others can.
enum class Unread { not_found, error, garbage };

/// Entries of one component that its BMC names and does not show, and what else of a look fails beside them.
struct UnreadEntries {
  std::uint32_t component = 0;
  bool running = true;
  bool other = false;   ///< of the other bank
  bool staged = false;  ///< of an image that waits
  Unread how = Unread::error;
  bool manager = false;  ///< the BMC's own facts
  bool tasks = false;    ///< the list of them
  bool log = false;      ///< its event log
};

/// What goes wrong on one machine, drawn before the rollout begins. Each was seen in the field.
struct Faults {
  enum class Flash {
    none,
    lies,        ///< all says success, the version is the old one
    falls_back,  ///< the new image lies in its bank, the host boots the other one
    garbled,     ///< it reports a text that nobody listed
    stuck,       ///< its task makes no progress and never ends
    fails,       ///< its task ends as failed, the old version runs
    sick_image,  ///< the new version runs, and its task ends as failed: its self test found it ill
    bricks,      ///< the host never boots again
    kills_bmc,   ///< the BMC does not come back
  };
  Flash flash = Flash::none;               ///< of one flash forwards
  std::uint32_t good_flashes = 0;          ///< so many forwards go well before that one; what comes "after a flash"
                                           ///< comes after that one too
  Flash flash_back = Flash::none;          ///< of every flash or bank switch back
  int upload_errors = 0;                   ///< so many uploads break off before the body's end
  bool task_vanishes = false;              ///< no task is listed any more once a flash is over
  bool stage_stuck = false;                ///< the service never gets done with looking at an upload
  bool stage_fails = false;                ///< the service turns the image down after the upload
  bool cancel_ignored = false;             ///< it says yes to a cancel and keeps the image
  Duration bmc_away{0};                    ///< after a flash it stays silent so much longer
  bool factory_reset = false;              ///< after a flash it takes other credentials
  bool new_key = false;                    ///< after a flash it has a new certificate
  std::optional<Duration> sick_after;      ///< this long after the boot that follows a flash, its health is critical
  std::optional<Duration> off_after;       ///< the same, the host is switched off
  std::optional<Duration> loses_after;     ///< the same, a component is gone from its inventory
  Duration sensors_lie{0};                 ///< so long after every boot its health reads critical
  Duration pressed_after_staging{0};       ///< so long after an image is seen waiting, a human restarts the host
  bool loses_component = false;            ///< the flashed component is gone from the inventory
  int slow = 1;                            ///< boots take so many times longer
  Answer to_upload = Answer::proper;       ///< of an image forwards
  Answer to_upload_back = Answer::proper;  ///< of an image that rolls back
  Answer to_run = Answer::proper;          ///< a reset or a start
  Answer to_switch = Answer::proper;       ///< a bank switch
  Answer to_cancel = Answer::proper;
  bool answers_again = false;  ///< the first of these answers that is given is given once more
  bool hides_writing = false;  ///< it shows no task while it looks at an upload, and does get done with it
  bool forgets_tasks = false;  ///< a restart of the BMC takes its tasks, not what waits
  Duration members_fail{0};    ///< so long after every restart of the BMC a member of its inventory answers 500
  Duration entries_fail{0};    ///< so long after every restart of the BMC these cannot be read, and the rest can
  UnreadEntries entries;
  Duration busy{0};                     ///< so long after every restart of the BMC it answers 503 and asks for a pause
  Duration sessions_full{0};            ///< so long after every restart of the BMC it opens no session
  Duration read_takes{0};               ///< every look at it takes so long
  Duration login_takes{0};              ///< the same of every login
  Duration task_takes{0};               ///< the same of every read of a task
  std::optional<Act::Kind> restart_at;  ///< its BMC restarts by itself after the first such act ...
  Duration restart_after{0};            ///< ... so much later
};

struct ModelComponent {
  std::string id;  ///< SoftwareId of its entries
  std::string running;
  std::string other;               ///< what the other bank holds; empty where there is none
  std::string staged;              ///< an image that waits for its activation; empty where there is none
  bool staged_back = false;        ///< what is staged is the version from before
  std::uint64_t staged_task = 0;   ///< the task under which it was sent
  std::string brought;             ///< what a flash forwards put there last; empty before the first
  std::optional<Instant> by_hand;  ///< when somebody else flashed it, past us
  bool two_banks = false;
  bool by_bmc = false;  ///< it runs on the BMC: activating it restarts that, and not the host
  bool lost = false;
  Instant lost_since;
};

/// An upload that the service looks at, or a flash.
struct ModelJob {
  enum class Kind { verifying, flashing };
  Kind kind = Kind::verifying;
  std::uint64_t id = 0;
  std::uint32_t component = 0;
  std::string version;
  bool back = false;          ///< brings the version from before
  std::uint64_t command = 0;  ///< whose doing it is; 0: nobody's command
  bool stuck = false;
  bool failed = false;
};

/// How far a task is, as long as its BMC knows it.
struct ModelTask {
  std::uint64_t id = 0;
  TaskState state = TaskState::running;
  bool self_test_failed = false;
  Instant since;
};

/// What a service shows of an image that waits. At least one of them is true.
struct ModelShows {
  bool staged_entry = true;  ///< an entry of its inventory
  bool task_waits = true;    ///< the upload's task, until the image runs under it; else that task is over
  bool job_waits = false;    ///< a job of its own that waits, where the task is over
};

struct ModelHost {
  std::string name;
  std::string rack;
  Identity identity;
  std::vector<ModelComponent> components;  ///< one for each of the plan's components that it takes
  bool stages = true;                      ///< its service can hold an image
  bool starts_by_request = false;          ///< an image that waits runs by StartUpdate, not by a restart
  ModelShows shows;
  TaskNamed named = TaskNamed::by_task;
  Percents percents = Percents::none;
  bool tells_resets = true;  ///< its BMC tells when it last restarted
  ModelTimes times;
  Faults faults;

  Instant silent_until;               ///< the BMC answers from here on
  bool gone = false;                  ///< the BMC never answers
  std::optional<Instant> swapped_at;  ///< from then on another machine answers at its address
  bool login_refused = false;
  int logins_refused = 0;     ///< by it, so far
  std::uint32_t key = 0;      ///< which certificate it has; the first is known
  Instant intercepted_until;  ///< somebody else shows a key of their own at its address, until then
  Power power = Power::on;
  Instant off_since;  ///< meant only while it is off
  bool bricked = false;
  bool sick = false;
  Instant sick_since;
  std::uint32_t logged = 0;  ///< critical entries of its event log: one each time that it fell ill
  Instant booted_at;         ///< the host is up from here on
  std::uint32_t host_resets = 0;
  std::uint32_t bmc_resets = 0;
  std::optional<ModelJob> job;
  std::vector<ModelTask> tasks;  ///< that its BMC still knows, the newest last
  Instant members_fail_until;
  Instant entries_fail_until;
  UnreadEntries unread;  ///< meant only until then
  Instant busy_until;
  Instant sessions_full_until;
  std::uint32_t flashes = 0;     ///< forwards that are over
  bool own_side_failed = false;  ///< what was asked of it last did not leave, for our own side failed
};

}  // namespace breakwater::model
