#pragma once
// A BMC of values: what is shown is set by the test, and what is asked of the BMC is counted.
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/bmc.hpp"

namespace breakwater {

/// What the fake BMC is; outlives every conversation with it.
struct FakeMachine {
  Observation shown;
  UpdateAbility ability;
  std::deque<Fault> logins;               ///< what the next logins meet, one each
  std::deque<Fault> weather;              ///< what the next looks, and reads of tasks, meet, one each
  std::deque<Fault> deletes;              ///< what the next deletions of sessions meet, one each
  std::deque<Fault> introductions;        ///< what the next calls of identify() meet, one each
  std::deque<Fault> own_faults;           ///< what the next requests that act meet, before they are sent, one each
  std::deque<Fault> refusals;             ///< what the next requests that act are answered, undone, one each
  Duration upload_within{0};              ///< what the last upload was given
  std::optional<Fault> upload;            ///< what uploads meet, their body being taken
  std::optional<Fault> reset;             ///< what resets, starts and bank switches meet
  std::map<std::string, TaskView> tasks;  ///< by URI, or by that of a monitor, for read_task; others are gone
  StageReceipt receipt;                   ///< of uploads and starts
  std::vector<std::string> acts;          ///< `reset_host`, `cancel /staged /task`, `delete /s/1`, in order
  std::optional<Sha256> key;              ///< that it shows
  std::optional<Sha256> pinned;           ///< that counts without a word
  bool in = false;                        ///< somebody is logged in
  bool silent = false;                    ///< a look ends only where its connection is dropped
  int turns = 0;                          ///< a look lasts so many turns of its executor
  int looks = 0;
  int logins_tried = 0;
  std::chrono::steady_clock::time_point until =
      std::chrono::steady_clock::time_point::max();  ///< the bound on requests
  std::function<void(FakeMachine&)> on_login;        ///< before each login
  std::function<void(FakeMachine&)> on_look;         ///< before each look, the ones in bad weather too
  std::function<void(FakeMachine&)> on_task;         ///< before each read of a task, the same
  std::function<void(FakeMachine&, const std::string& act)> on_act;
  std::function<void(FakeMachine&)> before_act;  ///< while the driver reads what a request that begins something needs

  bool did(const std::string& act) const;
};

/// One conversation's BMC; a machine has one at a time.
std::unique_ptr<Bmc> fake_bmc(FakeMachine& machine);

Fault own_fault(const std::string& text);
Fault fault_of(Fault::Kind kind, int http_status = 0, bool body_sent = false);

}  // namespace breakwater
