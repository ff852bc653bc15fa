#pragma once
// What one look at a host through its BMC found. Each value was true at some moment of that look.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/firmware/component.hpp"
#include "inventories/hosts/update_ability.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

enum class Power { unknown, off, on, changing };
template <>
inline constexpr auto kWords<Power> = words<Power>({
    {Power::unknown, "unknown"},
    {Power::off, "off"},
    {Power::on, "on"},
    {Power::changing, "changing"},
});

enum class Health { unknown, ok, warning, critical };
template <>
inline constexpr auto kWords<Health> = words<Health>({
    {Health::unknown, "unknown"},
    {Health::ok, "ok"},
    {Health::warning, "warning"},
    {Health::critical, "critical"},
});

/// How far the host has booted since its last reset; `unknown` if the BMC does not say.
enum class Boot { unknown, booting, booted };

/// Which machine answered: the key of a host, whatever its name or address.
struct Identity {
  std::string vendor;
  std::string model;
  std::string serial;
  std::string uuid;  ///< lower case
  bool operator==(const Identity&) const = default;
};

enum class TaskState { running, pending, succeeded, failed, unknown };

struct TaskView {
  std::string uri;  ///< empty for what stands for tasks that could not be listed
  TaskState state = TaskState::unknown;
  std::string state_text;          ///< as the BMC spells it
  int percent = -1;                ///< -1 if the BMC does not say
  std::string message;             ///< the most important one: the first critical, else the last
  std::string started;             ///< StartTime as text: it tells a reused task id from the earlier task
  bool update = true;              ///< false if the task is known to be about something else
  bool self_test_pending = false;  ///< what runs now has not passed its self test yet
  bool self_test_failed = false;   ///< it ended, and what runs now failed its self test
};

/// The part of a driver's work that only the check sel.newCritical needs.
inline constexpr std::string_view kEventLogPart = "event log";

/// Which driver does one thing for a host: `update` by `ipmi (HPM.1)`.
struct DoneBy {
  std::string what;
  std::string driver;
  bool operator==(const DoneBy&) const = default;
};

struct Observation {
  Identity identity;
  std::vector<InstalledComponent> inventory;
  std::vector<UnreadEntry> unread;  ///< what is missing in `inventory`
  Power power = Power::unknown;
  Health health = Health::unknown;
  std::string health_text;  ///< the cause, if the BMC gives one
  Boot boot = Boot::unknown;
  std::string host_reset_time;  ///< LastResetTime as text, empty if absent; compared for change only
  std::string bmc_reset_time;
  std::vector<TaskView> tasks;                   ///< those that have not ended
  std::optional<std::uint32_t> critical_events;  ///< in the system event log; nothing if it was not read whole
  std::vector<std::uint64_t> critical_marks;     ///< of the newest of them, kCriticalMarksMax at most, oldest first
  std::string log_unread;                        ///< why not, where a driver that reads event logs did not
  std::optional<UpdateAbility> ability;          ///< of the driver that updates; nothing if it was not read
  std::vector<DoneBy> done_by;
  std::vector<std::string> findings;  ///< what could not be read, and what two drivers disagree on; see add_finding
};

/// A mark tells one entry of an event log from another by what it says, not by its number: logs are renumbered.
constexpr std::size_t kCriticalMarksMax = 64;
constexpr std::size_t kFindingsMax = 20;
constexpr std::size_t kFindingBytesMax = 300;

/// Adds what people should know of a look. What exceeds the bounds is cut, and the last finding says that there are
/// more.
void add_finding(Observation& seen, std::string finding);

/// What one host showed, or why it showed nothing.
struct Sight {
  enum class Silence {
    no_answer,
    login_refused,  ///< its BMC answers, and takes no login of ours
    not_asked       ///< by a fault of our own side
  };
  std::optional<Observation> seen;
  std::string fault;
  Silence silence = Silence::no_answer;  ///< means nothing where something was seen
};

}  // namespace breakwater
