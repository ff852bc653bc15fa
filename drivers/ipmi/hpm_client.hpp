#pragma once
// A firmware update and its way back over one session, by PICMG HPM.1: what the target can do, what it runs, an image
// block by block, activation once, self test, manual rollback. HPM.1 proves integrity only; who made the image was
// proved before.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/bmc.hpp"
#include "drivers/ipmi/session.hpp"
#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "drivers/ipmi/wire/version.hpp"

namespace breakwater::ipmi {

/// One component of a target and its versions; `no_version()` if it has none of that kind.
struct HpmComponent {
  std::uint8_t id = 0;
  std::string name;
  ComponentGeneral general;
  Version running;
  Version previous = no_version();
  Version deferred = no_version();
};

/// Those that a target has. What it does not tell of one leaves that one out, and says nothing of the others.
struct HpmComponents {
  std::vector<HpmComponent> read;
  std::vector<UnreadEntry> unread;
};

/// URIs of this driver, as they stand in observations, plans and evidence. No BMC ever sees one.
inline constexpr const char* kActivationTask = "ipmi:hpm/activate";
inline constexpr const char* kRollbackTask = "ipmi:hpm/rollback";
/// The same, with the component that it is about.
std::string rollback_task(std::uint8_t component);
std::string component_uri(std::uint8_t component);
/// The component that a URI of ours names; nothing if it names none, and for any other text.
std::optional<std::uint8_t> component_of(std::string_view uri);

class HpmClient {
 public:
  explicit HpmClient(IpmiSession& session) : session_(session) {}

  /// A target without HPM.1 is the Fault `not_supported`.
  BmcResult<TargetCapabilities> capabilities();
  /// A Fault where not one can be read.
  BmcResult<HpmComponents> components(const TargetCapabilities& target);

  /// Does what the image wants done with `components` before its upload: a backup, a preparation.
  BmcResult<void> prepare(const TargetCapabilities& target, const HpmImage& image, std::uint8_t components);
  /// Uploads one component's firmware and has the target check it; nothing runs yet. A block may be sent again, since
  /// its number and the count at the end tell the target; Finish is sent once.
  BmcResult<void> upload(const TargetCapabilities& target, std::uint8_t component, ByteView firmware,
                         const StageRequest& request);
  /// Sent once. No reply is no failure: a target that restarts at once sends none.
  BmcResult<void> activate();
  /// Sent once, as activate().
  BmcResult<void> roll_back();
  /// Drops every image that was uploaded and does not run yet.
  BmcResult<void> abort();

  /// The progress of an activation: still running, failed, or over with the result of the self test.
  BmcResult<TaskView> activation(const TargetCapabilities& target);
  /// The progress of the rollback, which restores everything that the last upgrade changed. It failed for us if
  /// `component`, when given, was not part of that; the text lists the components.
  BmcResult<TaskView> rollback(std::optional<std::uint8_t> component);
  /// The long-duration command that the target works on, if there is one.
  BmcResult<std::optional<TaskView>> under_way();

 private:
  BmcResult<void> send_once(IpmiRequest request, std::string step);
  BmcResult<void> initiate(const TargetCapabilities& target, InitiateUpgrade what);
  BmcResult<std::uint32_t> send_blocks(ByteView firmware, const StageRequest& request);
  BmcResult<std::size_t> block_bytes();
  BmcResult<void> drop_part(const TargetCapabilities& target, std::uint8_t part);
  BmcResult<IpmiReply> ask_for_rollback();
  BmcResult<void> finish(const TargetCapabilities& target, std::uint8_t component, std::uint32_t bytes);
  BmcResult<void> wait_for(CommandCode command, Duration most);
  BmcResult<void> read(HpmComponent& one);
  BmcResult<Version> version(std::uint8_t component, ComponentProperty property);

  IpmiSession& session_;
};

}  // namespace breakwater::ipmi
