#pragma once
// The tasks of one BMC. They live in its RAM: a reset of the BMC forgets them and counts from 1 again, so an id can
// come back as another task, as on OpenBMC.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::lab {

enum class LabTaskState { running, pending, completed, exception, cancelled };

}  // namespace breakwater::lab

namespace breakwater {

/// As Redfish spells it.
template <>
inline constexpr auto kWords<lab::LabTaskState> = words<lab::LabTaskState>({
    {lab::LabTaskState::running, "Running"},
    {lab::LabTaskState::pending, "Pending"},
    {lab::LabTaskState::completed, "Completed"},
    {lab::LabTaskState::exception, "Exception"},
    {lab::LabTaskState::cancelled, "Cancelled"},
});

}  // namespace breakwater

namespace breakwater::lab {

/// What the clock of this machine shows.
Instant wall_now();

struct TaskMessage {
  std::string id;  ///< `Update.1.0.UpdateSuccessful`
  std::vector<std::string> args;
  std::string text;
  std::string severity = "OK";
};

struct Task {
  std::string id;
  std::string name;
  std::string target_uri;  ///< of the request that began it
  LabTaskState state = LabTaskState::running;
  std::vector<TaskMessage> messages;
  Instant started;
  std::optional<Instant> ended;
  std::chrono::steady_clock::time_point began;
  Duration expected{0};

  void say(TaskMessage message);
  void end(LabTaskState how, TaskMessage message);
  bool ended_badly() const { return state == LabTaskState::exception || state == LabTaskState::cancelled; }
  /// 100 only when the writing is over.
  int percent() const;
};

class TaskTable {
 public:
  static constexpr std::size_t kKeptMax = 32;

  std::shared_ptr<Task> add(std::string name, std::string target_uri, Duration expected);
  std::shared_ptr<Task> find(std::string_view id) const;
  bool remove(std::string_view id);
  void clear();
  const std::vector<std::shared_ptr<Task>>& all() const { return tasks_; }

 private:
  std::size_t next_id_ = 1;
  std::vector<std::shared_ptr<Task>> tasks_;
};

}  // namespace breakwater::lab
