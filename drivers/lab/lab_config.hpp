#pragma once
// What a lab is made of: hosts, how their BMCs behave on the wire (the persona), their firmware and their faults.
// Every field has a default that gives a well-behaved BMC; a test names only what it is about.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/apply_time.hpp"
#include "drivers/lab/fault.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

/// Where the reply to an upload names its task.
enum class TaskIn {
  monitor_and_body,  ///< Location names the task monitor, the body is the Task: what DMTF specifies
  location,          ///< Location names the Task, no body
  body,              ///< the body is the Task, no Location
  monitor,           ///< Location names the task monitor, no body
  extended_info,     ///< only a message argument names the Task
};

/// How an image that waits is to be seen.
enum class WaitsAs {
  entry,  ///< an inventory entry, and its task where that waits too
  task,   ///< its task, which is pending; no entry
  job,    ///< a task of its own, pending, where the upload's task is over; no entry
};

enum class Expand { honoured, absent, ignored };   ///< absent: not advertised; ignored: advertised, never done
enum class ResetValuesIn { action, action_info };  ///< where a reset action lists what it takes
enum class ResetOf { manager, system };            ///< which reset activates a component's new image
enum class Certificate { valid, expired, self_signed, wrong_name };

/// How a BMC behaves on the wire.
struct Persona {
  std::string vendor = "Breakwater";
  std::string product = "Lab BMC";
  std::vector<ApplyTime> apply_times{ApplyTime::immediate, ApplyTime::on_reset, ApplyTime::on_start_request};
  bool multipart_push = true;
  bool http_push = true;
  std::string multipart_uri = "/redfish/v1/UpdateService/update-multipart";
  std::string http_push_uri = "/redfish/v1/UpdateService/update";
  TaskIn task_in = TaskIn::monitor_and_body;
  WaitsAs waits_as = WaitsAs::entry;
  Expand expand = Expand::honoured;
  std::size_t page_size = 0;  ///< members of a collection's page; 0: all on one
  ResetValuesIn reset_values_in = ResetValuesIn::action;
  std::uint64_t image_bytes_max = 256ULL * 1024 * 1024;
  std::size_t sessions_max = 16;              ///< of Redfish, and as many of IPMI
  std::size_t ipmi_message_bytes_max = 1024;  ///< the largest IPMI message it takes and sends, told by HPM.2
  Duration ipmi_idle{60'000};                 ///< an IPMI session that is not used for longer ends
  bool boot_progress = true;                  ///< whether the system says how far its boot is
  bool last_reset_time = true;                ///< whether system and manager say when they were reset
};

/// One piece of firmware as it is before anything happens. It has two banks by default: the one that runs
/// and the previous one. A staged image is in neither.
struct ComponentConfig {
  std::string name;               ///< what image headers call it: `bios`
  std::string version;            ///< that runs
  std::string previous;           ///< in the other bank; empty: that bank is empty
  std::string id = {};            ///< of the inventory entry; empty: the name in upper case
  std::string software_id = {};   ///< empty: `LAB-` and the id
  std::string part_number = {};   ///< of the network adapter, for `nic` components
  std::string related_item = {};  ///< empty: manager for `bmc`, its network adapter for `nic...`, else the system
  std::optional<ResetOf> activated_by = {};  ///< empty: `bmc` by the manager's reset, others by the system's
  bool two_banks = true;
};

/// `bmc` 2.10 (before: 2.09), `bios` 3.2 (3.1), `nic` 20.5 (20.4).
std::vector<ComponentConfig> default_components();

/// One simulated server.
struct HostConfig {
  std::string name;
  std::string group = {};    ///< only for what run_lab prints
  std::string address = {};  ///< of 127.0.0.0/8; empty: the next one after the host before
  std::string serial = {};   ///< empty: `LAB-` and the name in upper case
  std::string uuid = {};     ///< empty: made from the name, the same at every start
  std::string manufacturer = "Breakwater";
  std::string model = "Lab-2U";
  Persona persona = {};
  std::vector<ComponentConfig> components = default_components();
  Duration flash{300};      ///< writing one image
  Duration bmc_boot{300};   ///< the BMC's port is closed that long after its reset
  Duration host_boot{300};  ///< from the host's reset to OSRunning
  bool powered_on = true;
  Certificate certificate = Certificate::valid;
  bool redfish = true;  ///< whether it answers HTTPS at all
  bool ipmi = true;     ///< whether it answers RMCP+ at all
  std::vector<FaultRule> faults = {};
};

struct LabConfig {
  std::string name = "lab";
  std::uint16_t port = 8443;                                ///< of every BMC; 0: any free one each
  std::uint16_t ipmi_port = 6230;                           ///< UDP, of every BMC; 0: any free one each
  Duration ipmi_delay{0};                                   ///< every IPMI reply leaves that late
  std::string first_address = "127.7.1.1";                  ///< of the first host that names none
  std::filesystem::path certificates = "lab-certificates";  ///< ca.pem and ca.key live here; re-used when they exist
  std::uint16_t control_port = 0;                           ///< of the control endpoint on 127.0.0.1; 0: none
  Credentials credentials{"admin", Secret("lab-password")};
  std::vector<HostConfig> hosts = {};
};

/// The host with its empty fields filled in from its name.
HostConfig complete(HostConfig host);

/// Whether the text is an IPv4 address of 127.0.0.0/8.
bool is_lab_address(std::string_view text);

/// The address after this one, as an Inventory's firstAddress counts; nothing if the text is no address of
/// 127.0.0.0/8 or is the last one.
std::optional<std::string> next_address(std::string_view address);

}  // namespace breakwater::lab
