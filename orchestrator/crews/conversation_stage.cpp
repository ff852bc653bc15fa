// Uploads, and images that wait for their activation.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "orchestrator/crews/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

constexpr Duration kCancelWait{60'000};

ApplyTime staged_apply(const UpdateAbility& ability) {
  return ability.stage_on_reset ? ApplyTime::on_reset : ApplyTime::on_start_request;
}

}  // namespace

/// One upload, sent once. A refusal of ours and an answer of the BMC that it took nothing are proofs; everything else
/// is for the caller to find out by looking.
awaitable<Result<StageReceipt, Outcome>> Conversation::upload(std::uint32_t index, const PlannedImage& image,
                                                              ApplyTime apply, std::string target_uri) {
  Result<VerifiedImage, Refusal> verified = co_await hands_.image(*order_.plan, image);
  if (!verified) {
    co_return fail(outcome(Outcome::Verdict::untouched, Cause::image_refused,
                           std::string(to_string(verified.error().reason)) + ": " + verified.error().message));
  }
  StageRequest request;
  request.target_uri = std::move(target_uri);
  request.apply = apply;
  request.deadline = timeouts().upload;
  request.no_progress = timeouts().no_progress;
  const std::string digest = to_hex(image.image.digest);
  BodySent sent = [this, digest]() -> awaitable<void> { return record(Evidence::Kind::body_sent, digest); };

  co_await record(Evidence::Kind::sending, digest);
  touched_ = true;
  Result<StageReceipt, Fault> receipt = co_await bmc_->stage(std::move(*verified), std::move(request), std::move(sent));
  if (!receipt) {
    const Fault& fault = receipt.error();
    const std::string text = component(index).id + ": " + describe(fault);
    if (fault.kind == Fault::Kind::image_refused) {
      co_return fail(outcome(Outcome::Verdict::untouched, Cause::image_refused, text));
    }
    co_return fail(outcome(Outcome::Verdict::failed, Cause::upload_failed, text));
  }
  const std::string task = receipt->task_uri.empty() ? receipt->monitor_uri : receipt->task_uri;
  if (!task.empty()) co_await record(Evidence::Kind::task, task);
  co_return std::move(*receipt);
}

awaitable<Outcome> Conversation::stage() {
  const std::uint32_t index = order_.command.update;
  const Clock::time_point deadline = within(timeouts().bmc_return);
  Result<Look, Fault> seen = co_await look_through_weather(deadline);
  if (!seen) {
    // Nothing was sent in this conversation; in an earlier one something may have been.
    const bool sent_before = has_evidence(Evidence::Kind::sending);
    co_return outcome(sent_before ? Outcome::Verdict::lost : Outcome::Verdict::untouched,
                      sent_before ? Cause::lost : cause_of(seen.error()), describe(seen.error()));
  }
  StageReceipt receipt;
  receipt.task_uri = evidence(Evidence::Kind::task);
  if (has_evidence(Evidence::Kind::sending)) {
    Outcome found = co_await settle_stage(index, receipt, false);
    const bool nothing_arrived = found.verdict == Outcome::Verdict::untouched && found.cause == Cause::upload_failed;
    if (!nothing_arrived) co_return found;
    // It was our crash and not the BMC that cut the upload off: it is sent again by this very command.
    seen = co_await look_through_weather(deadline);
    if (!seen) co_return outcome(Outcome::Verdict::lost, Cause::lost, describe(seen.error()));
  }

  const UpdateLook& before = seen->updates[index];
  if (before.runs != Runs::old_version || before.staged || seen->task()) {
    co_return outcome(Outcome::Verdict::untouched, before.staged || seen->task() ? Cause::foreign_task : Cause::drifted,
                      component(index).id + " is not as it was when the host was prepared", *seen);
  }
  Result<UpdateAbility, Fault> ability = co_await bmc_->update_ability();
  if (!ability) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(ability.error()), describe(ability.error()), *seen);
  }
  const PlannedImage& image = image_of(*order_.plan, update(index));
  const ApplyTime apply = staged_apply(*ability);
  const std::string target = before.target_uri;
  Result<StageReceipt, Outcome> sent = co_await upload(index, image, apply, target);
  if (sent) co_return co_await settle_stage(index, *sent, false);
  if (sent.error().verdict == Outcome::Verdict::untouched) co_return sent.error();

  StageReceipt unknown;
  Outcome found = co_await settle_stage(index, unknown, false);
  if (found.verdict != Outcome::Verdict::done) found.detail = sent.error().detail + "; then: " + found.detail;
  co_return found;
}

/// Waits until the image is seen waiting, or proved not to be there. Needs no receipt: it looks. `back` where the image
/// is the one from before, sent to a host that runs anything at all.
awaitable<Outcome> Conversation::settle_stage(std::uint32_t index, StageReceipt receipt, bool back) {
  const Clock::time_point since = Clock::now();
  const Clock::time_point deadline = within(timeouts().task);
  Clock::time_point progress_at = since;
  std::string progress;
  std::string last = "the service has not answered";
  int empty_looks = 0;
  Clock::time_point look_at = since;
  for (;;) {
    std::optional<TaskView> task;
    if (!receipt.task_uri.empty() || !receipt.monitor_uri.empty()) {
      Result<TaskView, Fault> read = co_await bmc_->read_task(receipt);
      if (read) task = std::move(*read);
      if (!read && read.error().kind == Fault::Kind::task_gone) receipt = StageReceipt();
    }
    if (task && task->state == TaskState::running && Clock::now() < look_at) {
      co_await rest(since, deadline);
      continue;
    }
    look_at = Clock::now() + kLookWhileAtWork;
    Result<Look, Fault> seen = co_await look();
    if (!seen) {
      last = describe(seen.error());
      bmc_->drop();
      progress_at = Clock::now();  // of a task nothing is known meanwhile
      if (!passes(seen.error())) co_return outcome(Outcome::Verdict::lost, cause_of(seen.error()), last);
    } else {
      const UpdateLook& now = seen->updates[index];
      if (!task && seen->task()) task = *seen->task();
      const bool waits = task && (task->state == TaskState::pending || task->state == TaskState::succeeded);
      const bool failed = task && task->state == TaskState::failed;
      if (!back && now.runs != Runs::old_version) {
        co_return outcome(Outcome::Verdict::failed, Cause::ambiguous,
                          component(index).id + " reports \"" + now.version + "\" though the image should wait", *seen);
      }
      if (waits && (now.staged || task->state == TaskState::pending || !receipt.task_uri.empty())) {
        co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
      }
      if (now.staged && !failed && !task) co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
      const bool nothing = !now.staged && !seen->task();
      empty_looks = nothing ? empty_looks + 1 : 0;
      if (failed && nothing) {
        co_return outcome(Outcome::Verdict::untouched, Cause::task_failed, task->state_text + ": " + task->message,
                          *seen);
      }
      if (nothing && !task && empty_looks >= order_.plan->checks.ready_reads) {
        co_return outcome(Outcome::Verdict::untouched, Cause::upload_failed,
                          "nothing arrived: no task, an empty slot and the old version", *seen);
      }
      const std::string now_at = task ? task->state_text + std::to_string(task->percent) + task->message : "";
      if (now_at != progress) progress_at = Clock::now();
      progress = now_at;
      last = task ? "task is " + task->state_text : "no task is listed";
    }
    if (Clock::now() >= deadline || Clock::now() - progress_at >= timeouts().no_progress) {
      co_return outcome(seen ? Outcome::Verdict::failed : Outcome::Verdict::lost, seen ? Cause::timed_out : Cause::lost,
                        "staging is not over: " + last);
    }
    co_await rest(since, deadline);
  }
}

awaitable<Outcome> Conversation::cancel() {
  const std::uint32_t index = order_.command.update;
  const Clock::time_point deadline = Clock::now() + timeouts().bmc_return;
  Result<Look, Fault> seen = co_await look_through_weather(deadline);
  if (!seen)
    co_return outcome(Outcome::Verdict::lost, Cause::armed,
                      "its staged image could not be looked at: " + describe(seen.error()));
  Result<Look, Outcome> quiet = co_await quiet_look(Clock::now() + quiet_most());
  if (!quiet) co_return outcome(Outcome::Verdict::lost, Cause::armed, quiet.error().detail);
  Look at = std::move(*quiet);
  Result<void, Outcome> gone = co_await take_back(index, std::move(at));
  if (!gone) co_return gone.error();
  // A restart that nobody here asked for may have run it first.
  Result<Look, Outcome> left = co_await quiet_look(Clock::now() + quiet_most());
  if (!left) co_return left.error();
  const UpdateLook& now = left->updates[index];
  if (now.runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "");
  co_return outcome(Outcome::Verdict::failed, Cause::ambiguous,
                    component(index).id + " reports \"" + now.version + "\": a restart ran its staged image", *left);
}

/// Whether our image that brings this version is seen waiting: as a staged entry of that version, or by its task.
bool Conversation::waits(std::uint32_t index, const Look& seen, Runs brings) const {
  const UpdateLook& one = seen.updates[index];
  return (one.staged && one.staged_as == brings) || (!order_.task.empty() && seen.waits(order_.task));
}

bool Conversation::ours_waits(std::uint32_t index, const Look& seen) const {
  return waits(index, seen, Runs::new_version) ||
         (update(index).way_back == WayBack::reflash && waits(index, seen, Runs::old_version));
}

/// A task of somebody else that waits: a reset would run its image too. Where ours is not listed by its name, one of
/// them is taken for it: there are services that name no task.
const TaskView* Conversation::foreign_task(const Look& seen) const {
  bool found_ours = seen.waits(order_.task);
  for (const TaskView& task : seen.seen.tasks) {
    if (!task.update || task.state != TaskState::pending || task.uri == order_.task) continue;
    if (found_ours) return &task;
    found_ours = true;
  }
  return nullptr;
}

/// Cancels what waits for this update and is ours, and proves by re-reading that it is gone. What others staged is left
/// alone.
awaitable<Result<void, Outcome>> Conversation::take_back(std::uint32_t index, Look seen) {
  const auto foreign = [this, index](const Look& look) {
    return outcome(Outcome::Verdict::lost, Cause::foreign_task,
                   component(index).id + " has version \"" + look.updates[index].staged->version +
                       "\" staged, which this rollout did not send; it is left alone",
                   look);
  };
  if (!ours_waits(index, seen)) {
    if (seen.updates[index].staged) co_return fail(foreign(seen));
    co_return Result<void, Outcome>();
  }
  const std::optional<InstalledComponent>& staged = seen.updates[index].staged;
  const std::string entry = staged ? staged->uri : std::string();
  const std::string task = seen.waits(order_.task) ? order_.task : std::string();
  Result<void, Fault> asked = co_await bmc_->cancel_staged(entry, task);
  const Clock::time_point since = Clock::now();
  const Clock::time_point deadline = since + kCancelWait;
  std::string last = asked ? "the service said yes" : describe(asked.error());
  for (;;) {
    Result<Look, Fault> again = co_await look();
    const bool gone = again && !ours_waits(index, *again);
    if (gone && again->updates[index].staged) co_return fail(foreign(*again));
    if (gone) co_return Result<void, Outcome>();
    if (!again) {
      last = describe(again.error());
      bmc_->drop();
    }
    if (Clock::now() >= deadline) {
      co_return fail(
          outcome(Outcome::Verdict::lost, Cause::armed,
                  component(index).id + " still has an image staged that its next reset would run (" + last + ")"));
    }
    co_await rest(since, deadline);
  }
}

}  // namespace breakwater
