// Looking only: whether an updated host is still well while its wave soaks.
#include "orchestrator/core/trip_time.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

/// The host was read running what we brought: another version by now is somebody else's doing, and tells nothing of
/// ours.
Outcome said_of_drift(Outcome against) {
  if (against.cause != Cause::version_mismatch) return against;
  against.verdict = Outcome::Verdict::untouched;
  against.cause = Cause::drifted;
  return against;
}

}  // namespace

/// What cannot be read of the components that we brought, or of an event log that is to be read, says nothing for the
/// host and nothing against it. What cannot be read of other components is told, and is no failure.
Outcome Conversation::unread_in_soak(Outcome against, const Look& seen) const {
  if (order_.plan->checks.new_critical_most && !seen.seen.critical_events) {
    against.verdict = Outcome::Verdict::untouched;
    return against;
  }
  for (std::uint32_t i = 0; i < order_.command.update; ++i) {
    if (seen.updates[i].runs != Runs::unreadable) continue;
    against.verdict = Outcome::Verdict::untouched;
    return against;
  }
  return outcome(Outcome::Verdict::done, Cause::none, std::move(against.detail), seen);
}

/// One good look is enough. What speaks against the host must last, for a host that somebody restarts is not ill: it
/// has the time to come back that it had after its update. A BMC that does not answer says nothing of its host. One
/// that shows a key that nobody vouched for is asked nothing: the look waits for an operator's word.
awaitable<Outcome> Conversation::watch() {
  const Clock::time_point answers_by = now() + look_length(host().bmc.timeouts, kFirstContact);
  Result<Look, Fault> seen = co_await contact_.look_until_answered(answers_by);
  const bool answered = seen.has_value();
  const Clock::time_point since = now();
  const Clock::time_point deadline = since + timeouts().host_return;
  Reading reading;
  for (;;) {
    if (contact_.leaves()) co_return withdrawn();
    if (seen) {
      std::optional<Outcome> against = read_checks(reading, *seen, order_.command.update);
      if (!against) co_return outcome(Outcome::Verdict::done, Cause::none, "", *seen);
      if (against->cause == Cause::unreadable) against = unread_in_soak(std::move(*against), *seen);
      if (against->verdict == Outcome::Verdict::done) co_return *against;
      const bool other_version = reading.wrong_version >= order_.plan->checks.ready_reads;
      if (other_version || now() >= deadline) co_return said_of_drift(*against);
    } else {
      static_cast<void>(not_read(reading, seen.error()));
      if (!answered || now() >= deadline || !contact_.may_pass(seen.error())) {
        co_return outcome(Outcome::Verdict::untouched, cause_unread(seen.error()), describe(seen.error()));
      }
      bmc().drop();
    }
    co_await contact_.rest(since, deadline);
    seen = co_await contact_.look();
  }
}

}  // namespace breakwater
