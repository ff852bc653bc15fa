// Uploads that wait for their activation.
#include <algorithm>

#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

/// Why an upload that provably sent nothing was not sent; upload_failed may be tried again.
Cause cause_unsent(const Fault& fault) {
  if (fault.kind == Fault::Kind::image_refused) return Cause::image_refused;
  if (is_kept_back(fault)) return Cause::withdrawn;
  const bool never_fits = fault.kind == Fault::Kind::not_supported || fault.kind == Fault::Kind::bound_exceeded;
  return never_fits ? Cause::not_supported : Cause::upload_failed;
}

}  // namespace

/// One upload, sent once. What an error answer means stands in the table of aftermath.cpp.
awaitable<Conversation::Sent> Conversation::upload(std::uint32_t index, const PlannedImage& image, ApplyTime apply,
                                                   std::string target_uri) {
  StageRequest request;
  request.target_uri = std::move(target_uri);
  request.apply = apply;
  request.deadline = std::chrono::duration_cast<Duration>(within(timeouts().upload) - now());
  request.no_progress = timeouts().no_progress;
  const std::string digest = to_hex(image.image.digest);
  run_asked_ = apply == ApplyTime::immediate;
  AboutToSend about_to_send = [this, digest] { return may_send(digest); };
  BodySent body_sent = [this, digest]() -> awaitable<void> {
    return contact_.record(Evidence::Kind::body_sent, digest);
  };
  Result<StageReceipt, Fault> receipt =
      co_await contact_.prove_and_send(image, std::move(request), std::move(about_to_send), std::move(body_sent));
  Sent sent;
  if (!receipt && is_own_side(receipt.error())) {
    run_asked_ = false;
    sent.own_fault = receipt.error();
    sent.fault = receipt.error().message;
    co_return sent;
  }
  co_await contact_.mended();
  if (!receipt) {
    const Fault& fault = receipt.error();
    sent.aftermath = aftermath_of(Asked::upload, fault);
    sent.cause = sent.aftermath == Aftermath::untouched ? cause_unsent(fault) : Cause::upload_failed;
    sent.fault = component(index).id + ": " + describe(fault);
    co_return sent;
  }
  sent.receipt = std::move(*receipt);
  order_.task = name_of(sent.receipt);
  if (!order_.task.empty()) co_await contact_.record(Evidence::Kind::task, order_.task);
  co_return sent;
}

/// The first byte is about to leave. A withdrawal that came meanwhile still keeps it here, and so does one that comes
/// while the driver reads what the upload needs.
awaitable<bool> Conversation::may_send(std::string digest) {
  if (contact_.withdrawn()) co_return false;
  contact_.touch();
  co_await contact_.record(Evidence::Kind::sending, std::move(digest));
  co_return !contact_.withdrawn();
}

awaitable<Outcome> Conversation::stage() {
  const std::uint32_t index = order_.command.update;
  const bool sent_before = has_evidence(Evidence::Kind::sending);
  const Clock::time_point deadline = within(timeouts().bmc_return);
  Result<Look, Fault> seen = co_await contact_.look_until_answered(deadline);
  if (!seen && sent_before) co_return armed("what came of its image cannot be seen: " + describe(seen.error()));
  if (contact_.leaves()) co_return withdrawn();
  if (!seen) co_return outcome(Outcome::Verdict::untouched, cause_of(seen.error()), describe(seen.error()));
  if (sent_before) {
    Sent before;
    before.receipt.task_uri = order_.task = evidence(Evidence::Kind::task);
    Outcome found = co_await settle_stage(index, before, Runs::new_version);
    const bool nothing_arrived = found.verdict == Outcome::Verdict::untouched && found.cause == Cause::upload_failed;
    if (!nothing_arrived) co_return co_await disarm_failed(index, std::move(found));
    // It was our crash and not the BMC that cut the upload off: it is sent again by this very command.
    seen = co_await contact_.look_until_answered(deadline);
    if (!seen) co_return outcome(Outcome::Verdict::untouched, cause_of(seen.error()), describe(seen.error()));
  }

  Look at = std::move(*seen);
  co_return co_await send_to_stage(index, std::move(at));
}

/// Sends the image to a host that is as it was prepared. Where our own side fails first, it is looked at anew.
awaitable<Outcome> Conversation::send_to_stage(std::uint32_t index, Look seen) {
  for (;;) {
    const UpdateLook& before = seen.updates[index];
    const bool foreign = before.staged || seen.task();
    if (before.runs != Runs::old_version || foreign) {
      co_return outcome(Outcome::Verdict::untouched, foreign ? Cause::foreign_task : Cause::drifted,
                        component(index).id + " is not as it was when the host was prepared", seen);
    }
    Result<UpdateAbility, Fault> ability = co_await contact_.update_ability();
    if (contact_.leaves()) co_return withdrawn();
    if (!ability) {
      co_return outcome(Outcome::Verdict::untouched, cause_of(ability.error()), describe(ability.error()), seen);
    }
    if (const auto late = too_late(index, seen)) co_return *late;
    const PlannedImage& image = image_of(*order_.plan, update(index));
    const ApplyTime apply = staged_apply(*ability);
    const std::string target = before.target_uri;
    Sent sent = co_await upload(index, image, apply, target);
    if (!sent.own_fault) co_return co_await follow_upload(index, std::move(sent), std::move(seen));
    co_await contact_.wait_for_mend(*sent.own_fault);
    Result<Look, Fault> again = co_await contact_.look_until_answered(within(timeouts().bmc_return));
    if (contact_.leaves()) co_return withdrawn();
    if (!again) co_return outcome(Outcome::Verdict::untouched, cause_of(again.error()), describe(again.error()));
    seen = std::move(*again);
  }
}

/// Whatever the answer was: what became of the image is found by looking.
awaitable<Outcome> Conversation::follow_upload(std::uint32_t index, Sent sent, Look seen) {
  if (!sent.accepted() && sent.aftermath == Aftermath::untouched) {
    co_return outcome(Outcome::Verdict::untouched, sent.cause, sent.fault, seen);
  }
  const std::string fault = sent.fault;
  Outcome found = co_await settle_stage(index, std::move(sent), Runs::new_version);
  if (!fault.empty() && found.verdict != Outcome::Verdict::done) found.detail = fault + "; then: " + found.detail;
  co_return co_await disarm_failed(index, std::move(found));
}

/// Nothing more is sent to a host whose image could not be staged: what it may yet show as staged is cancelled now. It
/// is untouched once that is proved gone and it runs what it ran.
awaitable<Outcome> Conversation::disarm_failed(std::uint32_t index, Outcome found) {
  if (found.verdict != Outcome::Verdict::failed) co_return found;
  found = co_await disarm(index, std::move(found));
  const bool ran_nothing = found.cause == Cause::timed_out || found.cause == Cause::task_failed;
  if (found.verdict != Outcome::Verdict::failed || !ran_nothing) co_return found;
  Result<Look, Outcome> seen = co_await quiet_look(now() + quiet_most());
  if (!seen) co_return armed(found.detail + "; then: " + seen.error().detail);
  if (seen->updates[index].runs != Runs::old_version) co_return found;
  co_return outcome(Outcome::Verdict::untouched, found.cause, found.detail + "; its image is proved gone", *seen);
}

/// From when on a BMC that shows nothing has proved that nothing arrived.
Clock::time_point Conversation::nothing_from(std::uint32_t index, Aftermath aftermath) const {
  switch (aftermath) {
    case Aftermath::untouched:
    case Aftermath::look_soon:
      return now();
    case Aftermath::look_late:
      break;
  }
  return now() + longest_write(index, order_.command.action == Action::roll_back);
}

/// Waits until the image is seen waiting, or proved not to be there. Needs no receipt: it looks. `brings` is the old
/// version where the image is sent to roll back, to a host that runs anything at all. A host in doubt is looked at
/// until the doubt is over, also past the deadline of its trip.
awaitable<Outcome> Conversation::settle_stage(std::uint32_t index, Sent sent, Runs brings) {
  Awaited awaited;
  awaited.goal = Awaited::Goal::waiting;
  awaited.update = index;
  awaited.wanted = brings;
  awaited.receipt = std::move(sent.receipt);
  awaited.sent = true;
  awaited.nothing_from = nothing_from(index, sent.aftermath);
  awaited.deadline = std::max(within(timeouts().task), awaited.nothing_from + kProofApart);
  Outcome found = co_await settle(std::move(awaited));
  if (found.verdict == Outcome::Verdict::lost) {
    co_return armed("it may hold an image that its next restart would run: " + found.detail);
  }
  const bool nothing_arrived =
      found.verdict == Outcome::Verdict::untouched && found.cause == Cause::upload_failed && !order_.task.empty();
  if (!nothing_arrived) co_return found;
  // It did arrive once: the service had made a task of it.
  Result<Look, Fault> seen = co_await contact_.look_until_answered(now() + timeouts().bmc_return);
  if (!seen) co_return armed(found.detail + "; then: " + describe(seen.error()));
  Look at = std::move(*seen);
  if (co_await may_wait_unseen(index, std::move(at))) {
    co_return armed("it took the image as " + order_.task + ", of which nothing is to be seen; a restart may run it");
  }
  co_return found;
}

}  // namespace breakwater
