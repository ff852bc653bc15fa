#include "drivers/ipmi/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/ipmi/ipmi_fault.hpp"
#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/look_up.hpp"

namespace breakwater::ipmi {

namespace asio = boost::asio;
using asio::use_awaitable;

namespace {

constexpr Duration kClosePatience{500};
constexpr Duration kBusyPause{100};
/// A session that was idle for that long gets a keep-alive: BMCs end one after 60 s (IPMI 2.0 section 6.12.15),
/// ipmi_sim after 30 s (measured).
constexpr Duration kIdleMost{15'000};

Duration longer(Duration wait) {
  return wait + wait / 2;
}

std::uint32_t random_id() {
  std::array<std::uint8_t, 4> bytes{};
  fill_random(bytes);
  const std::uint32_t id = WireReader(bytes).u32();
  return id == 0 ? 1 : id;
}

}  // namespace

IpmiSession::IpmiSession(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, Secret k_g,
                         IpmiContext& shared)
    : executor_(executor),
      endpoint_(std::move(endpoint)),
      credentials_(std::move(credentials)),
      k_g_(std::move(k_g)),
      shared_(shared),
      timer_(executor),
      idle_(executor) {}

IpmiSession::~IpmiSession() {
  drop();
}

// ---- what comes in

/// Ends the wait; later datagrams are not looked at.
bool IpmiSession::wake() {
  awaiting_ = Awaiting::nothing;
  answered_ = true;
  timer_.cancel();
  return true;
}

void IpmiSession::take(std::span<const std::uint8_t> datagram) {
  switch (awaiting_) {
    case Awaiting::nothing:
      return;
    case Awaiting::pre_session: {
      if (const auto pong = decode_pong(datagram)) pong_ = *pong;
      const auto message = unwrap_pre_session(datagram);
      if (!message) return;
      auto reply = decode_reply(*message);
      if (!reply || !answers(*reply, asked_)) return;
      reply_ = std::move(*reply);
      wake();
      return;
    }
    case Awaiting::handshake:
      step_ = handshake_->take(datagram);
      if (!std::holds_alternative<Ignored>(step_)) wake();
      return;
    case Awaiting::reply:
      take_sealed(datagram);
      return;
  }
}

void IpmiSession::take_sealed(std::span<const std::uint8_t> datagram) {
  const auto opened = unseal(*keys_, console_id_, datagram);
  if (!opened || opened->type != Payload::ipmi || !window_.accept(opened->sequence)) return;
  auto reply = decode_reply(opened->bytes, Checksums::ignored);
  if (!reply || !answers(*reply, asked_)) return;
  reply_ = std::move(*reply);
  wake();
}

asio::awaitable<bool> IpmiSession::answered_within(Duration length) {
  timer_.expires_after(length);
  boost::system::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  awaiting_ = Awaiting::nothing;
  co_return answered_;
}

// ---- getting in

BmcResult<void> IpmiSession::resolve() {
  if (peer_) co_return Result<void, Fault>{};
  const Patience patience;
  const Steady::time_point end = std::min(until_, Steady::now() + patience.total);
  const Result<std::vector<asio::ip::address>, Fault> found =
      co_await look_up(executor_, endpoint_.address, "login", end);
  if (!found) co_return fail(found.error());
  peer_.emplace(found->front(), endpoint_.ipmi.port);
  co_return Result<void, Fault>{};
}

/// Get Channel Authentication Capabilities: whether there is IPMI 2.0 at all.
BmcResult<void> IpmiSession::ask_capabilities() {
  const Patience patience;
  const auto deadline = std::min(until_, Steady::now() + patience.total);
  asked_ = capabilities_request(Privilege::administrator);
  pong_.reset();
  for (Duration wait = patience.first;; wait = longer(wait)) {
    asked_.sequence = request_number_ = static_cast<std::uint8_t>((request_number_ + 1) & 0x3F);
    awaiting_ = Awaiting::pre_session;
    answered_ = false;
    UdpPort::of(executor_).send(*peer_, wrap_pre_session(encode(asked_)));
    if (co_await answered_within(wait)) break;
    if (Steady::now() >= deadline) co_return fail(silence());
    UdpPort::of(executor_).send(*peer_,
                                encode_ping(request_number_));  // a BMC that does not answer IPMI may answer a ping
  }
  if (reply_.completion != kCompleted) co_return fail(refused(reply_, "login"));
  const auto capabilities = decode_capabilities(reply_.data);
  if (!capabilities) co_return fail(malformed_reply(capabilities.error(), "login"));
  if (!capabilities->ipmi_2) {
    co_return fail(
        make_fault(Fault::Kind::not_supported, "login", "the BMC speaks IPMI 1.5 only, which encrypts nothing"));
  }
  co_return Result<void, Fault>{};
}

/// Why no IPMI message was answered, judged by the reply to ASF pings.
Fault IpmiSession::silence() const {
  const std::string where = endpoint_.address + " UDP port " + std::to_string(endpoint_.ipmi.port);
  if (!pong_) return make_fault(Fault::Kind::unreachable, "login", "nothing answers at " + where);
  if (!pong_->ipmi) {
    return make_fault(Fault::Kind::not_supported, "login",
                      where + " answers ASF pings and says that it speaks no IPMI");
  }
  return make_fault(Fault::Kind::unreachable, "login",
                    where + " answers ASF pings and no IPMI message: is IPMI over LAN switched off there?");
}

std::string IpmiSession::address() const {
  return endpoint_.address + ":" + std::to_string(endpoint_.ipmi.port);
}

/// One attempt with one suite. A login that is refused is not tried again with the same.
BmcResult<void> IpmiSession::shake_hands(Suite suite, bool& other_suite_may_do) {
  other_suite_may_do = false;
  Login login;
  login.user = credentials_.username;
  login.password = credentials_.password;
  login.kg = k_g_;
  login.suite = suite;
  login.privilege_in_open = true;
  login.console_id = random_id();
  fill_random(login.console_random);
  fill_random(std::span(&login.first_tag, 1));
  console_id_ = login.console_id;
  auto made = Handshake::of(std::move(login));
  if (!made) co_return fail(make_fault(Fault::Kind::login_refused, "login", std::string(made.error().what)));
  handshake_.emplace(std::move(*made));
  const Patience patience;
  const auto deadline = std::min(until_, Steady::now() + patience.total);
  bool heard = false;
  for (Duration wait = patience.first;;) {
    awaiting_ = Awaiting::handshake;
    answered_ = false;
    UdpPort::of(executor_).send(*peer_, handshake_->next());
    const bool answered = co_await answered_within(wait);
    wait = answered ? patience.first : longer(wait);
    heard = heard || answered;
    if (!answered && Steady::now() >= deadline) {
      other_suite_may_do = !heard;  // some answer an unknown suite with silence
      co_return fail(
          make_fault(Fault::Kind::unreachable, "login", "the BMC stopped answering while the session was opened"));
    }
    // A BMC that has accepted suite 17 offers it; no later reply may talk us down to suite 3.
    if (answered && suite == Suite::seventeen && std::holds_alternative<SendNext>(step_)) {
      shared_.remember_seventeen(address());
    }
    if (!answered || std::holds_alternative<SendNext>(step_)) continue;
    if (const auto* failed = std::get_if<HandshakeFailure>(&step_)) {
      other_suite_may_do = failed->reason == HandshakeFailure::Reason::refused && suggests_other_suite(failed->status);
      co_return fail(handshake_fault(*failed));
    }
    const Established& established = std::get<Established>(step_);
    keys_ = established.keys;
    bmc_id_ = established.bmc_id;
    guid_ = established.guid;
    co_return Result<void, Fault>{};
  }
}

BmcResult<void> IpmiSession::raise_privilege() {
  IpmiCall raise;
  raise.request = privilege_request(Privilege::administrator);
  raise.step = "login";
  const Result<IpmiReply, Fault> raised = co_await call(std::move(raise));
  if (!raised) co_return fail(raised.error());
  if (raised->completion == kCompleted) co_return Result<void, Fault>{};
  co_await close();
  const bool lacks =
      raised->completion == kPrivilegeLacks || (raised->completion >= 0x80 && raised->completion <= 0x83);
  if (!lacks) co_return fail(refused(*raised, "login"));
  co_return fail(make_fault(Fault::Kind::user_unknown, "login",
                            "user " + credentials_.username + " may not act as administrator (completion code " +
                                hex_byte(raised->completion) + ")"));
}

BmcResult<void> IpmiSession::log_in() {
  const std::string& account = endpoint_.address;  // one for all protocols that the BMC speaks
  if (!shared_.logins().may_try(account)) {
    co_return fail(make_fault(Fault::Kind::logins_exhausted, "login", shared_.logins().why_not(account)));
  }
  bool other_may_do = false;
  Result<void, Fault> in = co_await shake_hands(Suite::seventeen, other_may_do);
  if (!in && other_may_do) {
    bool none_left = false;
    if (!shared_.offers_seventeen(address())) {
      in = co_await shake_hands(Suite::three, none_left);
    } else {
      in.error().message += "; the BMC has offered cipher suite 17 before, so suite 3 is not tried";
    }
  }
  handshake_.reset();
  if (in) in = co_await raise_privilege();
  if (in) co_return in;
  Fault& fault = in.error();
  if (fault.kind == Fault::Kind::login_refused || fault.kind == Fault::Kind::user_unknown) {
    shared_.logins().refused(account);
    fault.retry_after = shared_.logins().pause(account);
  }
  co_return in;
}

/// What RMCP+ has no room for, or ends at a zero byte, is refused here: the BMC was not asked, and no login is counted.
std::optional<Fault> IpmiSession::cannot_carry() const {
  struct Row {
    const char* what;
    const std::string& text;
    std::size_t bytes_max;
  };
  for (const Row& row :
       {Row{"user name", credentials_.username, kUserBytesMax},
        Row{"password", credentials_.password.reveal(), kPasswordBytesMax}, Row{"K_G", k_g_.reveal(), kKgBytesMax}}) {
    const std::string what = std::string("the ") + row.what;
    if (row.text.size() > row.bytes_max) {
      return make_fault(Fault::Kind::not_supported, "login",
                        what + " is too long for IPMI: it has " + std::to_string(row.text.size()) + " bytes, " +
                            std::to_string(row.bytes_max) + " are the most; no login was tried");
    }
    if (row.text.find('\0') != std::string::npos) {
      return make_fault(Fault::Kind::not_supported, "login", what + " holds a zero byte; no login was tried");
    }
  }
  return std::nullopt;
}

BmcResult<void> IpmiSession::open() {
  if (is_open()) co_return Result<void, Fault>{};
  if (auto fault = cannot_carry()) co_return fail(std::move(*fault));
  const Result<void, Fault> found = co_await resolve();
  if (!found) co_return found;
  if (!attached_) attached_ = UdpPort::of(executor_).attach(executor_, *peer_, *this);
  if (!attached_) co_return fail(make_fault(Fault::Kind::own_side, "login", "no UDP socket can be opened"));
  const Result<void, Fault> there = co_await ask_capabilities();
  if (!there) {
    drop();
    co_return there;
  }
  counter_ = SequenceCounter();
  window_ = SequenceWindow();
  const Result<void, Fault> in = co_await log_in();
  if (!in) {
    drop();
    co_return in;
  }
  keep_alive();
  co_return Result<void, Fault>{};
}

// ---- talking

void IpmiSession::send_sealed(const IpmiRequest& request) {
  Iv iv{};
  fill_random(iv);
  UdpPort::of(executor_).send(*peer_, seal(*keys_, bmc_id_, counter_.next(), iv, Payload::ipmi, encode(request)));
  last_sent_ = Steady::now();
}

/// Each resend has a new session sequence number, but the request keeps its own number: a late reply to an earlier send
/// still counts.
BmcResult<IpmiReply> IpmiSession::exchange(IpmiCall call) {
  if (!is_open()) co_return fail(make_fault(Fault::Kind::unauthorized, call.step, "there is no session"));
  const auto deadline = std::min(until_, Steady::now() + call.patience.total);
  const bool once = call.repeat == Repeat::never;
  call.request.sequence = request_number_ = static_cast<std::uint8_t>((request_number_ + 1) & 0x3F);
  asked_ = std::move(call.request);
  for (Duration wait = once ? call.patience.total : call.patience.first;; wait = longer(wait)) {
    awaiting_ = Awaiting::reply;
    answered_ = false;
    send_sealed(asked_);
    const auto left = std::chrono::duration_cast<Duration>(deadline - Steady::now());
    if (co_await answered_within(std::clamp(left, Duration(1), wait))) co_return std::move(reply_);
    if (!is_open()) co_return fail(make_fault(Fault::Kind::cancelled, call.step, "the session was dropped"));
    if (once || Steady::now() >= deadline) break;
  }
  if (!once) drop();  // one lost datagram does not mean a dead session, a dozen do
  co_return fail(make_fault(Fault::Kind::no_progress, call.step,
                            "no reply within " + std::to_string(call.patience.total.count()) + " ms"));
}

BmcResult<IpmiReply> IpmiSession::call(IpmiCall call) {
  const auto begun = Steady::now();
  for (;;) {
    IpmiCall once = call;
    Result<IpmiReply, Fault> reply = co_await exchange(std::move(once));
    const bool busy = reply && reply->completion == kNodeBusy && call.repeat != Repeat::never;
    const bool again = busy || (reply && may_pass(reply->completion) && call.repeat == Repeat::read);
    const Duration most = std::min(call.patience.total, busy ? call.patience.busy : call.patience.doubtful);
    if (!again || Steady::now() + kBusyPause >= std::min(until_, begun + most)) co_return reply;
    timer_.expires_after(kBusyPause);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
}

void IpmiSession::tell(IpmiRequest request) {
  if (!is_open()) return;
  request.sequence = request_number_ = static_cast<std::uint8_t>((request_number_ + 1) & 0x3F);
  send_sealed(request);
}

/// Sends a request now and then, so that the BMC keeps the session while the conversation waits for something else.
void IpmiSession::keep_alive() {
  idle_.expires_at(std::max(last_sent_ + kIdleMost, Steady::now() + kIdleMost / 2));
  idle_.async_wait([this, alive = std::weak_ptr<char>(alive_)](boost::system::error_code error) {
    if (error || alive.expired() || !is_open()) return;
    if (awaiting_ == Awaiting::nothing && Steady::now() - last_sent_ >= kIdleMost) tell(device_id_request());
    keep_alive();
  });
}

/// Closes the session at the BMC too, whose table has few slots, but waits for no reply.
void IpmiSession::drop() {
  if (is_open()) tell(close_request(bmc_id_));
  forget();
}

void IpmiSession::forget() {
  keys_.reset();
  step_ = Ignored{};
  bmc_id_ = 0;
  awaiting_ = Awaiting::nothing;
  timer_.cancel();
  idle_.cancel();
  if (std::exchange(attached_, false)) UdpPort::of(executor_).detach(*peer_, *this);
}

asio::awaitable<void> IpmiSession::close() {
  if (!is_open()) co_return;
  until_ = Steady::time_point::max();
  IpmiCall last;
  last.request = close_request(bmc_id_);
  last.step = "logout";
  last.patience = Patience{kClosePatience / 2, kClosePatience};
  const Result<IpmiReply, Fault> closed = co_await exchange(std::move(last));
  static_cast<void>(closed);  // the session is gone either way
  forget();
}

BmcResult<Bytes> ask(IpmiSession& session, IpmiRequest request, std::string step) {
  IpmiCall call;
  call.request = std::move(request);
  call.step = step;
  call.repeat = Repeat::read;
  Result<IpmiReply, Fault> reply = co_await session.call(std::move(call));
  if (!reply) co_return fail(reply.error());
  if (reply->completion != kCompleted) co_return fail(refused(*reply, step));
  co_return std::move(reply->data);
}

}  // namespace breakwater::ipmi
