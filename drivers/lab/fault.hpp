#pragma once
// What a simulated BMC can be told to do wrong: a closed list, each with the name that documents and image headers use.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::lab {

enum class Fault {
  task_exception,          ///< the update's task ends Exception, nothing changes
  unchanged,               ///< the task ends Completed, the version stays the old one
  task_gone,               ///< the task is 404 midway; the update goes on
  failed_back,             ///< the task ends Completed, the new bank is refused at boot, the old one boots
  wrong_version,           ///< after the update the inventory shows a version nobody sent
  health_critical,         ///< while the new image runs, the health roll-up is Critical
  component_lost,          ///< while the new image runs, another component's inventory entry is missing
  host_never_boots,        ///< after a reset of the host its boot progress stays
  slow_boot,               ///< the host boots `factor` times slower
  bmc_never_returns,       ///< after a reset of the BMC its port stays closed
  unavailable,             ///< 503 with Retry-After for `lasting` after a reset
  regenerate_certificate,  ///< after a reset of the BMC: a new key, certified by the same authority
  regenerate_self_signed,  ///< after a reset of the BMC: a new key, certified by itself
  rollback_fails,          ///< once an image was activated, every later update or bank switch ends Exception
  cut_upload,              ///< the connection is reset in the middle of an upload's body
  cut_after_body,          ///< the connection is reset after an upload's body; the update goes on
  cut_after_body_lost,     ///< the connection is reset after an upload's body; nothing else happens
  garbage,                 ///< the firmware inventory answers with something that is not JSON
  session_table_full,      ///< no further session can be opened: 503, over IPMI status 01
  ipmi_drop_request,       ///< an IPMI datagram is lost before the BMC sees it
  ipmi_drop_reply,         ///< what was asked over IPMI is done, its reply is lost
  ipmi_delay_reply,        ///< an IPMI reply leaves `lasting` late
  ipmi_duplicate_reply,    ///< an IPMI reply leaves twice, byte for byte
  ipmi_reorder_reply,      ///< an IPMI reply leaves after the one behind it, or `lasting` late where none comes
  hpm_block_refused,       ///< HPM.1: half way, a block is refused and the upload ends
  self_test_failed,        ///< while the new image runs, the BMC's self test fails
};

/// `task_exception`, as documents, image headers and the control endpoint spell it.
std::string_view to_string(Fault fault);
std::optional<Fault> parse_fault(std::string_view name);
std::vector<std::string_view> fault_names();

/// A fault that a host was given, and how often it strikes.
struct FaultRule {
  Fault fault = Fault::task_exception;
  std::string component = {};  ///< strikes only where this component is concerned; empty: any
  int times = 0;               ///< strikes this many times; 0: always
  int every = 1;               ///< strikes at each so-manieth chance: 4 is a quarter of them
  int factor = 10;             ///< of slow_boot
  Duration lasting{2000};      ///< of unavailable, ipmi_delay_reply and ipmi_reorder_reply
  int chances = 0;             ///< it had so far; counted by the machine
};

}  // namespace breakwater::lab
