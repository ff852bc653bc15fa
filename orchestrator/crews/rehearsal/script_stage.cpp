// Uploads, and images that wait for their activation.
#include "orchestrator/crews/rehearsal/script.hpp"

namespace breakwater::rehearsal {

using Verdict = Outcome::Verdict;

namespace {
constexpr Duration kCancelWait{60'000};
}

Script::Next Script::stage() {
  const Reach reach = look();
  const bool sent_before = has(Evidence::Kind::sending);
  if (reach != Reach::answers) {
    if (!is_final(reach) && !late()) return poll();
    if (sent_before) return end(Verdict::lost, Cause::lost, "it does not answer any more");
    return end(Verdict::untouched, Cause::unreachable, "it does not answer");
  }
  if (!in_) return login();
  return sent_before ? then(&Script::begin_settle_stage) : then(&Script::send);
}

/// Sends an image once, to a host that is as it was when it was prepared.
Script::Next Script::send() {
  const bool as_before = is_back() || (runs() == Runs::old_version && component().staged.empty() && !host().job);
  if (!as_before) return end(Verdict::untouched, Cause::foreign_task, "it is not as it was when it was prepared");
  sent_ = true;
  return offer(Evidence::Kind::sending, to_hex(image().image.digest), &Script::upload);
}

Script::Next Script::upload() {
  touched_ = true;
  fleet_.first_byte(at_, {order_.command.update, image().version, is_back(), immediate(), order_.command.id});
  return rest(host().times.upload, &Script::uploaded);
}

Script::Next Script::uploaded() {
  const Reply reply =
      fleet_.last_byte(at_, {order_.command.update, image().version, is_back(), immediate(), order_.command.id});
  task_ = reply.task;
  if (!reply.whole) return then(&Script::after_upload);
  return offer(Evidence::Kind::body_sent, to_hex(image().image.digest), &Script::task_named);
}

Script::Next Script::task_named() {
  if (task_.empty()) return then(&Script::after_upload);
  return offer(Evidence::Kind::task, task_, &Script::after_upload);
}

Script::Next Script::after_upload() {
  return immediate() ? then(&Script::begin_settle) : then(&Script::begin_settle_stage);
}

Script::Next Script::begin_settle_stage() {
  begin_wait(timeouts().task);
  progress_at_ = fleet_.now();
  reads_ = 0;
  return then(&Script::settle_stage);
}

/// Waits until the image is seen waiting, or proved not to be there.
Script::Next Script::settle_stage() {
  const Reach reach = look();
  if (reach == Reach::answers && !in_) return login();
  if (reach != Reach::answers) {
    progress_at_ = fleet_.now();
    if (is_final(reach)) return end(Verdict::lost, Cause::lost, "it does not let us in any more");
  } else {
    if (!is_back() && runs() != Runs::old_version) {
      return end(Verdict::failed, Cause::ambiguous, "it runs something else though the image should wait");
    }
    if (!component().staged.empty()) return arrived(made(Verdict::done, Cause::none, ""));
    const bool failed = host().failed_job && task_uri(*host().failed_job) == task_;
    if (failed) return arrived(made(Verdict::untouched, Cause::task_failed, "the service turned the image down"));
    reads_ = host().job ? 0 : reads_ + 1;
    if (reads_ >= order_.plan->checks.ready_reads) {
      return arrived(made(Verdict::untouched, Cause::upload_failed, "nothing arrived"));
    }
  }
  if (late() || fleet_.now() - progress_at_ >= timeouts().no_progress) {
    const bool answers = reach == Reach::answers;
    return end(answers ? Verdict::failed : Verdict::lost, answers ? Cause::timed_out : Cause::lost,
               "staging is not over");
  }
  return poll();
}

/// What was found is the end, but for a crash of ours that cut the upload off: it is sent again by this very command.
Script::Next Script::arrived(Outcome found) {
  const bool nothing = found.verdict == Verdict::untouched && found.cause == Cause::upload_failed;
  if (nothing && !sent_ && !asked_before()) return then(&Script::send);
  if (!is_back()) return end(std::move(found));
  if (asked_before())
    return found.verdict == Verdict::done ? never_left(&Script::run_staged) : then(&Script::begin_settle);
  if (found.verdict != Verdict::done) return end(std::move(found));
  return quiet(quiet_most(), &Script::run_staged);
}

Script::Next Script::cancel() {
  forward_deadline_.reset();
  found_ = Outcome();
  return quiet(quiet_most(), &Script::take_back);
}

/// Cancels what waits, and proves by re-reading that it is gone; then `found_` is told.
Script::Next Script::take_back() {
  if (component().staged.empty()) return taken_back();
  fleet_.cancel(at_, order_.command.update, order_.command.id);
  since_ = fleet_.now();
  deadline_ = since_ + kCancelWait;
  return rest(Duration(1'000), &Script::prove_gone);
}

Script::Next Script::prove_gone() {
  const Reach reach = look();
  if (reach == Reach::answers && !in_) return login();
  const bool gone = reach == Reach::answers && component().staged.empty();
  if (gone) return taken_back();
  if (late()) return end(Verdict::lost, Cause::armed, "its next reset would run what is staged");
  return poll();
}

Script::Next Script::taken_back() {
  if (is_back() && found_.verdict == Verdict::done) return then(&Script::back);
  if (order_.command.action == Action::cancel) return quiet(quiet_most(), &Script::still_old);
  return end(found_);
}

/// A restart that nobody here asked for may have run what was to be taken back.
Script::Next Script::still_old() {
  if (runs() == Runs::old_version) return end(Verdict::done, Cause::none);
  return end(Verdict::failed, Cause::ambiguous, "a restart ran its staged image before it was taken back");
}

}  // namespace breakwater::rehearsal
