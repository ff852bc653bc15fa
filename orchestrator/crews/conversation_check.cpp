// Looking only: whether a host is fit to be touched, and whether it is well afterwards.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "orchestrator/crews/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

/// How long a host that was not touched yet is given to answer before it is turned away.
constexpr Duration kFirstContact{30'000};

}  // namespace

awaitable<Outcome> Conversation::prepare() {
  const Clock::time_point deadline = within(kFirstContact);
  Result<Look, Fault> seen = co_await look_through_weather(deadline);
  if (!seen) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(seen.error()), describe(seen.error()));
  }
  const bool current = std::all_of(seen->updates.begin(), seen->updates.end(),
                                   [](const UpdateLook& one) { return one.runs == Runs::new_version; });
  if (current) co_return outcome(Outcome::Verdict::current, Cause::none, "", *seen);
  for (std::uint32_t i = 0; i < seen->updates.size(); ++i) {
    const UpdateLook& one = seen->updates[i];
    if (one.runs != Runs::old_version) {
      co_return outcome(Outcome::Verdict::untouched, Cause::drifted,
                        component(i).id + " reports \"" + one.version + "\", the plan saw \"" + update(i).from_version +
                            "\": make a new plan",
                        *seen);
    }
    if (one.staged) {
      co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                        component(i).id + " already has version \"" + one.staged->version + "\" staged", *seen);
    }
  }
  if (order_.plan->checks.new_critical_most && !seen->seen.critical_events) {
    co_return outcome(Outcome::Verdict::untouched, Cause::not_supported,
                      "the check sel.newCritical needs its event log, which can not be read whole", *seen);
  }
  if (const TaskView* task = seen->task()) {
    co_return outcome(Outcome::Verdict::untouched, Cause::foreign_task,
                      "another update is under way: " + task->uri + " (" + task->state_text + ")", *seen);
  }
  Result<UpdateAbility, Fault> ability = co_await bmc_->update_ability();
  if (!ability) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(ability.error()), describe(ability.error()), *seen);
  }
  for (std::uint32_t i = 0; i < host().updates.size(); ++i) {
    const ImageFile& image = image_of(*order_.plan, update(i)).image;
    if (ability->max_image_bytes == 0 || image.size <= ability->max_image_bytes) continue;
    co_return outcome(Outcome::Verdict::untouched, Cause::not_supported,
                      image.name + " has " + std::to_string(image.size) + " bytes, the service takes at most " +
                          std::to_string(ability->max_image_bytes),
                      *seen);
  }
  Outcome ready = outcome(Outcome::Verdict::done, Cause::none, "", *seen);
  ready.stages = ability->stage_on_reset || ability->stage_for_start;
  ready.baseline = baseline_of(seen->seen);
  co_return ready;
}

awaitable<Outcome> Conversation::check(bool back) {
  const Checks& checks = order_.plan->checks;
  const std::uint32_t touched = back ? 0 : order_.command.update;
  const Clock::time_point since = Clock::now();
  const Clock::time_point deadline = within(timeouts().host_return + checks.stable_for);
  std::optional<Clock::time_point> holding;
  std::optional<Look> last;
  Finding missing{Cause::lost, "the BMC has not answered yet"};
  int ready = 0;
  int wrong_version = 0;
  for (;;) {
    Result<Look, Fault> seen = co_await look();
    if (!seen) {
      bmc_->drop();
      ready = 0;
      holding.reset();
      const bool final = !passes(seen.error());
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
        holding = Clock::now();
      }
      // The version was proved before; another text on several reads in a row is no weather.
      if (wrong_version >= checks.ready_reads) {
        co_return outcome(Outcome::Verdict::failed, missing.cause, missing.text, *last);
      }
      if (holding && ready >= checks.ready_reads && Clock::now() - *holding >= checks.stable_for) {
        co_return outcome(Outcome::Verdict::done, Cause::none, "", *last);
      }
    }
    if (Clock::now() >= deadline) {
      if (!last || missing.cause == Cause::lost) co_return outcome(Outcome::Verdict::lost, Cause::lost, missing.text);
      co_return outcome(Outcome::Verdict::failed, missing.cause, missing.text, *last);
    }
    if (ready < checks.ready_reads && seen) {
      co_await sleep(checks.ready_every);
    } else {
      co_await rest(since, deadline);
    }
  }
}

}  // namespace breakwater
