#pragma once
// THE PORT: what Breakwater asks of a BMC, over any protocol. One object is one conversation with one BMC. Only
// `stage`, `start_staged`, `activate_previous`, `cancel_staged` and the resets change anything. Each is sent at most
// once per call, after the caller has made its intent durable. If one but `stage` fails with a Fault whose `body_sent`
// is false, the BMC was not asked; if `stage` fails with one that is `unsent`, no byte of the image has left.
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/apply_time.hpp"
#include "drivers/fault.hpp"
#include "inventories/hosts/observation.hpp"
#include "inventories/hosts/update_ability.hpp"
#include "inventories/trust/verified_image.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

template <class T>
using BmcResult = boost::asio::awaitable<Result<T, Fault>>;

struct StageRequest {
  std::string target_uri;  ///< the inventory entry to update; empty: the image decides
  ApplyTime apply = ApplyTime::immediate;
  Duration deadline{0};     ///< total, for the upload
  Duration no_progress{0};  ///< between two pieces
};

/// The reply to an upload. `task_uri` is empty if the service took the image but names no task.
struct StageReceipt {
  std::string task_uri;
  std::string monitor_uri;
};

/// Awaited right after login: the caller makes the session URI durable, so that a later process can delete the session.
using SessionOpened = std::function<boost::asio::awaitable<void>(std::string session_uri)>;
/// Asked right before a request that acts leaves, with nothing left to wait for; false keeps it here.
using MayLeave = std::function<bool()>;
/// Awaited when the last byte of an upload's body has left, before the reply is read.
using BodySent = std::function<boost::asio::awaitable<void>()>;

/// A BMC that does not answer a logout within this keeps its session until that runs out.
inline constexpr Duration kLogoutMost{5'000};

class Bmc {
 public:
  virtual ~Bmc() = default;

  /// Connects and logs in, once; `opened` is awaited before anything else is asked. Idempotent while the session lives.
  virtual BmcResult<void> open(SessionOpened opened) = 0;
  /// Deletes a session that an earlier process left behind. One that is gone already counts as deleted.
  virtual BmcResult<void> delete_session(std::string session_uri) = 0;
  virtual BmcResult<Identity> identify() = 0;
  virtual BmcResult<Observation> observe() = 0;
  virtual BmcResult<UpdateAbility> update_ability() = 0;
  /// Uploads the image, which was hashed for this attempt only. The driver never sends it again by itself.
  virtual BmcResult<StageReceipt> stage(VerifiedImage image, StageRequest request, BodySent sent) = 0;
  virtual BmcResult<TaskView> read_task(StageReceipt receipt) = 0;
  /// Runs what was staged with ApplyTime::on_start_request; the receipt names the new task if there is one.
  virtual BmcResult<StageReceipt> start_staged() = 0;
  /// Cancels the image that is staged as this entry, else the one of this task; either may be empty. Nothing else is
  /// touched, and a task that no longer waits is left alone. Only a later observe() without the image proves success.
  virtual BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) = 0;
  /// Makes the other bank of a component the running one (bank switch).
  virtual BmcResult<StageReceipt> activate_previous(InstalledComponent previous) = 0;
  virtual BmcResult<void> reset_bmc() = 0;
  /// Restarts the host (graceful where offered), by a reset type that the service allows.
  virtual BmcResult<void> reset_host() = 0;
  /// SHA-256 of the SubjectPublicKeyInfo the BMC showed last, whether it was accepted or not.
  virtual std::optional<Sha256> peer_key() const = 0;
  /// In pin mode: from the next handshake on this key is accepted beside those of the Inventory. Somebody vouched for
  /// it: under a key for which nobody did, not one request is sent.
  virtual void trust(Sha256 key) = 0;
  /// Asked before each upload, activation, bank switch and reset from here on; not before what takes something back.
  /// One that is kept back is a Fault `cancelled` without `body_sent`, and `unsent`.
  virtual void ask_first(MayLeave may_leave) = 0;
  /// Every request but the logout ends by `end`, whatever its own deadline; `max()` removes the bound.
  virtual void until(std::chrono::steady_clock::time_point end) = 0;
  /// Drops the connection without a logout: the BMC is about to reset, or its session is dead.
  virtual void drop() = 0;
  /// Logs out within `most` and closes; safe to call at any time, never throws.
  virtual boost::asio::awaitable<void> close(Duration most = kLogoutMost) = 0;
};

}  // namespace breakwater
