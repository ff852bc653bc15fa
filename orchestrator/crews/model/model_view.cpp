#include "orchestrator/crews/model/model_view.hpp"

#include <algorithm>
#include <array>

#include "inventories/vocabulary/rows.hpp"

namespace breakwater::model {

namespace {

std::string job_uri(std::uint64_t task) {
  return "/jobs/" + std::to_string(task);
}

std::string entry_uri(std::uint32_t component, Slot slot) {
  std::string uri = "/fw/" + std::to_string(component);
  if (slot == Slot::previous) uri += "/old";
  if (slot == Slot::staged) uri += "/new";
  return uri;
}

InstalledComponent entry(const ModelComponent& one, std::uint32_t index, Slot slot, const std::string& version) {
  InstalledComponent made;
  made.uri = entry_uri(index, slot);
  made.id = made.uri;
  made.key.software_id = one.id;
  made.version = version;
  made.slot = slot;
  return made;
}

/// As the modelled service spells it; a state that nobody knows is not told.
struct TaskText {
  TaskState state;
  std::string_view text;
};
constexpr std::array kTaskTexts = std::to_array<TaskText>({
    {TaskState::running, "Running"},
    {TaskState::pending, "Pending"},
    {TaskState::succeeded, "Completed"},
    {TaskState::failed, "Exception"},
    {TaskState::unknown, ""},
});
static_assert(has_every_row(kTaskTexts, &TaskText::state));

/// What a task says of how far it is after so long; -1 where it says nothing.
int percent_of(Percents percents, Duration passed) {
  constexpr std::int64_t kEach = 5'000;
  const std::int64_t steps = passed.count() / kEach;
  switch (percents) {
    case Percents::none:
      return -1;
    case Percents::grow:
      return static_cast<int>(std::min<std::int64_t>(steps, 99));
    case Percents::wander:
      return static_cast<int>(steps * 37 % 101);
  }
  return -1;
}

TaskView view(std::string uri, TaskState state) {
  TaskView made;
  made.uri = std::move(uri);
  made.state = state;
  made.state_text = kTaskTexts[static_cast<std::size_t>(state)].text;
  return made;
}

/// An image that waits as a job of its own, its task being over.
bool waits_as_job(const ModelHost& host, const ModelComponent& one) {
  return !one.staged.empty() && host.shows.job_waits && !host.shows.task_waits;
}

/// The task of an upload that the service still looks at.
bool is_hidden(const ModelHost& host, const ModelTask& task) {
  return host.faults.hides_writing && host.job && host.job->kind == ModelJob::Kind::verifying &&
         host.job->id == task.id;
}

struct UnreadText {
  Unread how;
  std::string_view text;
};
constexpr std::array kUnreadTexts = std::to_array<UnreadText>({
    {Unread::not_found, " answered HTTP 404"},
    {Unread::error, " answered HTTP 500"},
    {Unread::garbage, " answered what is no JSON"},
});
static_assert(has_every_row(kUnreadTexts, &UnreadText::how));

/// Which bank runs is what the running one says: where a BMC does not show that of its own, it shows neither.
bool is_hidden(const ModelFleet& fleet, const ModelHost& host, std::uint32_t component, Slot slot) {
  const UnreadEntries& hidden = host.unread;
  if (fleet.now() >= host.entries_fail_until || component != hidden.component) return false;
  switch (slot) {
    case Slot::running:
      return hidden.running;
    case Slot::previous:
      return hidden.other || (hidden.running && host.components[component].by_bmc);
    case Slot::staged:
      return hidden.staged;
  }
  return false;
}

void show_log(const ModelFleet& fleet, const ModelHost& host, Observation& seen) {
  if (fleet.now() < host.entries_fail_until && host.unread.log) {
    seen.log_unread = "the event log" + std::string(kUnreadTexts[static_cast<std::size_t>(host.unread.how)].text);
    return;
  }
  seen.critical_events = host.logged;
  for (std::uint64_t mark = 1; mark <= host.logged; ++mark) seen.critical_marks.push_back(mark);
}

Boot boot_of(const ModelFleet& fleet, std::uint32_t index) {
  if (fleet.hosts[index].power != Power::on) return Boot::unknown;
  return fleet.booting(index) ? Boot::booting : Boot::booted;
}

}  // namespace

Observation observation_of(const ModelFleet& fleet, std::uint32_t index) {
  const ModelHost& host = fleet.hosts[index];
  Observation seen;
  seen.identity = host.identity;
  for (std::uint32_t i = 0; i < host.components.size(); ++i) {
    const ModelComponent& one = host.components[i];
    if (one.lost) continue;
    const auto add = [&](Slot slot, const std::string& version) {
      InstalledComponent made = entry(one, i, slot, version);
      if (is_hidden(fleet, host, i, slot)) {
        seen.unread.push_back(
            {made.uri, made.uri + std::string(kUnreadTexts[static_cast<std::size_t>(host.unread.how)].text)});
      } else {
        seen.inventory.push_back(std::move(made));
      }
    };
    add(Slot::running, one.running);
    if (!one.other.empty()) add(Slot::previous, one.other);
    if (!one.staged.empty() && host.shows.staged_entry) add(Slot::staged, one.staged);
    if (waits_as_job(host, one)) seen.tasks.push_back(view(job_uri(one.staged_task), TaskState::pending));
  }
  // What cannot be listed may be at work.
  const bool tasks_unread = fleet.now() < host.entries_fail_until && host.unread.tasks;
  if (tasks_unread) seen.tasks = {view("", TaskState::running)};
  for (const ModelTask& task : host.tasks) {
    if (tasks_unread || is_hidden(host, task)) continue;
    const bool open = task.state == TaskState::running || task.state == TaskState::pending;
    if (open) seen.tasks.push_back(view(task_uri(task.id), task.state));
  }
  seen.power = host.power;
  seen.health = fleet.health(index);
  show_log(fleet, host, seen);
  seen.boot = boot_of(fleet, index);
  if (host.tells_resets) {
    seen.host_reset_time = std::to_string(host.host_resets);
    const bool unread = fleet.now() < host.entries_fail_until && host.unread.manager;
    if (!unread) seen.bmc_reset_time = std::to_string(host.bmc_resets);
  }
  return seen;
}

std::optional<TaskView> task_of(const ModelFleet& fleet, std::uint32_t index, const std::string& uri) {
  const ModelHost& host = fleet.hosts[index];
  for (const ModelTask& task : host.tasks) {
    const bool by_monitor = uri == monitor_uri(task.id);
    if ((!by_monitor && uri != task_uri(task.id)) || is_hidden(host, task)) continue;
    TaskView made = view(by_monitor && host.named == TaskNamed::by_monitor ? task_uri(task.id) : uri, task.state);
    if (task.state == TaskState::running) made.percent = percent_of(host.percents, fleet.now() - task.since);
    made.self_test_failed = task.self_test_failed;
    return made;
  }
  for (const ModelComponent& one : host.components) {
    if (waits_as_job(host, one) && job_uri(one.staged_task) == uri) return view(uri, TaskState::pending);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> component_of(const ModelHost& host, const std::string& uri) {
  for (std::uint32_t i = 0; i < host.components.size(); ++i) {
    const std::uint64_t task = host.components[i].staged_task;
    const bool its_task = task != 0 && (uri == task_uri(task) || uri == job_uri(task));
    if (its_task || uri == entry_uri(i, Slot::running) || uri == entry_uri(i, Slot::previous) ||
        uri == entry_uri(i, Slot::staged)) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace breakwater::model
