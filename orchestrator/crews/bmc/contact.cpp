#include "orchestrator/crews/bmc/contact.hpp"

#include <algorithm>
#include <array>

#include "inventories/vocabulary/rows.hpp"

namespace breakwater {

using boost::asio::awaitable;

namespace {

/// A poll comes after a tenth of the time waited so far: long waits are polled rarely, short ones are not overslept.
constexpr int kPollShare = 10;
constexpr Duration kPollFirst{100};
constexpr Duration kPollMost{5000};
/// Between two tries of what our own side could not do: it goes on within the second of these after the mend.
constexpr Duration kMendFirst{1'000};
constexpr Duration kMendMost{30'000};
/// While a key waits for an operator's word: that is heard within the first of these, and the BMC is seen again, which
/// may show another key by now, after the second. No request is sent, only a handshake begun.
constexpr Duration kTrustPoll{1'000};
constexpr Duration kKeyAgain{30'000};
/// In a pause before anything was begun, a withdrawal is heard within this.
constexpr Duration kWithdrawalHeard{1'000};
/// A logout at a BMC that may be silent: nobody waits for it.
constexpr Duration kLogoutBrief{1'000};
/// A record is durable within this; what it waits longer is our own side's.
constexpr Duration kRecordUsual{1'000};
/// A BMC with so many members that one look takes longer is not waited for.
constexpr Duration kLookMost{120'000};

/// What a fault means for a host.
struct Meaning {
  Fault::Kind kind;
  Cause before;   ///< the cause, met before anything was done
  Cause unread;   ///< the cause, met by a look at a host that was touched: `lost` only where the BMC answers nothing
  bool may_pass;  ///< whether a host that was touched is waited for
};

constexpr std::array kMeanings = std::to_array<Meaning>({
    {Fault::Kind::name_not_resolved, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::refused, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::unreachable, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::connect_timeout, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::tls_untrusted, Cause::tls_refused, Cause::tls_refused, false},
    {Fault::Kind::tls_wrong_name, Cause::tls_refused, Cause::tls_refused, false},
    {Fault::Kind::tls_expired, Cause::tls_refused, Cause::tls_refused, false},
    {Fault::Kind::tls_pin_mismatch, Cause::tls_refused, Cause::tls_refused, false},
    {Fault::Kind::tls_failed, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::closed_before_reply, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::no_progress, Cause::timed_out, Cause::lost, true},
    {Fault::Kind::deadline, Cause::timed_out, Cause::lost, true},
    {Fault::Kind::malformed_reply, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::bound_exceeded, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::foreign_link, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::login_refused, Cause::login_refused, Cause::login_refused, true},
    {Fault::Kind::user_unknown, Cause::login_refused, Cause::login_refused, true},
    {Fault::Kind::suite_refused, Cause::login_refused, Cause::login_refused, false},
    {Fault::Kind::logins_exhausted, Cause::login_refused, Cause::login_refused, false},
    {Fault::Kind::unauthorized, Cause::login_refused, Cause::unreadable, true},
    {Fault::Kind::sessions_exhausted, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::busy, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::http_status, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::not_supported, Cause::not_supported, Cause::unreadable, true},
    {Fault::Kind::task_gone, Cause::unreachable, Cause::unreadable, true},
    {Fault::Kind::image_refused, Cause::image_refused, Cause::image_refused, false},
    {Fault::Kind::wrong_identity, Cause::identity_mismatch, Cause::identity_mismatch, false},
    {Fault::Kind::cancelled, Cause::unreachable, Cause::lost, true},
    {Fault::Kind::own_side, Cause::interrupted, Cause::interrupted, true},
});

static_assert(has_every_row(kMeanings, &Meaning::kind));

const Meaning& meaning_of(const Fault& fault) {
  return kMeanings[static_cast<std::size_t>(fault.kind)];
}

}  // namespace

std::string describe(const Fault& fault) {
  std::string text = fault.step.empty() ? "" : fault.step + ": ";
  text += to_string(fault.kind);
  if (!fault.message.empty()) text += ": " + fault.message;
  return text;
}

Cause cause_of(const Fault& fault) {
  return meaning_of(fault).before;
}

Cause cause_unread(const Fault& fault) {
  return meaning_of(fault).unread;
}

Cause cause_of_refusal(const Fault& fault) {
  const bool by_completion = fault.kind == Fault::Kind::busy || fault.kind == Fault::Kind::unauthorized;  // over IPMI
  const bool answered = fault.http_status >= 400 || by_completion;
  return answered ? Cause::request_refused : cause_of(fault);
}

Contact::Contact(Order& order, MakeBmc make, Hands& hands) : order_(order), make_(std::move(make)), hands_(hands) {
  for (const Evidence& seen : order_.evidence) {
    if (seen.kind == Evidence::Kind::own_fault) own_fault_ = seen.text;
    if (seen.kind == Evidence::Kind::mended) own_fault_.clear();
    if (seen.kind == Evidence::Kind::key_shown) key_shown_ = seen.text;
    if (seen.kind == Evidence::Kind::key_gone) key_shown_.clear();
  }
}

awaitable<void> Contact::pause_for(Fault fault) {
  std::string text = fault.message.empty() ? describe(fault) : fault.message;
  if (text != own_fault_) {
    own_fault_ = std::move(text);
    co_await record(Evidence::Kind::own_fault, own_fault_);
  }
  mend_pause_ = std::clamp(2 * mend_pause_, kMendFirst, kMendMost);
  co_await stand_still(mend_pause_);
}

awaitable<void> Contact::stand_still(Duration length) {
  const Clock::time_point since = hands_.now();
  co_await sleep(length);
  stood_still_ += std::chrono::duration_cast<Duration>(hands_.now() - since);
}

awaitable<void> Contact::wait_for_mend(Fault fault) {
  own_fault_acts_ = true;
  return pause_for(std::move(fault));
}

awaitable<void> Contact::mended() {
  if (own_fault_.empty()) co_return;
  own_fault_.clear();
  own_fault_acts_ = false;
  mend_pause_ = Duration(0);
  co_await record(Evidence::Kind::mended, "");
}

void Contact::hear_withdrawal() {
  if (bmc_ && leaves()) bmc_->drop();
}

awaitable<void> Contact::sleep(Duration length) {
  const Clock::time_point end = hands_.now() + length;
  do {
    const auto left = std::chrono::ceil<Duration>(end - hands_.now());
    co_await hands_.sleep(begun_ ? left : std::min(left, kWithdrawalHeard));
  } while (hands_.now() < end && !leaves());
}

awaitable<void> Contact::close() {
  if (bmc_) co_await bmc_->close(leaves() ? kLogoutBrief : kLogoutMost);
}

awaitable<void> Contact::record(Evidence::Kind kind, std::string text) {
  Evidence seen;
  seen.kind = kind;
  seen.text = std::move(text);
  const Clock::time_point since = hands_.now();
  co_await hands_.record(order_.command, std::move(seen));
  const auto waited = std::chrono::duration_cast<Duration>(hands_.now() - since);
  stood_still_ += std::max(Duration(0), waited - kRecordUsual);
}

awaitable<void> Contact::rest(Clock::time_point since, Clock::time_point deadline) {
  const Clock::time_point at = now();
  const auto waited = std::chrono::duration_cast<Duration>(at - since);
  const Duration pause = std::max(std::clamp(waited / kPollShare, kPollFirst, kPollMost), asked_to_wait_);
  const auto left = std::chrono::ceil<Duration>(deadline - at);
  co_await sleep(std::clamp(left, Duration(0), pause));
}

/// Logs in, and deletes the sessions that an interrupted predecessor left.
awaitable<Result<void, Fault>> Contact::enter() {
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
  // A session that cannot be deleted runs out by itself; it must not keep the host from being looked at.
  for (const std::string& session : left_behind) co_await bmc_->delete_session(session);
  co_return open;
}

/// The host is its serial number and UUID, whatever answers at its address.
Result<void, Fault> Contact::same_machine(const Identity& who) const {
  const Identity& wanted = host().identity;
  if (who.serial == wanted.serial && who.uuid == wanted.uuid) return {};
  Fault fault;
  fault.kind = Fault::Kind::wrong_identity;
  fault.step = "identify";
  fault.message = "serial " + who.serial + " uuid " + who.uuid + " answers, the plan is for serial " + wanted.serial +
                  " uuid " + wanted.uuid;
  return fail(std::move(fault));
}

/// Whether it is for a person to say if that key is the BMC's. One that is shown before anything was sent is no key
/// that an update brought: the host is refused.
bool Contact::is_untrusted(const Fault& fault) const {
  return awaits_word_ && fault.kind == Fault::Kind::tls_pin_mismatch && bmc_ && bmc_->peer_key();
}

/// Until somebody vouches for the key that is shown, the conversation leaves, or it is time to see what is shown now.
awaitable<void> Contact::wait_for_trust() {
  const Sha256 key = *bmc_->peer_key();
  if (is_expected(key)) {
    key_expected_ = key;
    bmc_->trust(key);
    co_return;
  }
  for (Duration waited{0}; waited < kKeyAgain && !leaves(); waited += kTrustPoll) {
    if (hands_.trusts(order_.command.id, key)) {
      if (key_shown_ == to_hex(key)) key_shown_.clear();  // the operator's word ended that wait, and is durable
      bmc_->trust(key);
      co_return;
    }
    if (key_shown_ != to_hex(key)) {
      key_shown_ = to_hex(key);
      co_await record(Evidence::Kind::key_shown, key_shown_);
    }
    co_await stand_still(kTrustPoll);
  }
}

bool Contact::is_expected(const Sha256& key) const {
  const std::vector<Sha256>& expected = order_.plan->new_bmc_keys;
  return std::find(expected.begin(), expected.end(), key) != expected.end();
}

/// What is shown now is no key that waits for a word. One that the Policy expected counts from here on for every
/// command and every rollout, once the planned machine proved to be behind it.
awaitable<void> Contact::note_key(bool proved) {
  if (proved && key_expected_ && bmc_->peer_key() == key_expected_) {
    co_await record(Evidence::Kind::new_key, to_hex(*key_expected_));
    key_expected_.reset();
  }
  if (key_shown_.empty()) co_return;
  key_shown_.clear();
  co_await record(Evidence::Kind::key_gone, "");
}

bool Contact::may_pass(const Fault& fault) const {
  return touched_ ? meaning_of(fault).may_pass : is_transient(fault.kind);
}

awaitable<Result<Look, Fault>> Contact::look() {
  for (;;) {
    Result<Look, Fault> seen = co_await look_once();
    if (!seen && leaves()) co_return seen;
    if (seen || !is_own_side(seen.error())) {
      if (!own_fault_acts_) co_await mended();
      if (seen || !is_untrusted(seen.error())) {
        co_await note_key(seen.has_value());
        co_return seen;
      }
    }
    if (is_own_side(seen.error())) {
      co_await pause_for(seen.error());
    } else {
      co_await wait_for_trust();
    }
  }
}

awaitable<Result<UpdateAbility, Fault>> Contact::update_ability() {
  for (;;) {
    Result<UpdateAbility, Fault> ability = co_await bmc_->update_ability();
    const bool waits = !ability && (is_own_side(ability.error()) || is_untrusted(ability.error()));
    if (!waits || leaves()) co_return ability;
    if (is_own_side(ability.error())) co_await pause_for(ability.error());
    static_cast<void>(co_await look());  // the session may have run out meanwhile
  }
}

awaitable<Result<TaskView, Fault>> Contact::read_task(StageReceipt receipt) {
  for (;;) {
    StageReceipt ours = receipt;
    Result<TaskView, Fault> task = co_await bmc_->read_task(std::move(ours));
    if (task || !is_own_side(task.error())) co_return task;
    co_await pause_for(task.error());
    static_cast<void>(co_await look());  // the session may have run out meanwhile
  }
}

Result<void, Fault> Contact::make_driver() {
  if (bmc_) return {};
  Result<std::unique_ptr<Bmc>, std::string> made = make_();
  if (!made) return fail(make_fault(Fault::Kind::own_side, "", made.error()));
  bmc_ = std::move(*made);
  bmc_->ask_first([this] { return may_leave(); });
  return {};
}

/// A withdrawal binds until the request itself leaves: what the driver reads before it may take long.
bool Contact::may_leave() {
  if (withdrawn()) return false;
  begun_before_ = begun_;
  begun_ = true;
  return true;
}

awaitable<Result<Look, Fault>> Contact::look_once() {
  if (auto there = make_driver(); !there) co_return fail(there.error());
  bmc_->until(hands_.now() + look_length(host().bmc.timeouts, kLookMost));
  Result<Look, Fault> seen = co_await read_all();
  bmc_->until(Clock::time_point::max());
  asked_to_wait_ = seen ? Duration(0) : seen.error().retry_after;
  co_return seen;
}

awaitable<Result<Look, Fault>> Contact::read_all() {
  // One that comes while nothing is being read, before the login or within it, drops nothing.
  if (leaves()) co_return fail(withdrawn_fault("look"));
  Result<void, Fault> in = co_await enter();
  if (!in) co_return fail(in.error());
  if (leaves()) co_return fail(withdrawn_fault("look"));
  Result<Observation, Fault> seen = co_await bmc_->observe();
  if (!seen) co_return fail(seen.error());
  const Result<void, Fault> same = same_machine(seen->identity);
  if (!same) co_return fail(same.error());
  Look look = look_at(*order_.plan, host(), std::move(*seen));
  for (const UpdateLook& one : look.updates) {
    if (one.unread.empty()) continue;
    co_return fail(make_fault(Fault::Kind::malformed_reply, "read inventory", one.unread));
  }
  if (!order_.command.beside) look.changed = changed_unasked(*order_.plan, host(), order_.baseline, look.seen);
  co_return look;
}

awaitable<Result<Look, Fault>> Contact::look_until_answered(Clock::time_point deadline) {
  const Clock::time_point since = now();
  for (;;) {
    Result<Look, Fault> seen = co_await look();
    if (seen || !may_pass(seen.error()) || now() >= deadline || leaves()) co_return seen;
    bmc_->drop();
    co_await rest(since, deadline);
  }
}

}  // namespace breakwater
