// What makes a version run. Everything here is asked for once; after that there is only looking.
#include <algorithm>

#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

awaitable<Outcome> Conversation::activate() {
  const std::uint32_t index = order_.command.update;
  const bool acted_before = has_evidence(Evidence::Kind::sending) || asked_before();
  const Clock::time_point deadline = within(longest(index, false));
  Result<Look, Fault> seen =
      co_await contact_.look_until_answered(acted_before ? deadline : within(timeouts().bmc_return));
  if (!seen) {
    if (contact_.leaves()) co_return withdrawn();
    if (!acted_before && !order_.command.upload) {
      co_return armed("its staged image was not run: " + describe(seen.error()));
    }
    const bool untouched = !acted_before;
    co_return outcome(untouched ? Outcome::Verdict::untouched : Outcome::Verdict::lost,
                      untouched ? Cause::upload_failed : cause_unread(seen.error()), describe(seen.error()));
  }
  if (!acted_before && seen->updates[index].runs == Runs::new_version) {
    co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
  }
  if (contact_.leaves()) co_return withdrawn();
  Awaited awaited = running(index, Runs::new_version, *seen);
  const bool unanswered = acted_before && !order_.command.upload && !was_answered();
  const bool in_vain = unanswered && co_await never_left(index, Runs::new_version, *seen);
  if (acted_before && !in_vain) {
    if (order_.command.upload) doubt(awaited, Aftermath::look_late);
    Outcome found = co_await settle(awaited);
    co_return co_await disarm(index, std::move(found));
  }
  Result<UpdateAbility, Fault> ability = co_await contact_.update_ability();
  if (contact_.leaves()) co_return withdrawn();
  if (!ability) {
    co_return co_await disarm(
        index, outcome(Outcome::Verdict::untouched, Cause::not_supported, describe(ability.error()), *seen));
  }
  if (order_.command.upload) {
    Look before = std::move(*seen);
    co_return co_await upload_and_run(std::move(awaited), std::move(before));
  }
  const ApplyTime apply = staged_apply(*ability);
  co_return co_await run_staged(std::move(awaited), apply);
}

/// Where the service knows no staging, the upload itself is the activation. Where our own side fails first, the host is
/// looked at anew.
awaitable<Outcome> Conversation::upload_and_run(Awaited awaited, Look seen) {
  const std::uint32_t index = awaited.update;
  for (;;) {
    const UpdateLook& before = seen.updates[index];
    if (before.runs != Runs::old_version || before.staged || seen.task()) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        component(index).id + " is not as it was when the host was prepared", seen);
    }
    if (const auto late = too_late(index, seen)) co_return *late;
    const std::string target = before.target_uri;
    Sent sent = co_await upload(index, image_of(*order_.plan, update(index)), ApplyTime::immediate, target);
    if (!sent.own_fault) co_return co_await follow_run(std::move(awaited), std::move(sent), std::move(seen));
    co_await contact_.wait_for_mend(*sent.own_fault);
    Result<Look, Fault> again = co_await contact_.look_until_answered(within(timeouts().bmc_return));
    if (contact_.leaves()) co_return withdrawn();
    if (!again) co_return outcome(Outcome::Verdict::untouched, Cause::upload_failed, describe(again.error()));
    seen = std::move(*again);
    awaited = running(index, Runs::new_version, seen);
  }
}

awaitable<Outcome> Conversation::follow_run(Awaited awaited, Sent sent, Look seen) {
  if (!sent.accepted() && sent.aftermath == Aftermath::untouched) {
    co_return outcome(Outcome::Verdict::untouched, sent.cause, sent.fault, seen);
  }
  awaited.receipt = sent.receipt;
  awaited.sent = true;
  if (!sent.accepted()) doubt(awaited, sent.aftermath);
  Outcome found = co_await settle(awaited);
  if (!sent.accepted() && found.verdict != Outcome::Verdict::done) {
    found.detail = sent.fault + "; then: " + found.detail;
  }
  co_return found;
}

/// Whether an upload that flashes by itself arrived at all is not known: a BMC that shows nothing of it proves in time
/// that it did not.
void Conversation::doubt(Awaited& awaited, Aftermath aftermath) const {
  awaited.sent = true;
  awaited.nothing_from = nothing_from(awaited.update, aftermath);
  awaited.deadline = std::max(awaited.deadline, awaited.nothing_from + kProofApart);
}

/// After a crash between "about to ask" and the asking: whether the request never left. It is believed only where the
/// BMC answers all through the no-progress time and shows every time that nothing of it happened: the reset time that
/// would have changed is told and is the one from before, and what was to be run still waits (for a bank switch: still
/// lies in the other bank, with nothing under way). A BMC that does not show these is only looked at.
awaitable<bool> Conversation::never_left(std::uint32_t index, Runs brings, Look first) {
  const std::string before = has_evidence(Evidence::Kind::reset_asked) ? evidence(Evidence::Kind::reset_asked)
                                                                       : evidence(Evidence::Kind::start_asked);
  const bool by_bmc = component(index).activate_by == ActivateBy::bmc_reset;
  const bool switches = brings == Runs::old_version && update(index).way_back == WayBack::bank_switch;
  Look named = first;
  co_await name_ours(std::move(named));
  const Clock::time_point since = now();
  const Clock::time_point end = since + timeouts().no_progress;
  Look at = first;
  for (;;) {
    const UpdateLook& one = at.updates[index];
    const std::string& relevant = by_bmc ? at.seen.bmc_reset_time : at.seen.host_reset_time;
    const bool told = !relevant.empty() && reset_times(at) == before && at.seen.boot != Boot::booting &&
                      one.version == first.updates[index].version;
    const TaskView* task = at.task();
    const bool there = switches ? one.previous && !one.staged && task == nullptr
                                : waits(index, at, brings) && (!task || task->state == TaskState::pending);
    if (!told || !there) co_return false;
    if (now() >= end) co_return true;
    co_await contact_.rest(since, end);
    Result<Look, Fault> seen = co_await contact_.look();
    if (!seen) co_return false;
    at = std::move(*seen);
  }
}

/// What speaks against running what is staged; empty where nothing does. An image of which no entry is shown is known
/// by its task, which waits or is over: there are services that show no more.
awaitable<std::string> Conversation::why_not(Awaited awaited, Look before) {
  const std::uint32_t index = awaited.update;
  const UpdateLook& one = before.updates[index];
  const bool back = awaited.wanted == Runs::old_version;
  if (!back && one.runs != Runs::old_version) co_return component(index).id + " runs \"" + one.version + "\" by now";
  if (const std::string other = foreign(index, before); !other.empty()) {
    co_return "an update of somebody else waits: " + other;
  }
  if (waits(index, before, awaited.wanted)) co_return std::string();
  if (one.staged) co_return component(index).id + " has version \"" + one.staged->version + "\" staged, not ours";
  StageReceipt ours;
  ours.task_uri = order_.task;
  if (ours.task_uri.empty()) co_return component(index).id + " has nothing of ours staged any more";
  Result<TaskView, Fault> task = co_await contact_.read_task(ours);
  if (task && (task->state == TaskState::pending || task->state == TaskState::succeeded)) co_return std::string();
  co_return component(index).id + " has nothing of ours staged any more: " +
      (task ? task->uri + " is " + task->state_text : describe(task.error()));
}

/// A reset, a start or a bank switch is about to be asked for. A withdrawal that came meanwhile still prevents it, and
/// so does one that comes while the driver reads what its request needs.
awaitable<bool> Conversation::may_ask(Evidence::Kind kind, std::string before) {
  if (contact_.withdrawn()) co_return false;
  co_await contact_.record(kind, std::move(before));
  co_return !contact_.withdrawn();
}

/// A BMC that is busy and says that it has not begun is asked again, after a look, for as long as one may take to come
/// back from a restart.
bool Conversation::may_ask_again(const Fault& fault) {
  if (!fault.asks_again) return false;
  contact_.not_begun();
  if (!busy_since_) busy_since_ = now();
  return now() < *busy_since_ + timeouts().bmc_return;
}

/// Asks once for what makes the staged image run: the reset that the Release names, or StartUpdate.
awaitable<Result<StageReceipt, Fault>> Conversation::ask_to_run(std::uint32_t index, ApplyTime apply, Look before) {
  const bool by_request = apply == ApplyTime::on_start_request;
  const Evidence::Kind kind = by_request ? Evidence::Kind::start_asked : Evidence::Kind::reset_asked;
  const bool asks = co_await may_ask(kind, reset_times(before));
  if (!asks) co_return fail(withdrawn_fault("run the staged image"));
  run_asked_ = true;
  if (by_request) {
    Result<StageReceipt, Fault> started = co_await bmc().start_staged();
    if (started && !name_of(*started).empty()) co_await contact_.record(Evidence::Kind::task, name_of(*started));
    co_return started;
  }
  const bool by_bmc = component(index).activate_by == ActivateBy::bmc_reset;
  Result<void, Fault> reset;
  if (by_bmc) {
    reset = co_await bmc().reset_bmc();
  } else {
    reset = co_await bmc().reset_host();
  }
  if (!reset) co_return fail(reset.error());
  StageReceipt receipt;
  receipt.task_uri = order_.task;
  co_return receipt;
}

/// Runs our image that waits, once nothing is being written and it is still ours. Where our own side fails at the
/// request, or the BMC is too busy to begin, everything is looked at anew before it is asked for.
awaitable<Outcome> Conversation::run_staged(Awaited awaited, ApplyTime apply) {
  for (;;) {
    std::optional<Outcome> ended = co_await try_to_run_staged(awaited, apply);
    if (ended) co_return std::move(*ended);
  }
}

awaitable<std::optional<Outcome>> Conversation::try_to_run_staged(Awaited awaited, ApplyTime apply) {
  const std::uint32_t index = awaited.update;
  const bool back = awaited.wanted == Runs::old_version;
  const Outcome::Verdict nothing_done = back ? Outcome::Verdict::failed : Outcome::Verdict::untouched;
  Result<Look, Outcome> quiet = co_await quiet_look(within(quiet_most()));
  if (contact_.leaves()) co_return withdrawn();
  if (!quiet) co_return armed("its staged image was not run: " + quiet.error().detail);
  Look before = std::move(*quiet);
  if (before.updates[index].runs == awaited.wanted) co_return outcome(Outcome::Verdict::done, Cause::none, "", before);
  awaited = running(index, awaited.wanted, before);
  const std::string against = co_await why_not(awaited, before);
  if (!against.empty()) {
    Look at = before;
    if (co_await may_wait_unseen(index, std::move(at))) {
      co_return armed(against + "; whether it still waits cannot be seen");
    }
    co_return co_await disarm(index, outcome(nothing_done, Cause::foreign_task, against, before));
  }
  const std::optional<Outcome> late = back ? std::nullopt : too_late(index, before);
  if (late) co_return co_await disarm(index, *late);
  const bool asked_earlier = run_asked_;
  Result<StageReceipt, Fault> asked = co_await ask_to_run(index, apply, before);
  // A connection that was dropped is `cancelled` too: what may have left is looked for.
  if (!asked && is_kept_back(asked.error())) {
    run_asked_ = asked_earlier;
    // Forwards the image goes on waiting; on the way back this command takes with it what it sent.
    if (!back) co_return withdrawn();
    co_return co_await disarm(index, withdrawn());
  }
  if (!asked && is_own_side(asked.error())) {
    run_asked_ = asked_earlier;
    co_await contact_.wait_for_mend(asked.error());
    co_return std::nullopt;
  }
  co_await contact_.mended();
  if (!asked && may_ask_again(asked.error())) {
    run_asked_ = asked_earlier;
    co_await contact_.rest(*busy_since_, *busy_since_ + timeouts().bmc_return);
    co_return std::nullopt;
  }
  if (!asked && aftermath_of(Asked::act, asked.error()) == Aftermath::untouched) {
    const Fault& fault = asked.error();
    run_asked_ = false;
    co_return co_await disarm(index, outcome(nothing_done, cause_of_refusal(fault), describe(fault), before));
  }
  awaited.receipt.task_uri = order_.task;
  if (asked) awaited.receipt = std::move(*asked);
  Outcome found = co_await settle(awaited);
  if (!asked && found.verdict != Outcome::Verdict::done)
    found.detail = describe(asked.error()) + "; then: " + found.detail;
  co_return co_await disarm(index, std::move(found));
}

/// A look taken when nothing writes to the component, with what is ours known by the name that it has in the look.
awaitable<Result<Look, Outcome>> Conversation::quiet_look(Clock::time_point deadline) {
  Result<Look, Outcome> seen = co_await unwritten_look(deadline);
  if (!seen) co_return seen;
  Look at = *seen;
  co_await name_ours(std::move(at));
  co_return seen;
}

/// A BMC is interrupted only when it shows that no write is running.
awaitable<Result<Look, Outcome>> Conversation::unwritten_look(Clock::time_point deadline) {
  const Clock::time_point since = now();
  for (;;) {
    Result<Look, Fault> seen = co_await contact_.look_until_answered(deadline);
    if (!seen) co_return fail(outcome(Outcome::Verdict::lost, cause_unread(seen.error()), describe(seen.error())));
    const TaskView* task = seen->task();
    if (!task || task->state == TaskState::pending) co_return std::move(*seen);
    if (now() >= deadline || contact_.leaves()) {
      co_return fail(outcome(Outcome::Verdict::lost, Cause::timed_out,
                             "an update is still being written: " + task->uri + "; it must not be interrupted", *seen));
    }
    co_await contact_.rest(since, deadline);
  }
}

}  // namespace breakwater
