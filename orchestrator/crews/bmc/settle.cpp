// The one place where a conversation waits for what was sent or started. Nothing is ever sent or started again here;
// there is only looking.
#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr int kReadsToBelieve = 2;
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
  course.written_by = since + longest_write(awaited.update, awaited.wanted == Runs::old_version);
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
      co_await adopt(awaited, course, *seen);
      // A restart took the session, and the look brought one: the task may have more to say than the version.
      if (course.task_unread && !course.task_over) co_await follow_task(awaited, course);
      ended = judge(awaited, course, *seen);
    } else {
      ended = fall_silent(course, seen.error());
    }
    if (!ended) ended = out_of_time(awaited, course, seen.has_value());
    if (ended) co_return std::move(*ended);
    co_await contact_.rest(since, last_look(awaited, course));
  }
}

/// When there is a last look: at the deadline, or where all looks of late showed nothing, once that proves it. The
/// first of them counts from its end, and each takes as long as it likes.
Clock::time_point Conversation::last_look(const Awaited& awaited, const Course& course) {
  const bool proves = course.nothing_since && awaited.nothing_from != Clock::time_point::max();
  return proves ? std::max(awaited.deadline, *course.nothing_since + kProofApart) : awaited.deadline;
}

/// True where the task answers that it is still at work.
awaitable<bool> Conversation::follow_task(const Awaited& awaited, Course& course) {
  if (course.task_over || !awaited.has_task()) co_return false;
  Result<TaskView, Fault> read = co_await contact_.read_task(awaited.receipt);
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

namespace {

bool is_open_update(const TaskView& task) {
  return task.update && task.state != TaskState::succeeded && task.state != TaskState::failed;
}

/// The task that is ours where none is followed: that of the receipt, else one that runs, else the first.
const TaskView* appeared(const StageReceipt& receipt, const Look& seen) {
  const TaskView* ours = nullptr;
  for (const TaskView& task : seen.seen.tasks) {
    if (!is_open_update(task) || task.uri.empty()) continue;
    if (task.uri == receipt.task_uri) return &task;
    if (!ours || (task.state == TaskState::running && ours->state != TaskState::running)) ours = &task;
  }
  return ours;
}

}  // namespace

/// What the list of tasks shows of the one that was read by this receipt: first the task that the answer names, which a
/// monitor does, and a task that went over to a job. A monitor that names none means the only update that is open.
const TaskView* listed_as(const Look& seen, const StageReceipt& receipt, const TaskView& read) {
  const TaskView* by_receipt = nullptr;
  const TaskView* open = nullptr;
  int open_ones = 0;
  for (const TaskView& task : seen.seen.tasks) {
    if (!task.uri.empty() && task.uri == read.uri) return &task;
    if (!task.uri.empty() && task.uri == receipt.task_uri) by_receipt = &task;
    if (!is_open_update(task)) continue;
    open = &task;
    ++open_ones;
  }
  if (by_receipt) return by_receipt;
  const bool unnamed = !receipt.monitor_uri.empty() && (read.uri.empty() || read.uri == receipt.monitor_uri);
  return unnamed && open_ones == 1 && !open->uri.empty() ? open : nullptr;
}

/// An update task that appeared since an image was sent is ours until it is proved gone, whatever the answer was: none
/// waited or ran right before. It is recorded, and followed where the one that was named is over or was never named.
/// One that is followed is followed, and recorded, by the name under which it is listed.
awaitable<void> Conversation::adopt(Awaited& awaited, Course& course, const Look& seen) {
  const bool follows = course.task && !course.task_unread && !course.task_over;
  const bool restarted = awaited.goal == Awaited::Goal::running && course.was_away;
  if (!awaited.sent || restarted) co_return;
  const TaskView* ours = follows ? listed_as(seen, awaited.receipt, *course.task) : appeared(awaited.receipt, seen);
  if (!ours || (follows && ours->uri == awaited.receipt.task_uri)) co_return;
  course.task = *ours;
  course.task_unread = course.task_over = course.task_gone = false;
  note_progress(course, *ours);
  if (ours->uri == awaited.receipt.task_uri) co_return;
  order_.task = ours->uri;
  awaited.receipt.task_uri = ours->uri;
  awaited.receipt.monitor_uri.clear();
  // After a request that makes it run, a task in the evidence says that the request was answered: another name does
  // not.
  if (!(follows && asked_before())) co_await contact_.record(Evidence::Kind::task, order_.task);
}

void Conversation::note_progress(Course& course, const TaskView& task) const {
  std::string progress = task.state_text;
  if (task.percent >= 0) progress += ", " + std::to_string(task.percent) + '%';
  if (!task.message.empty() && task.message != task.state_text) progress += ": " + task.message;
  if (progress != course.progress) course.progress_at = now();
  course.progress = std::move(progress);
}

/// The BMC does not let itself be looked at: a restart, or the end.
std::optional<Outcome> Conversation::fall_silent(Course& course, const Fault& fault) {
  course.last = describe(fault);
  course.unread = cause_unread(fault);
  bmc().drop();
  course.was_away = true;
  course.reads = 0;
  course.nothing_since.reset();
  course.progress_at = now();  // nothing is known of its task meanwhile
  if (contact_.may_pass(fault)) return std::nullopt;
  return outcome(Outcome::Verdict::lost, cause_of(fault), course.last);
}

std::optional<Outcome> Conversation::out_of_time(const Awaited& awaited, const Course& course, bool answers) const {
  const bool task_runs = awaited.has_task() && !course.task_over;
  const bool stuck = answers && task_runs && now() - course.progress_at >= timeouts().no_progress;
  if (stuck) {
    const std::string what = course.progress.empty() ? course.last : course.progress;
    return outcome(Outcome::Verdict::failed, Cause::timed_out, "the update makes no progress: " + what);
  }
  if (now() < last_look(awaited, course)) return std::nullopt;
  // An image of which nothing can be seen cannot be cancelled either.
  const bool seen = awaited.goal == Awaited::Goal::running || task_runs;
  const bool failed = answers && seen;
  return outcome(failed ? Outcome::Verdict::failed : Outcome::Verdict::lost, answers ? Cause::timed_out : course.unread,
                 "not over in time: " + course.last);
}

/// Whether this look, with those before it, proves that nothing of an image that was sent arrived.
bool Conversation::proved_nothing(const Awaited& awaited, Course& course, bool nothing) const {
  if (!nothing) course.nothing_since.reset();
  if (nothing && !course.nothing_since) course.nothing_since = now();
  return nothing && awaited.sent && now() >= awaited.nothing_from && now() - *course.nothing_since >= kProofApart;
}

/// What one look says about what is awaited; nothing where it is too early to tell.
std::optional<Outcome> Conversation::judge(const Awaited& awaited, Course& course, const Look& seen) const {
  course.last = component(awaited.update).id + " reports " + in_quotes(seen.updates[awaited.update].version);
  return awaited.goal == Awaited::Goal::waiting ? judge_waiting(awaited, course, seen)
                                                : judge_running(awaited, course, seen);
}

namespace {

/// Another time of a reset is a reset; one that could not be read is none.
bool is_later(const std::string& before, const std::string& now) {
  return !before.empty() && !now.empty() && before != now;
}

/// An update task that is not over: also one that says what nobody knows.
bool has_open_task(const Look& seen) {
  return std::any_of(seen.seen.tasks.begin(), seen.seen.tasks.end(), is_open_update);
}

}  // namespace

/// Whether the image waits, or is proved not to be there.
std::optional<Outcome> Conversation::judge_waiting(const Awaited& awaited, Course& course, const Look& seen) const {
  const UpdateLook& one = seen.updates[awaited.update];
  const TaskView* task = course.task && !course.task_unread ? &*course.task : nullptr;
  const bool failed = task && task->state == TaskState::failed;
  const bool pending = task && task->state == TaskState::pending;
  const bool succeeded = task && task->state == TaskState::succeeded;
  const bool ran = one.runs == Runs::new_version || one.runs == Runs::other;
  if (awaited.wanted == Runs::new_version && ran) {
    return outcome(Outcome::Verdict::failed, Cause::ambiguous, course.last + " though the image should wait", seen);
  }
  const bool named = awaited.has_task() && !course.task_gone;
  if (pending || (succeeded && (one.staged || named)) || (one.staged && !task)) {
    return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  }
  const bool readable = awaited.wanted == Runs::old_version || one.runs == Runs::old_version;
  const bool nothing = one.listed && readable && !one.staged && !has_open_task(seen);
  if (failed && (nothing || one.staged)) {
    return outcome(nothing ? Outcome::Verdict::untouched : Outcome::Verdict::failed, Cause::task_failed,
                   task->state_text + ": " + task->message, seen);
  }
  // A slot that is empty while the BMC writes proves nothing: its task may be gone before the image shows.
  if (proved_nothing(awaited, course, nothing && !task)) {
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
  const bool restarted = is_later(awaited.host_reset_time, seen.seen.host_reset_time) ||
                         is_later(awaited.bmc_reset_time, seen.seen.bmc_reset_time);
  course.was_away = course.was_away || restarted || seen.seen.boot == Boot::booting;
  const bool as_before = awaited.wanted == Runs::old_version || one.runs == Runs::old_version;
  const bool nothing = one.listed && as_before && !one.staged && !has_open_task(seen) && !course.was_away;
  if (proved_nothing(awaited, course, nothing && !awaited.has_task())) {
    return outcome(Outcome::Verdict::untouched, Cause::upload_failed,
                   "nothing arrived: no task, no restart and " + course.last, seen);
  }
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
  // Nothing is under way and the version is still not the wanted one. Before a restart was seen it may only be late,
  // and where no task tells how it went, it may still be being written.
  const bool told = course.task && !course.task_unread && !course.task_gone;
  const bool settled = now() - *course.steady_since >= order_.plan->checks.stable_for;
  if (!course.was_away || !settled || (!told && now() < course.written_by)) return std::nullopt;
  if (one.runs == Runs::other) return outcome(Outcome::Verdict::failed, Cause::version_mismatch, course.last, seen);
  const bool other_bank = one.other_bank && !one.other_bank->version.empty() &&
                          one.other_bank->version != one.version && awaited.wanted == Runs::new_version &&
                          !one.previous;
  return outcome(Outcome::Verdict::untouched, other_bank ? Cause::failed_back : Cause::unchanged,
                 course.last + (other_bank ? " and booted its other bank" : " though the service reported success"),
                 seen);
}

}  // namespace breakwater
