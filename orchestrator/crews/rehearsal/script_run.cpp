// What makes a version run, forwards and back. Everything here is asked for once; after that there is only looking.
#include "orchestrator/core/mutation.hpp"
#include "orchestrator/crews/rehearsal/script.hpp"

namespace breakwater::rehearsal {

using Verdict = Outcome::Verdict;

namespace {
constexpr int kReadsToBelieve = 2;
}

Script::Next Script::activate() {
  const bool acted = has(Evidence::Kind::sending) || asked_before();
  const Reach reach = look();
  if (reach != Reach::answers) {
    if (!is_final(reach) && !late()) return poll();
    const bool untouched = !acted && order_.command.upload;
    return end(untouched ? Verdict::untouched : Verdict::lost, untouched ? Cause::upload_failed : Cause::lost,
               "it does not answer");
  }
  if (!in_) return login();
  if (!acted && runs() == Runs::new_version) return end(Verdict::done, Cause::none);
  if (acted) {
    const bool unanswered = !order_.command.upload && !was_answered();
    return unanswered ? never_left(&Script::run_staged) : then(&Script::begin_settle);
  }
  return order_.command.upload ? then(&Script::send) : quiet(quiet_most(), &Script::run_staged);
}

/// A BMC is interrupted only when it shows that no write is running.
Script::Next Script::quiet(Duration most, Step next_step) {
  begin_wait(most);
  after_ = next_step;
  return then(&Script::wait_quiet);
}

Script::Next Script::wait_quiet() {
  const bool cancels = order_.command.action == Action::cancel;
  const Reach reach = look();
  if (reach == Reach::answers && !in_) return login();
  if (reach != Reach::answers) {
    if (is_final(reach) || late())
      return end(Verdict::lost, cancels ? Cause::armed : Cause::lost, "it does not answer");
    return poll();
  }
  if (!host().job || broken(Rule::quiet_before_interrupting)) return then(after_);
  if (late()) return end(Verdict::lost, cancels ? Cause::armed : Cause::timed_out, "it is still being written");
  return poll();
}

Script::Next Script::run_staged() {
  const Verdict nothing_done = is_back() ? Verdict::failed : Verdict::untouched;
  if (runs() == wanted()) return end(Verdict::done, Cause::none);
  const bool drifted = !is_back() && runs() != Runs::old_version;
  if (drifted || component().staged.empty()) {
    return disarm(made(nothing_done, Cause::foreign_task, "nothing of ours is staged any more"));
  }
  return offer(Evidence::Kind::reset_asked, fleet_.reset_times(at_), &Script::ask);
}

Script::Next Script::ask() {
  times_before_ = fleet_.reset_times(at_);
  const Reply reply = fleet_.reset(at_, by_bmc(), order_.command.id);
  if (reply.kind != Reply::Kind::refused) return then(&Script::begin_settle);
  return disarm(
      made(is_back() ? Verdict::failed : Verdict::untouched, Cause::unreachable, "it did not take the reset"));
}

Script::Next Script::begin_settle() {
  begin_wait(longest());
  progress_at_ = fleet_.now();
  if (times_before_.empty()) times_before_ = fleet_.reset_times(at_);
  was_away_ = false;
  reads_ = 0;
  holding_.reset();
  return then(&Script::settle);
}

/// Reads until the wanted version runs, or until it is sure that it will not.
Script::Next Script::settle() {
  const Reach reach = look();
  if (reach == Reach::answers && !in_) return login();
  const bool answers = reach == Reach::answers;
  if (answers) {
    if (std::optional<Outcome> verdict = judge()) return disarm(std::move(*verdict));
  } else {
    was_away_ = true;
    reads_ = 0;
    progress_at_ = fleet_.now();
    if (reach == Reach::other_key && by_bmc()) {
      key_ = host().key;
      Sha256 pin;
      pin.bytes.back() = static_cast<std::uint8_t>(key_);
      return offer(Evidence::Kind::new_key, to_hex(pin), &Script::settle);
    }
    if (is_final(reach)) return end(Verdict::lost, Cause::lost, "it does not let us in any more");
  }
  if (answers && host().job && fleet_.now() - progress_at_ >= timeouts().no_progress) {
    return disarm(made(Verdict::failed, Cause::timed_out, "the update's task makes no progress"));
  }
  if (late()) {
    return disarm(
        made(answers ? Verdict::failed : Verdict::lost, answers ? Cause::timed_out : Cause::lost, "not over in time"));
  }
  return poll();
}

/// What one look says about what was started; nothing where it is too early to tell.
std::optional<Outcome> Script::judge() {
  const Runs now = runs();
  if (now == wanted()) return made(Verdict::done, Cause::none, "");
  was_away_ = was_away_ || fleet_.reset_times(at_) != times_before_ || fleet_.booting(at_);
  const bool vanished = host().faults.task_vanishes && !host().job;
  const bool over = vanished || !host().job;
  const bool busy = !over || fleet_.booting(at_) || now == Runs::unreadable;
  if (busy) {
    reads_ = 0;
    holding_.reset();
    return std::nullopt;
  }
  if (!holding_) holding_ = fleet_.now();
  if (++reads_ < kReadsToBelieve) return std::nullopt;
  const bool failed = host().failed_job && !host().faults.task_vanishes && task_uri(*host().failed_job) == task_;
  if (failed) {
    return made(now == Runs::other ? Verdict::failed : Verdict::untouched, Cause::task_failed, "its task failed");
  }
  const bool settled = fleet_.now() - *holding_ >= order_.plan->checks.stable_for;
  if (!was_away_ || !settled) return std::nullopt;
  if (now == Runs::other) return made(Verdict::failed, Cause::version_mismatch, "it reports another version");
  const bool other_bank = !is_back() && !component().other.empty() && component().other != component().running;
  return made(Verdict::untouched, other_bank ? Cause::failed_back : Cause::unchanged, "it runs what it ran before");
}

/// After a crash between "about to ask" and the asking: whether the request never left. Believed only where the BMC
/// shows all through the no-progress time that nothing of it happened.
Script::Next Script::never_left(Step if_so) {
  begin_wait(timeouts().no_progress);
  after_ = if_so;
  return then(&Script::prove_never_left);
}

Script::Next Script::prove_never_left() {
  const bool asked_a_reset = has(Evidence::Kind::reset_asked);
  const std::string before = evidence(asked_a_reset ? Evidence::Kind::reset_asked : Evidence::Kind::start_asked);
  const bool switches = is_back() && update().way_back == WayBack::bank_switch;
  const bool there = switches ? component().other == update().from_version : !component().staged.empty();
  const bool answers = look() == Reach::answers;
  if (answers && !in_) return login();
  const bool untouched =
      host().tells_resets && fleet_.reset_times(at_) == before && !fleet_.booting(at_) && there && !host().job;
  if (!answers || !untouched) return then(&Script::begin_settle);
  return late() ? then(after_) : poll();
}

/// A staged image must not outlive an activation that failed: it would run at somebody's next reboot.
Script::Next Script::disarm(Outcome found) {
  if (found.verdict == Verdict::done || found.verdict == Verdict::lost) return end(std::move(found));
  forward_deadline_.reset();
  found_ = std::move(found);
  return quiet(quiet_most(), &Script::take_back);
}

// ---- the way back

Script::Next Script::roll_back() {
  forward_deadline_.reset();
  found_ = Outcome();
  const bool acted = has(Evidence::Kind::sending) || asked_before();
  const bool takes_back = !acted && !component().staged.empty();
  return quiet(quiet_most(), takes_back ? &Script::take_back : &Script::back);
}

Script::Next Script::back() {
  if (runs() == Runs::old_version) return end(Verdict::done, Cause::none);
  if (update().way_back == WayBack::reflash) return then(&Script::reflash);
  if (asked_before()) return was_answered() ? then(&Script::begin_settle) : never_left(&Script::switch_bank);
  if (component().other != update().from_version) {
    return end(Verdict::failed, Cause::no_way_back, "no bank holds the version from before");
  }
  return offer(Evidence::Kind::start_asked, fleet_.reset_times(at_), &Script::switch_bank);
}

Script::Next Script::switch_bank() {
  times_before_ = fleet_.reset_times(at_);
  const Reply reply = fleet_.switch_bank(at_, order_.command.update, order_.command.id);
  if (reply.kind == Reply::Kind::refused) return end(Verdict::failed, Cause::unreachable, "it did not take the switch");
  return then(&Script::begin_settle);
}

Script::Next Script::reflash() {
  if (!has(Evidence::Kind::sending)) return then(&Script::send);
  const bool runs_already = immediate() || (asked_before() && was_answered());
  return runs_already ? then(&Script::begin_settle) : then(&Script::begin_settle_stage);
}

}  // namespace breakwater::rehearsal
