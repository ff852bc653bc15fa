#include "orchestrator/crews/bmc/conversation.hpp"

#include <algorithm>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/trip_time.hpp"

namespace breakwater {

using boost::asio::awaitable;

Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail) {
  Outcome made;
  made.verdict = verdict;
  made.cause = cause;
  made.detail = std::move(detail);
  return made;
}

Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail, const Look& seen) {
  Outcome made = outcome(verdict, cause, std::move(detail));
  made.versions = seen.versions();
  if (verdict == Outcome::Verdict::done && made.detail.empty()) made.detail = seen.changed;
  return made;
}

Outcome withdrawn() {
  return outcome(Outcome::Verdict::untouched, Cause::withdrawn, "");
}

Outcome armed(std::string detail) {
  return outcome(Outcome::Verdict::lost, Cause::armed, std::move(detail));
}

const std::string& name_of(const StageReceipt& receipt) {
  return receipt.task_uri.empty() ? receipt.monitor_uri : receipt.task_uri;
}

std::string reset_times(const Look& seen) {
  return seen.seen.host_reset_time + ' ' + seen.seen.bmc_reset_time;
}

bool stages(const UpdateAbility& ability) {
  return ability.stage_on_reset || ability.stage_for_start;
}

ApplyTime staged_apply(const UpdateAbility& ability) {
  return ability.stage_on_reset ? ApplyTime::on_reset : ApplyTime::on_start_request;
}

Conversation::Conversation(Order order, MakeBmc make, Hands& hands, Bounds bounds)
    : order_(std::move(order)),
      contact_(order_, std::move(make), hands),
      forward_deadline_(bounds.trip_ends),
      act_until_(bounds.act_until) {
  const Command& command = order_.command;
  const bool sends = command.action == Action::stage || (command.action == Action::activate && command.upload);
  const bool first = command.action == Action::prepare || (sends && command.update == 0);
  // Why a host cannot be read in its soak is told at the next round, not waited out.
  const bool reads = command.action == Action::watch;
  if (reads) contact_.await_word_on_key();
  if ((!first && !reads) || has_evidence(Evidence::Kind::sending)) contact_.touch();
  if (asked_before() || has_evidence(Evidence::Kind::sending)) contact_.see_through();
  run_asked_ = asked_before() || (command.upload && has_evidence(Evidence::Kind::sending));
  cancel_asked_ = cancelled_before_ = has_evidence(Evidence::Kind::cancel_asked);
  const bool sent_back = command.action == Action::roll_back && has_evidence(Evidence::Kind::sending);
  if (sent_back) brings_ = Runs::old_version;
}

awaitable<Outcome> Conversation::run() {
  Outcome ended = withdrawn();
  try {
    ended = co_await carry_out();
  } catch (const GivenUp&) {  // nobody waits for what it says
  }
  co_await contact_.close();
  co_return ended;
}

awaitable<Outcome> Conversation::carry_out() {
  switch (order_.command.action) {
    case Action::prepare:
      co_return co_await prepare();
    case Action::stage:
      co_return co_await stage();
    case Action::activate:
      co_return co_await activate();
    case Action::check:
      co_return co_await check(order_.command.update);
    case Action::cancel:
      co_return co_await cancel();
    case Action::roll_back:
      co_return co_await roll_back();
    case Action::check_back:
      co_return co_await check(0);
    case Action::watch:
      co_return co_await watch();
  }
  co_return outcome(Outcome::Verdict::failed, Cause::not_supported, "unknown action");
}

Clock::time_point Conversation::within(Duration length) const {
  const Clock::time_point own = now() + length;
  return forward_deadline_ ? std::min(own, *forward_deadline_) : own;
}

bool Conversation::has_evidence(Evidence::Kind kind) const {
  return std::any_of(order_.evidence.begin(), order_.evidence.end(),
                     [kind](const Evidence& seen) { return seen.kind == kind; });
}

std::string Conversation::evidence(Evidence::Kind kind) const {
  std::string last;
  for (const Evidence& seen : order_.evidence) {
    if (seen.kind == kind) last = seen.text;
  }
  return last;
}

/// Whether a reset, a start or a bank switch was about to be asked for.
bool Conversation::asked_before() const {
  return has_evidence(Evidence::Kind::start_asked) || has_evidence(Evidence::Kind::reset_asked);
}

/// Whether a task was named after that: the BMC took it.
bool Conversation::was_answered() const {
  const auto asked = std::find_if(order_.evidence.rbegin(), order_.evidence.rend(), [](const Evidence& seen) {
    return seen.kind == Evidence::Kind::start_asked || seen.kind == Evidence::Kind::reset_asked;
  });
  return std::any_of(order_.evidence.rbegin(), asked,
                     [](const Evidence& seen) { return seen.kind == Evidence::Kind::task; });
}

Conversation::Awaited Conversation::running(std::uint32_t index, Runs wanted, const Look& seen) const {
  Awaited awaited;
  awaited.update = index;
  awaited.wanted = wanted;
  awaited.deadline = within(longest(index, wanted == Runs::old_version));
  awaited.host_reset_time = seen.seen.host_reset_time;
  awaited.bmc_reset_time = seen.seen.bmc_reset_time;
  awaited.receipt.task_uri = evidence(Evidence::Kind::task);
  return awaited;
}

Duration Conversation::longest_write(std::uint32_t index, bool back) const {
  const Duration declared = back ? component(index).back_most : component(index).most;
  return declared > Duration(0) ? std::min(declared, timeouts().task) : timeouts().task;
}

Duration Conversation::longest(std::uint32_t index, bool back) const {
  return longest_run(*order_.plan, component(index), back);
}

/// What keeps an image from being sent forward or made to run now: neither is begun without the time that it may take.
std::optional<Outcome> Conversation::too_late(std::uint32_t index, const Look& seen) const {
  if (act_until_ && contact_.true_now() > *act_until_) {
    return outcome(Outcome::Verdict::untouched, Cause::window_closed,
                   component(index).id + ": its window has too little room left", seen);
  }
  const Duration needed = activation_time(*order_.plan, update(index), order_.command.upload);
  if (!forward_deadline_ || *forward_deadline_ - now() >= needed) return std::nullopt;
  return outcome(Outcome::Verdict::untouched, Cause::timed_out,
                 component(index).id + " may take " + rough_most(needed) +
                     " to run and to hold, and less is left of timeouts.host",
                 seen);
}

}  // namespace breakwater
