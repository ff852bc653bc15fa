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

namespace breakwater::lab {

enum class TaskState { running, pending, completed, exception, cancelled };

/// `Running`, as Redfish spells it.
std::string_view to_string(TaskState state);

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
  TaskState state = TaskState::running;
  std::vector<TaskMessage> messages;
  Instant started;
  std::optional<Instant> ended;
  std::chrono::steady_clock::time_point began;
  Duration expected{0};

  void say(TaskMessage message);
  void end(TaskState how, TaskMessage message);
  bool ended_badly() const { return state == TaskState::exception || state == TaskState::cancelled; }
  /// 100 only when the writing is over.
  int percent() const;
};

class TaskTable {
 public:
  static constexpr std::size_t kept_max = 32;

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
