// What makes a version run, forwards and on the way back. Everything here is tried once; after that there is only
// looking.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "orchestrator/crews/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr int kReadsToBelieve = 2;
/// New keys tried during one reset: the BMC makes one, and an attacker gets no second guess.
constexpr int kNewKeysMost = 2;

/// What changes when the host or its BMC restarts, as evidence keeps it.
std::string reset_times(const Look& seen) {
  return seen.seen.host_reset_time + ' ' + seen.seen.bmc_reset_time;
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

}  // namespace

awaitable<Outcome> Conversation::activate() {
  const std::uint32_t index = order_.command.update;
  const bool acted_before = has_evidence(Evidence::Kind::sending) || has_evidence(Evidence::Kind::start_asked) ||
                            has_evidence(Evidence::Kind::reset_asked);
  const Clock::time_point deadline = within(longest(index, false));
  Result<Look, Fault> seen = co_await look_through_weather(acted_before ? deadline : within(timeouts().bmc_return));
  if (!seen) {
    const bool untouched = !acted_before && order_.command.upload;
    co_return outcome(untouched ? Outcome::Verdict::untouched : Outcome::Verdict::lost,
                      untouched ? Cause::upload_failed : Cause::lost, describe(seen.error()));
  }
  Started started;
  started.update = index;
  started.deadline = deadline;
  started.host_reset_time = seen->seen.host_reset_time;
  started.bmc_reset_time = seen->seen.bmc_reset_time;
  started.receipt.task_uri = evidence(Evidence::Kind::task);
  if (seen->updates[index].runs == Runs::new_version) co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
  const bool asked_only = acted_before && !order_.command.upload && evidence(Evidence::Kind::task).empty();
  const bool in_vain = asked_only && co_await never_left(index, *seen);
  if (acted_before && !in_vain) {
    Outcome found = co_await settle(started);
    co_return co_await disarm(index, std::move(found));
  }
  if (in_vain) started.deadline = within(longest(index, false));

  Result<UpdateAbility, Fault> ability = co_await bmc_->update_ability();
  if (!ability) {
    co_return co_await disarm(
        index, outcome(Outcome::Verdict::untouched, Cause::not_supported, describe(ability.error()), *seen));
  }
  if (order_.command.upload) {
    const UpdateLook& before = seen->updates[index];
    if (before.runs != Runs::old_version || before.staged || seen->task()) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        component(index).id + " is not as it was when the host was prepared", *seen);
    }
    const std::string target = before.target_uri;
    Result<StageReceipt, Outcome> sent =
        co_await upload(index, image_of(*order_.plan, update(index)), ApplyTime::immediate, target);
    if (!sent && sent.error().verdict == Outcome::Verdict::untouched) co_return sent.error();
    if (sent) started.receipt = std::move(*sent);
    Outcome found = co_await settle(started);
    if (!sent && found.verdict != Outcome::Verdict::done)
      found.detail = sent.error().detail + "; then: " + found.detail;
    co_return found;
  }
  const ApplyTime apply = ability->stage_on_reset ? ApplyTime::on_reset : ApplyTime::on_start_request;
  Look before = std::move(*seen);
  Result<StageReceipt, Fault> asked = co_await run_staged(index, apply, std::move(before));
  if (asked) started.receipt = std::move(*asked);
  Outcome found = co_await settle(started);
  if (!asked && found.verdict != Outcome::Verdict::done)
    found.detail = describe(asked.error()) + "; then: " + found.detail;
  co_return co_await disarm(index, std::move(found));
}

/// After a crash between "about to ask" and the asking: whether the request never left. It is believed only where the
/// BMC answers all through the no-progress time, runs what it ran, restarts nothing and works on nothing.
awaitable<bool> Conversation::never_left(std::uint32_t index, Look first) {
  const std::string before = has_evidence(Evidence::Kind::reset_asked) ? evidence(Evidence::Kind::reset_asked)
                                                                       : evidence(Evidence::Kind::start_asked);
  const Clock::time_point since = Clock::now();
  Look now = first;
  for (;;) {
    const TaskView* task = now.task();
    const bool still = reset_times(now) == before && now.seen.boot != Boot::booting &&
                       now.updates[index].version == first.updates[index].version &&
                       (task == nullptr || task->state == TaskState::pending);
    if (!still) co_return false;
    if (Clock::now() - since >= timeouts().no_progress) co_return true;
    co_await rest(since);
    Result<Look, Fault> seen = co_await look();
    if (!seen) co_return false;
    now = std::move(*seen);
  }
}

/// Asks once for what makes the staged image run: the reset that the Release names, or StartUpdate.
awaitable<Result<StageReceipt, Fault>> Conversation::run_staged(std::uint32_t index, ApplyTime apply, Look before) {
  if (apply == ApplyTime::on_start_request) {
    co_await record(Evidence::Kind::start_asked, reset_times(before));
    Result<StageReceipt, Fault> started = co_await bmc_->start_staged();
    if (started && !started->task_uri.empty()) co_await record(Evidence::Kind::task, started->task_uri);
    co_return started;
  }
  const bool by_bmc = component(index).activate_by == ActivateBy::bmc_reset;
  co_await record(Evidence::Kind::reset_asked, reset_times(before));
  Result<void, Fault> reset;
  if (by_bmc) {
    reset = co_await bmc_->reset_bmc();
  } else {
    reset = co_await bmc_->reset_host();
  }
  if (!reset) co_return fail(reset.error());
  StageReceipt receipt;
  receipt.task_uri = order_.task;
  co_return receipt;
}

/// A staged image must not outlive an activation that failed: it would run at somebody's next reboot.
awaitable<Outcome> Conversation::disarm(std::uint32_t index, Outcome found) {
  if (found.verdict == Outcome::Verdict::done || found.verdict == Outcome::Verdict::lost) co_return found;
  Result<Look, Fault> seen = co_await look_through_weather(Clock::now() + timeouts().bmc_return);
  if (!seen) co_return outcome(Outcome::Verdict::lost, Cause::lost, found.detail + "; then: " + describe(seen.error()));
  Look at = std::move(*seen);
  Result<void, Outcome> gone = co_await take_back(index, std::move(at));
  if (!gone) co_return gone.error();
  co_return found;
}

awaitable<void> Conversation::follow_task(const Started& started, Course& course) {
  const StageReceipt& receipt = started.receipt;
  if (course.task_over || (receipt.task_uri.empty() && receipt.monitor_uri.empty())) co_return;
  Result<TaskView, Fault> read = co_await bmc_->read_task(receipt);
  if (!read) {
    // Tasks vanish over a reset; what they did is read off the inventory.
    if (read.error().kind == Fault::Kind::task_gone) course.task_over = true;
    co_return;
  }
  const std::string progress = read->state_text + std::to_string(read->percent) + read->message;
  if (progress != course.progress) course.progress_at = Clock::now();
  course.progress = progress;
  if (read->state == TaskState::failed) course.failed_task = *read;
  if (read->state == TaskState::failed || read->state == TaskState::succeeded) course.task_over = true;
}

/// Reads until the wanted version runs, or until it is sure that it will not. What was started is never started again.
awaitable<Outcome> Conversation::settle(Started started) {
  Course course;
  const Clock::time_point since = Clock::now();
  course.progress_at = since;
  std::string last = "nothing was read";
  bool answers = false;
  for (;;) {
    co_await follow_task(started, course);
    Result<Look, Fault> seen = co_await look();
    answers = seen.has_value();
    if (seen) {
      const std::optional<Outcome> verdict = judge(started, course, *seen);
      if (verdict) co_return *verdict;
      last = component(started.update).id + " reports " + quoted(seen->updates[started.update].version);
    } else {
      const Fault fault = seen.error();
      last = describe(fault);
      bmc_->drop();
      course.was_away = true;
      course.reads = 0;
      const bool other_key = fault.kind == Fault::Kind::tls_pin_mismatch &&
                             component(started.update).activate_by == ActivateBy::bmc_reset &&
                             course.new_keys < kNewKeysMost;
      if (other_key) {
        ++course.new_keys;
        co_await take_new_key();
      } else if (!is_weather(fault.kind) && fault.kind != Fault::Kind::deadline) {
        co_return outcome(Outcome::Verdict::lost, cause_of(fault), last);
      }
    }
    const bool task_runs = !course.task_over && !started.receipt.task_uri.empty();
    const bool stuck = answers && task_runs && Clock::now() - course.progress_at >= timeouts().no_progress;
    if (stuck)
      co_return outcome(Outcome::Verdict::failed, Cause::timed_out,
                        "the update's task makes no progress: " + course.progress);
    if (Clock::now() >= started.deadline) {
      co_return outcome(answers ? Outcome::Verdict::failed : Outcome::Verdict::lost,
                        answers ? Cause::timed_out : Cause::lost, "not over in time: " + last);
    }
    co_await rest(since);
  }
}

/// What one look says about what was started; nothing where it is too early to tell.
std::optional<Outcome> Conversation::judge(const Started& started, Course& course, const Look& seen) const {
  const UpdateLook& now = seen.updates[started.update];
  if (course.failed_task && course.failed_task->self_test_failed) {
    return outcome(Outcome::Verdict::failed, Cause::unhealthy, course.failed_task->message, seen);
  }
  if (now.runs == started.wanted) return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  const bool restarted =
      seen.seen.host_reset_time != started.host_reset_time || seen.seen.bmc_reset_time != started.bmc_reset_time;
  course.was_away = course.was_away || restarted || seen.seen.boot == Boot::booting;
  const TaskView* running = seen.task();
  if (running && running->state == TaskState::pending && course.was_away) running = nullptr;
  const bool has_task = !started.receipt.task_uri.empty() || !started.receipt.monitor_uri.empty();
  const bool busy = running != nullptr || (has_task && !course.task_over && !course.was_away) ||
                    seen.seen.boot == Boot::booting || now.runs == Runs::unreadable;
  if (busy) {
    course.reads = 0;
    course.steady_since.reset();
    return std::nullopt;
  }
  if (!course.steady_since) course.steady_since = Clock::now();
  if (++course.reads < kReadsToBelieve) return std::nullopt;
  const std::string reports = component(started.update).id + " reports " + quoted(now.version);
  if (course.failed_task) {
    const std::string text = course.failed_task->state_text + ": " + course.failed_task->message + "; " + reports;
    return outcome(now.runs == Runs::other ? Outcome::Verdict::failed : Outcome::Verdict::untouched, Cause::task_failed,
                   text, seen);
  }
  // Nothing runs and the version is still not the wanted one. Before a restart was seen it may only be late.
  const bool settled = Clock::now() - *course.steady_since >= order_.plan->checks.stable_for;
  if (!course.was_away || !settled) return std::nullopt;
  if (now.runs == Runs::other) return outcome(Outcome::Verdict::failed, Cause::version_mismatch, reports, seen);
  const bool other_bank = now.other_bank && !now.other_bank->version.empty() &&
                          now.other_bank->version != now.version && started.wanted == Runs::new_version &&
                          !now.previous;
  return outcome(Outcome::Verdict::untouched, other_bank ? Cause::failed_back : Cause::unchanged,
                 reports + (other_bank ? " and booted its other bank" : " though the service reported success"), seen);
}

// ---- the way back

/// A look taken when nothing writes to the component: a BMC is interrupted only when it shows that no write is running.
awaitable<Result<Look, Outcome>> Conversation::quiet_look() {
  const Clock::time_point since = Clock::now();
  const Clock::time_point deadline = since + timeouts().task + timeouts().bmc_return;
  for (;;) {
    Result<Look, Fault> seen = co_await look_through_weather(deadline);
    if (!seen) co_return fail(outcome(Outcome::Verdict::lost, Cause::lost, describe(seen.error())));
    const TaskView* task = seen->task();
    if (!task || task->state == TaskState::pending) co_return std::move(*seen);
    if (Clock::now() >= deadline) {
      co_return fail(outcome(Outcome::Verdict::lost, Cause::timed_out,
                             "an update is still being written: " + task->uri + "; it must not be interrupted", *seen));
    }
    co_await rest(since);
  }
}

awaitable<Outcome> Conversation::roll_back() {
  const std::uint32_t index = order_.command.update;
  forward_deadline_.reset();
  Result<Look, Outcome> quiet = co_await quiet_look();
  if (!quiet) co_return quiet.error();
  Look seen = std::move(*quiet);
  if (!has_evidence(Evidence::Kind::sending) && !has_evidence(Evidence::Kind::start_asked)) {
    Look at = seen;
    Result<void, Outcome> gone = co_await take_back(index, std::move(at));
    if (!gone) co_return gone.error();
  }
  if (seen.updates[index].runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "", seen);

  Started started;
  started.update = index;
  started.wanted = Runs::old_version;
  started.deadline = Clock::now() + longest(index, true);
  started.host_reset_time = seen.seen.host_reset_time;
  started.bmc_reset_time = seen.seen.bmc_reset_time;
  started.receipt.task_uri = evidence(Evidence::Kind::task);
  const bool acted_before = has_evidence(Evidence::Kind::sending) || has_evidence(Evidence::Kind::start_asked) ||
                            has_evidence(Evidence::Kind::reset_asked);
  const bool asked_only =
      acted_before && update(index).way_back == WayBack::bank_switch && evidence(Evidence::Kind::task).empty();
  const bool in_vain = asked_only && co_await never_left(index, seen);
  if (acted_before && !in_vain) {
    Outcome found = co_await settle(started);
    co_return co_await disarm(index, std::move(found));
  }
  if (in_vain) started.deadline = Clock::now() + longest(index, true);
  if (update(index).way_back == WayBack::reflash) co_return co_await reflash(index, std::move(seen));

  if (update(index).way_back == WayBack::none || !seen.updates[index].previous) {
    co_return outcome(Outcome::Verdict::failed, Cause::no_way_back,
                      component(index).id + ": no bank holds " + quoted(update(index).from_version), seen);
  }
  const InstalledComponent previous = *seen.updates[index].previous;
  co_await record(Evidence::Kind::start_asked, reset_times(seen));
  Result<StageReceipt, Fault> asked = co_await bmc_->activate_previous(previous);
  if (asked) {
    started.receipt = std::move(*asked);
    if (!started.receipt.task_uri.empty()) co_await record(Evidence::Kind::task, started.receipt.task_uri);
  }
  Outcome found = co_await settle(started);
  if (!asked && found.verdict != Outcome::Verdict::done)
    found.detail = describe(asked.error()) + "; then: " + found.detail;
  co_return found;
}

/// Sends the image from before and makes it run, in whichever way the service takes images.
awaitable<Outcome> Conversation::reflash(std::uint32_t index, Look before) {
  Started started;
  started.update = index;
  started.wanted = Runs::old_version;
  started.host_reset_time = before.seen.host_reset_time;
  started.bmc_reset_time = before.seen.bmc_reset_time;
  Result<UpdateAbility, Fault> ability = co_await bmc_->update_ability();
  if (!ability)
    co_return outcome(Outcome::Verdict::failed, cause_of(ability.error()), describe(ability.error()), before);
  const bool stages = ability->stage_on_reset || ability->stage_for_start;
  const ApplyTime apply = !stages                   ? ApplyTime::immediate
                          : ability->stage_on_reset ? ApplyTime::on_reset
                                                    : ApplyTime::on_start_request;
  const std::string target = before.updates[index].target_uri;
  const PlannedImage& image = back_image_of(*order_.plan, update(index));
  Result<StageReceipt, Outcome> sent = co_await upload(index, image, apply, target);
  if (!sent) co_return sent.error();
  started.receipt = *sent;
  order_.task = sent->task_uri;
  if (stages) {
    Outcome waits = co_await settle_stage(index, *sent, true);
    if (waits.verdict != Outcome::Verdict::done) co_return waits;
    Result<StageReceipt, Fault> asked = co_await run_staged(index, apply, std::move(before));
    if (asked) started.receipt = std::move(*asked);
  }
  started.deadline = Clock::now() + longest(index, true);
  Outcome found = co_await settle(started);
  co_return co_await disarm(index, std::move(found));
}

}  // namespace breakwater
