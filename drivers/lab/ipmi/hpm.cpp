#include "drivers/lab/ipmi/hpm.hpp"

#include <algorithm>
#include <string_view>

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/lab/ipmi/bmc.hpp"
#include "inventories/trust/digest.hpp"

namespace breakwater::lab {
namespace {

constexpr const char* kRequestUri = "ipmi:hpm.1";  // shown by tasks as the request that began them
constexpr std::uint8_t kRollbackSupported = 1;
constexpr std::size_t kRefusedFrom = 1;  // hpm_block_refused strikes from the second block on
constexpr Duration kStep{5000};

// In HPM.1's steps of five seconds, rounded up, and one to spare.
std::uint8_t steps(Duration time) {
  const auto count = (time + kStep - Duration(1)) / kStep + 1;
  return static_cast<std::uint8_t>(std::min<std::int64_t>(count, 255));
}

// Every reply repeats the group id, also one that refuses.
IpmiAnswer refused(std::uint8_t completion) {
  return {completion, ipmi::group_id_only()};
}

IpmiAnswer done(std::uint8_t completion = ipmi::kCompleted) {
  return {completion, ipmi::group_id_only()};
}

// True for commands that Get Upgrade Status reports on; the others only read.
bool is_step(ipmi::CommandCode code) {
  using namespace ipmi::code;
  return code == kAbortUpgrade || code == kInitiateUpgrade || code == kUploadBlock || code == kFinishUpload ||
         code == kActivateFirmware || code == kManualRollback;
}

std::uint8_t bit(std::size_t component) {
  return static_cast<std::uint8_t>(1U << component);
}

}  // namespace

struct Hpm::Upload {
  std::size_t component = 0;
  std::optional<std::uint8_t> last_number;
  std::size_t blocks = 0;
  std::uint64_t bytes = 0;
  std::string first_bytes;
  Sha256Stream hash;

  std::uint8_t next_number() const { return last_number ? static_cast<std::uint8_t>(*last_number + 1) : 0; }
  bool brings(LabFault fault) const {
    const auto header = parse_image(first_bytes);
    return header && std::ranges::find(header->faults, fault) != header->faults.end();
  }
};

Hpm::Hpm(Machine& machine) : machine_(machine) {}

Hpm::~Hpm() = default;

IpmiAnswer Hpm::answer(const ipmi::IpmiRequest& request) {
  const IpmiAnswer made = run(request);
  if (is_step(ipmi::code_of(request)) && (made.completion == ipmi::kInProgress || !running())) {
    last_command_ = request.command;
    last_completion_ = made.completion;
  }
  return made;
}

IpmiAnswer Hpm::run(const ipmi::IpmiRequest& request) {
  if (!ipmi::without_group_id(request.data)) return {ipmi::kInvalidField};
  const ipmi::CommandCode code = ipmi::code_of(request);
  if (code == ipmi::code::kTargetCapabilities) return target_capabilities();
  if (code == ipmi::code::kComponentProperties) return component_property(request.data);
  if (code == ipmi::code::kAbortUpgrade) return abort();
  if (code == ipmi::code::kInitiateUpgrade) return initiate(request.data);
  if (code == ipmi::code::kUploadBlock) return take_block(request.data);
  if (code == ipmi::code::kFinishUpload) return finish(request.data);
  if (code == ipmi::code::kUpgradeStatus) return upgrade_status();
  if (code == ipmi::code::kActivateFirmware) return activate();
  if (code == ipmi::code::kQuerySelfTest) return self_test();
  if (code == ipmi::code::kQueryRollback) return rollback_status();
  if (code == ipmi::code::kManualRollback) return roll_back();
  return refused(ipmi::kInvalidCommand);
}

void Hpm::bmc_was_reset() {
  upload_.reset();
  cut_short_ = std::ranges::any_of(tasks_, [](const auto& task) { return !task->ended; });
}

IpmiAnswer Hpm::target_capabilities() const {
  const HostConfig& host = machine_.config();
  ipmi::TargetCapabilities capabilities;
  capabilities.self_test = true;
  capabilities.manual_rollback = true;
  capabilities.deferred_activation = true;
  capabilities.services_affected = std::ranges::any_of(
      machine_.components(), [](const Component& held) { return held.config.activated_by == ResetOf::system; });
  capabilities.undesirable = machine_.writing() && !running();
  capabilities.upgrade_steps = steps(host.flash);
  capabilities.self_test_steps = steps(Duration(0));
  capabilities.rollback_steps = steps(host.flash);
  capabilities.inaccessibility_steps = steps(host.bmc_boot);
  capabilities.components = components();
  return {ipmi::kCompleted, ipmi::encode(capabilities)};
}

IpmiAnswer Hpm::component_property(ipmi::ByteView data) const {
  const auto question = ipmi::decode_component_property_request(data);
  if (!question) return refused(ipmi::kLengthInvalid);
  const Component* asked = component(question->component);
  if (asked == nullptr) return refused(ipmi::kHpmChecksum);
  const auto version = [](const Bank* bank) {
    return ipmi::encode_component_version(bank != nullptr ? ipmi_version(bank->version) : ipmi::no_version());
  };
  switch (static_cast<ipmi::ComponentProperty>(question->selector)) {
    case ipmi::ComponentProperty::general: {
      ipmi::ComponentGeneral general;
      general.rollback = asked->config.two_banks ? kRollbackSupported : 0;
      general.deferred_activation = true;
      general.cold_reset_needed = asked->config.activated_by == ResetOf::system;
      return {ipmi::kCompleted, ipmi::encode(general)};
    }
    case ipmi::ComponentProperty::current_version:
      return {ipmi::kCompleted, version(&asked->active)};
    case ipmi::ComponentProperty::name:
      return {ipmi::kCompleted, ipmi::encode_component_name(asked->config.id)};
    case ipmi::ComponentProperty::rollback_version:
      return {ipmi::kCompleted, version(asked->previous ? &*asked->previous : nullptr)};
    case ipmi::ComponentProperty::deferred_version:
      return {ipmi::kCompleted, version(asked->staged ? &asked->staged->bank : nullptr)};
  }
  return refused(ipmi::kHpmMismatch);
}

IpmiAnswer Hpm::abort() {
  ++machine_.counters().hpm_aborts;
  if (running()) return refused(ipmi::kHpmNotSupported);
  upload_.reset();
  for (const Component& held : machine_.components()) {
    if (!held.staged || held.staged->apply != ApplyTime::on_start_request) continue;
    if (!machine_.cancel_staged(held.config.name)) return refused(ipmi::kHpmNotSupported);
  }
  return done();
}

IpmiAnswer Hpm::initiate(ipmi::ByteView data) {
  const auto asked = ipmi::decode_initiate_upgrade_request(data);
  if (!asked) return refused(data.size() < 3 ? ipmi::kLengthInvalid : ipmi::kInvalidField);
  const std::uint8_t mask = asked->components;
  if (mask == 0 || (mask & ~components()) != 0) return refused(ipmi::kHpmNotSupported);
  if (machine_.writing()) return refused(ipmi::kNodeBusy);
  if (asked->action == ipmi::UpgradeAction::backup || asked->action == ipmi::UpgradeAction::prepare) return done();
  if (asked->action != ipmi::UpgradeAction::upload) return refused(ipmi::kInvalidField);
  if ((mask & (mask - 1)) != 0) return refused(ipmi::kHpmNotSupported);
  std::size_t number = 0;
  while (bit(number) != mask) ++number;
  const Component& target = *component(number);
  if (target.staged) {
    // An image that an earlier upload left waiting makes room; one that waits for a reset came by Redfish.
    if (target.staged->apply != ApplyTime::on_start_request) return refused(ipmi::kNotInThisState);
    if (!machine_.cancel_staged(target.config.name)) return refused(ipmi::kNodeBusy);
  }
  upload_ = std::make_unique<Upload>();
  upload_->component = number;
  ++machine_.counters().hpm_uploads_begun;
  return done();
}

IpmiAnswer Hpm::take_block(ipmi::ByteView data) {
  const auto block = ipmi::decode_upload_block_request(data);
  if (!block || block->firmware.empty()) return refused(ipmi::kLengthInvalid);
  if (!upload_) return refused(ipmi::kNotInThisState);
  // Sent again because its reply was lost: the block is stored already.
  if (upload_->last_number == block->number) return {ipmi::kCompleted, ipmi::encode_upload_reply(std::nullopt)};
  if (block->number != upload_->next_number()) return refused(ipmi::kHpmChecksum);
  const std::string& name = component(upload_->component)->config.name;
  if (upload_->blocks >= kRefusedFrom &&
      (upload_->brings(LabFault::hpm_block_refused) || machine_.strikes_by_rule(LabFault::hpm_block_refused, name))) {
    upload_.reset();
    return refused(ipmi::kHpmChecksum);
  }
  if (upload_->bytes + block->firmware.size() > machine_.config().persona.image_bytes_max) {
    upload_.reset();
    return refused(ipmi::kOutOfSpace);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(block->firmware.data()), block->firmware.size());
  upload_->hash.update(bytes);
  upload_->first_bytes.append(bytes.substr(0, kImageHeaderBytesMax - upload_->first_bytes.size()));
  upload_->bytes += bytes.size();
  upload_->last_number = block->number;
  ++upload_->blocks;
  return {ipmi::kCompleted, ipmi::encode_upload_reply(std::nullopt)};
}

IpmiAnswer Hpm::finish(ipmi::ByteView data) {
  const auto asked = ipmi::decode_finish_upload_request(data);
  if (!asked) return refused(ipmi::kLengthInvalid);
  if (!upload_) return refused(ipmi::kNotInThisState);
  if (asked->component != upload_->component) return refused(ipmi::kInvalidField);
  if (machine_.writing()) return refused(ipmi::kNodeBusy);
  const std::unique_ptr<Upload> upload = std::move(upload_);
  if (asked->bytes != upload->bytes) return refused(ipmi::kHpmNotSupported);
  PushOrder order;
  order.apply = ApplyTime::on_start_request;
  order.target = component(upload->component)->config.name;
  order.uri = kRequestUri;
  order.beside_others = true;
  const auto started = machine_.push({parse_image(upload->first_bytes), upload->hash.finish(), upload->bytes}, order);
  if (!started) return refused(ipmi::kNodeBusy);
  ++machine_.counters().hpm_uploads;
  follow({*started}, ipmi::kHpmChecksum);
  return done(ipmi::kInProgress);
}

IpmiAnswer Hpm::upgrade_status() const {
  const std::uint8_t now = last_completion_ == ipmi::kInProgress ? outcome() : last_completion_;
  return {ipmi::kCompleted, ipmi::encode(ipmi::UpgradeStatus{last_command_, now})};
}

IpmiAnswer Hpm::activate() {
  const std::size_t before = machine_.activations().size();
  auto started = machine_.start_staged(kRequestUri);
  if (!started) return refused(started.error() == Denial::busy ? ipmi::kNodeBusy : ipmi::kHpmNotSupported);
  ++machine_.counters().hpm_activations;
  follow(std::move(*started), ipmi::kHpmNotSupported);
  activations_before_ = before;
  rolled_back_at_ = 0;
  return done(ipmi::kInProgress);
}

IpmiAnswer Hpm::self_test() const {
  if (running()) return refused(ipmi::kInProgress);
  ipmi::UpgradeSelfTest test;
  if (!machine_.self_test_passes()) test = {0x57, 0x01};
  return {ipmi::kCompleted, ipmi::encode(test)};
}

IpmiAnswer Hpm::rollback_status() const {
  if (running()) return refused(ipmi::kInProgress);
  if (rolling_back_) {
    if (outcome() != ipmi::kCompleted) return refused(ipmi::kHpmNotSupported);
    return {ipmi::kCompleted, ipmi::encode_rolled_back(rolled_back_)};
  }
  // A boot that refused the new bank counts as a rollback.
  std::uint8_t mask = 0;
  const auto& activations = machine_.activations();
  for (std::size_t i = activations_before_; i < activations.size(); ++i) {
    for (std::size_t number = 0; number < ipmi::kComponentsMax; ++number) {
      const Component* held = component(number);
      if (held != nullptr && held->config.name == activations[i].component && activations[i].outcome == "failed_back")
        mask |= bit(number);
    }
  }
  return {ipmi::kCompleted, ipmi::encode_rolled_back(mask)};
}

IpmiAnswer Hpm::roll_back() {
  if (machine_.writing()) return refused(ipmi::kNodeBusy);
  const std::vector<std::string> names = to_roll_back();
  const std::size_t before = machine_.activations().size();
  auto started = machine_.switch_all_banks(names, kRequestUri);
  if (!started) return refused(ipmi::kNotInThisState);
  ++machine_.counters().hpm_rollbacks;
  const std::size_t switched = started->size();
  follow(std::move(*started), ipmi::kHpmNotSupported);
  rolling_back_ = true;
  rollback_ends_at_ = before + switched;
  rolled_back_ = 0;
  for (std::size_t number = 0; number < ipmi::kComponentsMax; ++number) {
    const Component* held = component(number);
    if (held != nullptr && std::ranges::find(names, held->config.name) != names.end()) rolled_back_ |= bit(number);
  }
  return done(ipmi::kInProgress);
}

const Component* Hpm::component(std::size_t number) const {
  const auto& all = machine_.components();
  if (number >= all.size() || number >= ipmi::kComponentsMax || machine_.lost(all[number])) return nullptr;
  return &all[number];
}

std::uint8_t Hpm::components() const {
  std::uint8_t mask = 0;
  for (std::size_t number = 0; number < ipmi::kComponentsMax; ++number)
    if (component(number) != nullptr) mask |= bit(number);
  return mask;
}

std::uint8_t Hpm::outcome() const {
  for (const auto& task : tasks_) {
    if (task->ended && task->ended_badly()) return failure_;
    if (!task->ended) return cut_short_ ? failure_ : ipmi::kInProgress;
  }
  return ipmi::kCompleted;
}

void Hpm::follow(std::vector<std::shared_ptr<Task>> tasks, std::uint8_t failure) {
  if (rolling_back_ && outcome() == ipmi::kCompleted) rolled_back_at_ = rollback_ends_at_;
  rolling_back_ = false;
  tasks_ = std::move(tasks);
  failure_ = failure;
  cut_short_ = false;
}

std::vector<std::string> Hpm::to_roll_back() const {
  const bool taken_back = rolling_back_ && outcome() == ipmi::kCompleted;
  const auto& activations = machine_.activations();
  std::vector<std::string> names;
  for (std::size_t i = std::max(activations_before_, taken_back ? rollback_ends_at_ : rolled_back_at_);
       i < activations.size(); ++i) {
    const Activation& seen = activations[i];
    if (seen.outcome == "activated" && std::ranges::find(names, seen.component) == names.end())
      names.push_back(seen.component);
  }
  return names;
}

}  // namespace breakwater::lab
