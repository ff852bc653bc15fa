#include "drivers/lab/tasks.hpp"

#include <algorithm>

namespace breakwater::lab {

Instant wall_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

void Task::say(TaskMessage message) {
  messages.push_back(std::move(message));
}

void Task::end(LabTaskState how, TaskMessage message) {
  say(std::move(message));
  state = how;
  ended = wall_now();
}

int Task::percent() const {
  if (state != LabTaskState::running) return 100;
  const auto passed = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  if (expected.count() <= 0) return 99;
  return static_cast<int>(std::min<Duration::rep>(99, passed.count() * 100 / expected.count()));
}

std::shared_ptr<Task> TaskTable::add(std::string name, std::string target_uri, Duration expected) {
  if (tasks_.size() >= kKeptMax) {
    const auto oldest = std::ranges::find_if(tasks_, [](const auto& task) { return task->ended.has_value(); });
    if (oldest != tasks_.end()) tasks_.erase(oldest);
  }
  auto task = std::make_shared<Task>();
  task->id = std::to_string(next_id_++);
  task->name = std::move(name);
  task->target_uri = std::move(target_uri);
  task->started = wall_now();
  task->began = std::chrono::steady_clock::now();
  task->expected = expected;
  tasks_.push_back(task);
  return task;
}

std::shared_ptr<Task> TaskTable::find(std::string_view id) const {
  const auto found = std::ranges::find_if(tasks_, [id](const auto& task) { return task->id == id; });
  return found == tasks_.end() ? nullptr : *found;
}

bool TaskTable::remove(std::string_view id) {
  return std::erase_if(tasks_, [id](const auto& task) { return task->id == id; }) > 0;
}

void TaskTable::clear() {
  tasks_.clear();
  next_id_ = 1;
}

}  // namespace breakwater::lab
