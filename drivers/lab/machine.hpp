#pragma once
// One simulated server as its BMC sees it, without any wire protocol: firmware banks, updates, power, sessions, tasks,
// faults.
//
// An image goes through verify (the first tenth of the flash time) and write (the rest). Then, by its apply time, its
// component's reset is done at once, or it waits in the staged slot for that reset, or (verified only) for StartUpdate.
// A reset of the right kind makes it the active bank; what ran before is the previous one.
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/lab/alarms.hpp"
#include "drivers/lab/host_state.hpp"
#include "drivers/lab/image.hpp"
#include "drivers/lab/lab_config.hpp"
#include "drivers/lab/sessions.hpp"
#include "drivers/lab/tasks.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::lab {

/// Why the BMC refuses a request, before any task exists.
enum class Denial { busy, already_staged, nothing_staged, powered_off };

enum class ResetType { on, force_off, graceful_shutdown, graceful_restart, force_restart, power_cycle };

/// A firmware bank, with the faults that its image brought.
struct Bank {
  std::string version;
  Sha256 image;
  std::set<LabFault> faults;
};

struct Component {
  struct Waiting {
    Bank bank;
    ApplyTime apply = ApplyTime::immediate;
    std::shared_ptr<Task> task;
  };
  ComponentConfig config;
  Bank active;
  std::optional<Bank> previous;
  std::optional<Waiting> staged;  ///< shown in the inventory
  std::optional<Waiting> armed;   ///< activated by the reset that happens right now
};

/// What is kept of a pushed file.
struct PushedFile {
  Result<ImageHeader, std::string> header;
  Sha256 sha256;
  std::uint64_t bytes = 0;
};

/// How a file is to be applied.
struct PushOrder {
  ApplyTime apply = ApplyTime::immediate;
  std::string target;  ///< component name; empty: the image's header decides
  std::string uri;     ///< of the request
  /// Images of several components may wait for StartUpdate at once, as in HPM.1.
  bool beside_others = false;
};

class Machine {
 public:
  /// Called when the BMC goes down and when it is back.
  struct Wires {
    std::function<void()> down;                          ///< every connection is dropped, the port refuses
    std::function<void(std::optional<Certificate>)> up;  ///< the port is open again, with a new key where one is named
  };
  using StartedTask = Result<std::shared_ptr<Task>, Denial>;
  using StartedTasks = Result<std::vector<std::shared_ptr<Task>>, Denial>;

  Machine(HostConfig config, boost::asio::io_context& io, Wires wires);

  const HostConfig& config() const { return config_; }
  const std::vector<Component>& components() const { return components_; }
  SessionTable& sessions() { return sessions_; }
  const SessionTable& sessions() const { return sessions_; }
  TaskTable& tasks() { return tasks_; }
  const TaskTable& tasks() const { return tasks_; }
  Counters& counters() { return counters_; }

  const std::string& power() const { return power_; }
  const std::string& boot_progress() const { return boot_progress_; }
  std::string health() const;
  Instant last_system_reset() const { return last_system_reset_; }
  Instant last_manager_reset() const { return last_manager_reset_; }
  bool bmc_up() const { return bmc_up_; }
  bool unavailable() const;
  /// Whether the component's inventory entry is missing, by the fault component_lost.
  bool lost(const Component& component) const;
  /// False while an image runs that makes the BMC's self test fail.
  bool self_test_passes() const { return !afflicted(LabFault::self_test_failed); }
  const std::vector<Activation>& activations() const { return activations_; }

  // What clients do.
  bool writing() const { return writing_ != nullptr; }
  StartedTask push(const PushedFile& file, const PushOrder& order);
  StartedTask start_update(const std::string& uri);
  /// The same for all images that wait for it, one after the other, the BMC's own firmware last.
  StartedTasks start_staged(const std::string& uri);
  StartedTask switch_banks(const std::string& component, const std::string& uri);
  /// The same for several components, in the order of start_staged; those that have one bank only are left out.
  StartedTasks switch_all_banks(const std::vector<std::string>& components, const std::string& uri);
  Result<void, Denial> cancel_staged(const std::string& component);
  /// Deletes the task and cancels the staged image that waits for it. False while its image is being written.
  bool end_task(const std::shared_ptr<Task>& task);
  Result<void, Denial> reset_system(ResetType type);
  /// The reset begins a moment later, so that the reply can leave.
  void reset_manager();
  /// A pull update: the lab downloads nothing, so its task has failed already.
  std::shared_ptr<Task> fail_transfer(const std::string& image_uri, const std::string& uri);
  bool supports(ApplyTime apply) const;
  ApplyTime raw_push_apply() const { return raw_push_apply_; }
  void set_raw_push_apply(ApplyTime apply) { raw_push_apply_ = apply; }

  // What the lab does.
  void add_fault(FaultRule rule);
  void heal();
  void set_power(bool on);
  void set_health(std::optional<std::string> health) { health_told_ = std::move(health); }
  /// The rule by which the fault strikes the host now, if it does: a rule's own, which then has one of its `times`
  /// less, or that of an image that runs.
  std::optional<FaultRule> strikes(LabFault fault);
  /// The same for a component, by a rule alone.
  std::optional<FaultRule> strikes_by_rule(LabFault fault, std::string_view component);
  /// Fills in everything but the address, the port and the key.
  HostState state() const;
  void stop() { alarms_.clear(); }

 private:
  struct Update;
  using Updating = std::shared_ptr<Update>;
  struct Update {
    std::string component;
    Bank bank;
    ApplyTime apply = ApplyTime::immediate;
    std::shared_ptr<Task> task;
    std::string wrong;  ///< what verification will report
    bool aborted = false;
    bool bank_switch = false;  ///< nothing is written; the previous bank becomes the active one
    Updating next = nullptr;   ///< begins when this one is done
  };

  Component* find(std::string_view name);
  std::string find_wrong(const PushedFile& file, const PushOrder& order);
  std::shared_ptr<Task> add_task(std::string name, std::string uri, Duration expected);
  void verify(const Updating& update);
  StartedTasks begin_all(std::vector<Updating> updates, const std::string& name, const std::string& uri,
                         Duration takes);
  void begin(const Updating& update);
  void switched(const Updating& update);
  void wait_for_order(const Update& update, LabTaskState task_state, TaskMessage said);
  void write(const Updating& update);
  void written(const Updating& update);
  void fail_update(const Updating& update, std::string_view message, const std::string& reason);
  void order(Component& component, const Updating& update);
  bool strikes_update(LabFault fault, const Update& update);
  bool rollback_fails();

  /// Where the component stands that suffers from what this one runs.
  std::size_t another_than(const Component& component) const;
  void activate_all(ResetOf reset);
  void activate(Component& component, Component::Waiting incoming);
  void bring_faults(Component& component, Bank& bank);
  bool afflicted(LabFault fault) const;
  void go_unavailable();
  void restart_host();
  void boot_host();
  void power_off();
  void restart_bmc();
  void bmc_returns();

  HostConfig config_;
  Wires wires_;
  std::vector<Component> components_;
  std::vector<FaultRule> faults_;
  SessionTable sessions_;
  TaskTable tasks_;
  Counters counters_;
  std::vector<ReceivedImage> images_;
  std::vector<Activation> activations_;
  Updating writing_;
  ApplyTime raw_push_apply_ = ApplyTime::immediate;
  std::string power_ = "On";
  std::string boot_progress_ = "OSRunning";
  int boots_ = 0;  ///< counts boots, so that a timer knows that a later boot has begun
  std::optional<std::string> health_told_;
  Instant last_system_reset_;
  Instant last_manager_reset_;
  bool bmc_up_ = true;
  bool bmc_lost_ = false;
  std::chrono::steady_clock::time_point unavailable_until_{};
  Alarms alarms_;
};

}  // namespace breakwater::lab
