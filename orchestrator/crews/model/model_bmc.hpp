#pragma once
// A modelled host behind the port that drivers implement: what its BMC would show and answer, in virtual time. The
// conversation cannot tell it from a driver.
#include <string>

#include "drivers/bmc.hpp"
#include "orchestrator/crews/model/virtual_time.hpp"

namespace breakwater::model {

/// True time as a conversation counts it.
std::chrono::steady_clock::time_point steady(Instant at);

class ModelBmc final : public Bmc {
 public:
  /// `command` is whose conversation this is. Only with `pins` does a key count, and then the first of every host does
  /// too: a plan's pins are those of real BMCs.
  ModelBmc(VirtualTime& time, ModelFleet& fleet, std::uint32_t host, std::uint64_t command,
           std::optional<std::vector<Sha256>> pins = std::nullopt);

  /// As stage(), without bytes: the model's images have none. `body.component` follows from the request's target.
  BmcResult<StageReceipt> upload(ModelFleet::Body body, StageRequest request, BodySent sent);

  BmcResult<void> open(SessionOpened opened) override;
  BmcResult<void> delete_session(std::string session_uri) override;
  BmcResult<Identity> identify() override;
  BmcResult<Observation> observe() override;
  BmcResult<UpdateAbility> update_ability() override;
  /// Always not_supported: a verified image has bytes, and they are for real BMCs.
  BmcResult<StageReceipt> stage(VerifiedImage image, StageRequest request, BodySent sent) override;
  BmcResult<TaskView> read_task(StageReceipt receipt) override;
  BmcResult<StageReceipt> start_staged() override;
  BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) override;
  BmcResult<StageReceipt> activate_previous(InstalledComponent previous) override;
  BmcResult<void> reset_bmc() override;
  BmcResult<void> reset_host() override;
  std::optional<Sha256> peer_key() const override;
  void trust(Sha256 key) override;
  void ask_first(MayLeave may_leave) override { may_leave_ = std::move(may_leave); }
  void until(std::chrono::steady_clock::time_point end) override { until_ = end; }
  void drop() override;
  boost::asio::awaitable<void> close(Duration most) override;

 private:
  const ModelHost& host() const { return fleet_.hosts[at_]; }
  std::optional<Fault> turned_away(const char* step);
  std::optional<Fault> broken_off(const char* step);
  std::optional<Fault> no_time_for(const char* step) const;
  std::optional<Fault> refused_login();
  bool knows_key() const;
  boost::asio::awaitable<std::optional<Fault>> take_time(const char* step, Duration length);
  boost::asio::awaitable<std::optional<Fault>> read(const char* step, Duration takes);
  boost::asio::awaitable<std::optional<Fault>> begin(const char* step);
  Result<StageReceipt, Fault> answered(const char* step, Reply reply);
  Identity identity() const;

  VirtualTime& time_;
  ModelFleet& fleet_;
  std::uint32_t at_;
  std::uint64_t command_;
  std::optional<std::vector<Sha256>> pins_;
  MayLeave may_leave_;
  VirtualTime::Place reading_;  ///< of the last login or read that took its time
  bool dropped_ = false;        ///< since that began
  bool in_ = false;
  std::uint32_t session_of_ = 0;  ///< the restarts of the BMC at the login: one more ends the session
  int sessions_ = 0;
  std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace breakwater::model
