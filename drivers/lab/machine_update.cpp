// How images get into a machine's banks: push, verify, write, stage, switch, cancel.
#include <algorithm>

#include "drivers/lab/machine.hpp"

namespace breakwater::lab {
namespace {

constexpr int kVerifyShare = 10;  // verification takes the first tenth of the flash time

TaskMessage message(std::string_view name, std::vector<std::string> args, std::string text,
                    std::string severity = "OK") {
  return {"Update.1.0." + std::string(name), std::move(args), std::move(text), std::move(severity)};
}

TaskMessage about_component(std::string_view name, const std::string& version, const std::string& component,
                            std::string_view doing) {
  return message(name, {version, component}, std::string(doing) + " image " + version + " at " + component + ".");
}

}  // namespace

std::string Machine::find_wrong(const PushedFile& file, const PushOrder& order) {
  if (!file.header) return file.header.error();
  if (find(file.header->component) == nullptr) return "this server has no component called " + file.header->component;
  if (!order.target.empty() && order.target != file.header->component)
    return "the image is for " + file.header->component + ", the target is " + order.target;
  if (!fits(*file.header, config_.model)) return "the image is not for the model " + config_.model;
  return {};
}

std::shared_ptr<Task> Machine::add_task(std::string name, std::string uri, Duration expected) {
  ++counters_.tasks;
  return tasks_.add(std::move(name), std::move(uri), expected);
}

Machine::StartedTask Machine::push(const PushedFile& file, const PushOrder& order) {
  images_.push_back({.sha256 = file.sha256,
                     .bytes = file.bytes,
                     .component = file.header ? file.header->component : "",
                     .version = file.header ? file.header->version : ""});
  if (writing()) return fail(Denial::busy);
  const auto update = std::make_shared<Update>();
  update->wrong = find_wrong(file, order);
  update->apply = order.apply;
  if (file.header) {
    update->component = file.header->component;
    update->bank.version = file.header->version;
    update->bank.faults.insert(file.header->faults.begin(), file.header->faults.end());
  }
  update->bank.image = file.sha256;
  const bool waits_for_start = order.apply == ApplyTime::on_start_request;
  for (const Component& held : components_) {
    if (!held.staged) continue;
    const bool same_slot = waits_for_start && !order.beside_others && held.staged->apply == ApplyTime::on_start_request;
    if (held.config.name == update->component || same_slot) return fail(Denial::already_staged);
  }
  const std::string subject = update->component.empty() ? "unknown component" : update->component;
  update->task = add_task("Firmware update of " + subject, order.uri, config_.flash);
  update->task->say(about_component("TransferringToComponent", update->bank.version, subject, "Transferring"));
  update->task->say(about_component("VerifyingAtComponent", update->bank.version, subject, "Verifying"));
  writing_ = update;
  alarms_.after(config_.flash / kVerifyShare, [this, update] { verify(update); });
  return update->task;
}

void Machine::verify(const Updating& update) {
  if (update->aborted) return;
  if (!update->wrong.empty()) return fail_update(update, "VerificationFailed", update->wrong);
  if (rollback_fails()) return fail_update(update, "ApplyFailed", "the component does not take the image");
  if (strikes_update(LabFault::task_gone, *update)) tasks_.remove(update->task->id);
  if (update->apply != ApplyTime::on_start_request) return write(update);
  writing_.reset();
  wait_for_order(*update, LabTaskState::completed,
                 about_component("AwaitToUpdate", update->bank.version, update->component, "Waiting to update"));
}

// The image is in its slot. Where no entry shows it, its task or a job of its own does.
void Machine::wait_for_order(const Update& update, LabTaskState task_state, TaskMessage said) {
  std::shared_ptr<Task> waits = update.task;
  if (config_.persona.waits_as == WaitsAs::job) {
    update.task->end(LabTaskState::completed, said);
    waits = add_task("Job to update " + update.component, update.task->target_uri, Duration{0});
  }
  const bool shown_by_task = config_.persona.waits_as != WaitsAs::entry;
  if (shown_by_task || task_state == LabTaskState::pending) {
    waits->state = LabTaskState::pending;
    waits->say(std::move(said));
  } else {
    waits->end(task_state, std::move(said));
  }
  find(update.component)->staged = Component::Waiting{update.bank, update.apply, std::move(waits)};
}

void Machine::write(const Updating& update) {
  update->task->say(about_component("InstallingOnComponent", update->bank.version, update->component, "Installing"));
  alarms_.after(config_.flash - config_.flash / kVerifyShare, [this, update] { written(update); });
}

void Machine::written(const Updating& update) {
  if (update->aborted) return;
  if (strikes_update(LabFault::task_exception, *update))
    return fail_update(update, "ApplyFailed", "writing the image failed");
  writing_.reset();
  Component& component = *find(update->component);
  component.staged.reset();
  if (update->apply != ApplyTime::on_reset) return order(component, update);
  wait_for_order(*update, LabTaskState::pending,
                 about_component("AwaitToActivate", update->bank.version, update->component, "Waiting to activate"));
}

void Machine::fail_update(const Updating& update, std::string_view name, const std::string& reason) {
  writing_.reset();
  if (Component* component = find(update->component); component != nullptr) component->staged.reset();
  update->task->end(LabTaskState::exception, message(name, {update->bank.version, update->component},
                                                     "The update failed: " + reason + ".", "Critical"));
  for (Updating later = update->next; later; later = later->next)
    later->task->end(LabTaskState::exception, message(name, {later->bank.version, later->component},
                                                      "The update did not start: an earlier one failed.", "Critical"));
}

// Does the reset that the component needs, which activates the image.
void Machine::order(Component& component, const Updating& update) {
  component.armed = Component::Waiting{update->bank, ApplyTime::immediate, update->task};
  if (component.config.activated_by == ResetOf::manager) {
    restart_bmc();
  } else if (power_ == "On") {
    restart_host();
  } else {
    activate_all(ResetOf::system);
  }
  if (update->next && bmc_up_ && !writing()) begin(update->next);
}

Machine::StartedTask Machine::start_update(const std::string& uri) {
  return start_staged(uri).map([](const auto& tasks) { return tasks.front(); });
}

Machine::StartedTasks Machine::start_staged(const std::string& uri) {
  if (writing()) return fail(Denial::busy);
  std::vector<Updating> updates;
  for (const Component& held : components_) {
    if (!held.staged || held.staged->apply != ApplyTime::on_start_request) continue;
    updates.push_back(std::make_shared<Update>());
    updates.back()->component = held.config.name;
    updates.back()->bank = held.staged->bank;
    if (held.staged->task->state == LabTaskState::pending)
      held.staged->task->end(LabTaskState::completed, message("AwaitToUpdate", {}, "The update was asked for."));
  }
  return begin_all(std::move(updates), "Firmware update of ", uri, config_.flash);
}

Machine::StartedTask Machine::switch_banks(const std::string& name, const std::string& uri) {
  return switch_all_banks({name}, uri).map([](const auto& tasks) { return tasks.front(); });
}

Machine::StartedTasks Machine::switch_all_banks(const std::vector<std::string>& names, const std::string& uri) {
  if (writing()) return fail(Denial::busy);
  std::vector<Updating> updates;
  for (const std::string& name : names) {
    const Component* component = find(name);
    if (component == nullptr || !component->previous) continue;
    if (component->staged) return fail(Denial::already_staged);
    updates.push_back(std::make_shared<Update>());
    updates.back()->component = name;
    updates.back()->bank = *component->previous;
    updates.back()->bank_switch = true;
  }
  return begin_all(std::move(updates), "Bank switch of ", uri, config_.flash / kVerifyShare);
}

Machine::StartedTasks Machine::begin_all(std::vector<Updating> updates, const std::string& name, const std::string& uri,
                                         Duration takes) {
  if (updates.empty()) return fail(Denial::nothing_staged);
  // The BMC's own reset would end every update behind it, so its firmware comes last.
  std::ranges::stable_partition(updates, [this](const Updating& update) {
    return find(update->component)->config.activated_by != ResetOf::manager;
  });
  std::vector<std::shared_ptr<Task>> tasks;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    updates[i]->task = add_task(name + updates[i]->component, uri, takes);
    tasks.push_back(updates[i]->task);
    if (i > 0) updates[i - 1]->next = updates[i];
  }
  begin(updates.front());
  return tasks;
}

void Machine::begin(const Updating& update) {
  writing_ = update;
  if (!update->bank_switch) return write(update);
  alarms_.after(config_.flash / kVerifyShare, [this, update] { switched(update); });
}

void Machine::switched(const Updating& update) {
  if (update->aborted) return;
  if (rollback_fails()) return fail_update(update, "ActivateFailed", "the other bank cannot be activated");
  writing_.reset();
  order(*find(update->component), update);
}

Result<void, Denial> Machine::cancel_staged(const std::string& name) {
  Component* component = find(name);
  if (component == nullptr || !component->staged) return fail(Denial::nothing_staged);
  if (writing_ && writing_->component == name) return fail(Denial::busy);
  const auto task = component->staged->task;
  component->staged.reset();
  if (task && task->state == LabTaskState::pending)
    task->end(LabTaskState::cancelled,
              {"TaskEvent.1.0.TaskCancelled", {task->id}, "The task was cancelled.", "Warning"});
  return {};
}

bool Machine::end_task(const std::shared_ptr<Task>& task) {
  if (writing_ && writing_->task == task) return false;
  for (const Component& held : components_) {
    if (task->state != LabTaskState::pending || !held.staged || held.staged->task != task) continue;
    if (!cancel_staged(held.config.name)) return false;
  }
  tasks_.remove(task->id);
  return true;
}

std::shared_ptr<Task> Machine::fail_transfer(const std::string& image_uri, const std::string& uri) {
  auto task = add_task("Firmware update from a URI", uri, Duration{0});
  task->end(LabTaskState::exception, message("TransferFailed", {image_uri, "this server"},
                                             "Transfer of image " + image_uri + " failed.", "Critical"));
  return task;
}

bool Machine::supports(ApplyTime apply) const {
  return std::ranges::find(config_.persona.apply_times, apply) != config_.persona.apply_times.end();
}

bool Machine::strikes_update(LabFault fault, const Update& update) {
  return update.bank.faults.contains(fault) || strikes_by_rule(fault, update.component).has_value();
}

bool Machine::rollback_fails() {
  return !activations_.empty() && strikes(LabFault::rollback_fails).has_value();
}

}  // namespace breakwater::lab
