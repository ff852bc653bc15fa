// Looking only: whether a host is well after its update, or its roll-back.
#include <algorithm>

#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

/// The host is to run the new versions of its first `touched` updates, and the old ones of the rest.
awaitable<Outcome> Conversation::check(std::uint32_t touched) {
  const Checks& checks = order_.plan->checks;
  const Clock::time_point since = now();
  const Clock::time_point deadline = within(timeouts().host_return + checks.stable_for);
  Reading reading;
  for (;;) {
    Result<Look, Fault> seen = co_await contact_.look();
    if (contact_.leaves()) co_return withdrawn();
    if (!seen && !contact_.may_pass(seen.error())) {
      co_return outcome(Outcome::Verdict::lost, cause_of(seen.error()), describe(seen.error()));
    }
    const std::optional<Outcome> against =
        seen ? read_checks(reading, *seen, touched) : not_read(reading, seen.error());
    const bool stable =
        !against && reading.ready >= checks.ready_reads && now() - *reading.holding >= checks.stable_for;
    if (stable) co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
    // The version was proved before; another text on several reads in a row will not pass.
    if (reading.wrong_version >= checks.ready_reads) co_return *against;
    // What is read now decides at the deadline. What holds then goes on to the end of its time, and a BMC that does not
    // let itself be read then is given its time to return.
    Clock::time_point end = deadline;
    if (reading.holding) end = std::max(end, *reading.holding + checks.stable_for);
    const bool may_return = !seen && cause_unread(seen.error()) != Cause::login_refused;
    if (may_return) end = std::max(end, *reading.unread + timeouts().bmc_return);
    if (against && now() >= end) co_return *against;
    if (!seen) bmc().drop();
    if (seen && reading.ready < checks.ready_reads) {
      co_await contact_.sleep(checks.ready_every);
    } else {
      co_await contact_.rest(since, std::max(end, now() + checks.ready_every));
    }
  }
}

/// What one look says against the host's being well; nothing where all checks hold.
std::optional<Outcome> Conversation::read_checks(Reading& reading, const Look& seen, std::uint32_t touched) const {
  const std::optional<Finding> failing =
      first_failing(*order_.plan, host(), order_.baseline, seen, touched, order_.command.stays);
  ++reading.ready;
  reading.unread.reset();
  if (!failing) {
    reading.wrong_version = 0;
    if (!reading.holding) reading.holding = now();
    return std::nullopt;
  }
  const bool version = failing->cause == Cause::version_mismatch || failing->cause == Cause::failed_back ||
                       failing->cause == Cause::component_changed;
  reading.wrong_version = version ? reading.wrong_version + 1 : 0;
  reading.holding.reset();
  return outcome(Outcome::Verdict::failed, failing->cause, failing->text, seen);
}

/// A host that runs every new version already counts for its wave's gate: its checks hold, or it is no evidence.
/// Nothing of ours is there to be measured against, so it is to stay as well as it is now.
awaitable<Outcome> Conversation::check_current(Look seen) {
  order_.baseline = baseline_of(seen.seen);
  Outcome checked = co_await check(static_cast<std::uint32_t>(host().updates.size()));
  const bool holds = checked.verdict == Outcome::Verdict::done;
  checked.verdict = holds ? Outcome::Verdict::current : Outcome::Verdict::untouched;
  co_return checked;
}

/// Lost is a BMC that answers nothing. One that answers, and cannot be read, may still be rolled back.
Outcome Conversation::not_read(Reading& reading, const Fault& fault) const {
  const Cause cause = cause_unread(fault);
  reading.ready = reading.wrong_version = 0;
  reading.holding.reset();
  if (!reading.unread) reading.unread = now();
  const bool answers = cause == Cause::unreadable;
  return outcome(answers ? Outcome::Verdict::failed : Outcome::Verdict::lost, cause, describe(fault));
}

}  // namespace breakwater
