// Uploads that wait for their activation.
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

/// One upload, sent once. A refusal of ours and an answer of the BMC that it took nothing are proofs; everything else
/// is for the caller to find out by looking.
awaitable<Result<StageReceipt, Outcome>> Conversation::upload(std::uint32_t index, const PlannedImage& image,
                                                              ApplyTime apply, std::string target_uri) {
  StageRequest request;
  request.target_uri = std::move(target_uri);
  request.apply = apply;
  request.deadline = timeouts().upload;
  request.no_progress = timeouts().no_progress;
  const std::string digest = to_hex(image.image.digest);
  AboutToSend about_to_send = [this, digest]() -> awaitable<void> {
    contact_.touch();
    return contact_.record(Evidence::Kind::sending, digest);
  };
  BodySent sent = [this, digest]() -> awaitable<void> { return contact_.record(Evidence::Kind::body_sent, digest); };
  Result<StageReceipt, Fault> receipt =
      co_await contact_.prove_and_send(image, std::move(request), std::move(about_to_send), std::move(sent));
  if (!receipt) {
    const Fault& fault = receipt.error();
    const bool refused = fault.kind == Fault::Kind::image_refused;
    co_return fail(outcome(refused ? Outcome::Verdict::untouched : Outcome::Verdict::failed,
                           refused ? Cause::image_refused : Cause::upload_failed,
                           component(index).id + ": " + describe(fault)));
  }
  const std::string task = receipt->task_uri.empty() ? receipt->monitor_uri : receipt->task_uri;
  if (!task.empty()) co_await contact_.record(Evidence::Kind::task, task);
  co_return std::move(*receipt);
}

awaitable<Outcome> Conversation::stage() {
  const std::uint32_t index = order_.command.update;
  const Clock::time_point deadline = within(timeouts().bmc_return);
  Result<Look, Fault> seen = co_await contact_.look_through_weather(deadline);
  if (!seen) {
    // Nothing was sent in this conversation; in an earlier one something may have been.
    const bool sent_before = has_evidence(Evidence::Kind::sending);
    co_return outcome(sent_before ? Outcome::Verdict::lost : Outcome::Verdict::untouched,
                      sent_before ? Cause::lost : cause_of(seen.error()), describe(seen.error()));
  }
  StageReceipt receipt;
  receipt.task_uri = evidence(Evidence::Kind::task);
  if (has_evidence(Evidence::Kind::sending)) {
    Outcome found = co_await settle_stage(index, receipt, Runs::new_version);
    const bool nothing_arrived = found.verdict == Outcome::Verdict::untouched && found.cause == Cause::upload_failed;
    if (!nothing_arrived) co_return co_await disarm_failed(index, std::move(found));
    // It was our crash and not the BMC that cut the upload off: it is sent again by this very command.
    seen = co_await contact_.look_through_weather(deadline);
    if (!seen) co_return outcome(Outcome::Verdict::lost, Cause::lost, describe(seen.error()));
  }

  const UpdateLook& before = seen->updates[index];
  if (before.runs != Runs::old_version || before.staged || seen->task()) {
    co_return outcome(Outcome::Verdict::untouched, before.staged || seen->task() ? Cause::foreign_task : Cause::drifted,
                      component(index).id + " is not as it was when the host was prepared", *seen);
  }
  Result<UpdateAbility, Fault> ability = co_await bmc().update_ability();
  if (!ability) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(ability.error()), describe(ability.error()), *seen);
  }
  const PlannedImage& image = image_of(*order_.plan, update(index));
  const ApplyTime apply = staged_apply(*ability);
  const std::string target = before.target_uri;
  Result<StageReceipt, Outcome> sent = co_await upload(index, image, apply, target);
  if (!sent && sent.error().verdict == Outcome::Verdict::untouched) co_return sent.error();
  // Whatever the answer was: what became of the image is found by looking.
  receipt = sent ? *sent : StageReceipt();
  Outcome found = co_await settle_stage(index, receipt, Runs::new_version);
  if (!sent && found.verdict != Outcome::Verdict::done) found.detail = sent.error().detail + "; then: " + found.detail;
  co_return co_await disarm_failed(index, std::move(found));
}

/// Nothing more is sent to a host whose image could not be staged: what it may yet show as staged is cancelled now.
awaitable<Outcome> Conversation::disarm_failed(std::uint32_t index, Outcome found) {
  if (found.verdict != Outcome::Verdict::failed) co_return found;
  co_return co_await disarm(index, std::move(found));
}

/// Waits until the image is seen waiting, or proved not to be there. Needs no receipt: it looks. `brings` is the old
/// version where the image is sent to roll back, to a host that runs anything at all.
awaitable<Outcome> Conversation::settle_stage(std::uint32_t index, StageReceipt receipt, Runs brings) {
  Awaited awaited;
  awaited.goal = Awaited::Goal::waiting;
  awaited.update = index;
  awaited.wanted = brings;
  awaited.receipt = std::move(receipt);
  awaited.deadline = within(timeouts().task);
  return settle(std::move(awaited));
}

}  // namespace breakwater
