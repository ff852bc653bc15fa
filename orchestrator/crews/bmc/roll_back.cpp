// Rolling back one component: the other bank, or the image from before sent again.
#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

awaitable<Outcome> Conversation::roll_back() {
  Outcome found = co_await bring_back();
  co_return co_await prove_untouched(std::move(found));
}

/// A host whose way back is said to have done nothing keeps the version that it was given: that is read once more, for
/// a BMC may do what it refused.
awaitable<Outcome> Conversation::prove_untouched(Outcome found) {
  if (found.verdict != Outcome::Verdict::untouched) co_return found;
  const bool nothing_asked = found.cause == Cause::withdrawn || found.cause == Cause::drifted ||
                             found.cause == Cause::lost || found.cause == Cause::login_refused ||
                             found.cause == Cause::tls_refused || found.cause == Cause::identity_mismatch ||
                             found.cause == Cause::foreign_task || found.cause == Cause::unreadable ||
                             found.cause == Cause::no_way_back || found.cause == Cause::unfit;
  if (nothing_asked) co_return found;
  const bool was_run =
      found.cause == Cause::unchanged || found.cause == Cause::failed_back || found.cause == Cause::task_failed;
  Result<Look, Outcome> left = co_await quiet_look(now() + quiet_most());
  if (!left) co_return left.error();
  const UpdateLook& one = left->updates[order_.command.update];
  if (one.runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "", *left);
  const bool as_before = one.runs == Runs::new_version && !one.staged && !left->task();
  if (was_run || (order_.command.well && !as_before)) found.verdict = Outcome::Verdict::failed;
  found.versions = left->versions();
  co_return found;
}

/// What keeps a way back from beginning: where the new version was read running once, another one is somebody else's,
/// and no edge of ours leads from it. Nothing where the way is free.
std::optional<Outcome> Conversation::not_ours(const Look& seen) const {
  const Command& command = order_.command;
  for (std::uint32_t i = 0; i <= command.update; ++i) {
    if (std::find(command.stays.begin(), command.stays.end(), i) != command.stays.end()) continue;
    const UpdateLook& one = seen.updates[i];
    const bool ran = i < command.update || command.ran;
    if (one.runs == Runs::other && ran) {
      return outcome(Outcome::Verdict::untouched, Cause::drifted,
                     component(i).id + " reports " + in_quotes(one.version) + ", and was given " +
                         in_quotes(image_of(*order_.plan, update(i)).version) + ": it is left alone",
                     seen);
    }
    if (one.runs == Runs::unreadable && command.well) {
      return outcome(Outcome::Verdict::untouched, Cause::unreadable,
                     component(i).id + " does not tell what it runs, so that no way back is known to be allowed", seen);
    }
  }
  return std::nullopt;
}

/// A host that is well and was switched off since keeps what it runs: its restart would be refused, or nothing could be
/// told of it after its way back.
std::optional<Outcome> Conversation::without_power(const Look& seen) const {
  const Power power = seen.seen.power;
  if (!order_.command.well || (power != Power::off && power != Power::changing)) return std::nullopt;
  const bool restarts = component(order_.command.update).activate_by == ActivateBy::host_reboot;
  const bool checked = order_.plan->checks.power_restored && order_.baseline.power == Power::on;
  if (!restarts && !checked) return std::nullopt;
  return outcome(Outcome::Verdict::untouched, Cause::unfit,
                 "its power is " + std::string(to_string(power)) + ", and its way back needs the host to run", seen);
}

/// Its way back is a bank switch, and the entry of its other bank may be among those that cannot be read.
bool Conversation::hides_bank(std::uint32_t index, const Look& seen) const {
  const UpdateLook& one = seen.updates[index];
  return update(index).way_back == WayBack::bank_switch && !one.other_bank && !one.rest_unread.empty();
}

/// A host that is well, whose BMC cannot be read before its way back has sent or asked for anything, keeps what it
/// runs. One at which an update is being written needs hands.
Outcome Conversation::unseen(Outcome found) const {
  const bool began = has_evidence(Evidence::Kind::sending) || asked_before() || cancelled_before_;
  const bool writes = found.cause == Cause::timed_out;
  if (order_.command.well && !began && !writes) found.verdict = Outcome::Verdict::untouched;
  return found;
}

awaitable<Outcome> Conversation::bring_back() {
  const std::uint32_t index = order_.command.update;
  forward_deadline_.reset();
  Result<Look, Outcome> quiet = co_await quiet_look(now() + quiet_most());
  if (contact_.leaves()) co_return withdrawn();
  if (!quiet) co_return unseen(quiet.error());
  Look seen = std::move(*quiet);
  const Clock::time_point since = now();
  const Clock::time_point read_by = since + timeouts().bmc_return;
  const auto untold = [&] {
    const Runs runs = seen.updates[index].runs;
    if (order_.command.well && runs == Runs::unreadable) return true;
    const bool begins = !has_evidence(Evidence::Kind::sending) && !asked_before();
    return begins && (hides_ours(index, seen) || (runs != Runs::old_version && hides_bank(index, seen)));
  };
  while (untold() && now() < read_by) {
    co_await contact_.rest(since, read_by);
    quiet = co_await quiet_look(now() + quiet_most());
    if (contact_.leaves()) co_return withdrawn();
    if (!quiet) co_return unseen(quiet.error());
    seen = std::move(*quiet);
  }
  if (!has_evidence(Evidence::Kind::sending) && !asked_before()) {
    if (const auto foreign = not_ours(seen)) co_return *foreign;
    if (const auto off = without_power(seen)) co_return *off;
    Look at = seen;
    Result<void, Outcome> gone = co_await cancel_ours(index, std::move(at));
    if (!gone && gone.error().cause == Cause::foreign_task) gone.error().verdict = Outcome::Verdict::untouched;
    if (!gone) co_return gone.error();
  }
  if (cancel_asked_) {
    // A restart that nobody here asked for may have run it first.
    Result<Look, Outcome> left = co_await quiet_look(now() + quiet_most());
    if (!left) co_return left.error();
    seen = std::move(*left);
  }
  if (seen.updates[index].runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  if (update(index).way_back == WayBack::reflash) co_return co_await reflash(index, std::move(seen));
  co_return co_await switch_bank(index, std::move(seen));
}

awaitable<Outcome> Conversation::switch_bank(std::uint32_t index, Look seen) {
  Awaited awaited = running(index, Runs::old_version, seen);
  const bool in_vain = asked_before() && !was_answered() && co_await never_left(index, Runs::old_version, seen);
  if (asked_before() && !in_vain) {
    Outcome found = co_await settle(awaited);
    co_return co_await disarm(index, std::move(found));
  }
  Result<StageReceipt, Fault> asked = StageReceipt();
  for (;;) {
    if (const auto foreign = not_ours(seen)) co_return *foreign;
    if (hides_bank(index, seen)) {
      co_return outcome(Outcome::Verdict::untouched, Cause::unreadable,
                        component(index).id + ": no bank with \"" + update(index).from_version +
                            "\" is found in what can be read: " + seen.updates[index].rest_unread,
                        seen);
    }
    if (update(index).way_back == WayBack::none || !seen.updates[index].previous) {
      co_return outcome(Outcome::Verdict::untouched, Cause::no_way_back,
                        component(index).id + ": no bank holds \"" + update(index).from_version + '"', seen);
    }
    if (const std::string other = foreign(index, seen); !other.empty()) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        "an update of somebody else waits, which a reset would run: " + other, seen);
    }
    const InstalledComponent previous = *seen.updates[index].previous;
    awaited.deadline = now() + longest(index, true);
    const bool asks = co_await may_ask(Evidence::Kind::start_asked, reset_times(seen));
    if (!asks) co_return withdrawn();
    asked = co_await bmc().activate_previous(previous);
    if (asked) break;
    if (is_own_side(asked.error())) {
      co_await contact_.wait_for_mend(asked.error());
    } else if (may_ask_again(asked.error())) {
      co_await contact_.mended();
      co_await contact_.rest(*busy_since_, *busy_since_ + timeouts().bmc_return);
    } else {
      break;
    }
    Result<Look, Outcome> quiet = co_await quiet_look(now() + quiet_most());
    if (contact_.withdrawn()) co_return withdrawn();
    if (!quiet) co_return unseen(quiet.error());
    seen = std::move(*quiet);
    if (seen.updates[index].runs == Runs::old_version) co_return outcome(Outcome::Verdict::done, Cause::none, "", seen);
  }
  if (!asked && is_kept_back(asked.error())) co_return withdrawn();
  co_await contact_.mended();
  if (!asked && aftermath_of(Asked::act, asked.error()) == Aftermath::untouched) {
    co_return outcome(Outcome::Verdict::untouched, cause_of_refusal(asked.error()), describe(asked.error()), seen);
  }
  if (asked) {
    awaited.receipt = std::move(*asked);
    const std::string task = name_of(awaited.receipt);
    if (!task.empty()) co_await contact_.record(Evidence::Kind::task, task);
  }
  Outcome found = co_await settle(awaited);
  if (!asked && found.verdict != Outcome::Verdict::done)
    found.detail = describe(asked.error()) + "; then: " + found.detail;
  co_return found;
}

/// Sends the image from before and makes it run, in whichever way the service takes images.
awaitable<Outcome> Conversation::reflash(std::uint32_t index, Look seen) {
  Awaited awaited = running(index, Runs::old_version, seen);
  Result<UpdateAbility, Fault> ability = co_await contact_.update_ability();
  if (contact_.leaves()) co_return withdrawn();
  if (!ability) {
    const bool began = has_evidence(Evidence::Kind::sending) || asked_before();
    co_return outcome(began ? Outcome::Verdict::failed : Outcome::Verdict::untouched, cause_of(ability.error()),
                      describe(ability.error()), seen);
  }
  const ApplyTime apply = stages(*ability) ? staged_apply(*ability) : ApplyTime::immediate;
  if (has_evidence(Evidence::Kind::sending)) {
    Outcome found = co_await adopt_reflash(awaited, apply);
    const bool nothing_arrived =
        found.verdict == Outcome::Verdict::untouched && found.cause == Cause::upload_failed && !asked_before();
    if (!nothing_arrived || apply == ApplyTime::immediate) co_return found;
    // It was our crash and not the BMC that cut the upload off: it is sent again by this very command.
  }
  for (;;) {
    // What appears once the image was sent is taken for ours, so nothing may be there before.
    Result<Look, Outcome> quiet = co_await quiet_look(now() + quiet_most());
    if (contact_.leaves()) co_return withdrawn();
    if (!quiet) co_return quiet.error();
    if (const auto other = not_ours(*quiet)) co_return *other;
    const std::string waiting = quiet->task() ? quiet->task()->uri : foreign(index, *quiet);
    if (!waiting.empty()) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        "an update of somebody else waits, which a reset would run: " + waiting, *quiet);
    }
    if (quiet->updates[index].staged) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        component(index).id + " has an image of somebody else staged", *quiet);
    }
    const std::string target = quiet->updates[index].target_uri;
    order_.task.clear();
    run_asked_ = cancel_asked_ = cancelled_before_ = false;  // that was of the image forwards
    brings_ = Runs::old_version;
    Sent sent = co_await upload(index, back_image_of(*order_.plan, update(index)), apply, target);
    if (!sent.own_fault) co_return co_await follow_back(std::move(awaited), apply, std::move(sent));
    co_await contact_.wait_for_mend(*sent.own_fault);
  }
}

/// Goes on where an earlier process left a way back by reflash: what was sent is looked for, and run where it waits and
/// provably nothing was asked yet. Untouched with upload_failed where nothing arrived.
awaitable<Outcome> Conversation::adopt_reflash(Awaited awaited, ApplyTime apply) {
  const std::uint32_t index = awaited.update;
  run_asked_ = run_asked_ || apply == ApplyTime::immediate;
  bool runs = apply == ApplyTime::immediate || (asked_before() && was_answered());
  if (!runs) {
    Sent before;
    before.receipt = awaited.receipt;
    order_.task = awaited.receipt.task_uri;
    Outcome waiting = co_await settle_stage(index, before, Runs::old_version);
    const bool nothing_arrived =
        waiting.verdict == Outcome::Verdict::untouched && waiting.cause == Cause::upload_failed;
    if (waiting.verdict != Outcome::Verdict::done && !(asked_before() && nothing_arrived)) co_return waiting;
    runs = asked_before();
    if (runs && waiting.verdict == Outcome::Verdict::done) {
      Result<Look, Fault> now = co_await contact_.look_until_answered(awaited.deadline);
      if (!now) co_return outcome(Outcome::Verdict::lost, cause_unread(now.error()), describe(now.error()));
      Look first = std::move(*now);
      runs = !co_await never_left(index, Runs::old_version, std::move(first));
    }
  }
  if (!runs) co_return co_await run_staged(std::move(awaited), apply);
  if (apply == ApplyTime::immediate) doubt(awaited, Aftermath::look_late);
  Outcome found = co_await settle(awaited);
  co_return co_await disarm(index, std::move(found));
}

awaitable<Outcome> Conversation::follow_back(Awaited awaited, ApplyTime apply, Sent sent) {
  const std::uint32_t index = awaited.update;
  if (!sent.accepted() && sent.aftermath == Aftermath::untouched) {
    co_return outcome(Outcome::Verdict::untouched, sent.cause, sent.fault);
  }
  // Whatever the answer was: what became of the image is found by looking, and it must not be left waiting.
  const bool accepted = sent.accepted();
  const std::string fault = sent.fault;
  Outcome found;
  if (apply == ApplyTime::immediate) {
    awaited.receipt = sent.receipt;
    awaited.sent = true;
    awaited.deadline = now() + longest(index, true);
    if (!accepted) doubt(awaited, sent.aftermath);
    found = co_await settle(awaited);
  } else {
    found = co_await settle_stage(index, std::move(sent), Runs::old_version);
    if (found.verdict == Outcome::Verdict::done) co_return co_await run_staged(std::move(awaited), apply);
  }
  if (!accepted && found.verdict != Outcome::Verdict::done) found.detail = fault + "; then: " + found.detail;
  co_return co_await disarm(index, std::move(found));
}

}  // namespace breakwater
