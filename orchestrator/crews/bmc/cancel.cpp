// What is staged and no longer wanted: cancelled, and proved gone by reading again.
#include <algorithm>
#include <utility>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr Duration kCancelWait{60'000};

}  // namespace

awaitable<Outcome> Conversation::cancel() {
  const std::uint32_t index = order_.command.update;
  const Clock::time_point deadline = now() + timeouts().bmc_return;
  Result<Look, Fault> seen = co_await contact_.look_until_answered(deadline);
  if (!seen) co_return armed("its staged image could not be looked at: " + describe(seen.error()));
  Result<Look, Outcome> quiet = co_await whole_look(index);
  if (!quiet) co_return armed(quiet.error().detail);
  Look at = std::move(*quiet);
  Look before = at;
  Result<void, Outcome> gone = co_await cancel_ours(index, std::move(at));
  if (!gone) co_return gone.error();
  if (before.updates[index].runs == Runs::old_version && co_await may_wait_unseen(index, std::move(before))) {
    co_return armed(component(index).id + ": neither its image nor its task " + order_.task +
                    " is to be seen; a restart may run it");
  }
  // A restart that nobody here asked for may have run it first.
  Result<Look, Outcome> left = co_await quiet_look(now() + quiet_most());
  if (!left) co_return left.error();
  const UpdateLook& one = left->updates[index];
  if (one.runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "");
  co_return outcome(Outcome::Verdict::failed, Cause::ambiguous,
                    component(index).id + " reports \"" + one.version + "\": a restart ran its staged image", *left);
}

/// What waits is compared with ours by the names in the list of tasks. Ours may be known by another one, that of a task
/// monitor in the evidence of an earlier process: it is read there, and goes by its listed name from here on.
awaitable<void> Conversation::name_ours(Look seen) {
  const std::vector<TaskView>& tasks = seen.seen.tasks;
  const bool listed =
      std::any_of(tasks.begin(), tasks.end(), [this](const TaskView& task) { return task.uri == order_.task; });
  const TaskView* open = seen.task();
  if (order_.task.empty() || listed || !open || open->state != TaskState::pending) co_return;
  StageReceipt ours;
  ours.task_uri = order_.task;
  const Result<TaskView, Fault> read = co_await contact_.read_task(ours);
  if (!read) co_return;
  if (const TaskView* task = listed_as(seen, ours, *read)) order_.task = task->uri;
}

/// Whether our image that brings this version is seen waiting: as a staged entry of that version, or by its task.
bool Conversation::waits(std::uint32_t index, const Look& seen, Runs brings) const {
  const UpdateLook& one = seen.updates[index];
  return (one.staged && one.staged_as == brings) || (!order_.task.empty() && seen.waits(order_.task));
}

/// Whether it is known what became of our image, so that a task which waits unnamed is not taken for its own: it runs,
/// or its cancel was asked for by a process that died since.
bool Conversation::accounted_for(std::uint32_t index, const Look& seen) const {
  return seen.updates[index].runs == brings_ || cancelled_before_;
}

/// The task or job under which our image waits: ours by its name; else, where no entry is shown as staged, the first
/// that waits. None did when the host was prepared, so what appeared since we sent may be ours until that is accounted
/// for.
const TaskView* Conversation::our_task(std::uint32_t index, const Look& seen) const {
  const TaskView* unnamed = nullptr;
  for (const TaskView& task : seen.seen.tasks) {
    if (!task.update || task.state != TaskState::pending) continue;
    if (task.uri == order_.task) return &task;
    if (!unnamed && !beside_.contains(task.uri)) unnamed = &task;
  }
  return seen.updates[index].staged || accounted_for(index, seen) ? nullptr : unnamed;
}

bool Conversation::ours_waits(std::uint32_t index, const Look& seen) const {
  return waits(index, seen, Runs::new_version) || our_task(index, seen) ||
         (update(index).way_back == WayBack::reflash && waits(index, seen, Runs::old_version));
}

/// An entry that cannot be read may be our image, until it is known what became of that.
bool Conversation::hides_ours(std::uint32_t index, const Look& seen) const {
  return !seen.updates[index].rest_unread.empty() && !ours_waits(index, seen) && !accounted_for(index, seen);
}

/// A quiet look at everything that may be ours. What cannot be read is given the time of a BMC that restarts.
awaitable<Result<Look, Outcome>> Conversation::whole_look(std::uint32_t index) {
  const Clock::time_point since = now();
  const Clock::time_point read_by = since + timeouts().bmc_return;
  for (;;) {
    Result<Look, Outcome> seen = co_await quiet_look(now() + quiet_most());
    if (!seen || !hides_ours(index, *seen) || now() >= read_by) co_return seen;
    co_await contact_.rest(since, read_by);
  }
}

/// Whether our image may wait though nothing shows it: it was known by its task alone, and that is gone or over without
/// having failed. What was asked to run, or to be cancelled, does not wait any more once nothing shows it.
awaitable<bool> Conversation::may_wait_unseen(std::uint32_t index, Look seen) {
  if (order_.task.empty() || run_asked_ || cancel_asked_) co_return false;
  if (seen.updates[index].staged || ours_waits(index, seen)) co_return false;
  StageReceipt ours;
  ours.task_uri = order_.task;
  Result<TaskView, Fault> task = co_await contact_.read_task(ours);
  co_return !task || task->state != TaskState::failed;
}

/// What waits of somebody else, by its URI: a reset would run its image too. Empty where nothing does. Where ours is
/// not listed by its name, one of the tasks is taken for it: there are services that name no task.
std::string Conversation::foreign(std::uint32_t index, const Look& seen) const {
  bool found_ours = seen.waits(order_.task) || accounted_for(index, seen);
  for (const TaskView& task : seen.seen.tasks) {
    if (!task.update || task.state != TaskState::pending || task.uri == order_.task) continue;
    if (found_ours || beside_.contains(task.uri)) return task.uri;
    found_ours = true;
  }
  const InstalledComponent* elsewhere = seen.waits_elsewhere();
  return elsewhere ? elsewhere->uri : std::string();
}

/// Ours is about to be cancelled: a task that is taken for it is recorded, and what waits beside it is not ours.
awaitable<void> Conversation::tell_apart(std::uint32_t index, Look seen) {
  const TaskView* ours = our_task(index, seen);
  bool found_ours = ours != nullptr;
  for (const TaskView& task : seen.seen.tasks) {
    if (!task.update || task.state != TaskState::pending || &task == ours) continue;
    if (std::exchange(found_ours, true)) beside_.insert(task.uri);
  }
  if (!ours || ours->uri == order_.task) co_return;
  order_.task = ours->uri;
  co_await contact_.record(Evidence::Kind::task, order_.task);
}

Outcome Conversation::left_alone(std::uint32_t index, const Look& seen) const {
  return outcome(Outcome::Verdict::lost, Cause::foreign_task,
                 component(index).id + " has version \"" + seen.updates[index].staged->version +
                     "\" staged, which this rollout did not send; it is left alone",
                 seen);
}

/// Cancels what waits for this update and is ours, and proves by re-reading that it is gone. What others staged is left
/// alone. Where our own side fails at the request, or the BMC is too busy to begin, everything is looked at anew before
/// it is asked for.
awaitable<Result<void, Outcome>> Conversation::cancel_ours(std::uint32_t index, Look seen) {
  for (;;) {
    const std::optional<InstalledComponent>& staged = seen.updates[index].staged;
    if (!ours_waits(index, seen)) {
      if (staged) co_return fail(left_alone(index, seen));
      if (!hides_ours(index, seen)) co_return Result<void, Outcome>();
      co_return fail(armed(component(index).id +
                           ": its image is not found in what can be read: " + seen.updates[index].rest_unread));
    }
    const std::string entry = staged ? staged->uri : std::string();
    Look waiting = seen;
    co_await tell_apart(index, std::move(waiting));
    const TaskView* ours = our_task(index, seen);
    const std::string task = ours ? ours->uri : std::string();
    const bool asked_earlier = std::exchange(cancel_asked_, true);
    contact_.see_through();
    co_await contact_.record(Evidence::Kind::cancel_asked, entry + ' ' + task);
    Result<void, Fault> asked = co_await bmc().cancel_staged(entry, task);
    const bool own = !asked && is_own_side(asked.error());
    if (!own) co_await contact_.mended();
    if (!own && (asked || !may_ask_again(asked.error()))) {
      co_return co_await prove_cancelled(index, std::move(asked));
    }
    cancel_asked_ = asked_earlier;
    if (own) {
      co_await contact_.wait_for_mend(asked.error());
    } else {
      co_await contact_.rest(*busy_since_, *busy_since_ + timeouts().bmc_return);
    }
    Result<Look, Outcome> quiet = co_await whole_look(index);
    if (!quiet) co_return fail(armed(quiet.error().detail));
    seen = std::move(*quiet);
  }
}

awaitable<Result<void, Outcome>> Conversation::prove_cancelled(std::uint32_t index, Result<void, Fault> asked) {
  const Clock::time_point since = now();
  const bool refused = !asked && aftermath_of(Asked::act, asked.error()) == Aftermath::untouched;
  const Clock::time_point deadline = since + (refused ? kProofApart : kCancelWait);
  std::string last = asked ? "the service said yes" : describe(asked.error());
  for (;;) {
    Result<Look, Fault> again = co_await contact_.look();
    const bool writes = again && again->task() && again->task()->state == TaskState::running;
    if (writes) {
      // Somebody's restart was quicker: it is neither waiting nor gone.
      Result<Look, Outcome> quiet = co_await quiet_look(now() + quiet_most());
      if (!quiet) co_return fail(armed(quiet.error().detail));
      continue;
    }
    const bool gone = again && again->updates[index].listed && !ours_waits(index, *again);
    if (gone && again->updates[index].staged) co_return fail(left_alone(index, *again));
    if (gone) co_return Result<void, Outcome>();
    if (!again) {
      last = describe(again.error());
      bmc().drop();
    }
    if (now() >= deadline) {
      co_return fail(
          armed(component(index).id + " still has an image staged that its next reset would run (" + last + ")"));
    }
    co_await contact_.rest(since, deadline);
  }
}

/// A staged image must not outlive an activation that failed: it would run at somebody's next reboot. Images of others
/// may. What is said to be untouched is looked at once more: what no longer waits may have run.
awaitable<Outcome> Conversation::disarm(std::uint32_t index, Outcome found) {
  if (found.verdict == Outcome::Verdict::done || found.verdict == Outcome::Verdict::lost) co_return found;
  contact_.see_through();
  Result<Look, Outcome> quiet = co_await whole_look(index);
  if (!quiet) co_return armed(found.detail + "; then: " + quiet.error().detail);
  Look unseen = *quiet;
  if (co_await may_wait_unseen(index, std::move(unseen))) {
    co_return armed(found.detail + "; then: whether its image still waits cannot be seen");
  }
  Look at = std::move(*quiet);
  Result<void, Outcome> gone = co_await cancel_ours(index, std::move(at));
  if (!gone && gone.error().cause != Cause::foreign_task) co_return gone.error();
  const bool forwards = order_.command.action != Action::roll_back;
  if (found.verdict != Outcome::Verdict::untouched || !forwards) co_return found;
  Result<Look, Outcome> left = co_await quiet_look(now() + quiet_most());
  if (!left) co_return armed(found.detail + "; then: " + left.error().detail);
  const UpdateLook& one = left->updates[index];
  if (one.runs == Runs::old_version) co_return found;
  co_return outcome(Outcome::Verdict::failed, Cause::ambiguous,
                    found.detail + "; then: " + component(index).id + " reports " + in_quotes(one.version), *left);
}

}  // namespace breakwater
