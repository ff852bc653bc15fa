// Waiting for what was started. What was started is never started again; here there is only looking.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "orchestrator/crews/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr int kReadsToBelieve = 2;
/// New keys tried during one reset: the BMC makes one, and an attacker gets no second guess.
constexpr int kNewKeysMost = 2;

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

}  // namespace

/// True where the task answers that it is still at work.
awaitable<bool> Conversation::follow_task(const Started& started, Course& course) {
  const StageReceipt& receipt = started.receipt;
  if (course.task_over || (receipt.task_uri.empty() && receipt.monitor_uri.empty())) co_return false;
  Result<TaskView, Fault> read = co_await bmc_->read_task(receipt);
  course.task_unread = !read;
  if (!read) {
    // Tasks vanish over a reset; what they did is read off the inventory.
    if (read.error().kind == Fault::Kind::task_gone) course.task_over = true;
    co_return false;
  }
  const std::string progress = read->state_text + std::to_string(read->percent) + read->message;
  if (progress != course.progress) course.progress_at = Clock::now();
  course.progress = progress;
  course.self_test_pending = read->self_test_pending;
  if (read->state == TaskState::failed) course.failed_task = *read;
  if (read->state == TaskState::failed || read->state == TaskState::succeeded) course.task_over = true;
  co_return read->state == TaskState::running;
}

/// Reads until the wanted version runs, or until it is sure that it will not. What was started is never started again.
awaitable<Outcome> Conversation::settle(Started started) {
  Course course;
  const Clock::time_point since = Clock::now();
  course.progress_at = since;
  std::string last = "nothing was read";
  bool answers = false;
  Clock::time_point look_at = since;
  for (;;) {
    const bool at_work = co_await follow_task(started, course);
    if (at_work && Clock::now() < look_at) {
      co_await rest(since, started.deadline);
      continue;
    }
    look_at = Clock::now() + kLookWhileAtWork;
    Result<Look, Fault> seen = co_await look();
    answers = seen.has_value();
    if (seen) {
      // A restart took the session, and the look brought one: the task may have more to say than the version.
      if (course.task_unread && !course.task_over) co_await follow_task(started, course);
      const std::optional<Outcome> verdict = judge(started, course, *seen);
      if (verdict) co_return *verdict;
      last = component(started.update).id + " reports " + quoted(seen->updates[started.update].version);
    } else {
      const Fault fault = seen.error();
      last = describe(fault);
      bmc_->drop();
      course.was_away = true;
      course.reads = 0;
      course.progress_at = Clock::now();  // of its task nothing is known meanwhile
      const bool other_key = fault.kind == Fault::Kind::tls_pin_mismatch &&
                             component(started.update).activate_by == ActivateBy::bmc_reset &&
                             course.new_keys < kNewKeysMost;
      if (other_key) {
        ++course.new_keys;
        co_await take_new_key();
      } else if (!passes(fault)) {
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
    co_await rest(since, started.deadline);
  }
}

/// What one look says about what was started; nothing where it is too early to tell.
std::optional<Outcome> Conversation::judge(const Started& started, Course& course, const Look& seen) const {
  const UpdateLook& now = seen.updates[started.update];
  if (course.failed_task && course.failed_task->self_test_failed) {
    return outcome(Outcome::Verdict::failed, Cause::unhealthy, course.failed_task->message, seen);
  }
  if (now.runs == started.wanted && course.self_test_pending) return std::nullopt;
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

}  // namespace breakwater
