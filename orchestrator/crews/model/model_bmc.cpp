#include "orchestrator/crews/model/model_bmc.hpp"

#include <algorithm>

#include "orchestrator/crews/model/model_view.hpp"

namespace breakwater::model {

using boost::asio::awaitable;

namespace {

constexpr int kRefusedLoginsMost = 3;
/// What a driver asks for between two logins that are refused.
constexpr Duration kLoginPause{300'000};
/// What a driver reads before a request that acts takes no longer than its deadline.
constexpr Duration kReadMost{30'000};
/// What a busy BMC, or one whose session table is full, asks for.
constexpr Duration kBusyPause{10'000};

Fault fault(Fault::Kind kind, const char* step, bool body_sent = false) {
  Fault made;
  made.kind = kind;
  made.step = step;
  made.body_sent = body_sent;
  return made;
}

Fault status(int http_status, const char* step) {
  Fault made = fault(http_status == 503 ? Fault::Kind::busy : Fault::Kind::http_status, step, true);
  made.http_status = http_status;
  return made;
}

Fault own_side(const char* step) {
  return make_fault(Fault::Kind::own_side, step, "no descriptors are left");
}

}  // namespace

std::chrono::steady_clock::time_point steady(Instant at) {
  return std::chrono::steady_clock::time_point(at.time_since_epoch());
}

ModelBmc::ModelBmc(VirtualTime& time, ModelFleet& fleet, std::uint32_t host, std::uint64_t command,
                   std::optional<std::vector<Sha256>> pins)
    : time_(time), fleet_(fleet), at_(host), command_(command), pins_(std::move(pins)) {}

// ---- getting in

BmcResult<void> ModelBmc::open(SessionOpened opened) {
  if (in_) co_return Result<void, Fault>();
  const std::optional<Fault> late = co_await take_time("log in", host().faults.login_takes);
  if (late) co_return fail(*late);
  if (fleet_.own_side_fails(OwnSide::descriptors, at_)) co_return fail(own_side("log in"));
  if (const auto met = refused_login()) co_return fail(*met);
  if (const auto met = no_time_for("log in")) co_return fail(*met);
  in_ = true;
  session_of_ = host().bmc_resets;
  co_await opened("/sessions/" + std::to_string(command_) + "/" + std::to_string(++sessions_));
  co_return Result<void, Fault>();
}

std::optional<Fault> ModelBmc::refused_login() {
  const Reach reach = fleet_.reach(at_);
  if (reach == Reach::silent) return fault(Fault::Kind::connect_timeout, "connect");
  if (!knows_key()) return fault(Fault::Kind::tls_pin_mismatch, "connect");
  fleet_.hear_password(at_, command_);
  if (reach != Reach::login_refused) return std::nullopt;
  int& refused = fleet_.hosts[at_].logins_refused;
  if (refused >= kRefusedLoginsMost) return fault(Fault::Kind::logins_exhausted, "log in");
  ++refused;
  Fault made = fault(Fault::Kind::login_refused, "log in", true);
  made.retry_after = kLoginPause;
  return made;
}

/// What a BMC says that has no room for one more session, or no time at all.
std::optional<Fault> ModelBmc::no_time_for(const char* step) const {
  const bool busy = time_.now() < host().busy_until;
  const bool full = !in_ && time_.now() < host().sessions_full_until;
  if (!busy && !full) return std::nullopt;
  Fault made = fault(busy ? Fault::Kind::busy : Fault::Kind::sessions_exhausted, step, in_);
  made.retry_after = kBusyPause;
  return made;
}

/// Why a request fails before anything comes of it; nothing where it gets through. A service closes connections between
/// requests, and each may need a new one.
std::optional<Fault> ModelBmc::turned_away(const char* step) {
  if (fleet_.own_side_fails(OwnSide::descriptors, at_)) return own_side(step);
  return broken_off(step);
}

std::optional<Fault> ModelBmc::broken_off(const char* step) {
  const bool silent = fleet_.reach(at_) == Reach::silent;
  if (!in_ || silent) {
    in_ = false;
    return fault(Fault::Kind::connect_timeout, step);
  }
  if (session_of_ != host().bmc_resets || !knows_key()) {
    return fault(knows_key() ? Fault::Kind::unauthorized : Fault::Kind::tls_pin_mismatch, step);
  }
  return no_time_for(step);
}

BmcResult<void> ModelBmc::delete_session(std::string) {
  if (const auto met = turned_away("delete a session")) co_return fail(*met);
  co_return Result<void, Fault>();
}

/// What is being read ends with its connection.
void ModelBmc::drop() {
  in_ = false;
  dropped_ = true;
  time_.end_sleep(reading_);
}

awaitable<void> ModelBmc::close(Duration) {
  in_ = false;
  co_return;
}

std::optional<Sha256> ModelBmc::peer_key() const {
  return fleet_.shown_key(at_);
}

bool ModelBmc::knows_key() const {
  const Sha256 key = fleet_.shown_key(at_);
  return !pins_ || key == key_of(0) || std::find(pins_->begin(), pins_->end(), key) != pins_->end();
}

void ModelBmc::trust(Sha256 key) {
  if (pins_) pins_->push_back(key);
}

// ---- looking

Identity ModelBmc::identity() const {
  Identity shown = host().identity;
  if (host().swapped_at) shown.serial += " elsewhere";
  return shown;
}

/// Sleeps so long. What ends it before: the connection's end, or the end of the time for it.
awaitable<std::optional<Fault>> ModelBmc::take_time(const char* step, Duration length) {
  if (length == Duration(0)) co_return std::nullopt;
  dropped_ = false;
  const auto left = std::chrono::ceil<Duration>(until_ - steady(time_.now()));
  co_await time_.sleep(std::clamp(left, Duration(0), length), reading_);
  if (dropped_) co_return fault(Fault::Kind::connect_timeout, step);
  if (left < length) co_return fault(Fault::Kind::deadline, step);
  co_return std::nullopt;
}

/// A read that takes its time, and what it meets.
awaitable<std::optional<Fault>> ModelBmc::read(const char* step, Duration takes) {
  const std::optional<Fault> late = co_await take_time(step, takes);
  if (late) co_return late;
  co_return turned_away(step);
}

BmcResult<Identity> ModelBmc::identify() {
  if (const auto met = turned_away("identify")) co_return fail(*met);
  co_return identity();
}

BmcResult<Observation> ModelBmc::observe() {
  const std::optional<Fault> met = co_await read("look", host().faults.read_takes);
  if (met) co_return fail(*met);
  if (time_.now() < host().members_fail_until) co_return fail(status(500, "read a member"));
  Observation seen = observation_of(fleet_, at_);
  // An inventory of nothing but those is a Fault.
  if (seen.inventory.empty() && !seen.unread.empty()) {
    co_return fail(make_fault(Fault::Kind::malformed_reply, "read inventory", seen.unread.back().why));
  }
  seen.identity = identity();
  co_return seen;
}

BmcResult<UpdateAbility> ModelBmc::update_ability() {
  if (const auto met = turned_away("read the update service")) co_return fail(*met);
  UpdateAbility ability;
  ability.multipart = true;
  ability.stage_on_reset = host().stages && !host().starts_by_request;
  ability.stage_for_start = host().stages && host().starts_by_request;
  co_return ability;
}

BmcResult<TaskView> ModelBmc::read_task(StageReceipt receipt) {
  constexpr const char* kStep = "read a task";
  const Duration takes = host().faults.task_takes;
  const std::optional<Fault> met = co_await read(kStep, std::min(takes, kReadMost));
  if (met) co_return fail(*met);
  if (takes > kReadMost) co_return fail(fault(Fault::Kind::deadline, kStep));
  std::optional<TaskView> found =
      task_of(fleet_, at_, receipt.task_uri.empty() ? receipt.monitor_uri : receipt.task_uri);
  if (!found) co_return fail(fault(Fault::Kind::task_gone, kStep, true));
  co_return std::move(*found);
}

// ---- acting

/// A driver reads what its request needs, then asks whether it may still leave.
awaitable<std::optional<Fault>> ModelBmc::begin(const char* step) {
  const Duration takes = std::min(host().faults.read_takes, kReadMost);
  if (takes > Duration(0)) co_await time_.sleep(takes);
  if (const auto met = turned_away(step)) co_return *met;
  if (may_leave_ && !may_leave_()) co_return withdrawn_fault(step);
  co_return std::nullopt;
}

Result<StageReceipt, Fault> ModelBmc::answered(const char* step, Reply reply) {
  if (reply.status == 0) {
    in_ = false;
    return fail(fault(Fault::Kind::closed_before_reply, step, true));
  }
  if (reply.status >= 300) return fail(status(reply.status, step));
  StageReceipt receipt;
  receipt.task_uri = std::move(reply.task);
  receipt.monitor_uri = std::move(reply.monitor);
  return receipt;
}

BmcResult<StageReceipt> ModelBmc::upload(ModelFleet::Body body, StageRequest request, BodySent sent) {
  constexpr const char* kStep = "upload";
  const std::optional<Fault> met = co_await begin(kStep);
  if (met) co_return fail(unsent(*met));
  body.component = component_of(host(), request.target_uri).value_or(0);
  fleet_.first_byte(at_, body);
  const Duration takes = host().times.upload;
  co_await time_.sleep(std::min(takes, request.deadline));
  if (takes > request.deadline) co_return fail(fault(Fault::Kind::deadline, kStep));
  if (broken_off(kStep)) {
    in_ = false;
    co_return fail(fault(Fault::Kind::closed_before_reply, kStep));
  }
  Reply reply = fleet_.last_byte(at_, body);
  if (!reply.whole) {
    in_ = false;
    co_return fail(fault(Fault::Kind::closed_before_reply, kStep));
  }
  co_await sent();
  co_return answered(kStep, std::move(reply));
}

BmcResult<StageReceipt> ModelBmc::stage(VerifiedImage, StageRequest, BodySent) {
  co_return fail(unsent(fault(Fault::Kind::not_supported, "upload")));
}

BmcResult<StageReceipt> ModelBmc::start_staged() {
  const std::optional<Fault> met = co_await begin("start the update");
  if (met) co_return fail(*met);
  co_return answered("start the update", fleet_.start(at_, command_));
}

BmcResult<void> ModelBmc::cancel_staged(std::string staged_uri, std::string task_uri) {
  constexpr const char* kStep = "cancel";
  if (const auto met = turned_away(kStep)) co_return fail(*met);
  const auto component = component_of(host(), staged_uri.empty() ? task_uri : staged_uri);
  if (!component) co_return fail(status(404, kStep));
  const auto said = answered(kStep, fleet_.cancel(at_, *component, command_));
  if (!said) co_return fail(said.error());
  co_return Result<void, Fault>();
}

BmcResult<StageReceipt> ModelBmc::activate_previous(InstalledComponent previous) {
  constexpr const char* kStep = "switch the bank";
  const std::optional<Fault> met = co_await begin(kStep);
  if (met) co_return fail(*met);
  const auto component = component_of(host(), previous.uri);
  if (!component) co_return fail(status(404, kStep));
  co_return answered(kStep, fleet_.switch_bank(at_, *component, command_));
}

BmcResult<void> ModelBmc::reset_bmc() {
  const std::optional<Fault> met = co_await begin("reset the BMC");
  if (met) co_return fail(*met);
  const auto said = answered("reset the BMC", fleet_.reset(at_, true, command_));
  if (!said) co_return fail(said.error());
  co_return Result<void, Fault>();
}

BmcResult<void> ModelBmc::reset_host() {
  const std::optional<Fault> met = co_await begin("reset the host");
  if (met) co_return fail(*met);
  const auto said = answered("reset the host", fleet_.reset(at_, false, command_));
  if (!said) co_return fail(said.error());
  co_return Result<void, Fault>();
}

}  // namespace breakwater::model
