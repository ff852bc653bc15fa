#include "orchestrator/crews/conversation.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

/// A poll comes after a sixteenth of the time waited so far: long waits are polled rarely, short ones are not
/// overslept.
constexpr int kPollShare = 16;
constexpr Duration kPollFirst{50};
constexpr Duration kPollMost{5000};
/// How long a host that was not touched yet is given to answer before it is turned away.
constexpr Duration kFirstContact{30'000};

bool has_ended(Clock::time_point deadline) {
  return Clock::now() >= deadline;
}

}  // namespace

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
  return made;
}

std::string describe(const Fault& fault) {
  std::string text = fault.step.empty() ? "" : fault.step + ": ";
  text += to_string(fault.kind);
  if (!fault.message.empty()) text += ": " + fault.message;
  return text;
}

Cause cause_of(const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::login_refused:
    case Fault::Kind::user_unknown:
    case Fault::Kind::suite_refused:
    case Fault::Kind::logins_exhausted:
      return Cause::login_refused;
    case Fault::Kind::tls_untrusted:
    case Fault::Kind::tls_wrong_name:
    case Fault::Kind::tls_expired:
    case Fault::Kind::tls_pin_mismatch:
      return Cause::tls_refused;
    case Fault::Kind::wrong_identity:
      return Cause::identity_mismatch;
    case Fault::Kind::image_refused:
      return Cause::image_refused;
    case Fault::Kind::not_supported:
      return Cause::not_supported;
    case Fault::Kind::deadline:
    case Fault::Kind::no_progress:
      return Cause::timed_out;
    case Fault::Kind::name_not_resolved:
    case Fault::Kind::refused:
    case Fault::Kind::unreachable:
    case Fault::Kind::connect_timeout:
    case Fault::Kind::tls_failed:
    case Fault::Kind::closed_before_reply:
    case Fault::Kind::malformed_reply:
    case Fault::Kind::bound_exceeded:
    case Fault::Kind::foreign_link:
    case Fault::Kind::unauthorized:
    case Fault::Kind::sessions_exhausted:
    case Fault::Kind::busy:
    case Fault::Kind::http_status:
    case Fault::Kind::task_gone:
    case Fault::Kind::cancelled:
      return Cause::unreachable;
  }
  return Cause::unreachable;
}

Conversation::Conversation(Order order, std::unique_ptr<Bmc> bmc, Hands& hands, boost::asio::any_io_executor executor,
                           std::optional<Clock::time_point> forward_deadline)
    : order_(std::move(order)),
      bmc_(std::move(bmc)),
      hands_(hands),
      executor_(std::move(executor)),
      forward_deadline_(forward_deadline) {}

awaitable<Outcome> Conversation::run() {
  Outcome ended = co_await carry_out();
  co_await bmc_->close();
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
      co_return co_await check(false);
    case Action::cancel:
      co_return co_await cancel();
    case Action::roll_back:
      co_return co_await roll_back();
    case Action::check_back:
      co_return co_await check(true);
  }
  co_return outcome(Outcome::Verdict::failed, Cause::not_supported, "unknown action");
}

// ---- getting through

awaitable<void> Conversation::record(Evidence::Kind kind, std::string text) {
  Evidence seen;
  seen.kind = kind;
  seen.text = std::move(text);
  co_await hands_.record(order_.command, std::move(seen));
}

awaitable<void> Conversation::sleep(Duration length) {
  boost::asio::steady_timer timer(executor_);
  timer.expires_after(length);
  boost::system::error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(use_awaitable, ignored));
}

awaitable<void> Conversation::rest(Clock::time_point since) {
  const auto waited = std::chrono::duration_cast<Duration>(Clock::now() - since);
  const Duration pause = std::clamp(waited / kPollShare, kPollFirst, kPollMost);
  co_await sleep(pause);
}

Clock::time_point Conversation::within(Duration length) const {
  const Clock::time_point own = Clock::now() + length;
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

Duration Conversation::longest(std::uint32_t index, bool back) const {
  const Duration declared = back ? component(index).back_most : component(index).most;
  const Duration returns =
      component(index).activate_by == ActivateBy::bmc_reset ? timeouts().bmc_return : timeouts().host_return;
  return declared > Duration(0) ? std::min(declared, timeouts().task + returns) : timeouts().task + returns;
}

/// Logs in, and deletes the session that an interrupted predecessor left.
awaitable<Result<void, Fault>> Conversation::enter() {
  SessionOpened opened = [this](std::string uri) -> awaitable<void> {
    return record(Evidence::Kind::session, std::move(uri));
  };
  Result<void, Fault> open = co_await bmc_->open(std::move(opened));
  if (!open) co_return open;
  const std::string left_behind = order_.resumed ? evidence(Evidence::Kind::session) : std::string();
  if (!left_behind.empty()) {
    // A session that can not be deleted runs out by itself; it must not keep the host from being looked at.
    co_await bmc_->delete_session(left_behind);
    std::erase_if(order_.evidence, [](const Evidence& seen) { return seen.kind == Evidence::Kind::session; });
  }
  co_return open;
}

/// The host is its serial number and UUID, whatever answers at its address.
Result<void, Fault> Conversation::same_machine(const Identity& who) const {
  const Identity& wanted = host().identity;
  if (who.serial == wanted.serial && who.uuid == wanted.uuid) return {};
  Fault fault;
  fault.kind = Fault::Kind::wrong_identity;
  fault.step = "identify";
  fault.message = "serial " + who.serial + " uuid " + who.uuid + " answers, the plan is for serial " + wanted.serial +
                  " uuid " + wanted.uuid;
  return fail(std::move(fault));
}

/// Inside an announced BMC reset: takes a new key on trial; it becomes the pin once the same machine proved to be
/// behind it.
awaitable<bool> Conversation::take_new_key() {
  bmc_->expect_new_key();
  Result<void, Fault> in = co_await enter();
  bool proved = false;
  if (in) {
    Result<Identity, Fault> who = co_await bmc_->identify();
    proved = who && same_machine(*who);
  }
  const std::optional<Sha256> key = bmc_->peer_key();
  if (!proved || !key) {
    bmc_->drop();
    co_return false;
  }
  co_await record(Evidence::Kind::new_key, to_hex(*key));
  bmc_->pin(*key);
  co_return true;
}

awaitable<Result<Look, Fault>> Conversation::look() {
  Result<void, Fault> in = co_await enter();
  if (!in) co_return fail(in.error());
  Result<Observation, Fault> seen = co_await bmc_->observe();
  if (!seen) co_return fail(seen.error());
  const Result<void, Fault> same = same_machine(seen->identity);
  if (!same) co_return fail(same.error());
  co_return look_at(*order_.plan, host(), std::move(*seen));
}

awaitable<Result<Look, Fault>> Conversation::look_through_weather(Clock::time_point deadline) {
  const Clock::time_point since = Clock::now();
  for (;;) {
    Result<Look, Fault> seen = co_await look();
    if (seen || !is_weather(seen.error().kind) || has_ended(deadline)) co_return seen;
    bmc_->drop();
    co_await rest(since);
  }
}

// ---- looking only

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
  ready.baseline.health = seen->seen.health;
  ready.baseline.power = seen->seen.power;
  ready.baseline.boot = seen->seen.boot;
  ready.baseline.inventory = seen->seen.inventory;
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
      missing = Finding{is_weather(seen.error().kind) ? Cause::lost : cause_of(seen.error()), describe(seen.error())};
      if (!is_weather(seen.error().kind)) co_return outcome(Outcome::Verdict::lost, missing.cause, missing.text);
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
    if (has_ended(deadline)) {
      if (!last || missing.cause == Cause::lost) co_return outcome(Outcome::Verdict::lost, Cause::lost, missing.text);
      co_return outcome(Outcome::Verdict::failed, missing.cause, missing.text, *last);
    }
    if (ready < checks.ready_reads && seen) {
      co_await sleep(checks.ready_every);
    } else {
      co_await rest(since);
    }
  }
}

}  // namespace breakwater
