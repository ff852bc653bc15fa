#pragma once
// What a simulated BMC can be told to do wrong: a closed list, each with the name that documents and image headers use.
#include <string>

#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::lab {

enum class LabFault {
  task_exception,          ///< the update's task ends Exception, nothing changes
  unchanged,               ///< the task ends Completed, the version stays the old one
  task_gone,               ///< the task is 404 midway; the update goes on
  failed_back,             ///< the task ends Completed, the new bank is refused at boot, the old one boots
  wrong_version,           ///< after the update the inventory shows another version than the one that was sent
  health_critical,         ///< while the new image runs, the health roll-up is Critical
  component_lost,          ///< while the new image runs, another component's inventory entry is missing
  component_changed,       ///< the new image changes another component's version, for good
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
  upload_error_taken,      ///< an upload is answered with 500 after its body; the update goes on
  reset_refused,           ///< a reset of the host or the BMC is answered with 412, and not done
  garbage,                 ///< the firmware inventory answers with something that is not JSON
  session_table_full,      ///< no further session can be opened: 503, over IPMI status 01
  ipmi_drop_request,       ///< an IPMI datagram is lost before the BMC sees it
  ipmi_drop_reply,         ///< an IPMI request is carried out, its reply is lost
  ipmi_delay_reply,        ///< an IPMI reply leaves `lasting` late
  ipmi_duplicate_reply,    ///< an IPMI reply leaves twice, byte for byte
  ipmi_reorder_reply,      ///< an IPMI reply leaves after the next one, or `lasting` late if none follows
  ipmi_refused,       ///< the IPMI command `component` (network function and number, `2c34`) answers `code`, undone
  hpm_block_refused,  ///< HPM.1: half way, a block is refused and the upload ends
  sdr_refused,        ///< Get SDR answers `code` for the record of the sensor whose number is the `component`
  sensor_refused,     ///< Get Sensor Reading answers `code` for that sensor
  sel_cut,            ///< the event log's list ends after its first entry
  sel_overflow,       ///< the event log says that events were dropped
  sel_full,           ///< the event log says that it has no room left
  self_test_failed,   ///< while the new image runs, the BMC's self test fails
};

}  // namespace breakwater::lab

namespace breakwater {

/// As documents, image headers and the control endpoint spell it.
template <>
inline constexpr auto kWords<lab::LabFault> = words<lab::LabFault>({
    {lab::LabFault::task_exception, "task_exception"},
    {lab::LabFault::unchanged, "unchanged"},
    {lab::LabFault::task_gone, "task_gone"},
    {lab::LabFault::failed_back, "failed_back"},
    {lab::LabFault::wrong_version, "wrong_version"},
    {lab::LabFault::health_critical, "health_critical"},
    {lab::LabFault::component_lost, "component_lost"},
    {lab::LabFault::component_changed, "component_changed"},
    {lab::LabFault::host_never_boots, "host_never_boots"},
    {lab::LabFault::slow_boot, "slow_boot"},
    {lab::LabFault::bmc_never_returns, "bmc_never_returns"},
    {lab::LabFault::unavailable, "unavailable"},
    {lab::LabFault::regenerate_certificate, "regenerate_certificate"},
    {lab::LabFault::regenerate_self_signed, "regenerate_self_signed"},
    {lab::LabFault::rollback_fails, "rollback_fails"},
    {lab::LabFault::cut_upload, "cut_upload"},
    {lab::LabFault::cut_after_body, "cut_after_body"},
    {lab::LabFault::cut_after_body_lost, "cut_after_body_lost"},
    {lab::LabFault::upload_error_taken, "upload_error_taken"},
    {lab::LabFault::reset_refused, "reset_refused"},
    {lab::LabFault::garbage, "garbage"},
    {lab::LabFault::session_table_full, "session_table_full"},
    {lab::LabFault::ipmi_drop_request, "ipmi_drop_request"},
    {lab::LabFault::ipmi_drop_reply, "ipmi_drop_reply"},
    {lab::LabFault::ipmi_delay_reply, "ipmi_delay_reply"},
    {lab::LabFault::ipmi_duplicate_reply, "ipmi_duplicate_reply"},
    {lab::LabFault::ipmi_reorder_reply, "ipmi_reorder_reply"},
    {lab::LabFault::ipmi_refused, "ipmi_refused"},
    {lab::LabFault::hpm_block_refused, "hpm_block_refused"},
    {lab::LabFault::sdr_refused, "sdr_refused"},
    {lab::LabFault::sensor_refused, "sensor_refused"},
    {lab::LabFault::sel_cut, "sel_cut"},
    {lab::LabFault::sel_overflow, "sel_overflow"},
    {lab::LabFault::sel_full, "sel_full"},
    {lab::LabFault::self_test_failed, "self_test_failed"},
});

}  // namespace breakwater

namespace breakwater::lab {

/// A fault that a host was given, and how often it strikes.
struct FaultRule {
  LabFault fault = LabFault::task_exception;
  std::string component = {};  ///< strikes only this component; empty: any
  int times = 0;               ///< strikes this many times; 0: always
  int every = 1;               ///< strikes at every n-th chance: 4 means a quarter of them
  int factor = 10;             ///< of slow_boot
  int code = 0xC3;             ///< completion code of ipmi_refused, sdr_refused and sensor_refused
  Duration lasting{2000};      ///< of unavailable, ipmi_delay_reply and ipmi_reorder_reply
  int chances = 0;             ///< chances so far, counted by the machine
};

}  // namespace breakwater::lab
