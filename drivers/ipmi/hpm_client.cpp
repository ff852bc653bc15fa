#include "drivers/ipmi/hpm_client.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/hpm2.hpp"

namespace breakwater::ipmi {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

namespace {

constexpr const char* kUpload = "upload";
/// Group id and block number stand before the firmware in a block.
constexpr std::size_t kBlockHeadBytes = 2;
/// A larger block would not fit into one Ethernet frame, and networks around BMCs often lose fragments.
constexpr std::size_t kBlockBytesMax = 1'320;
constexpr std::size_t kBlockBytesDefault = kRequestDataBytesDefault - kBlockHeadBytes;
constexpr std::size_t kBlockBytesLeast = 8;
constexpr std::size_t kShrinkBytes = 8;
constexpr Duration kPollFirst{50};
constexpr Duration kPollMost{1'000};
/// For targets that state no upgrade timeout.
constexpr Duration kUpgradeLeast{15'000};
constexpr Duration kOncePatience{5'000};
constexpr std::string_view kComponentPrefix = "ipmi:hpm/";
constexpr std::string_view kRollbackPrefix = "rollback/";  // after the other one

asio::awaitable<void> sleep(Duration length) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  timer.expires_after(length);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

std::string component_uri(std::uint8_t component) {
  return std::string(kComponentPrefix) + std::to_string(component);
}

std::string rollback_task(std::uint8_t component) {
  return std::string(kRollbackTask) + '/' + std::to_string(component);
}

std::optional<std::uint8_t> component_of(std::string_view uri) {
  if (!uri.starts_with(kComponentPrefix)) return std::nullopt;
  uri.remove_prefix(kComponentPrefix.size());
  if (uri.starts_with(kRollbackPrefix)) uri.remove_prefix(kRollbackPrefix.size());
  const bool digit = !uri.empty() && uri[0] >= '0' && uri[0] < static_cast<char>('0' + kComponentsMax);
  if (!digit || (uri.size() > 1 && uri[1] != '/')) return std::nullopt;
  return static_cast<std::uint8_t>(uri[0] - '0');
}

BmcResult<TargetCapabilities> HpmClient::capabilities() {
  return ask_for<TargetCapabilities>(session_, target_capabilities_request(), "read HPM.1 capabilities",
                                     &decode_target_capabilities);
}

BmcResult<Version> HpmClient::version(std::uint8_t component, ComponentProperty property) {
  const std::string step = "read component version";
  IpmiCall call;
  call.request = component_property_request(component, property);
  call.step = step;
  call.repeat = Repeat::read;
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
  if (!reply) co_return fail(reply.error());
  const bool keeps_none = reply->completion == kHpmNotSupported || reply->completion == kHpmMismatch ||
                          refused(*reply, step).kind == Fault::Kind::not_supported;
  if (keeps_none) co_return no_version();
  if (reply->completion != kCompleted) co_return fail(refused(*reply, step));
  const auto decoded = decode_component_version(reply->data);
  if (!decoded) co_return fail(malformed_reply(decoded.error(), step));
  co_return *decoded;
}

BmcResult<void> HpmClient::read(HpmComponent& one) {
  const std::string step = "read component";
  const Result<ComponentGeneral, Fault> general = co_await ask_for<ComponentGeneral>(
      session_, component_property_request(one.id, ComponentProperty::general), step, &decode_component_general);
  if (!general) co_return fail(general.error());
  one.general = *general;
  const Result<std::string, Fault> name = co_await ask_for<std::string>(
      session_, component_property_request(one.id, ComponentProperty::name), step, &decode_component_name);
  if (!name) co_return fail(name.error());
  one.name = *name;
  const Result<Version, Fault> running = co_await version(one.id, ComponentProperty::current_version);
  if (!running) co_return fail(running.error());
  one.running = *running;
  const Result<Version, Fault> previous = co_await version(one.id, ComponentProperty::rollback_version);
  if (!previous) co_return fail(previous.error());
  one.previous = *previous;
  const Result<Version, Fault> deferred = co_await version(one.id, ComponentProperty::deferred_version);
  if (!deferred) co_return fail(deferred.error());
  one.deferred = *deferred;
  co_return Result<void, Fault>{};
}

BmcResult<HpmComponents> HpmClient::components(const TargetCapabilities& target) {
  HpmComponents all;
  std::optional<Fault> last;
  for (std::uint8_t id = 0; id < kComponentsMax; ++id) {
    if ((target.components & (1U << id)) == 0) continue;
    HpmComponent one;
    one.id = id;
    const Result<void, Fault> known = co_await read(one);
    if (known) {
      all.read.push_back(std::move(one));
      continue;
    }
    if (!session_.is_open()) co_return fail(known.error());
    last = known.error();
    all.unread.push_back({component_uri(id), component_uri(id) + ": " + last->message});
  }
  if (all.read.empty() && last) co_return fail(std::move(*last));
  co_return all;
}

/// HPM.2 says how large a message may be; without it blocks are as small as ipmitool's.
BmcResult<std::size_t> HpmClient::block_bytes() {
  const Result<Hpm2Capabilities, Fault> hpm2 =
      co_await ask_for<Hpm2Capabilities>(session_, hpm2_request(), kUpload, &decode_hpm2);
  if (!hpm2) {
    if (!session_.is_open()) co_return fail(hpm2.error());
    co_return kBlockBytesDefault;
  }
  const Result<PayloadLimits, Fault> limits = co_await ask_for<PayloadLimits>(
      session_, payload_limits_request(hpm2->lan_parameters_start), kUpload, &decode_payload_limits);
  if (!limits) {
    if (!session_.is_open()) co_return fail(limits.error());
    co_return kBlockBytesDefault;
  }
  const std::size_t most = limits->request_data_max();
  if (most <= kBlockHeadBytes + kBlockBytesDefault) co_return kBlockBytesDefault;
  co_return std::min(most - kBlockHeadBytes, kBlockBytesMax);
}

/// Polls Get Upgrade Status until `command` is over; its final completion code decides.
BmcResult<void> HpmClient::wait_for(CommandCode command, Duration most) {
  const auto deadline = Steady::now() + most;
  for (Duration pause = kPollFirst;; pause = std::min(pause * 2, kPollMost)) {
    co_await sleep(pause);
    Result<UpgradeStatus, Fault> status =
        co_await ask_for<UpgradeStatus>(session_, upgrade_status_request(), kUpload, &decode_upgrade_status);
    // An answer that may pass says nothing of the command; silence, which ends the session, does.
    const bool no_word = !status && session_.is_open() &&
                         (status.error().kind == Fault::Kind::busy || status.error().kind == Fault::Kind::no_progress);
    const bool busy = status ? still_running(status->completion) : no_word;
    if (!status && !busy) co_return fail(status.error());
    if (status && !busy) {
      if (status->command != command.command) {
        co_return fail(make_fault(Fault::Kind::no_progress, kUpload,
                                  "the target never took command " + hex_byte(command.command) + ", its last was " +
                                      hex_byte(status->command)));
      }
      if (status->completion == kCompleted) co_return Result<void, Fault>{};
      co_return fail(refused_hpm(command, status->completion, kUpload));
    }
    if (Steady::now() >= deadline) {
      co_return fail(make_fault(Fault::Kind::no_progress, kUpload,
                                "the target still works on a block after " + std::to_string(most.count()) + " ms"));
    }
  }
}

BmcResult<std::uint32_t> HpmClient::send_blocks(ByteView firmware, const StageRequest& request) {
  const auto deadline = Steady::now() + request.deadline;
  const Result<std::size_t, Fault> negotiated = co_await block_bytes();
  if (!negotiated) co_return fail(negotiated.error());
  std::size_t block = *negotiated;
  std::uint8_t number = 0;
  std::size_t at = 0;
  std::size_t end = firmware.size();
  std::uint32_t sent = 0;
  while (at < end) {
    if (Steady::now() >= deadline) {
      co_return fail(make_fault(Fault::Kind::deadline, kUpload,
                                std::to_string(at) + " of " + std::to_string(end) + " bytes were sent in time"));
    }
    const std::size_t length = std::min(block, end - at);
    IpmiCall call;
    call.request = upload_block_request(number, firmware.subspan(at, length));
    call.step = kUpload;
    call.patience.total = request.no_progress;
    call.patience.first = std::min(call.patience.first, request.no_progress);
    const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
    if (!reply) co_return fail(reply.error());
    const bool too_long = reply->completion == kLengthInvalid || reply->completion == kLengthExceeded;
    if (too_long && sent == 0 && block > kBlockBytesLeast) {
      block = block > kBlockBytesDefault ? kBlockBytesDefault : std::max(block - kShrinkBytes, kBlockBytesLeast);
      continue;
    }
    if (reply->completion == kInProgress) {
      const Result<void, Fault> over = co_await wait_for(code::kUploadBlock, request.no_progress);
      if (!over) co_return fail(over.error());
    } else if (reply->completion != kCompleted) {
      co_return fail(refused_hpm(code::kUploadBlock, reply->completion, kUpload));
    }
    sent += static_cast<std::uint32_t>(length);
    ++number;
    at += length;
    if (reply->completion != kCompleted) continue;
    const auto next = decode_upload_reply(reply->data);
    if (!next) co_return fail(malformed_reply(next.error(), kUpload));
    if (!*next) continue;
    // The target chooses where to go on; forwards only, or a hostile one could make us send for ever.
    if (!(*next)->fits(static_cast<std::uint32_t>(firmware.size())) || (*next)->offset < at) {
      co_return fail(
          make_fault(Fault::Kind::bound_exceeded, kUpload, "the target asks for bytes outside of the image"));
    }
    at = (*next)->offset;
    end = at + (*next)->length;
  }
  co_return sent;
}

BmcResult<void> HpmClient::initiate(const TargetCapabilities& target, InitiateUpgrade what) {
  IpmiCall begin;
  begin.request = initiate_upgrade_request(what);
  begin.step = kUpload;
  begin.repeat = Repeat::never;
  const Result<IpmiReply, Fault> begun = co_await session_.call(std::move(begin));
  if (!begun) co_return fail(begun.error());
  if (begun->completion == kCompleted) co_return Result<void, Fault>{};
  if (begun->completion != kInProgress) {
    co_return fail(refused_hpm(code::kInitiateUpgrade, begun->completion, kUpload));
  }
  const Duration most = std::max(kUpgradeLeast, Duration(from_steps(target.upgrade_steps)));
  co_return co_await wait_for(code::kInitiateUpgrade, most);
}

BmcResult<void> HpmClient::prepare(const TargetCapabilities& target, const HpmImage& image, std::uint8_t components) {
  for (const HpmAction& action : image.actions) {
    InitiateUpgrade what;
    what.action = action.action;
    what.components = static_cast<std::uint8_t>(action.components & components);
    if (action.action == UpgradeAction::upload || what.components == 0) continue;
    const Result<void, Fault> done = co_await initiate(target, what);
    if (!done) co_return fail(done.error());
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> HpmClient::upload(const TargetCapabilities& target, std::uint8_t component, ByteView firmware,
                                  const StageRequest& request) {
  InitiateUpgrade what;
  what.components = static_cast<std::uint8_t>(1U << component);
  what.action = UpgradeAction::upload;
  const Result<void, Fault> begun = co_await initiate(target, what);
  if (!begun) co_return fail(begun.error());
  const Result<std::uint32_t, Fault> sent = co_await send_blocks(firmware, request);
  if (!sent) {
    Fault fault = sent.error();
    const Result<void, Fault> gone = co_await drop_part(target, component);
    if (!gone) fault.message += "; the partial upload was not dropped: " + gone.error().message;
    co_return fail(std::move(fault));
  }
  Result<void, Fault> finished = co_await finish(target, component, *sent);
  if (!finished) finished.error().body_sent = true;
  co_return finished;
}

/// A partial image is useless, and a target that waits for the rest takes no other one. But Abort drops the complete
/// images that wait as well, so it is sent only if no other component has one.
BmcResult<void> HpmClient::drop_part(const TargetCapabilities& target, std::uint8_t part) {
  const auto end = Steady::now() + kOncePatience;
  for (std::uint8_t id = 0; id < kComponentsMax && target.deferred_activation; ++id) {
    if (id == part || (target.components & (1U << id)) == 0) continue;
    if (Steady::now() >= end) co_return fail(make_fault(Fault::Kind::deadline, kUpload, "no time is left to look"));
    const Result<Version, Fault> waiting = co_await version(id, ComponentProperty::deferred_version);
    if (!waiting) co_return fail(waiting.error());
    if (waiting->is_none()) continue;
    co_return fail(make_fault(Fault::Kind::busy, kUpload,
                              "component " + std::to_string(id) + " has an image that waits, and would lose it"));
  }
  co_return co_await abort();
}

/// If the reply is lost, the upgrade status tells the result of the command.
BmcResult<void> HpmClient::finish(const TargetCapabilities& target, std::uint8_t component, std::uint32_t bytes) {
  FinishUpload what;
  what.component = component;
  what.bytes = bytes;
  IpmiCall call;
  call.request = finish_upload_request(what);
  call.step = kUpload;
  call.repeat = Repeat::never;
  call.patience.total = kOncePatience;
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
  if (reply && reply->completion == kCompleted) co_return Result<void, Fault>{};
  if (reply && reply->completion != kInProgress) {
    co_return fail(refused_hpm(code::kFinishUpload, reply->completion, kUpload));
  }
  const Duration most = std::max(kUpgradeLeast, Duration(from_steps(target.upgrade_steps)));
  co_return co_await wait_for(code::kFinishUpload, most);
}

BmcResult<void> HpmClient::send_once(IpmiRequest request, std::string step) {
  const CommandCode command = code_of(request);
  IpmiCall call;
  call.request = std::move(request);
  call.step = step;
  call.repeat = Repeat::never;
  call.patience.total = kOncePatience;
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
  if (!reply && reply.error().kind == Fault::Kind::no_progress) co_return Result<void, Fault>{};
  if (!reply) co_return fail(reply.error());
  if (reply->completion == kCompleted || reply->completion == kInProgress) co_return Result<void, Fault>{};
  co_return fail(refused_hpm(command, reply->completion, step));
}

BmcResult<void> HpmClient::activate() {
  return send_once(activate_firmware_request(), "activate");
}

BmcResult<void> HpmClient::roll_back() {
  return send_once(manual_rollback_request(), "roll back");
}

BmcResult<void> HpmClient::abort() {
  return send_once(abort_upgrade_request(), "abort upgrade");
}

}  // namespace breakwater::ipmi
