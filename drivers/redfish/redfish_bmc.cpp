#include "drivers/redfish/redfish_bmc.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/redfish/discovery.hpp"
#include "drivers/redfish/fault_text.hpp"
#include "drivers/redfish/session.hpp"
#include "drivers/redfish/tasks.hpp"
#include "drivers/redfish/update.hpp"

namespace breakwater::redfish {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

constexpr Duration kPollWaitMax = std::chrono::seconds(60);

Instant steady_now() {
  return Instant(std::chrono::duration_cast<Duration>(Steady::now().time_since_epoch()));
}

void tell_what_is_missing(Observation& seen) {
  for (const UnreadEntry& one : seen.unread) {
    add_finding(seen, (one.part_number_only ? "part number unknown: " : "firmware unknown: ") + one.why);
  }
  for (const TaskView& task : seen.tasks) {
    if (!task.state_text.starts_with(kUnreadTask)) continue;
    add_finding(seen, (task.uri.empty() ? "the list of tasks" : "task " + task.uri) + ' ' + task.state_text);
  }
}

class RedfishBmc final : public Bmc {
 public:
  RedfishBmc(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, RedfishContext& shared,
             Deadlines deadlines)
      : executor_(executor),
        shared_(shared),
        session_(std::move(executor), std::move(endpoint), std::move(credentials), shared, deadlines),
        discovery_(session_) {}

  BmcResult<void> open(SessionOpened opened) override;
  BmcResult<void> delete_session(std::string session_uri) override;
  BmcResult<Identity> identify() override;
  BmcResult<Observation> observe() override;
  BmcResult<UpdateAbility> update_ability() override;
  BmcResult<StageReceipt> stage(VerifiedImage image, StageRequest request, BodySent sent) override;
  BmcResult<TaskView> read_task(StageReceipt receipt) override;
  BmcResult<StageReceipt> start_staged() override;
  BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) override;
  BmcResult<StageReceipt> activate_previous(InstalledComponent previous) override;
  BmcResult<void> reset_bmc() override;
  BmcResult<void> reset_host() override;
  std::optional<Sha256> peer_key() const override { return session_.peer_key(); }
  void trust(Sha256 key) override;
  void ask_first(MayLeave may_leave) override { session_.ask_first(std::move(may_leave)); }
  void until(Steady::time_point end) override {
    until_ = end;
    session_.until(end);
  }
  void drop() override;
  asio::awaitable<void> close(Duration most) override { co_await session_.close(most); }

 private:
  BmcResult<void> ready();
  BmcResult<void> reset(std::optional<ResetAction> action, std::string step);
  BmcResult<StageReceipt> follow(HttpReply reply, std::vector<std::string> tasks_before);
  BmcResult<TaskView> read_monitor(std::string link);
  asio::awaitable<void> hold_back();
  void poll_after(Duration asked) { poll_not_before_ = Steady::now() + std::min(asked, kPollWaitMax); }

  asio::any_io_executor executor_;
  RedfishContext& shared_;
  RedfishSession session_;
  Discovery discovery_;
  Steady::time_point poll_not_before_{};
  Steady::time_point until_ = Steady::time_point::max();
};

void RedfishBmc::trust(Sha256 key) {
  session_.trust(key);
  discovery_.forget();
}

void RedfishBmc::drop() {
  session_.drop();
  discovery_.forget();
}

/// Logs in if needed.
BmcResult<void> RedfishBmc::ready() {
  const SessionOpened again;
  co_return co_await session_.open(again);
}

BmcResult<void> RedfishBmc::open(SessionOpened opened) {
  co_return co_await session_.open(std::move(opened));
}

BmcResult<void> RedfishBmc::delete_session(std::string session_uri) {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  // A BMC that restarted numbers its sessions from the start: the URI may be this conversation's own session by now.
  if (session_.is_own(session_uri)) co_return Result<void, Fault>{};
  const Result<HttpReply, Fault> reply = co_await session_.act(HttpMethod::erase, session_uri, "", "delete session");
  if (reply || reply.error().http_status == 404 || reply.error().http_status == 410) co_return Result<void, Fault>{};
  co_return fail(reply.error());
}

BmcResult<Identity> RedfishBmc::identify() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<SystemFacts, Fault> system = co_await discovery_.system();
  if (!system) co_return fail(system.error());
  Identity identity = system->identity;
  if (identity.vendor.empty()) identity.vendor = session_.root().vendor;
  co_return identity;
}

BmcResult<Observation> RedfishBmc::observe() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<SystemFacts, Fault> system = co_await discovery_.system();
  if (!system) co_return fail(system.error());
  const Result<ManagerFacts, Fault> manager = co_await discovery_.manager(*system);
  if (!manager && !is_of_one_resource(manager.error())) co_return fail(manager.error());
  const std::string unread = manager ? std::string() : manager.error().message;
  std::vector<std::string> active;
  if (manager && !manager->active_image.empty()) active.push_back(manager->active_image);
  Result<Software, Fault> software = co_await discovery_.software(active, unread);
  if (!software) co_return fail(software.error());
  Result<std::vector<TaskView>, Fault> tasks = co_await discovery_.tasks();
  if (!tasks) co_return fail(tasks.error());
  Observation seen;
  seen.identity = system->identity;
  if (seen.identity.vendor.empty()) seen.identity.vendor = session_.root().vendor;
  for (const SoftwareEntry& entry : software->entries) seen.inventory.push_back(entry.component);
  seen.unread = std::move(software->unread);
  seen.ability = std::move(software->ability);
  seen.power = system->power;
  seen.health = system->health;
  seen.boot = system->boot;
  seen.host_reset_time = system->reset_time;
  if (manager) seen.bmc_reset_time = manager->reset_time;
  seen.tasks = std::move(*tasks);
  if (!manager) add_finding(seen, "manager unknown: " + unread);
  for (std::string& finding : discovery_.take_findings()) add_finding(seen, std::move(finding));
  tell_what_is_missing(seen);
  co_return seen;
}

BmcResult<UpdateAbility> RedfishBmc::update_ability() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<UpdateFacts, Fault> service = co_await discovery_.update_service();
  if (!service) co_return fail(service.error());
  co_return service->ability;
}

BmcResult<StageReceipt> RedfishBmc::stage(VerifiedImage image, StageRequest request, BodySent sent) {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(unsent(able.error()));
  const Result<UpdateFacts, Fault> service = co_await discovery_.update_service();
  if (!service) co_return fail(unsent(service.error()));
  if (const auto refusal = refuse_stage(*service, request, image.size())) co_return fail(unsent(*refusal));
  const Result<std::vector<std::string>, Fault> before = co_await discovery_.task_links();
  if (!before) co_return fail(unsent(before.error()));
  const Quirks& quirks = discovery_.quirks();
  const Result<HttpReply, Fault> reply = co_await push(session_, *service, quirks, image, request, sent);
  if (!reply) co_return fail(reply.error());
  co_return co_await follow(*reply, *before);
}

/// The receipt of an accepted action. What the reply does not name stays empty: the caller finds the task by looking.
BmcResult<StageReceipt> RedfishBmc::follow(HttpReply reply, std::vector<std::string> tasks_before) {
  session_.transport().forget_tls_session();  // the BMC's key may change with its firmware
  StageReceipt receipt;
  const auto body = parse_json(reply.body);
  const Json nothing = Json::object();
  const TaskLinks links = find_task(reply.location, body ? *body : nothing, session_.origin());
  receipt.task_uri = links.task;
  receipt.monitor_uri = links.monitor;
  poll_after(reply.retry_after.value_or(Duration(0)));
  if (!receipt.task_uri.empty() || !receipt.monitor_uri.empty()) co_return receipt;
  const Result<std::vector<std::string>, Fault> after = co_await discovery_.task_links();
  if (after) receipt.task_uri = new_task(tasks_before, *after);
  co_return receipt;
}

/// Waits as long as the service asked for, but not past the deadline.
asio::awaitable<void> RedfishBmc::hold_back() {
  const auto end = std::min(poll_not_before_, until_);
  if (Steady::now() >= end) co_return;
  asio::steady_timer timer(executor_, end);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

BmcResult<TaskView> RedfishBmc::read_task(StageReceipt receipt) {
  const std::string step = "read task";
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  if (receipt.task_uri.empty() && receipt.monitor_uri.empty()) {
    co_return fail(make_fault(Fault::Kind::task_gone, step, "the BMC named no task for this update"));
  }
  co_await hold_back();
  if (receipt.task_uri.empty()) co_return co_await read_monitor(receipt.monitor_uri);
  Result<Json, Fault> body = co_await session_.read(receipt.task_uri, step);
  poll_after(session_.asked_to_wait());
  if (body && !next_job(*body).empty()) body = co_await session_.read(next_job(*body), "read job");
  if (!body) {
    Fault fault = body.error();
    if (fault.http_status == 404 || fault.http_status == 410) fault.kind = Fault::Kind::task_gone;
    co_return fail(fault);
  }
  TaskView task = redfish::read_task(*body);
  if (task.uri.empty()) task.uri = receipt.task_uri;
  co_return task;
}

/// A GET may consume a monitor, so it is read only if the service named no task. The task has the name that the answer
/// gives, under which the service lists it; else that of the monitor.
BmcResult<TaskView> RedfishBmc::read_monitor(std::string link) {
  const Result<HttpReply, Fault> reply = co_await session_.get(link, "read task monitor");
  if (!reply) co_return fail(reply.error());
  poll_after(session_.asked_to_wait());
  if (reply->status == 404 || reply->status == 410) {
    co_return fail(make_fault(Fault::Kind::task_gone, "read task monitor", link + " is gone"));
  }
  const auto body = parse_json(reply->body);
  const Json nothing = Json::object();
  TaskView task = redfish::read_task(body ? *body : nothing);
  const std::string named = body ? find_task("", *body, session_.origin()).task : std::string();
  task.uri = named.empty() ? link : named;
  if (task.state_text.empty() && task.state == TaskState::unknown) {
    if (reply->status == 202) task.state = TaskState::running;
    if (reply->status == 204) task.state = TaskState::succeeded;
    if (reply->status >= 400) task.state = TaskState::failed;
  }
  co_return task;
}

BmcResult<StageReceipt> RedfishBmc::start_staged() {
  const std::string step = "start update";
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<UpdateFacts, Fault> service = co_await discovery_.update_service();
  if (!service) co_return fail(service.error());
  if (service->start_update.empty()) {
    co_return fail(make_fault(Fault::Kind::not_supported, step, "the service has no StartUpdate action"));
  }
  const Result<std::vector<std::string>, Fault> before = co_await discovery_.task_links();
  if (!before) co_return fail(before.error());
  const Result<HttpReply, Fault> reply = co_await session_.begin(service->start_update, "{}", step);
  if (!reply) co_return fail(reply.error());
  co_return co_await follow(*reply, *before);
}

BmcResult<void> RedfishBmc::cancel_staged(std::string staged_uri, std::string task_uri) {
  const std::string step = "cancel staged image";
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  co_return co_await cancel(session_, discovery_, std::move(staged_uri), std::move(task_uri));
}

BmcResult<StageReceipt> RedfishBmc::activate_previous(InstalledComponent previous) {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<std::vector<std::string>, Fault> before = co_await discovery_.task_links();
  if (!before) co_return fail(before.error());
  const Result<HttpReply, Fault> reply = co_await switch_bank(session_, discovery_, previous);
  if (!reply) co_return fail(reply.error());
  co_return co_await follow(*reply, *before);
}

BmcResult<void> RedfishBmc::reset(std::optional<ResetAction> action, std::string step) {
  if (!action) co_return fail(make_fault(Fault::Kind::not_supported, step, "there is no reset action"));
  const Result<std::vector<std::string>, Fault> allowed = co_await discovery_.reset_types(*action);
  if (!allowed) co_return fail(allowed.error());
  const auto type = choose_restart(*allowed);
  if (!type)
    co_return fail(make_fault(Fault::Kind::not_supported, step, "none of the allowed reset types restarts it"));
  const Json body = {{"ResetType", *type}};
  const Result<HttpReply, Fault> reply = co_await session_.begin(action->target, body.dump(), step);
  if (!reply) co_return fail(reply.error());
  co_return Result<void, Fault>{};
}

BmcResult<void> RedfishBmc::reset_bmc() {
  const std::string step = "reset BMC";
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<SystemFacts, Fault> system = co_await discovery_.system();
  if (!system) co_return fail(system.error());
  const Result<ManagerFacts, Fault> manager = co_await discovery_.manager(*system);
  if (!manager) co_return fail(manager.error());
  const Result<void, Fault> done = co_await reset(manager->reset, step);
  session_.transport().forget_tls_session();
  drop();
  co_return done;
}

BmcResult<void> RedfishBmc::reset_host() {
  const std::string step = "reset host";
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  const Result<SystemFacts, Fault> system = co_await discovery_.system();
  if (!system) co_return fail(system.error());
  co_return co_await reset(system->reset, step);
}

}  // namespace

RedfishContext::RedfishContext(LoginGuard::TimeSource steady)
    : tls_(std::make_shared<TlsContexts>()), logins_(steady ? std::move(steady) : steady_now) {}

std::unique_ptr<Bmc> open_redfish(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                                  RedfishContext& shared, Deadlines deadlines) {
  return std::make_unique<RedfishBmc>(std::move(executor), std::move(endpoint), std::move(credentials), shared,
                                      deadlines);
}

}  // namespace breakwater::redfish
