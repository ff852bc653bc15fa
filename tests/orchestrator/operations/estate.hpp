#pragma once
// A fleet's owner for one test: documents, signing keys, signed Releases with their images in the store, a state
// directory, and, where a test turns it on, a lab behind the Inventory's addresses.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/lab/running_lab.hpp"
#include "inventories/trust/minisign.hpp"
#include "orchestrator/operations/planning.hpp"
#include "orchestrator/operations/target.hpp"
#include "tests/inventories/trust/scratch.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations {

/// Hosts n1 and n2 in rack r1, n3 and n4 in r2. All run BIOS 3.2. Release bios-3.4 is for them, and rolls back to
/// bios-3.2. Two people, vendor and qa, sign.
class Estate : public testing::Test {
 protected:
  Estate();

  /// From now on simulated BMCs answer at the Inventory's addresses. Before, nothing does.
  lab::RunningLab& turn_on_lab();

  void write_inventory(const std::string& defaults = "", const std::string& host_n1 = "");
  void write_policy(const std::string& also = "");
  /// `rollout.yaml`, for BIOS 3.4.
  void write_rollout(const std::string& also = "", const std::string& selector = "site=lab");
  void sign(const std::string& release, const std::string& person);
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  void replace(const std::string& name, const std::string& what, const std::string& by);

  /// The documents around `rollout.yaml`; a fault in them fails the test.
  RolloutDocuments loaded();
  ImageStore images();
  /// What every host shows unless a test says otherwise: BIOS 3.2, switched on and well.
  static Sight seen(const std::string& host);
  /// A plan from what `sights_` holds, else from `seen`; the hosts that were looked at stand in `looked_at_`.
  Result<ResolvedPlan, Problem> planned(Instant now = views::kBegin);
  std::map<std::string, std::string> left_out(const ResolvedPlan& plan) const;

  /// Appends to the journal as a conductor would that ran before.
  void record(const Event& event);
  /// A rollout of views::made_plan, begun; `finished` where it is over as well.
  void begin_rollout(bool finished = false);
  std::vector<Event> events() const;

  Scratch folder_;
  const std::filesystem::path state_ = folder_ / "state";
  Installation installation_{state_};
  Fleet fleet_;
  std::map<std::string, Sight> sights_;
  std::vector<std::string> looked_at_;
  std::atomic<int> interrupts_{0};
  std::string password_ = "lab-password";

 private:
  std::string write_release(const std::string& version, const std::string& edges, const std::string& way_back);

  std::map<std::string, minisign::SecretKey> people_;
  std::map<std::string, std::string> refs_;  ///< version -> `NAME@sha256:...`
  std::unique_ptr<lab::RunningLab> lab_;
};

}  // namespace breakwater::operations
