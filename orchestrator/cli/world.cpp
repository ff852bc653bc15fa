#include "orchestrator/cli/world.hpp"

#include "orchestrator/cli/bmc_memory.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/crews/bmc/open_bmc.hpp"

namespace breakwater::cli {

using journal::SqliteStore;
using journal::StoreFault;

Result<std::unique_ptr<SqliteStore>, Failure> open_to_read(const std::filesystem::path& dir) {
  auto store = SqliteStore::open(dir, SqliteStore::Access::read);
  if (!store) return fail(store_failure(store.error()));
  return std::move(*store);
}

Result<std::unique_ptr<SqliteStore>, Failure> open_to_write(const std::filesystem::path& dir) {
  auto store = SqliteStore::open(dir, SqliteStore::Access::write);
  if (!store) return fail(store_failure(store.error()));
  return std::move(*store);
}

Result<Fleet, Failure> read_fleet(const std::filesystem::path& dir) {
  const auto store = SqliteStore::open(dir, SqliteStore::Access::read);
  if (!store && store.error().reason == StoreFault::Reason::missing) return Fleet();
  if (!store) return fail(store_failure(store.error()));
  Result<Fleet, StoreFault> fleet = fold(**store);
  if (!fleet) return fail(store_failure(fleet.error()));
  return std::move(*fleet);
}

Result<ImageStore, Failure> open_images(const std::filesystem::path& dir) {
  Result<ImageStore, Refusal> images = ImageStore::open(dir);
  if (!images) return fail(failure(Exit::failed, images.error().message));
  return std::move(*images);
}

/// The wall clock, since refusals are remembered over processes.
Reach::Reach(const std::filesystem::path& dir) : redfish_(&wall_now) {
  remember_logins(dir, redfish_.logins(), wall_now());
  remember_suites(dir, ipmi_);
}

ReachBmc Reach::for_conducting() {
  return reach_by_inventory(DriverContexts{redfish_, ipmi_}, Occasion::for_plan);
}

ReachBmc Reach::for_looking() {
  return [reach = reach_by_inventory(DriverContexts{redfish_, ipmi_}, Occasion::before_plan)](
             auto executor, const BmcEndpoint& endpoint) -> Result<std::unique_ptr<Bmc>, std::string> {
    if (interrupts() > 0) return fail(std::string("not looked at: this process was asked to leave"));
    return reach(executor, endpoint);
  };
}

Instant wall_now() {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace breakwater::cli
