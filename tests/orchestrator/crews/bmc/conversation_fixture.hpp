#pragma once
// One conversation with a fake BMC, in the test's own thread and in virtual time.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/crews/bmc/conversation.hpp"
#include "tests/orchestrator/crews/bmc/fake_bmc.hpp"
#include "tests/orchestrator/crews/bmc/fake_hands.hpp"

namespace breakwater {

/// A host that runs BIOS 3.2 with 3.1 in its other bank, up and well, and an update to 3.4.
class ConversationTest : public testing::Test {
 public:
  static constexpr Clock::time_point kBegin = FakeHands::kBegin;

 protected:
  ConversationTest();
  ~ConversationTest() override;

  /// Makes the driver of the fake BMC, once our own side has failed `unmade_` times.
  MakeBmc make_fake();
  Outcome run(Action action, std::vector<Evidence> evidence = {}, bool upload = false);
  /// The image from before is the way back, and it is in the store.
  void way_back_is_a_reflash();
  /// The image gets bytes, which are in the store.
  void store_image(PlannedImage& image);
  /// A task can be read; it is listed while it is open.
  void show_task(const std::string& uri, TaskState state);
  void hide_task(const std::string& uri);
  void stage_image(const std::string& version, TaskState state = TaskState::pending, const std::string& task = kTask);
  void unstage();
  /// The act that the machine obeys: its BIOS runs `version` afterwards, after a restart.
  void runs_after(const std::string& act, const std::string& version);
  InstalledComponent& entry(Slot slot);
  /// The entry answers 500 from then on.
  void hide_entry(Slot slot);
  /// What was hidden is read again.
  void show_entries();
  std::vector<std::string> recorded(Evidence::Kind kind) const;
  /// What the machine is doing takes so long. While a conversation runs.
  void takes(Duration length) { hands_->passed += length; }

  static constexpr const char* kTask = "/redfish/v1/TaskService/Tasks/7";
  static constexpr const char* kStaged = "/redfish/v1/UpdateService/FirmwareInventory/BIOS-Staged";
  static inline const std::string kCancelOurs = std::string("cancel ") + kStaged + ' ' + kTask;

  FakeMachine machine_;
  ResolvedPlan plan_;
  Baseline baseline_;
  std::string task_;
  bool well_ = false;                      ///< the host that goes back is updated, and was read running the new version
  std::optional<Duration> vouches_after_;  ///< an operator, for any key
  std::uint32_t touched_ = 0;              ///< so many updates run the new version: of check and watch
  bool beside_ = false;                    ///< another run worked on the machine since
  Conversation::Bounds bounds_;
  std::optional<Evidence::Kind> refuses_;          ///< the conductor does not take such evidence
  Duration record_takes_{0};                       ///< each record, at a busy journal
  std::optional<Clock::time_point> withdrawn_at_;  ///< the conductor withdraws the command then
  std::vector<Evidence> recorded_;
  int unmade_ = 0;
  FakeHands* hands_ = nullptr;  ///< of the conversation that runs
  Duration took_{0};            ///< of the last conversation, in virtual time
  std::vector<InstalledComponent> hidden_;
  std::filesystem::path folder_;
  boost::asio::io_context io_{1};
};

Evidence evidence_of(Evidence::Kind kind, std::string text);

}  // namespace breakwater
