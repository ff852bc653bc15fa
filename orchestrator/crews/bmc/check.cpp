// Looking only: whether a host is well after its update, or its roll-back.
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

awaitable<Outcome> Conversation::check(bool back) {
  const Checks& checks = order_.plan->checks;
  const std::uint32_t touched = back ? 0 : order_.command.update;
  const Clock::time_point since = now();
  const Clock::time_point deadline = within(timeouts().host_return + checks.stable_for);
  std::optional<Clock::time_point> holding;
  std::optional<Look> last;
  Finding missing{Cause::lost, "the BMC has not answered yet"};
  int ready = 0;
  int wrong_version = 0;
  for (;;) {
    Result<Look, Fault> seen = co_await contact_.look();
    if (!seen) {
      bmc().drop();
      ready = 0;
      holding.reset();
      const bool final = !contact_.may_pass(seen.error());
      missing = Finding{final ? cause_of(seen.error()) : Cause::lost, describe(seen.error())};
      if (final) co_return outcome(Outcome::Verdict::lost, missing.cause, missing.text);
    } else {
      ++ready;
      const std::optional<Finding> failing = first_failing(*order_.plan, host(), order_.baseline, *seen, touched);
      last = std::move(*seen);
      const bool version =
          failing && (failing->cause == Cause::version_mismatch || failing->cause == Cause::failed_back);
      wrong_version = version ? wrong_version + 1 : 0;
      if (failing) {
        missing = *failing;
        holding.reset();
      } else if (!holding) {
        holding = now();
      }
      // The version was proved before; another text on several reads in a row is no weather.
      if (wrong_version >= checks.ready_reads) {
        co_return outcome(Outcome::Verdict::failed, missing.cause, missing.text, *last);
      }
      if (holding && ready >= checks.ready_reads && now() - *holding >= checks.stable_for) {
        co_return outcome(Outcome::Verdict::done, Cause::none, "", *last);
      }
    }
    if (now() >= deadline) {
      if (!last || missing.cause == Cause::lost) co_return outcome(Outcome::Verdict::lost, Cause::lost, missing.text);
      co_return outcome(Outcome::Verdict::failed, missing.cause, missing.text, *last);
    }
    if (ready < checks.ready_reads && seen) {
      co_await contact_.sleep(checks.ready_every);
    } else {
      co_await contact_.rest(since, deadline);
    }
  }
}

}  // namespace breakwater
