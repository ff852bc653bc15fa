#include "orchestrator/crews/rehearsal/model_fleet.hpp"

#include <algorithm>

namespace breakwater::rehearsal {

std::string_view to_string(Act::Kind kind) {
  switch (kind) {
    case Act::Kind::bytes_left:
      return "bytes_left";
    case Act::Kind::body_taken:
      return "body_taken";
    case Act::Kind::flash_began:
      return "flash_began";
    case Act::Kind::flash_over:
      return "flash_over";
    case Act::Kind::reset:
      return "reset";
    case Act::Kind::bank_switched:
      return "bank_switched";
    case Act::Kind::cancelled:
      return "cancelled";
    case Act::Kind::flash_cut:
      return "flash_cut";
  }
  return "unknown";
}

std::string task_uri(std::uint64_t job) {
  return "/tasks/" + std::to_string(job);
}

// ---- time

std::optional<Instant> ModelFleet::next() const {
  if (agenda_.empty()) return std::nullopt;
  return agenda_.begin()->first.first;
}

void ModelFleet::run_to(Instant until) {
  while (!knocked_ && !agenda_.empty() && agenda_.begin()->first.first <= until) {
    const auto first = agenda_.extract(agenda_.begin());
    now_ = std::max(now_, first.key().first);
    happen(first.mapped());
  }
  if (!knocked_) now_ = std::max(now_, until);
}

void ModelFleet::plan(Instant at, Coming coming) {
  agenda_.emplace(std::pair(at, ++planned_), std::move(coming));
}

void ModelFleet::happen(const Coming& coming) {
  switch (coming.kind) {
    case Coming::Kind::job_over:
      return end_job(coming.host, coming.job);
    case Coming::Kind::sick:
      hosts[coming.host].sick = true;
      return;
    case Coming::Kind::power_loss:
      for (std::uint32_t i = 0; i < hosts.size(); ++i) {
        if (hosts[i].rack != coming.rack) continue;
        cut_flash(i);
        hosts[i].silent_until = std::max(hosts[i].silent_until, now_ + coming.length + hosts[i].times.bmc_boot);
        hosts[i].booted_at = Instant::max();
        plan(now_ + coming.length, {Coming::Kind::power_back, i, 0, {}, {}});
      }
      return;
    case Coming::Kind::power_back:
      return power_back(coming.host);
    case Coming::Kind::button:
      return press(coming.host);
    case Coming::Kind::silence:
      hosts[coming.host].silent_until = std::max(hosts[coming.host].silent_until, now_ + coming.length);
      return;
    case Coming::Kind::swap:
      hosts[coming.host].swapped = hosts[coming.job].swapped = true;
      return;
    case Coming::Kind::wall_step:
      wall_step_ = coming.length;
      return;
    case Coming::Kind::knock:
      knocked_ = true;
      return;
    case Coming::Kind::faults_end:
      return faults_end();
  }
}

void ModelFleet::lose_power(Instant at, const std::string& rack, Duration outage) {
  plan(at, {Coming::Kind::power_loss, 0, 0, outage, rack});
}
void ModelFleet::press_button(Instant at, std::uint32_t host) {
  plan(at, {Coming::Kind::button, host, 0, {}, {}});
}
void ModelFleet::silence(Instant at, std::uint32_t host, Duration length) {
  plan(at, {Coming::Kind::silence, host, 0, length, {}});
}
void ModelFleet::swap_addresses(Instant at, std::uint32_t host, std::uint32_t other) {
  plan(at, {Coming::Kind::swap, host, other, {}, {}});
}
void ModelFleet::step_wall(Instant at, Duration off) {
  plan(at, {Coming::Kind::wall_step, 0, 0, off, {}});
}
void ModelFleet::knock(Instant at) {
  plan(at, {Coming::Kind::knock, 0, 0, {}, {}});
}
void ModelFleet::end_faults(Instant at) {
  plan(at, {Coming::Kind::faults_end, 0, 0, {}, {}});
}

// ---- what a BMC shows

Reach ModelFleet::reach(std::uint32_t index, std::uint32_t known_key) const {
  const ModelHost& host = hosts[index];
  if (host.gone || now_ < host.silent_until) return Reach::silent;
  if (host.swapped) return Reach::other_machine;
  if (host.key != known_key) return Reach::other_key;
  return host.login_refused ? Reach::login_refused : Reach::answers;
}

bool ModelFleet::booting(std::uint32_t index) const {
  return hosts[index].bricked || now_ < hosts[index].booted_at;
}

Health ModelFleet::health(std::uint32_t index) const {
  const ModelHost& host = hosts[index];
  const bool lies = host.host_resets > 0 && now_ < host.booted_at + host.faults.sensors_lie;
  return host.sick || lies ? Health::critical : Health::ok;
}

std::string ModelFleet::reset_times(std::uint32_t index) const {
  const ModelHost& host = hosts[index];
  if (!host.tells_resets) return " ";
  return std::to_string(host.host_resets) + ' ' + std::to_string(host.bmc_resets);
}

// ---- what a BMC does when it is asked

void ModelFleet::tell(Act::Kind kind, std::uint32_t host, const ModelJob& job, bool was_flashing) {
  if (on_act) on_act(Act{kind, now_, host, job.component, job.version, job.back, job.command, was_flashing});
}

void ModelFleet::first_byte(std::uint32_t host, const Body& body) {
  const ModelJob job{ModelJob::Kind::verifying, 0, body.component, body.version, body.back, body.command, false, false};
  tell(Act::Kind::bytes_left, host, job, is_flashing(hosts[host]));
}

Reply ModelFleet::last_byte(std::uint32_t index, const Body& body) {
  ModelHost& host = hosts[index];
  if (reach(index, host.key) != Reach::answers) return Reply{Reply::Kind::lost, "", false};
  ModelJob job{ModelJob::Kind::verifying, 0, body.component, body.version, body.back, body.command, false, false};
  if (host.job) return Reply{Reply::Kind::refused, "", true};
  if (!body.back && host.faults.upload_errors > 0) {
    --host.faults.upload_errors;
    return Reply{Reply::Kind::lost, "", false};
  }
  tell(Act::Kind::body_taken, index, job);
  if (body.immediate) {
    begin_flash(index, job);
  } else {
    job.stuck = !body.back && host.faults.stage_stuck;
    begin_job(index, job);
  }
  if (!body.back && std::exchange(host.faults.cut_after_body, false)) return Reply{Reply::Kind::lost, "", true};
  return Reply{Reply::Kind::done, task_uri(host.job->id), true};
}

Reply ModelFleet::reset(std::uint32_t index, bool of_bmc, std::uint64_t command) {
  ModelHost& host = hosts[index];
  if (reach(index, host.key) != Reach::answers) return Reply{Reply::Kind::refused, "", false};
  ModelJob asked;
  asked.command = command;
  tell(Act::Kind::reset, index, asked, is_flashing(host));
  cut_flash(index);
  if (!run_staged(index, of_bmc, command)) restart(index, of_bmc, false);
  return Reply();
}

Reply ModelFleet::switch_bank(std::uint32_t index, std::uint32_t component, std::uint64_t command) {
  ModelHost& host = hosts[index];
  if (reach(index, host.key) != Reach::answers) return Reply{Reply::Kind::refused, "", false};
  ModelComponent& one = host.components[component];
  ModelJob job{ModelJob::Kind::flashing, 0, component, one.other, true, command, false, false};
  tell(Act::Kind::bank_switched, index, job, is_flashing(host));
  cut_flash(index);
  if (host.faults.flash_back == Faults::Flash::none) {
    std::swap(one.running, one.other);
    one.lost = false;
    host.sick = false;
  }
  if (host.faults.flash_back == Faults::Flash::bricks) host.bricked = true;
  restart(index, one.by_bmc, false);
  if (host.faults.flash_back == Faults::Flash::kills_bmc) host.gone = true;
  return Reply();
}

Reply ModelFleet::cancel(std::uint32_t index, std::uint32_t component, std::uint64_t command) {
  ModelHost& host = hosts[index];
  if (reach(index, host.key) != Reach::answers) return Reply{Reply::Kind::lost, "", false};
  ModelJob job;
  job.component = component;
  job.command = command;
  tell(Act::Kind::cancelled, index, job, is_flashing(host));
  if (!host.faults.cancel_ignored) host.components[component].staged.clear();
  return Reply();
}

}  // namespace breakwater::rehearsal
