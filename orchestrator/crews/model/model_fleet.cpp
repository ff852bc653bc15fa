#include "orchestrator/crews/model/model_fleet.hpp"

#include <algorithm>

namespace breakwater::model {

namespace {

constexpr int kAccepted = 202;
constexpr int kLost = 0;
constexpr int kRefused = 400;
constexpr int kFailed = 500;

/// What an answer of the menu means: whether the request takes effect, and what is replied.
struct Taken {
  bool acts = true;
  int status = kAccepted;
};

/// The answer to one kind of request, which is given once, or twice.
Taken take(Faults& faults, Answer Faults::*request) {
  const Answer answer = faults.*request;
  const bool again = answer != Answer::proper && std::exchange(faults.answers_again, false);
  if (!again) faults.*request = Answer::proper;
  switch (answer) {
    case Answer::proper:
      return {true, kAccepted};
    case Answer::lost_before:
      return {false, kLost};
    case Answer::lost_after:
      return {true, kLost};
    case Answer::refused:
      return {false, kRefused};
    case Answer::refused_yet_done:
      return {true, kRefused};
    case Answer::precondition:
      return {false, 412};
    case Answer::gave_up:
      return {false, 408};
    case Answer::gave_up_yet_done:
      return {true, 408};
    case Answer::busy:
      return {false, 503};
    case Answer::failed:
      return {false, kFailed};
    case Answer::failed_yet_done:
      return {true, kFailed};
  }
  return {};
}

/// The reply to a request under which a task began, or none did.
Reply naming(const ModelHost& host, int status, bool began) {
  Reply reply;
  reply.status = status;
  if (!began) return reply;
  switch (host.named) {
    case TaskNamed::by_task:
      reply.task = task_uri(host.job->id);
      break;
    case TaskNamed::by_monitor:
    case TaskNamed::by_silent_monitor:
      reply.monitor = monitor_uri(host.job->id);
      break;
    case TaskNamed::not_at_all:
      break;
  }
  return reply;
}

}  // namespace

std::string task_uri(std::uint64_t job) {
  return "/tasks/" + std::to_string(job);
}

std::string monitor_uri(std::uint64_t job) {
  return "/monitors/" + std::to_string(job);
}

Sha256 key_of(std::uint32_t number) {
  Sha256 key;
  for (std::size_t i = 0; i < sizeof(number); ++i) {
    key.bytes[key.bytes.size() - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return key;
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
      hosts[coming.host].sick_since = now_;
      ++hosts[coming.host].logged;
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
    case Coming::Kind::switched_off:
      if (is_flashing(hosts[coming.host]) || hosts[coming.host].power == Power::off) return;
      hosts[coming.host].power = Power::off;
      hosts[coming.host].off_since = now_;
      return;
    case Coming::Kind::component_gone:
      hosts[coming.host].components.front().lost = true;
      hosts[coming.host].components.front().lost_since = now_;
      return;
    case Coming::Kind::bmc_restart:
      return restart_bmc_now(coming.host);
    case Coming::Kind::silence:
      hosts[coming.host].silent_until = std::max(hosts[coming.host].silent_until, now_ + coming.length);
      return;
    case Coming::Kind::hidden_entries:
      hosts[coming.host].entries_fail_until = now_ + coming.length;
      hosts[coming.host].unread = coming.entries;
      return;
    case Coming::Kind::interception:
      hosts[coming.host].intercepted_until = std::max(hosts[coming.host].intercepted_until, now_ + coming.length);
      return;
    case Coming::Kind::swap:
      hosts[coming.host].swapped_at = hosts[coming.job].swapped_at = now_;
      return;
    case Coming::Kind::wall_step:
      wall_step_ = coming.length;
      return;
    case Coming::Kind::knock:
      knocked_ = true;
      return;
    case Coming::Kind::own_side:
      own_side_fails_until_[coming.job] = std::max(own_side_fails_until_[coming.job], now_ + coming.length);
      return;
    case Coming::Kind::by_hand:
      return flash_by_hand_now(coming.host);
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
void ModelFleet::hide_entries(Instant at, std::uint32_t host, UnreadEntries entries, Duration length) {
  plan(at, {Coming::Kind::hidden_entries, host, 0, length, {}, entries});
}
void ModelFleet::intercept(Instant at, std::uint32_t host, Duration length) {
  plan(at, {Coming::Kind::interception, host, 0, length, {}});
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
void ModelFleet::fail_own_side(Instant at, OwnSide part, Duration length) {
  plan(at, {Coming::Kind::own_side, 0, static_cast<std::uint64_t>(part), length, {}});
}
void ModelFleet::flash_by_hand(Instant at, std::uint32_t host) {
  plan(at, {Coming::Kind::by_hand, host, 0, {}, {}});
}
void ModelFleet::restart_bmc(Instant at, std::uint32_t host) {
  plan(at, {Coming::Kind::bmc_restart, host, 0, {}, {}});
}
void ModelFleet::switch_off(Instant at, std::uint32_t host) {
  plan(at, {Coming::Kind::switched_off, host, 0, {}, {}});
}
void ModelFleet::end_faults(Instant at) {
  plan(at, {Coming::Kind::faults_end, 0, 0, {}, {}});
}

bool ModelFleet::own_side_fails(OwnSide part, std::uint32_t host) {
  hosts[host].own_side_failed = now_ < own_side_fails_until_[static_cast<std::size_t>(part)];
  return hosts[host].own_side_failed;
}

// ---- what a BMC shows

Reach ModelFleet::reach(std::uint32_t index) const {
  const ModelHost& host = hosts[index];
  if (host.gone || now_ < host.silent_until) return Reach::silent;
  if (host.swapped_at) return Reach::other_machine;
  return host.login_refused ? Reach::login_refused : Reach::answers;
}

Sha256 ModelFleet::shown_key(std::uint32_t index) const {
  const ModelHost& host = hosts[index];
  return key_of(now_ < host.intercepted_until ? kStrangersKey : host.key);
}

bool ModelFleet::booting(std::uint32_t index) const {
  return hosts[index].bricked || now_ < hosts[index].booted_at;
}

Health ModelFleet::health(std::uint32_t index) const {
  const ModelHost& host = hosts[index];
  const bool lies = host.host_resets > 0 && now_ < host.booted_at + host.faults.sensors_lie;
  return host.sick || lies ? Health::critical : Health::ok;
}

// ---- what a BMC does when it is asked

void ModelFleet::tell(Act::Kind kind, std::uint32_t index, const ModelJob& job, bool was_flashing, bool in_vain) {
  Faults& faults = hosts[index].faults;
  if (faults.restart_at == kind) {
    faults.restart_at.reset();
    restart_bmc(now_ + faults.restart_after, index);
  }
  if (on_act) on_act(Act{kind, now_, index, job.component, job.version, job.back, job.command, was_flashing, in_vain});
}

void ModelFleet::set_task(std::uint32_t index, std::uint64_t task, TaskState state, bool self_test_failed) {
  constexpr std::size_t kKnown = 4;
  std::vector<ModelTask>& tasks = hosts[index].tasks;
  const auto found = std::find_if(tasks.begin(), tasks.end(), [task](const ModelTask& one) { return one.id == task; });
  if (found != tasks.end()) {
    found->state = state;
    found->self_test_failed = self_test_failed;
    return;
  }
  if (tasks.size() == kKnown) tasks.erase(tasks.begin());
  tasks.push_back({task, state, self_test_failed, now_});
}

void ModelFleet::first_byte(std::uint32_t host, const Body& body) {
  ModelJob job;
  job.component = body.component;
  job.version = body.version;
  job.back = body.back;
  job.command = body.command;
  tell(Act::Kind::bytes_left, host, job, is_flashing(hosts[host]));
}

/// The whole body is there: it is looked at, or flashed at once.
void ModelFleet::take_body(std::uint32_t index, const Body& body) {
  ModelJob job;
  job.component = body.component;
  job.version = body.version;
  job.back = body.back;
  job.command = body.command;
  const Faults& faults = hosts[index].faults;
  job.stuck = !body.immediate && !body.back && faults.stage_stuck && !faults.hides_writing;
  tell(Act::Kind::body_taken, index, job);
  if (body.immediate) {
    begin_flash(index, std::move(job));
  } else {
    begin_job(index, std::move(job));
  }
}

Reply ModelFleet::last_byte(std::uint32_t index, const Body& body) {
  ModelHost& host = hosts[index];
  if (!body.back && host.faults.upload_errors > 0) {
    --host.faults.upload_errors;
    return Reply{kLost};
  }
  const Taken taken =
      host.job ? Taken{false, kFailed} : take(host.faults, body.back ? &Faults::to_upload_back : &Faults::to_upload);
  // What two looks after a 4xx build on: who took an image all the same does not hide it as well.
  if (taken.status == kRefused) host.faults.hides_writing = false;
  if (taken.acts) take_body(index, body);
  Reply reply = naming(host, taken.status, taken.acts);
  reply.whole = true;
  return reply;
}

Reply ModelFleet::reset(std::uint32_t index, bool of_bmc, std::uint64_t command) {
  ModelHost& host = hosts[index];
  ModelJob asked;
  asked.command = command;
  const bool is_off = !of_bmc && host.power != Power::on;
  const Taken taken = is_off ? Taken{false, kRefused} : take(host.faults, &Faults::to_run);
  tell(Act::Kind::reset, index, asked, is_flashing(host), !taken.acts);
  if (taken.acts) {
    cut_flash(index);
    if (host.starts_by_request || !run_staged(index, of_bmc, command)) restart(index, of_bmc, false);
  }
  return Reply{taken.status};
}

Reply ModelFleet::start(std::uint32_t index, std::uint64_t command) {
  ModelHost& host = hosts[index];
  ModelJob asked;
  asked.command = command;
  const Taken taken = take(host.faults, &Faults::to_run);
  tell(Act::Kind::started, index, asked, is_flashing(host), !taken.acts);
  const bool runs = taken.acts && (run_staged(index, false, command) || run_staged(index, true, command));
  return naming(host, taken.status, runs);
}

Reply ModelFleet::switch_bank(std::uint32_t index, std::uint32_t component, std::uint64_t command) {
  ModelHost& host = hosts[index];
  ModelComponent& one = host.components[component];
  ModelJob job;
  job.kind = ModelJob::Kind::flashing;
  job.component = component;
  job.version = one.other;
  job.back = true;
  job.command = command;
  const Taken taken = take(host.faults, &Faults::to_switch);
  tell(Act::Kind::bank_switched, index, job, is_flashing(host), !taken.acts);
  if (!taken.acts) return Reply{taken.status};
  cut_flash(index);
  if (host.faults.flash_back == Faults::Flash::none) {
    std::swap(one.running, one.other);
    one.by_hand.reset();
    one.lost = false;
    host.sick = false;
  }
  if (host.faults.flash_back == Faults::Flash::bricks) host.bricked = true;
  restart(index, one.by_bmc, false);
  if (host.faults.flash_back == Faults::Flash::kills_bmc) host.gone = true;
  return Reply{taken.status};
}

Reply ModelFleet::cancel(std::uint32_t index, std::uint32_t component, std::uint64_t command) {
  ModelHost& host = hosts[index];
  ModelComponent& one = host.components[component];
  ModelJob job;
  job.component = component;
  job.command = command;
  const Taken taken = take(host.faults, &Faults::to_cancel);
  tell(Act::Kind::cancelled, index, job, is_flashing(host), !taken.acts);
  if (taken.acts && !host.faults.cancel_ignored) {
    one.staged.clear();
    std::erase_if(host.tasks, [&one](const ModelTask& task) { return task.id == one.staged_task; });
  }
  return Reply{taken.status};
}

}  // namespace breakwater::model
