#pragma once
// One modelled server: what is true of it, whatever anybody believes. Plain data; model_fleet.hpp moves it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inventories/hosts/observation.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::rehearsal {

/// How long things take on one machine, in virtual time.
struct ModelTimes {
  Duration upload{60'000};
  Duration verify{20'000};  ///< from a body's end until its image is seen waiting
  Duration flash{300'000};
  Duration boot{240'000};      ///< of the host
  Duration bmc_boot{120'000};  ///< of the BMC; it is silent meanwhile
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
    bricks,      ///< the host never boots again
    kills_bmc,   ///< the BMC does not come back
  };
  Flash flash = Flash::none;           ///< of the first flash forwards
  Flash flash_back = Flash::none;      ///< of every flash or bank switch back
  int upload_errors = 0;               ///< so many uploads break off before the body's end
  bool cut_after_body = false;         ///< the reply to the first whole body is lost
  bool task_vanishes = false;          ///< no task is listed any more once a flash is over
  bool stage_stuck = false;            ///< the service never gets done with looking at an upload
  bool stage_fails = false;            ///< the service turns the image down after the upload
  bool cancel_ignored = false;         ///< it says yes to a cancel and keeps the image
  Duration bmc_away{0};                ///< after a flash it stays silent so much longer
  bool factory_reset = false;          ///< after a flash it takes other credentials
  bool new_key = false;                ///< after a flash it has a new certificate
  std::optional<Duration> sick_after;  ///< this long after the boot that follows a flash, its health is critical
  Duration sensors_lie{0};             ///< so long after every boot its health reads critical
  Duration pressed_after_staging{0};   ///< so long after an image is seen waiting, a human restarts the host
  bool loses_component = false;        ///< the flashed component is gone from the inventory
  int slow = 1;                        ///< boots take so many times longer
};

struct ModelComponent {
  std::string running;
  std::string other;         ///< what the other bank holds; empty where there is none
  std::string staged;        ///< an image that waits for its activation; empty where there is none
  bool staged_back = false;  ///< what is staged is the version from before
  bool two_banks = false;
  bool by_bmc = false;  ///< it runs on the BMC: activating it restarts that, and not the host
  bool lost = false;
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

struct ModelHost {
  std::string name;
  std::string rack;
  std::vector<ModelComponent> components;  ///< one for each of the plan's components that it takes
  bool stages = true;                      ///< its service can hold an image
  bool tells_resets = true;                ///< its BMC tells when it last restarted
  ModelTimes times;
  Faults faults;

  Instant silent_until;  ///< the BMC answers from here on
  bool gone = false;     ///< the BMC never answers
  bool swapped = false;  ///< another machine answers at its address
  bool login_refused = false;
  std::uint32_t key = 0;  ///< which certificate it shows; the first is known
  Power power = Power::on;
  bool bricked = false;
  bool sick = false;
  Instant booted_at;  ///< the host is up from here on
  std::uint32_t host_resets = 0;
  std::uint32_t bmc_resets = 0;
  std::optional<ModelJob> job;
  std::optional<std::uint64_t> failed_job;  ///< the last job, where it ended as failed
  bool flashed = false;                     ///< a flash forwards was over once
};

}  // namespace breakwater::rehearsal
