// What goes on in a modelled server by itself: flashes, restarts, power, and what goes wrong with them.
#include <algorithm>

#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::model {

void ModelFleet::begin_job(std::uint32_t index, ModelJob job) {
  ModelHost& host = hosts[index];
  if (job.id == 0) job.id = ++last_job_;
  set_task(index, job.id, TaskState::running);
  const bool looks = job.kind == ModelJob::Kind::verifying;
  if (!job.stuck)
    plan(now_ + (looks ? host.times.verify : host.times.flash), {Coming::Kind::job_over, index, job.id, {}, {}});
  host.job = std::move(job);
}

void ModelFleet::begin_flash(std::uint32_t index, ModelJob job) {
  const Faults& faults = hosts[index].faults;
  job.kind = ModelJob::Kind::flashing;
  const Faults::Flash fault = job.back ? faults.flash_back : faults.flash;
  job.stuck = fault == Faults::Flash::stuck && (job.back || hosts[index].flashes == faults.good_flashes);
  tell(Act::Kind::flash_began, index, job, is_flashing(hosts[index]));
  begin_job(index, std::move(job));
}

/// Runs what is staged for a restart of this kind, the first of several.
bool ModelFleet::run_staged(std::uint32_t index, bool of_bmc, std::uint64_t command) {
  ModelHost& host = hosts[index];
  for (std::uint32_t i = 0; i < host.components.size(); ++i) {
    ModelComponent& one = host.components[i];
    if (one.staged.empty() || one.by_bmc != of_bmc) continue;
    ModelJob job;
    job.component = i;
    job.version = std::exchange(one.staged, std::string());
    job.back = one.staged_back;
    job.command = command;
    if (host.shows.task_waits) job.id = one.staged_task;
    (of_bmc ? host.bmc_resets : host.host_resets) += 1;
    if (!of_bmc) host.booted_at = now_ + host.times.flash + host.times.boot;
    begin_flash(index, std::move(job));
    return true;
  }
  return false;
}

void ModelFleet::end_job(std::uint32_t index, std::uint64_t id) {
  ModelHost& host = hosts[index];
  if (!host.job || host.job->id != id) return;
  const ModelJob job = *std::exchange(host.job, std::nullopt);
  if (job.kind == ModelJob::Kind::flashing) return end_flash(index, job);
  if (!job.back && host.faults.stage_fails) {
    set_task(index, job.id, TaskState::failed);
  } else {
    ModelComponent& one = host.components[job.component];
    one.staged = job.version;
    one.staged_back = job.back;
    one.staged_task = job.id;
    set_task(index, job.id, host.shows.task_waits ? TaskState::pending : TaskState::succeeded);
    tell(Act::Kind::image_waits, index, job);
    const Duration pressed = host.faults.pressed_after_staging;
    if (pressed > Duration(0)) press_button(now_ + pressed, index);
  }
}

void ModelFleet::end_flash(std::uint32_t index, const ModelJob& job) {
  ModelHost& host = hosts[index];
  const bool its_turn = !job.back && host.flashes == host.faults.good_flashes;
  const Faults::Flash forwards = its_turn ? host.faults.flash : Faults::Flash::none;
  const Faults::Flash fault = job.back ? host.faults.flash_back : forwards;
  install(index, job, fault);
  tell(Act::Kind::flash_over, index, job);
  host.flashes += job.back ? 0 : 1;
  restart(index, host.components[job.component].by_bmc, its_turn);
  const bool ill = fault == Faults::Flash::sick_image;
  if (ill) plan(now_, {Coming::Kind::sick, index, 0, {}, {}});
  if (fault == Faults::Flash::bricks) host.bricked = true;
  if (fault == Faults::Flash::kills_bmc) host.gone = true;
  set_task(index, job.id, ill || fault == Faults::Flash::fails ? TaskState::failed : TaskState::succeeded, ill);
  if (host.faults.task_vanishes) host.tasks.clear();
}

void ModelFleet::install(std::uint32_t index, const ModelJob& job, Faults::Flash fault) {
  ModelComponent& one = hosts[index].components[job.component];
  switch (fault) {
    case Faults::Flash::none:
    case Faults::Flash::stuck:
    case Faults::Flash::sick_image:
    case Faults::Flash::kills_bmc:
      if (one.two_banks) one.other = one.running;
      one.running = job.version;
      one.by_hand.reset();
      if (!job.back) one.brought = job.version;
      one.lost = false;
      if (job.back) hosts[index].sick = false;
      return;
    case Faults::Flash::falls_back:
      if (one.two_banks) one.other = job.version;
      return;
    case Faults::Flash::garbled:
      if (one.two_banks) one.other = one.running;
      one.running = job.version + "-dirty";
      return;
    case Faults::Flash::lies:
    case Faults::Flash::fails:
    case Faults::Flash::bricks:
      return;
  }
}

void ModelFleet::restart(std::uint32_t index, bool of_bmc, bool after_flash) {
  ModelHost& host = hosts[index];
  const Faults& faults = host.faults;
  Instant up = now_;
  if (of_bmc) {
    ++host.bmc_resets;
    if (faults.forgets_tasks) host.tasks.clear();
    up = now_ + host.times.bmc_boot * faults.slow + (after_flash ? faults.bmc_away : Duration(0));
    host.silent_until = std::max(host.silent_until, up);
    host.members_fail_until = up + faults.members_fail;
    if (faults.entries_fail > Duration(0)) {
      host.entries_fail_until = up + faults.entries_fail;
      host.unread = faults.entries;
    }
    host.busy_until = up + faults.busy;
    host.sessions_full_until = up + faults.sessions_full;
    if (after_flash && faults.new_key) ++host.key;
    if (after_flash && faults.factory_reset) host.login_refused = true;
  } else {
    ++host.host_resets;
    up = now_ + host.times.boot * faults.slow;
    host.booted_at = up;
  }
  if (!after_flash) return;
  if (faults.sick_after) plan(up + *faults.sick_after, {Coming::Kind::sick, index, 0, {}, {}});
  if (faults.off_after) plan(up + *faults.off_after, {Coming::Kind::switched_off, index, 0, {}, {}});
  if (faults.loses_component) happen({Coming::Kind::component_gone, index, 0, {}, {}});
  if (faults.loses_after) plan(up + *faults.loses_after, {Coming::Kind::component_gone, index, 0, {}, {}});
}

/// A flash that is interrupted: one bank may be half written.
void ModelFleet::cut_flash(std::uint32_t index) {
  ModelHost& host = hosts[index];
  if (!host.job) return;
  const ModelJob job = *std::exchange(host.job, std::nullopt);
  set_task(index, job.id, TaskState::failed);
  if (job.kind != ModelJob::Kind::flashing) return;
  tell(Act::Kind::flash_cut, index, job);
  ModelComponent& one = host.components[job.component];
  if (!one.two_banks && dice_.in_thousand(500)) host.bricked = true;
}

/// By itself: what it was looking at is gone, and so is what it wrote to itself.
void ModelFleet::restart_bmc_now(std::uint32_t index) {
  const ModelHost& host = hosts[index];
  if (host.gone || now_ < host.silent_until) return;
  if (host.job && (!is_flashing(host) || host.components[host.job->component].by_bmc)) cut_flash(index);
  if (host.starts_by_request || !run_staged(index, true, 0)) restart(index, true, false);
}

void ModelFleet::power_back(std::uint32_t index) {
  ModelHost& host = hosts[index];
  ++host.bmc_resets;
  if (!host.starts_by_request && run_staged(index, false, 0)) return;
  restart(index, false, false);
}

/// A human switches the host off and on; the BMC goes on.
void ModelFleet::press(std::uint32_t index) {
  ModelHost& host = hosts[index];
  if (now_ < host.silent_until) return;
  host.power = Power::on;
  if (is_flashing(host) && !host.components[host.job->component].by_bmc) cut_flash(index);
  if (host.job || (!host.starts_by_request && run_staged(index, false, 0))) return;
  restart(index, false, false);
}

void ModelFleet::flash_by_hand_now(std::uint32_t index) {
  ModelHost& host = hosts[index];
  if (host.job || host.gone || host.bricked || now_ < host.silent_until) return;
  for (ModelComponent& one : host.components) {
    if (one.brought.empty() || one.running != one.brought || !one.staged.empty()) continue;
    one.running = "9.9";
    one.by_hand = now_;
    return;
  }
}

void ModelFleet::faults_end() {
  wall_step_ = Duration(0);
  own_side_fails_until_ = {};
  for (std::uint32_t i = 0; i < hosts.size(); ++i) {
    ModelHost& host = hosts[i];
    const int slow = host.faults.slow;
    host.faults = Faults();
    host.faults.slow = slow;
    host.gone = false;
    host.intercepted_until = Instant();
    host.entries_fail_until = Instant();
    host.swapped_at.reset();
    host.login_refused = false;
    host.power = Power::on;
    if (host.job && host.job->stuck) {
      host.job->stuck = false;
      plan(now_ + host.times.flash, {Coming::Kind::job_over, i, host.job->id, {}, {}});
    }
  }
}

}  // namespace breakwater::model
