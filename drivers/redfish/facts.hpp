#pragma once
// What the resources of a Redfish service say, as values. Pure: JSON in, facts out, nothing absent is invented. Links
// are as the service spells them; pass one through same_origin_path before following it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/bmc.hpp"
#include "drivers/redfish/quirks.hpp"
#include "inventories/document/json.hpp"
#include "inventories/firmware/component.hpp"
#include "inventories/hosts/observation.hpp"

namespace breakwater::redfish {

struct ServiceRoot {
  std::string vendor;  ///< empty if the service does not say; see family_of()
  std::string uuid;    ///< of the service, lower case
  std::string sessions;
  std::string systems;
  std::string managers;
  std::string manager_providing;  ///< the manager that answers
  std::string update_service;
  std::string task_service;
  char expand = 0;  ///< `.` or `*` as the query takes it; 0 if the service does not expand
  Family family = Family::generic;
};

/// A reset action and the values that its ResetType takes; they stand here or in the ActionInfo.
struct ResetAction {
  std::string target;
  std::vector<std::string> reset_types;
  std::string action_info;
};

struct SystemFacts {
  std::string uri;
  Identity identity;
  std::vector<std::string> managed_by;
  std::optional<ResetAction> reset;
  Power power = Power::unknown;
  Health health = Health::unknown;
  Boot boot = Boot::unknown;
  std::string reset_time;
};

struct ManagerFacts {
  std::string uri;
  std::string active_image;  ///< of the firmware inventory
  std::vector<std::string> for_servers;
  std::optional<ResetAction> reset;
  std::string reset_time;
};

struct UpdateFacts {
  std::string uri;
  std::string etag;
  bool enabled = true;
  bool busy = false;          ///< another client claims the push (HttpPushUriTargetsBusy)
  bool push_options = false;  ///< HttpPushUriOptions can be set before a bare image is pushed
  bool push_targets = false;  ///< HttpPushUriTargets can be
  std::string multipart_uri;
  std::string http_push_uri;
  std::string inventory;
  std::string start_update;  ///< the action's target; empty if there is none
  std::string simple_update;
  UpdateAbility ability;
};

/// An entry of the firmware inventory and the actions that switch to it or cancel it.
struct SoftwareEntry {
  InstalledComponent component;
  bool known = true;     ///< false if the entry is a slot that holds nothing
  std::string activate;  ///< target of SoftwareInventory.Activate; empty if there is none
  std::string cancel;
};

/// One page of a collection.
struct Page {
  struct Member {
    std::string uri;
    bool expanded = false;
    Json body;  ///< the resource itself where it was expanded
  };
  std::vector<Member> members;
  std::string next;
};

/// Why a service without a push takes no image.
inline constexpr std::string_view kTakesNoImage = "the update service takes no pushed image";

ServiceRoot read_service_root(const Json& root);
SystemFacts read_system(const Json& system, const Quirks& quirks);
ManagerFacts read_manager(const Json& manager);
UpdateFacts read_update_service(const Json& service, const Quirks& quirks);
SoftwareEntry read_software(const Json& entry, const Quirks& quirks);
Page read_page(Json collection);
/// ResetType's AllowableValues of an ActionInfo resource.
std::vector<std::string> read_action_info(const Json& action_info);

/// The text of this name in an object; "" where there is none.
std::string text(const Json& object, std::string_view key);
/// Whether a resource tells nothing of itself: `{}`, or annotations alone.
bool tells_nothing(const Json& resource);
bool has(const std::vector<std::string>& values, std::string_view wanted);

/// The host's own system among several: it can be reset, names itself, and is managed; nullptr if
/// there is none.
const SystemFacts* choose_system(const std::vector<SystemFacts>& systems);
/// The manager of that system: by its link, the manager's link back, the service's own word, else the only one.
const ManagerFacts* choose_manager(const std::vector<ManagerFacts>& managers, const SystemFacts& system,
                                   const ServiceRoot& root);

/// The gentlest value that restarts, of those allowed; nothing if none does.
std::optional<std::string> choose_restart(const std::vector<std::string>& allowed);

/// Marks as `previous` an entry with the same key as one that a manager names as its running image, and drops what is
/// listed twice (Dell's Current- and Installed-).
std::vector<SoftwareEntry> settle_slots(std::vector<SoftwareEntry> entries, const Quirks& quirks,
                                        const std::vector<std::string>& active_images);

}  // namespace breakwater::redfish
