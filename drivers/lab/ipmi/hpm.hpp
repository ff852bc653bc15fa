#pragma once
// HPM.1 on one BMC: the machine's components, in their order, are its components 0 to 7. An upload is hashed as it
// arrives and not stored. Finish has the machine verify it and keep it waiting; Activate writes it and does the reset
// that its component needs.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

class Hpm {
 public:
  explicit Hpm(Machine& machine);
  ~Hpm();

  /// Answers any command of PICMG's group whose first byte is the group id.
  IpmiAnswer answer(const ipmi::IpmiRequest& request);

  /// Drops the upload; a command that was running has failed.
  void bmc_was_reset();

 private:
  struct Upload;

  IpmiAnswer run(const ipmi::IpmiRequest& request);
  IpmiAnswer target_capabilities() const;
  IpmiAnswer component_property(ipmi::ByteView data) const;
  IpmiAnswer abort();
  IpmiAnswer initiate(ipmi::ByteView data);
  IpmiAnswer take_block(ipmi::ByteView data);
  IpmiAnswer finish(ipmi::ByteView data);
  IpmiAnswer upgrade_status() const;
  IpmiAnswer activate();
  IpmiAnswer self_test() const;
  IpmiAnswer rollback_status() const;
  IpmiAnswer roll_back();

  const Component* component(std::size_t number) const;
  std::uint8_t components() const;
  /// kInProgress while a command runs, then its result.
  std::uint8_t outcome() const;
  bool running() const { return outcome() == ipmi::kInProgress; }
  void follow(std::vector<std::shared_ptr<Task>> tasks, std::uint8_t failure);
  /// The components that the last activation changed and no rollback has restored.
  std::vector<std::string> to_roll_back() const;

  Machine& machine_;
  std::unique_ptr<Upload> upload_;
  std::vector<std::shared_ptr<Task>> tasks_;  ///< of the command that takes long
  std::uint8_t failure_ = 0;                  ///< what it answers if they fail
  bool cut_short_ = false;                    ///< the BMC was reset while they ran
  std::uint8_t last_command_ = 0;
  std::uint8_t last_completion_ = 0;
  std::size_t activations_before_ = 0;  ///< the machine's, when the last activation was asked for
  std::size_t rolled_back_at_ = 0;      ///< activations before this one cannot be rolled back any more
  std::size_t rollback_ends_at_ = 0;    ///< the same, once the running rollback has succeeded
  bool rolling_back_ = false;           ///< tasks_ are those of the rollback that was asked for last
  std::uint8_t rolled_back_ = 0;        ///< mask
};

}  // namespace breakwater::lab
