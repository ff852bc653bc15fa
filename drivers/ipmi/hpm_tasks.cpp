// The progress of what an HPM.1 target was asked to do.
#include "drivers/ipmi/hpm_client.hpp"
#include "drivers/ipmi/wire/completion.hpp"

namespace breakwater::ipmi {
namespace {

TaskView task(std::string_view uri, TaskState state, std::string text) {
  TaskView view;
  view.uri = uri;
  view.state = state;
  view.state_text = text;
  view.message = std::move(text);
  return view;
}

/// Still at work; if a self test follows, what runs now has not passed it yet.
TaskView still_testing(const TargetCapabilities& target, std::string text) {
  TaskView view = task(kActivationTask, TaskState::running, std::move(text));
  view.self_test_pending = target.self_test;
  return view;
}

}  // namespace

BmcResult<std::optional<TaskView>> HpmClient::under_way() {
  const Result<UpgradeStatus, Fault> status = co_await ask_for<UpgradeStatus>(
      session_, upgrade_status_request(), "read upgrade status", &decode_upgrade_status);
  if (!status) {
    if (status.error().kind != Fault::Kind::not_supported) co_return fail(status.error());
    co_return std::nullopt;
  }
  if (!still_running(status->completion)) co_return std::nullopt;
  const bool back = status->command == code::kManualRollback.command;
  co_return task(back ? kRollbackTask : kActivationTask, TaskState::running,
                 "HPM.1 command " + hex_byte(status->command) + " in progress");
}

BmcResult<TaskView> HpmClient::activation(const TargetCapabilities& target) {
  const std::string step = "read task";
  const Result<UpgradeStatus, Fault> status =
      co_await ask_for<UpgradeStatus>(session_, upgrade_status_request(), step, &decode_upgrade_status);
  if (!status) co_return fail(status.error());
  if (still_running(status->completion)) co_return still_testing(target, "activation in progress");
  if (status->command != 0 && status->command != code::kActivateFirmware.command) {
    co_return task(kActivationTask, TaskState::failed,
                   "the target never took Activate, its last command was " + hex_byte(status->command));
  }
  if (status->completion != kCompleted) {
    co_return task(kActivationTask, TaskState::failed,
                   std::string(hpm_completion_text(code::kActivateFirmware, status->completion)));
  }
  if (!target.self_test) co_return task(kActivationTask, TaskState::succeeded, "activated");
  IpmiCall ask_test;
  ask_test.request = query_self_test_request();
  ask_test.step = step;
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(ask_test));
  if (!reply) co_return fail(reply.error());
  if (still_running(reply->completion)) co_return still_testing(target, "self test in progress");
  if (reply->completion != kCompleted) co_return fail(refused_hpm(code::kQuerySelfTest, reply->completion, step));
  const auto test = decode_upgrade_self_test(reply->data);
  if (!test) co_return fail(malformed_reply(test.error(), step));
  if (test->passed()) co_return task(kActivationTask, TaskState::succeeded, "activated, self test passed");
  if (target.automatic_rollback) {
    // Report the failure only when the automatic rollback is over, so that nothing interferes with it.
    const Result<IpmiReply, Fault> back = co_await ask_for_rollback();
    if (!back) co_return fail(back.error());
    if (still_running(back->completion)) co_return still_testing(target, "automatic rollback in progress");
  }
  TaskView failed = task(kActivationTask, TaskState::failed,
                         "self test failed: result " + hex_byte(test->result) + " " + hex_byte(test->detail));
  failed.self_test_failed = true;
  co_return failed;
}

BmcResult<IpmiReply> HpmClient::ask_for_rollback() {
  return session_.call(IpmiCall{query_rollback_request(), "read task"});
}

BmcResult<TaskView> HpmClient::rollback(std::optional<std::uint8_t> component) {
  const std::string uri = component ? rollback_task(*component) : kRollbackTask;
  const Result<IpmiReply, Fault> reply = co_await ask_for_rollback();
  if (!reply) co_return fail(reply.error());
  if (still_running(reply->completion)) co_return task(uri, TaskState::running, "rollback in progress");
  if (may_pass(reply->completion)) co_return fail(refused_hpm(code::kQueryRollback, reply->completion, "read task"));
  if (reply->completion != kCompleted) {
    co_return task(uri, TaskState::failed, std::string(hpm_completion_text(code::kQueryRollback, reply->completion)));
  }
  const auto mask = decode_rolled_back(reply->data);
  if (!mask) co_return fail(malformed_reply(mask.error(), "read task"));
  if (*mask == 0) co_return task(uri, TaskState::unknown, "no component was rolled back yet");
  std::string went_back;
  for (std::uint8_t id = 0; id < kComponentsMax; ++id) {
    if ((*mask & (1U << id)) != 0) went_back += ' ' + std::to_string(id);
  }
  const bool ours = !component || (*mask & (1U << *component)) != 0;
  co_return task(uri, ours ? TaskState::succeeded : TaskState::failed, "rolled back: component" + went_back);
}

}  // namespace breakwater::ipmi
