// The one place where a conversation waits for what was sent or started. Nothing is ever sent or started again here;
// there is only looking.
#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr int kReadsToBelieve = 2;
/// New keys tried during one reset: the BMC makes one, and an attacker gets no second guess.
constexpr int kNewKeysMost = 2;
/// While a task says that it is at work, what runs is looked at after a fifth of the time waited so far: a look is a
/// dozen requests, and the task's end brings one at once.
constexpr int kLookShare = 5;
constexpr Duration kLookRestFirst{2'000};
constexpr Duration kLookRestMost{30'000};

Duration until_next_look(Duration waited) {
  return std::clamp(waited / kLookShare, kLookRestFirst, kLookRestMost);
}

}  // namespace

/// Reads until what is awaited is seen, or until it is sure that it will not come.
awaitable<Outcome> Conversation::settle(Awaited awaited) {
  Course course;
  const Clock::time_point since = now();
  course.progress_at = since;
  Clock::time_point look_at = since;
  for (;;) {
    const bool at_work = co_await follow_task(awaited, course);
    if (at_work && now() < std::min(look_at, awaited.deadline)) {
      co_await contact_.rest(since, awaited.deadline);
      continue;
    }
    look_at = now() + until_next_look(std::chrono::duration_cast<Duration>(now() - since));
    Result<Look, Fault> seen = co_await contact_.look();
    std::optional<Outcome> ended;
    if (seen) {
      // A restart took the session, and the look brought one: the task may have more to say than the version.
      if (course.task_unread && !course.task_over) co_await follow_task(awaited, course);
      ended = judge(awaited, course, *seen);
    } else {
      ended = co_await fall_silent(awaited, course, seen.error());
    }
    if (!ended) ended = out_of_time(awaited, course, seen.has_value());
    if (ended) co_return std::move(*ended);
    co_await contact_.rest(since, awaited.deadline);
  }
}

/// True where the task answers that it is still at work.
awaitable<bool> Conversation::follow_task(const Awaited& awaited, Course& course) {
  if (course.task_over || !awaited.has_task()) co_return false;
  Result<TaskView, Fault> read = co_await bmc().read_task(awaited.receipt);
  course.task_unread = !read;
  if (!read) {
    // Tasks vanish over a reset; what they did is read off the inventory.
    course.task_gone = read.error().kind == Fault::Kind::task_gone;
    course.task_over = course.task_gone;
    co_return false;
  }
  note_progress(course, *read);
  course.task_over = read->state == TaskState::failed || read->state == TaskState::succeeded;
  const bool at_work = read->state == TaskState::running;
  course.task = std::move(*read);
  co_return at_work;
}

void Conversation::note_progress(Course& course, const TaskView& task) const {
  std::string progress = task.state_text + std::to_string(task.percent) + task.message;
  if (progress != course.progress) course.progress_at = now();
  course.progress = std::move(progress);
}

/// The BMC does not let itself be looked at: a restart, or the end.
awaitable<std::optional<Outcome>> Conversation::fall_silent(const Awaited& awaited, Course& course, Fault fault) {
  course.last = describe(fault);
  bmc().drop();
  course.was_away = true;
  course.reads = 0;
  course.progress_at = now();  // nothing is known of its task meanwhile
  const bool other_key = fault.kind == Fault::Kind::tls_pin_mismatch && awaited.goal == Awaited::Goal::running &&
                         component(awaited.update).activate_by == ActivateBy::bmc_reset &&
                         course.new_keys < kNewKeysMost;
  if (other_key) {
    ++course.new_keys;
    co_await contact_.take_new_key();
    co_return std::nullopt;
  }
  if (contact_.may_pass(fault)) co_return std::nullopt;
  co_return outcome(Outcome::Verdict::lost, cause_of(fault), course.last);
}

std::optional<Outcome> Conversation::out_of_time(const Awaited& awaited, const Course& course, bool answers) const {
  const bool task_runs = !course.task_over && !awaited.receipt.task_uri.empty();
  const bool watched = awaited.goal == Awaited::Goal::waiting || task_runs;
  const bool stuck = answers && watched && now() - course.progress_at >= timeouts().no_progress;
  if (stuck) {
    const std::string what = course.progress.empty() ? course.last : course.progress;
    return outcome(Outcome::Verdict::failed, Cause::timed_out, "the update makes no progress: " + what);
  }
  if (now() < awaited.deadline) return std::nullopt;
  return outcome(answers ? Outcome::Verdict::failed : Outcome::Verdict::lost, answers ? Cause::timed_out : Cause::lost,
                 "not over in time: " + course.last);
}

/// What one look says about what is awaited; nothing where it is too early to tell.
std::optional<Outcome> Conversation::judge(const Awaited& awaited, Course& course, const Look& seen) const {
  course.last = component(awaited.update).id + " reports " + in_quotes(seen.updates[awaited.update].version);
  return awaited.goal == Awaited::Goal::waiting ? judge_waiting(awaited, course, seen)
                                                : judge_running(awaited, course, seen);
}

/// Whether the image waits, or is proved not to be there.
std::optional<Outcome> Conversation::judge_waiting(const Awaited& awaited, Course& course, const Look& seen) const {
  const UpdateLook& one = seen.updates[awaited.update];
  const TaskView* task = course.task && !course.task_unread ? &*course.task : nullptr;
  if (!task) {
    task = seen.task();
    if (task) note_progress(course, *task);
  }
  const bool failed = task && task->state == TaskState::failed;
  const bool pending = task && task->state == TaskState::pending;
  const bool succeeded = task && task->state == TaskState::succeeded;
  if (awaited.wanted == Runs::new_version && one.runs != Runs::old_version) {
    return outcome(Outcome::Verdict::failed, Cause::ambiguous, course.last + " though the image should wait", seen);
  }
  const bool named = !awaited.receipt.task_uri.empty() && !course.task_gone;
  if (pending || (succeeded && (one.staged || named)) || (one.staged && !task)) {
    return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  }
  const bool nothing = one.listed && !one.staged && !seen.task();
  if (failed && nothing) {
    return outcome(Outcome::Verdict::untouched, Cause::task_failed, task->state_text + ": " + task->message, seen);
  }
  course.reads = nothing ? course.reads + 1 : 0;
  if (nothing && !task && course.reads >= order_.plan->checks.ready_reads) {
    return outcome(Outcome::Verdict::untouched, Cause::upload_failed,
                   "nothing arrived: no task, an empty slot and the old version", seen);
  }
  course.last = task ? "task is " + task->state_text : "no task is listed";
  return std::nullopt;
}

/// Whether the wanted version runs, or is proved not to come.
std::optional<Outcome> Conversation::judge_running(const Awaited& awaited, Course& course, const Look& seen) const {
  const UpdateLook& one = seen.updates[awaited.update];
  const bool failed = course.task && course.task->state == TaskState::failed;
  if (failed && course.task->self_test_failed) {
    return outcome(Outcome::Verdict::failed, Cause::unhealthy, course.task->message, seen);
  }
  if (one.runs == awaited.wanted) {
    if (course.task && course.task->self_test_pending) return std::nullopt;
    return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  }
  const bool restarted =
      seen.seen.host_reset_time != awaited.host_reset_time || seen.seen.bmc_reset_time != awaited.bmc_reset_time;
  course.was_away = course.was_away || restarted || seen.seen.boot == Boot::booting;
  const TaskView* listed = seen.task();
  if (listed && listed->state == TaskState::pending && course.was_away) listed = nullptr;
  const bool busy = listed || (awaited.has_task() && !course.task_over && !course.was_away) ||
                    seen.seen.boot == Boot::booting || one.runs == Runs::unreadable;
  if (busy) {
    course.reads = 0;
    course.steady_since.reset();
    return std::nullopt;
  }
  if (!course.steady_since) course.steady_since = now();
  if (++course.reads < kReadsToBelieve) return std::nullopt;
  if (failed) {
    const std::string text = course.task->state_text + ": " + course.task->message + "; " + course.last;
    return outcome(one.runs == Runs::other ? Outcome::Verdict::failed : Outcome::Verdict::untouched, Cause::task_failed,
                   text, seen);
  }
  // Nothing is under way and the version is still not the wanted one. Before a restart was seen it may only be late.
  const bool settled = now() - *course.steady_since >= order_.plan->checks.stable_for;
  if (!course.was_away || !settled) return std::nullopt;
  if (one.runs == Runs::other) return outcome(Outcome::Verdict::failed, Cause::version_mismatch, course.last, seen);
  const bool other_bank = one.other_bank && !one.other_bank->version.empty() &&
                          one.other_bank->version != one.version && awaited.wanted == Runs::new_version &&
                          !one.previous;
  return outcome(Outcome::Verdict::untouched, other_bank ? Cause::failed_back : Cause::unchanged,
                 course.last + (other_bank ? " and booted its other bank" : " though the service reported success"),
                 seen);
}

}  // namespace breakwater
