#pragma once
// What one look at a host through its BMC found. Everything in it was true at some moment of that look.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/firmware/component.hpp"
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

/// How far the host has come since its last reset; `unknown` where the BMC does not tell.
enum class Boot { unknown, booting, booted };

/// Who answered: the key of a host, whatever its name or address.
struct Identity {
  std::string vendor;
  std::string model;
  std::string serial;
  std::string uuid;  ///< lower case
  bool operator==(const Identity&) const = default;
};

enum class TaskState { running, pending, succeeded, failed, unknown };

struct TaskView {
  std::string uri;
  TaskState state = TaskState::unknown;
  std::string state_text;          ///< as the BMC spells it
  int percent = -1;                ///< -1 where the BMC does not say
  std::string message;             ///< the most telling one: the first critical, else the last
  std::string started;             ///< StartTime as text: a reused task id has another one
  bool update = true;              ///< false where the task is known to be about something else
  bool self_test_pending = false;  ///< what runs now has not passed its self test yet
  bool self_test_failed = false;   ///< it ended, and what runs now says of itself that it is broken
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
  Power power = Power::unknown;
  Health health = Health::unknown;
  std::string health_text;  ///< what makes it no better, where the BMC says; empty elsewhere
  Boot boot = Boot::unknown;
  std::string host_reset_time;  ///< LastResetTime as text, empty where absent; compared for change only
  std::string bmc_reset_time;
  std::vector<TaskView> tasks;                   ///< those that are not at an end
  std::optional<std::uint32_t> critical_events;  ///< in the system event log; nothing where it was not read
  std::vector<DoneBy> done_by;
  std::vector<std::string> findings;  ///< what two drivers of one BMC disagree on
};

}  // namespace breakwater
