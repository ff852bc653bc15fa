#include "drivers/ipmi/ipmi_bmc.hpp"

#include <charconv>

#include "drivers/ipmi/hpm_client.hpp"
#include "drivers/ipmi/machine_facts.hpp"
#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"

namespace breakwater::ipmi {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kSessionPrefix = "ipmi:session/";

class IpmiBmc final : public Bmc {
 public:
  IpmiBmc(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials, Secret k_g,
          IpmiContext& shared)
      : session_(std::move(executor), std::move(endpoint), std::move(credentials), std::move(k_g), shared),
        facts_(session_),
        hpm_(session_) {}

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
  std::optional<Sha256> peer_key() const override { return std::nullopt; }
  void trust(Sha256) override {}
  void ask_first(MayLeave may_leave) override { may_leave_ = std::move(may_leave); }
  void until(std::chrono::steady_clock::time_point end) override { session_.until(end); }
  void drop() override { session_.drop(); }
  asio::awaitable<void> close(Duration) override { return session_.close(); }

 private:
  bool kept_back() const { return may_leave_ && !may_leave_(); }
  BmcResult<void> ready();
  BmcResult<void> only_one_waits(std::optional<std::uint8_t> ours);
  BmcResult<void> list_firmware(Observation& seen);
  BmcResult<TargetCapabilities> target();

  IpmiSession session_;
  MachineFacts facts_;
  HpmClient hpm_;
  MayLeave may_leave_;
  std::optional<DeviceId> device_;  ///< set while there is a session
};

InstalledComponent entry(const DeviceId& device, const HpmComponent& component, Slot slot, const Version& version) {
  InstalledComponent made;
  made.slot = slot;
  made.id = component.name + (slot == Slot::previous ? " (rollback)" : slot == Slot::staged ? " (deferred)" : "");
  made.uri = component_uri(component.id) + (slot == Slot::previous ? "/rollback"
                                            : slot == Slot::staged ? "/deferred"
                                                                   : "");
  made.key.software_id = "HPM:" + std::to_string(device.manufacturer) + ":" + std::to_string(device.product) + ":" +
                         std::to_string(component.id);
  made.key.name = component.name;
  made.version = version.text();
  return made;
}

UpdateAbility ability_of(const TargetCapabilities& capable) {
  UpdateAbility able;
  able.stage_for_start = capable.deferred_activation;
  return able;
}

/// An update that somebody else started, or a BMC that is not up yet: Get Device ID does not tell which.
TaskView own_update() {
  TaskView view;
  view.uri = "ipmi:device/update";
  view.state = TaskState::running;
  view.state_text = "the BMC says that its firmware is being updated";
  return view;
}

/// A command may be at work, so one counts as being.
TaskView unread_status(const Fault& fault) {
  TaskView view;
  view.state = TaskState::running;
  view.state_text = "cannot be read: " + fault.message;
  return view;
}

/// The one upload for `component`, or the image's only one if no component is named; null if there is none or more than
/// one.
const HpmAction* upload_for(const HpmImage& image, const std::optional<std::uint8_t>& component) {
  const HpmAction* found = nullptr;
  for (const HpmAction& action : image.actions) {
    if (action.action != UpgradeAction::upload || (component && action.component() != *component)) continue;
    if (found != nullptr) return nullptr;
    found = &action;
  }
  return found;
}

std::optional<Fault> refuse_image(const HpmImage& image, const DeviceId& device, const TargetCapabilities& target) {
  const auto no = [](Fault::Kind kind, std::string why) { return make_fault(kind, "upload", std::move(why)); };
  if (image.header.device_id != device.device_id || image.header.manufacturer != device.manufacturer ||
      image.header.product != device.product) {
    return no(Fault::Kind::image_refused,
              "the HPM.1 image is for manufacturer " + std::to_string(image.header.manufacturer) + " product " +
                  std::to_string(image.header.product) + ", the BMC is of manufacturer " +
                  std::to_string(device.manufacturer) + " product " + std::to_string(device.product));
  }
  if (!image.header.may_follow(device.major, device.minor)) {
    return no(Fault::Kind::image_refused, "the HPM.1 image does not follow firmware " + version_text(device));
  }
  if (target.undesirable) return no(Fault::Kind::busy, "the target says that an upgrade is undesirable now");
  return std::nullopt;
}

/// A refusal of our own before the first byte.
Fault no_image(std::string why) {
  return unsent(make_fault(Fault::Kind::image_refused, "upload", std::move(why)));
}

BmcResult<void> IpmiBmc::ready() {
  if (session_.is_open()) co_return Result<void, Fault>{};
  co_return fail(make_fault(Fault::Kind::unauthorized, "talk", "there is no session"));
}

BmcResult<void> IpmiBmc::open(SessionOpened opened) {
  if (session_.is_open()) co_return Result<void, Fault>{};
  // Another machine may answer at the address now, however the last session ended: its identity is read again.
  facts_.forget();
  const Result<void, Fault> in = co_await session_.open();
  if (!in) co_return fail(in.error());
  const std::string uri = std::string(kSessionPrefix) + std::to_string(session_.id());
  if (opened) co_await opened(uri);
  const Result<DeviceId, Fault> device =
      co_await ask_for<DeviceId>(session_, device_id_request(), "read device id", &decode_device_id);
  if (!device) {
    session_.drop();  // everything after it needs the device id
    co_return fail(device.error());
  }
  device_ = *device;
  co_return Result<void, Fault>{};
}

/// An administrator may close another session (IPMI 2.0 section 22.19); one that is gone counts as closed.
BmcResult<void> IpmiBmc::delete_session(std::string session_uri) {
  if (!session_uri.starts_with(kSessionPrefix)) co_return Result<void, Fault>{};
  std::uint32_t id = 0;
  const std::string_view number = std::string_view(session_uri).substr(kSessionPrefix.size());
  const auto read = std::from_chars(number.data(), number.data() + number.size(), id);
  if (read.ec != std::errc() || id == session_.id()) co_return Result<void, Fault>{};
  IpmiCall last;
  last.request = close_request(id);
  last.step = "close an earlier session";
  const Result<IpmiReply, Fault> closed = co_await session_.call(std::move(last));
  if (!closed) co_return fail(closed.error());
  co_return Result<void, Fault>{};
}

BmcResult<Identity> IpmiBmc::identify() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  co_return co_await facts_.identity();
}

/// `not_supported` where the target has no HPM.1.
BmcResult<TargetCapabilities> IpmiBmc::target() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  co_return co_await hpm_.capabilities();
}

BmcResult<void> IpmiBmc::list_firmware(Observation& seen) {
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable && capable.error().kind != Fault::Kind::not_supported) co_return fail(capable.error());
  if (!capable) {
    seen.ability.emplace();
    seen.ability->closed = "the BMC takes no image over IPMI: it has no HPM.1";
    InstalledComponent bmc;
    bmc.id = "BMC";
    bmc.uri = "ipmi:device";
    bmc.key.name = "BMC";
    bmc.version = version_text(*device_);
    seen.inventory.push_back(std::move(bmc));
    co_return Result<void, Fault>{};
  }
  seen.ability = ability_of(*capable);
  const Result<HpmComponents, Fault> components = co_await hpm_.components(*capable);
  if (!components) co_return fail(components.error());
  for (const UnreadEntry& one : components->unread) {
    add_finding(seen, "firmware unknown: " + one.why);
    seen.unread.push_back(one);
  }
  for (const HpmComponent& one : components->read) {
    seen.inventory.push_back(entry(*device_, one, Slot::running, one.running));
    const bool comes_back = capable->manual_rollback && one.general.rollback != 0;
    if (comes_back && !one.previous.is_none())
      seen.inventory.push_back(entry(*device_, one, Slot::previous, one.previous));
    if (!one.deferred.is_none()) seen.inventory.push_back(entry(*device_, one, Slot::staged, one.deferred));
  }
  Result<std::optional<TaskView>, Fault> busy = co_await hpm_.under_way();
  if (!busy && !session_.is_open()) co_return fail(busy.error());
  if (!busy) {
    seen.tasks.push_back(unread_status(busy.error()));
    add_finding(seen, "the upgrade status " + seen.tasks.back().state_text);
  } else if (*busy) {
    seen.tasks.push_back(std::move(**busy));
  }
  if (device_->updating && seen.tasks.empty()) seen.tasks.push_back(own_update());
  seen.done_by.push_back({"update", "ipmi (HPM.1)"});
  co_return Result<void, Fault>{};
}

BmcResult<Observation> IpmiBmc::observe() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  // Read again, since what runs may have changed.
  const Result<DeviceId, Fault> device =
      co_await ask_for<DeviceId>(session_, device_id_request(), "read device id", &decode_device_id);
  if (!device) co_return fail(device.error());
  device_ = *device;
  Observation seen;
  Result<Identity, Fault> who = co_await facts_.identity();
  if (!who) co_return fail(who.error());
  seen.identity = std::move(*who);
  const Result<void, Fault> state = co_await facts_.state(seen);
  if (!state) co_return fail(state.error());
  seen.done_by = {{"identity", "ipmi"}, {"power", "ipmi"}, {"health", "ipmi"}, {"inventory", "ipmi"}};
  if (seen.critical_events) seen.done_by.push_back({std::string(kEventLogPart), "ipmi"});
  const Result<void, Fault> listed = co_await list_firmware(seen);
  if (!listed) co_return fail(listed.error());
  co_return seen;
}

BmcResult<UpdateAbility> IpmiBmc::update_ability() {
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable) co_return fail(capable.error());
  co_return ability_of(*capable);
}

BmcResult<StageReceipt> IpmiBmc::stage(VerifiedImage image, StageRequest request, BodySent sent) {
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable) co_return fail(unsent(capable.error()));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(image.bytes().data());
  const auto parsed = parse_hpm_image(ByteView(bytes, image.bytes().size()));
  if (!parsed) {
    co_return fail(no_image(image.file_name() + " is no HPM.1 image: " + std::string(parsed.error().what)));
  }
  if (auto no = refuse_image(*parsed, *device_, *capable)) co_return fail(unsent(*no));
  const HpmAction* upload = upload_for(*parsed, component_of(request.target_uri));
  if (upload == nullptr) {
    co_return fail(no_image(image.file_name() + " does not hold one image for " +
                            (request.target_uri.empty() ? "a single component" : request.target_uri)));
  }
  if ((capable->components & upload->components) == 0) {
    co_return fail(no_image("the target has no component " + std::to_string(upload->component())));
  }
  if (kept_back()) co_return fail(unsent(withdrawn_fault("upload")));
  const Result<void, Fault> prepared = co_await hpm_.prepare(*capable, *parsed, upload->components);
  if (!prepared) co_return fail(prepared.error());
  const Result<void, Fault> uploaded = co_await hpm_.upload(*capable, upload->component(), upload->firmware, request);
  if (!uploaded) co_return fail(uploaded.error());
  if (sent) co_await sent();
  StageReceipt receipt;
  if (request.apply != ApplyTime::immediate) co_return receipt;
  const Result<void, Fault> activated = co_await hpm_.activate();
  if (!activated) {
    Fault fault = activated.error();
    fault.body_sent = true;
    co_return fail(fault);
  }
  receipt.task_uri = kActivationTask;
  co_return receipt;
}

BmcResult<TaskView> IpmiBmc::read_task(StageReceipt receipt) {
  if (receipt.task_uri.starts_with(kRollbackTask)) {
    const std::optional<std::uint8_t> component = component_of(receipt.task_uri);
    co_return co_await hpm_.rollback(component);
  }
  if (receipt.task_uri != kActivationTask) {
    co_return fail(make_fault(Fault::Kind::task_gone, "read task", "no task of this driver: " + receipt.task_uri));
  }
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable) co_return fail(capable.error());
  co_return co_await hpm_.activation(*capable);
}

/// Activate and Abort apply to every image that waits on the target, so they are sent only if exactly one waits and it
/// is ours.
BmcResult<void> IpmiBmc::only_one_waits(std::optional<std::uint8_t> ours) {
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable) co_return fail(capable.error());
  const Result<HpmComponents, Fault> components = co_await hpm_.components(*capable);
  if (!components) co_return fail(components.error());
  if (!components->unread.empty()) {
    co_return fail(make_fault(Fault::Kind::busy, "activate",
                              "what else waits on the target is unknown: " + components->unread.front().why));
  }
  std::string waiting;
  int count = 0;
  bool is_ours = false;
  for (const HpmComponent& one : components->read) {
    if (one.deferred.is_none()) continue;
    ++count;
    is_ours = !ours || one.id == *ours;
    waiting += (waiting.empty() ? "" : ", ") + one.name + " " + one.deferred.text();
  }
  if (count == 1 && is_ours) co_return Result<void, Fault>{};
  co_return fail(make_fault(Fault::Kind::busy, "activate",
                            count == 0 ? std::string("nothing waits on the target")
                                       : "what waits on the target is not ours alone: " + waiting));
}

BmcResult<StageReceipt> IpmiBmc::start_staged() {
  const std::optional<std::uint8_t> whichever;
  const Result<void, Fault> able = co_await only_one_waits(whichever);
  if (!able) co_return fail(able.error());
  if (kept_back()) co_return fail(withdrawn_fault("activate"));
  const Result<void, Fault> activated = co_await hpm_.activate();
  if (!activated) co_return fail(activated.error());
  StageReceipt receipt;
  receipt.task_uri = kActivationTask;
  co_return receipt;
}

BmcResult<void> IpmiBmc::cancel_staged(std::string staged_uri, std::string) {
  const std::optional<std::uint8_t> ours = component_of(staged_uri);
  const Result<void, Fault> able = co_await only_one_waits(ours);
  if (!able) co_return fail(able.error());
  co_return co_await hpm_.abort();
}

BmcResult<StageReceipt> IpmiBmc::activate_previous(InstalledComponent previous) {
  const std::optional<std::uint8_t> component = component_of(previous.uri);
  if (!component) {
    co_return fail(make_fault(Fault::Kind::not_supported, "roll back", previous.uri + " is no component of HPM.1"));
  }
  const Result<TargetCapabilities, Fault> capable = co_await target();
  if (!capable) co_return fail(capable.error());
  if (!capable->manual_rollback) {
    co_return fail(make_fault(Fault::Kind::not_supported, "roll back", "the target has no manual rollback"));
  }
  if (kept_back()) co_return fail(withdrawn_fault("roll back"));
  const Result<void, Fault> asked = co_await hpm_.roll_back();
  if (!asked) co_return fail(asked.error());
  StageReceipt receipt;
  receipt.task_uri = rollback_task(*component);
  co_return receipt;
}

/// A BMC that restarts at once sends no reply; the caller checks that it went away and came back.
BmcResult<void> IpmiBmc::reset_bmc() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  if (kept_back()) co_return fail(withdrawn_fault("reset BMC"));
  IpmiCall reset;
  reset.request = cold_reset_request();
  reset.step = "reset BMC";
  reset.repeat = Repeat::never;
  reset.patience.total = Duration(2'000);
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(reset));
  if (reply && reply->completion != kCompleted) co_return fail(refused_once(*reply, "reset BMC"));
  co_return Result<void, Fault>{};
}

BmcResult<void> IpmiBmc::reset_host() {
  const Result<void, Fault> able = co_await ready();
  if (!able) co_return fail(able.error());
  MayLeave may_leave = may_leave_;
  co_return co_await facts_.restart(std::move(may_leave));
}

}  // namespace

std::unique_ptr<Bmc> open_ipmi(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                               Secret k_g, IpmiContext& shared) {
  return std::make_unique<IpmiBmc>(std::move(executor), std::move(endpoint), std::move(credentials), std::move(k_g),
                                   shared);
}

}  // namespace breakwater::ipmi
