#pragma once
// A BMC of values and a crew of one: what is shown is set by the test, what is asked of the BMC is counted, and a
// conversation runs to its end in the test's own thread, in virtual time.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/crews/bmc/conversation.hpp"

namespace breakwater {

/// What the fake BMC is; outlives every conversation with it.
struct FakeMachine {
  Observation shown;
  UpdateAbility ability;
  std::deque<Fault> logins;               ///< what the next logins meet, one each
  std::deque<Fault> weather;              ///< what the next looks, and reads of tasks, meet, one each
  std::optional<Fault> reset;             ///< what resets, starts and bank switches meet
  std::map<std::string, TaskView> tasks;  ///< by URI, for read_task; others are gone
  StageReceipt receipt;                   ///< of uploads and starts
  std::vector<std::string> acts;          ///< `reset_host`, `cancel /staged /task`, `delete /s/1`, in order
  int looks = 0;
  int logins_tried = 0;
  Clock::time_point until = Clock::time_point::max();  ///< the bound on requests
  std::function<void(FakeMachine&)> on_look;           ///< before each look, the ones in bad weather too
  std::function<void(FakeMachine&)> on_task;           ///< before each read of a task, the same
  std::function<void(FakeMachine&, const std::string& act)> on_act;

  bool did(const std::string& act) const;
};

/// A host that runs BIOS 3.2 with 3.1 in its other bank, up and well, and an update to 3.4.
class ConversationTest : public testing::Test {
 public:
  static constexpr Clock::time_point kBegin{std::chrono::hours(1)};

 protected:
  ConversationTest();
  ~ConversationTest() override;

  Outcome run(Action action, std::vector<Evidence> evidence = {}, bool upload = false);
  /// The image from before is the way back, and it is in the store.
  void way_back_is_a_reflash();
  void stage_image(const std::string& version, TaskState state = TaskState::pending, const std::string& task = kTask);
  void unstage();
  /// The act that the machine obeys: its BIOS runs `version` afterwards, after a restart.
  void runs_after(const std::string& act, const std::string& version);
  InstalledComponent& entry(Slot slot);
  std::vector<std::string> recorded(Evidence::Kind kind) const;

  static constexpr const char* kTask = "/redfish/v1/TaskService/Tasks/7";
  static constexpr const char* kStaged = "/redfish/v1/UpdateService/FirmwareInventory/BIOS-Staged";

  FakeMachine machine_;
  ResolvedPlan plan_;
  Baseline baseline_;
  std::string task_;
  std::vector<Evidence> recorded_;
  Duration took_{0};  ///< of the last conversation, in virtual time
  std::filesystem::path folder_;
  boost::asio::io_context io_{1};
};

Fault fault_of(Fault::Kind kind, int http_status = 0, bool body_sent = false);
Evidence evidence_of(Evidence::Kind kind, std::string text);

}  // namespace breakwater
