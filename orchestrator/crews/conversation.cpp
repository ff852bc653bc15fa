#include "orchestrator/crews/conversation.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

/// A poll comes after a tenth of the time waited so far: long waits are polled rarely, short ones are not
/// overslept.
constexpr int kPollShare = 10;
constexpr Duration kPollFirst{100};
constexpr Duration kPollMost{5000};
/// A BMC with so many members that one look takes longer is not waited for.
constexpr Duration kLookMost{120'000};

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
      forward_deadline_(forward_deadline) {
  const Command& command = order_.command;
  const bool sends = command.action == Action::stage || (command.action == Action::activate && command.upload);
  const bool first = command.action == Action::prepare || (sends && command.update == 0);
  touched_ = !first || has_evidence(Evidence::Kind::sending);
}

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

/// As long as the BMC asks for, but not beyond the deadline: then there is one more look, and one more login.
awaitable<void> Conversation::rest(Clock::time_point since, Clock::time_point deadline) {
  const Clock::time_point now = Clock::now();
  const auto waited = std::chrono::duration_cast<Duration>(now - since);
  const Duration pause = std::max(std::clamp(waited / kPollShare, kPollFirst, kPollMost), asked_to_wait_);
  const auto left = std::chrono::ceil<Duration>(deadline - now);
  co_await sleep(std::clamp(left, Duration(0), pause));
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

Conversation::Started Conversation::start_of(std::uint32_t index, Runs wanted, const Look& seen) const {
  Started started;
  started.update = index;
  started.wanted = wanted;
  started.deadline = within(longest(index, wanted == Runs::old_version));
  started.host_reset_time = seen.seen.host_reset_time;
  started.bmc_reset_time = seen.seen.bmc_reset_time;
  started.receipt.task_uri = evidence(Evidence::Kind::task);
  return started;
}

Duration Conversation::longest(std::uint32_t index, bool back) const {
  const Duration declared = back ? component(index).back_most : component(index).most;
  const Duration returns =
      component(index).activate_by == ActivateBy::bmc_reset ? timeouts().bmc_return : timeouts().host_return;
  return declared > Duration(0) ? std::min(declared, timeouts().task + returns) : timeouts().task + returns;
}

/// Logs in, and deletes the sessions that an interrupted predecessor left.
awaitable<Result<void, Fault>> Conversation::enter() {
  SessionOpened opened = [this](std::string uri) -> awaitable<void> {
    return record(Evidence::Kind::session, std::move(uri));
  };
  Result<void, Fault> open = co_await bmc_->open(std::move(opened));
  if (!open) co_return open;
  std::vector<std::string> left_behind;
  std::erase_if(order_.evidence, [&left_behind](const Evidence& seen) {
    if (seen.kind == Evidence::Kind::session) left_behind.push_back(seen.text);
    return seen.kind == Evidence::Kind::session;
  });
  // A session that can not be deleted runs out by itself; it must not keep the host from being looked at.
  for (const std::string& session : left_behind) co_await bmc_->delete_session(session);
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

/// Whether waiting may help. A host that was touched is waited for through everything that a restarting BMC may show;
/// only what waiting can not make right, or must not be tried again, is final. Refused logins come spaced out by the
/// driver's `retry_after`; once its budget is used up (logins_exhausted) that is final too.
bool Conversation::passes(const Fault& fault) const {
  if (!touched_) return is_transient(fault.kind);
  switch (fault.kind) {
    case Fault::Kind::tls_untrusted:
    case Fault::Kind::tls_wrong_name:
    case Fault::Kind::tls_expired:
    case Fault::Kind::tls_pin_mismatch:
    case Fault::Kind::suite_refused:
    case Fault::Kind::logins_exhausted:
    case Fault::Kind::image_refused:
    case Fault::Kind::wrong_identity:
      return false;
    default:
      return true;
  }
}

awaitable<Result<Look, Fault>> Conversation::look() {
  bmc_->until(Clock::now() + kLookMost);
  Result<Look, Fault> seen = co_await read_all();
  bmc_->until(Clock::time_point::max());
  asked_to_wait_ = seen ? Duration(0) : seen.error().retry_after;
  co_return seen;
}

awaitable<Result<Look, Fault>> Conversation::read_all() {
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
    if (seen || !passes(seen.error()) || has_ended(deadline)) co_return seen;
    bmc_->drop();
    co_await rest(since, deadline);
  }
}

}  // namespace breakwater
