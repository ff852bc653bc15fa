// Looking only: whether a host may be touched.
#include <algorithm>

#include "orchestrator/core/trip_time.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

awaitable<Outcome> Conversation::prepare() {
  const Clock::time_point deadline = within(look_length(host().bmc.timeouts, kFirstContact));
  Result<Look, Fault> seen = co_await contact_.look_until_answered(deadline);
  if (contact_.leaves()) co_return withdrawn();
  if (!seen) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(seen.error()), describe(seen.error()));
  }
  const bool current = std::all_of(seen->updates.begin(), seen->updates.end(),
                                   [](const UpdateLook& one) { return one.runs == Runs::new_version; });
  if (current) {
    if (std::optional<Finding> ill = not_fit(*order_.plan, host(), seen->seen, false)) {
      co_return outcome(Outcome::Verdict::untouched, ill->cause, std::move(ill->text), *seen);
    }
    co_return co_await check_current(std::move(*seen));
  }
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
    co_return outcome(
        Outcome::Verdict::untouched, Cause::not_supported,
        "the check sel.newCritical needs its event log, which cannot be read whole: " + seen->seen.log_unread, *seen);
  }
  if (std::optional<Finding> unfit = not_fit(*order_.plan, host(), seen->seen, true)) {
    co_return outcome(Outcome::Verdict::untouched, unfit->cause, std::move(unfit->text), *seen);
  }
  Result<UpdateAbility, Fault> ability = co_await contact_.update_ability();
  if (contact_.leaves()) co_return withdrawn();
  if (!ability) {
    co_return outcome(Outcome::Verdict::untouched, cause_of(ability.error()), describe(ability.error()), *seen);
  }
  for (std::uint32_t i = 0; i < host().updates.size(); ++i) {
    const ImageFile& image = image_of(*order_.plan, update(i)).image;
    const std::string why = why_not_taken(*ability, !seen->updates[i].target_uri.empty(), image.size);
    if (why.empty()) continue;
    co_return outcome(Outcome::Verdict::untouched, Cause::not_supported, component(i).id + ": " + why, *seen);
  }
  Outcome ready = outcome(Outcome::Verdict::done, Cause::none, "", *seen);
  ready.stages = stages(*ability);
  ready.baseline = baseline_of(seen->seen);
  co_return ready;
}

}  // namespace breakwater
