#pragma once
// Where everything is put together: the journal, the image store and the way to BMCs under one state directory.
#include <filesystem>
#include <memory>

#include "drivers/ipmi/ipmi_context.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "inventories/trust/image_store.hpp"
#include "orchestrator/cli/failure.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/bmc/bmc_crew.hpp"
#include "orchestrator/journal/sqlite_store.hpp"

namespace breakwater::cli {

/// The fold of the journal for somebody who only reads; an empty fleet where nothing ever ran.
Result<Fleet, Failure> read_fleet(const std::filesystem::path& dir);

/// The journal for reading; a failure that says so where there is none.
Result<std::unique_ptr<journal::SqliteStore>, Failure> open_to_read(const std::filesystem::path& dir);
/// The journal for writing; makes the state directory (0700) and the journal where they are missing.
Result<std::unique_ptr<journal::SqliteStore>, Failure> open_to_write(const std::filesystem::path& dir);

Result<ImageStore, Failure> open_images(const std::filesystem::path& dir);

/// The way to BMCs, with the credentials read at the moment they are needed. Once this process was asked to
/// leave, `looking` opens no further conversation.
class Reach {
 public:
  /// Refused logins are remembered under the state directory.
  explicit Reach(const std::filesystem::path& dir);
  ReachBmc for_looking();
  ReachBmc for_conducting();

 private:
  redfish::RedfishContext redfish_;
  ipmi::IpmiContext ipmi_{redfish_.logins()};
};

/// The wall clock, as documents and the journal count it.
Instant wall_now();

}  // namespace breakwater::cli
