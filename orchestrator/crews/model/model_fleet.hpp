#pragma once
// A modelled fleet in virtual time: the ground truth of a rehearsal. Time passes only in run_to(); a crew that goes
// away leaves the fleet as it is, and what was begun goes on.
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inventories/vocabulary/digest.hpp"
#include "orchestrator/crews/model/dice.hpp"
#include "orchestrator/crews/model/model_host.hpp"

namespace breakwater::model {

/// What a BMC answers before anything is asked of it.
enum class Reach { answers, silent, login_refused, other_machine };

/// What of our own side may fail, whatever BMC is asked.
enum class OwnSide { files, images, descriptors };

/// How a BMC takes a request that acts.
struct Reply {
  int status = 202;       ///< of HTTP; 0: the request left, no answer came
  std::string task{};     ///< URI; empty where it names none
  std::string monitor{};  ///< the same of the task's monitor
  bool whole = false;     ///< upload: the whole body left, whatever came of it
};

class ModelFleet {
 public:
  ModelFleet(Instant begin, Dice dice) : now_(begin), dice_(dice) {}

  std::vector<ModelHost> hosts;
  std::function<void(const Act&)> on_act;
  /// A command's conversation sends its password to a host, which shows the key that it has.
  std::function<void(std::uint32_t host, std::uint64_t command)> on_password;

  /// True time, which no clock jump moves.
  Instant now() const { return now_; }
  /// What a machine's wall clock shows.
  Instant wall() const { return now_ + wall_step_; }
  /// The next moment at which something happens by itself.
  std::optional<Instant> next() const;
  /// Lets time pass up to `until`; stops earlier at a knock.
  void run_to(Instant until);
  /// Whether somebody knocked since this was asked last.
  bool knocked() { return std::exchange(knocked_, false); }

  // What nature and people do, planned ahead.
  void lose_power(Instant at, const std::string& rack, Duration outage);
  void press_button(Instant at, std::uint32_t host);
  void silence(Instant at, std::uint32_t host, Duration length);
  /// For so long these entries of its inventory cannot be read, and the others can.
  void hide_entries(Instant at, std::uint32_t host, UnreadEntries entries, Duration length);
  /// For so long somebody in the path shows a key of their own at its address, and passes nothing on.
  void intercept(Instant at, std::uint32_t host, Duration length);
  /// From then on another machine than the plan's answers at the address of each.
  void swap_addresses(Instant at, std::uint32_t host, std::uint32_t other);
  /// The wall clock runs off by so much from then on.
  void step_wall(Instant at, Duration off);
  /// Somebody has something to say to the conductor: whoever waits comes back then.
  void knock(Instant at);
  /// The BMC restarts by itself: its sessions end, and it is silent for a while.
  void restart_bmc(Instant at, std::uint32_t host);
  /// The host is switched off, and stays so until somebody switches it on.
  void switch_off(Instant at, std::uint32_t host);
  /// Somebody else flashes what we brought there with a version of their own, unless anything is under way there.
  void flash_by_hand(Instant at, std::uint32_t host);
  /// Our own side fails for so long: what files hold cannot be read, no image can, or no connection can be made.
  void fail_own_side(Instant at, OwnSide part, Duration length);
  /// From then on nothing goes wrong any more: what is silent answers, what is stuck ends, the clock is right.
  void end_faults(Instant at);

  /// Whether this part of our own side fails, asked for the sake of a host: it remembers what it was told.
  bool own_side_fails(OwnSide part, std::uint32_t host);

  // What a BMC shows.
  Reach reach(std::uint32_t host) const;
  /// The digest of the key that a handshake shows.
  Sha256 shown_key(std::uint32_t host) const;
  bool booting(std::uint32_t host) const;
  Health health(std::uint32_t host) const;

  void hear_password(std::uint32_t host, std::uint64_t command) const {
    if (on_password) on_password(host, command);
  }

  // What a BMC does when it is asked. `command` is whose asking it is.
  struct Body {
    std::uint32_t component = 0;
    std::string version;
    bool back = false;
    bool immediate = false;  ///< run it at once
    std::uint64_t command = 0;
  };
  void first_byte(std::uint32_t host, const Body& body);
  Reply last_byte(std::uint32_t host, const Body& body);
  Reply reset(std::uint32_t host, bool of_bmc, std::uint64_t command);
  /// StartUpdate: what waits runs at once.
  Reply start(std::uint32_t host, std::uint64_t command);
  Reply switch_bank(std::uint32_t host, std::uint32_t component, std::uint64_t command);
  Reply cancel(std::uint32_t host, std::uint32_t component, std::uint64_t command);

 private:
  struct Coming {
    enum class Kind {
      job_over,
      sick,
      power_loss,
      power_back,
      button,
      switched_off,
      component_gone,
      silence,
      hidden_entries,
      interception,
      bmc_restart,
      swap,
      wall_step,
      knock,
      own_side,
      by_hand,
      faults_end,
    };
    Kind kind = Kind::knock;
    std::uint32_t host = 0;
    std::uint64_t job = 0;  ///< of swap the other host, of own_side the part
    Duration length{0};
    std::string rack;
    UnreadEntries entries{};
  };

  void plan(Instant at, Coming coming);
  void happen(const Coming& coming);
  void tell(Act::Kind kind, std::uint32_t host, const ModelJob& job, bool was_flashing = false, bool in_vain = false);
  void begin_job(std::uint32_t host, ModelJob job);
  void begin_flash(std::uint32_t host, ModelJob job);
  bool run_staged(std::uint32_t host, bool of_bmc, std::uint64_t command);
  void take_body(std::uint32_t host, const Body& body);
  void set_task(std::uint32_t host, std::uint64_t task, TaskState state, bool self_test_failed = false);
  void end_job(std::uint32_t host, std::uint64_t id);
  void end_flash(std::uint32_t host, const ModelJob& job);
  void install(std::uint32_t host, const ModelJob& job, Faults::Flash fault);
  void restart(std::uint32_t host, bool of_bmc, bool after_flash);
  void cut_flash(std::uint32_t host);
  void power_back(std::uint32_t host);
  void press(std::uint32_t host);
  void flash_by_hand_now(std::uint32_t host);
  void faults_end();
  void restart_bmc_now(std::uint32_t host);
  static bool is_flashing(const ModelHost& host) { return host.job && host.job->kind == ModelJob::Kind::flashing; }

  Instant now_;
  Dice dice_;
  Duration wall_step_{0};
  std::array<Instant, 3> own_side_fails_until_{};  ///< by OwnSide
  bool knocked_ = false;
  std::uint64_t planned_ = 0;
  std::uint64_t last_job_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Coming> agenda_;  ///< the second number keeps the order of planning
};

/// `/tasks/7`
std::string task_uri(std::uint64_t job);
/// `/monitors/7`
std::string monitor_uri(std::uint64_t job);

/// The digest of a certificate's key, by its number.
Sha256 key_of(std::uint32_t number);
/// The number of the key that somebody in the path shows.
inline constexpr std::uint32_t kStrangersKey = 0xbad;

}  // namespace breakwater::model
