// Looking only: whether a host may be touched.
#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/trip_time.hpp"
#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

/// What the plan believes of a host beside its serial number, UUID and versions, and the host no longer shows: what its
/// Releases are for, and a bank to switch back to. A plan file is text; only the host says what it is.
std::string unlike_planned(const ResolvedPlan& plan, const PlannedHost& host, const Look& look) {
  const Identity& who = look.seen.identity;
  if (who.vendor != host.identity.vendor || who.model != host.identity.model) {
    return "its BMC reports vendor " + in_quotes(who.vendor) + " model " + in_quotes(who.model) +
           ", the plan is for vendor " + in_quotes(host.identity.vendor) + " model " + in_quotes(host.identity.model);
  }
  for (std::size_t i = 0; i < host.updates.size(); ++i) {
    const bool there = look.updates[i].other_bank || !look.updates[i].rest_unread.empty();
    if (host.updates[i].way_back != WayBack::bank_switch || there) continue;
    return plan.components[host.updates[i].component].id + " shows no second bank to switch back to, the plan saw one";
  }
  return {};
}

}  // namespace

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
  if (const std::string unlike = unlike_planned(*order_.plan, host(), *seen); !unlike.empty()) {
    co_return outcome(Outcome::Verdict::untouched, Cause::drifted, unlike + ": make a new plan", *seen);
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
    if (hides_bank(i, *seen)) {
      co_return outcome(Outcome::Verdict::untouched, Cause::unreadable,
                        component(i).id + ": its second bank is not found in what can be read: " + one.rest_unread,
                        *seen);
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
    const bool has_target = !seen->updates[i].target_uri.empty();
    const std::string why = why_not_taken(*order_.plan, update(i), *ability, has_target);
    if (why.empty()) continue;
    co_return outcome(Outcome::Verdict::untouched, Cause::not_supported, component(i).id + ": " + why, *seen);
  }
  Outcome ready = outcome(Outcome::Verdict::done, Cause::none, "", *seen);
  ready.stages = stages(*ability);
  ready.baseline = baseline_of(seen->seen);
  co_return ready;
}

}  // namespace breakwater
