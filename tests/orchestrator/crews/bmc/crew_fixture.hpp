#pragma once
// The crew for BMCs, with real threads and real time, and fake BMCs behind it. Tests await events and never sleep.
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "inventories/trust/image_store.hpp"
#include "orchestrator/crews/bmc/bmc_crew.hpp"
#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

namespace breakwater {

/// The host of ConversationTest, and a second one like it.
class CrewTest : public ConversationTest {
 protected:
  CrewTest();
  ~CrewTest() override;

  /// Starts the crew. One thread: what is started first has its first word first.
  BmcCrew& up(Instant not_before = Instant(), int threads = 1);
  BmcCrew& crew() { return *crew_; }
  /// The crew goes, as at the end of its process.
  void leave() { crew_.reset(); }

  Order order(Action action, HostIndex host = 0);
  /// The image of update 0 is signed by a key that the plan trusts, and in the store.
  void image_is_signed();
  /// The next event. Throws where nothing comes for a long time.
  CrewEvent next();
  /// The next event, which must be evidence.
  EvidenceOffered offered();
  /// Evidence is durable as soon as it is offered, until this command has ended.
  Outcome ended(CommandId command);
  /// Starts a command and waits for its end.
  Outcome carry_out(Order order);

  /// From now on no driver can be made, with this text; empty where one can.
  void fail_own_side(const std::string& text);
  /// The endpoints that were spoken to, in order.
  std::vector<BmcEndpoint> endpoints();

  static constexpr std::chrono::seconds kPatience{60};

  FakeMachine other_;  ///< of host 1
  ImageStore store_;

 private:
  std::mutex mutex_;
  std::string own_fault_;  ///< guarded by it
  std::vector<BmcEndpoint> endpoints_;
  std::deque<CrewEvent> arrived_;
  CommandId last_ = 0;
  std::optional<BmcCrew> crew_;
};

}  // namespace breakwater
