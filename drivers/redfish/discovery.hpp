#pragma once
// Where things are on this BMC and what they say now. Locations are found once per conversation, from the service root
// down, and found again after forget(); what they say is read each time.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/session.hpp"

namespace breakwater::redfish {

/// How the state of a task that cannot be read begins.
inline constexpr std::string_view kUnreadTask = "cannot be read: ";

/// The firmware inventory as far as it could be read.
struct Software {
  UpdateAbility ability;
  std::vector<SoftwareEntry> entries;
  std::vector<UnreadEntry> unread;
};

class Discovery {
 public:
  explicit Discovery(RedfishSession& session) : session_(session) {}

  BmcResult<SystemFacts> system();
  /// The manager of the system; empty facts if the service names none. A Fault where it names one that cannot be read.
  BmcResult<ManagerFacts> manager(SystemFacts system);
  BmcResult<UpdateFacts> update_service();
  /// The firmware inventory; empty if the service has none (X10). `manager_unread` says why the running images are not
  /// known; empty where they are, or where the service names none.
  BmcResult<Software> software(std::vector<std::string> active_images, std::string manager_unread);
  /// The tasks that are not over. One that cannot be read may be at work, and is shown as running; so are all of them
  /// where the service names tasks and they cannot be listed.
  BmcResult<std::vector<TaskView>> tasks();
  /// The links of the tasks, whatever their state; empty if the service names no tasks.
  BmcResult<std::vector<std::string>> task_links();
  /// The values that the action's ResetType takes, from the action or its ActionInfo.
  BmcResult<std::vector<std::string>> reset_types(ResetAction action);
  /// What is listed and not there, since this was last asked.
  std::vector<std::string> take_findings() { return std::exchange(findings_, {}); }
  const Quirks& quirks() const { return quirks_of(session_.root().family); }
  /// Forgets all locations: the BMC was reset.
  void forget();

 private:
  BmcResult<std::string> tasks_link();
  BmcResult<void> add_part_numbers(Software& software);
  BmcResult<void> read_adapter(std::string link, Software& software);
  void tell(const char* what, const std::vector<Fault>& gone);
  BmcResult<void> tell_of_listed(std::vector<std::string> gone);
  char expand();

  RedfishSession& session_;
  std::string system_;
  std::string manager_;
  std::string tasks_;
  bool no_tasks_ = false;
  std::optional<char> expand_;
  std::map<std::string, std::string> part_numbers_;  ///< by the adapter's link
  std::map<std::string, TaskView> over_;             ///< tasks that have ended, which are not read again
  std::vector<std::string> findings_;
};

}  // namespace breakwater::redfish
