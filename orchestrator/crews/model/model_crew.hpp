#pragma once
// The crew of a model: every command is the conversation that BMCs get, held with a modelled BMC in virtual time, which
// passes while the crew is waited for. Like a process it can go: its conversations end with it, and the fleet stays as
// they left it.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "inventories/vocabulary/result.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/crews/model/virtual_time.hpp"

namespace breakwater {
class Bmc;
class Conversation;
}  // namespace breakwater

namespace breakwater::model {

class ModelCrew final : public Crew {
 public:
  /// `not_before` is the last time of the journal: the steady clock goes on from there. The fleet must outlive the
  /// crew.
  ModelCrew(ModelFleet& fleet, Instant not_before);

  Now now() override { return Now{fleet_.now() + ahead_, fleet_.wall()}; }
  void start(Order order) override;
  /// Returns early, with nothing, where somebody knocks.
  std::vector<CrewEvent> wait_until(Instant until) override;
  void durable(std::uint64_t ticket) override;
  void refuse(std::uint64_t ticket) override;
  void withdraw(CommandId command) override;
  void trust(CommandId command, const Sha256& key) override { trusted_.emplace(command, key); }

  /// How far the steady clock is ahead of true time: a crew that came up while the wall clock was wrong.
  Duration ahead() const { return ahead_; }

 private:
  class Hands;

  boost::asio::awaitable<void> converse(Order order, std::uint32_t place);
  Result<std::unique_ptr<Bmc>, std::string> make_bmc(std::uint32_t place, const Command& command,
                                                     const std::optional<std::vector<Sha256>>& pins);
  void end(const Command& command, Outcome outcome);

  ModelFleet& fleet_;
  Duration ahead_;
  std::unordered_map<std::string, std::uint32_t> places_;
  std::uint64_t last_ticket_ = 0;
  std::vector<CrewEvent> arrived_;
  std::set<std::uint64_t> refused_;  ///< until their conversations have heard it
  std::set<CommandId> withdrawn_;
  std::map<CommandId, Conversation*> conversations_;  ///< that are being held
  std::set<std::pair<CommandId, Sha256>> trusted_;
  VirtualTime time_;  ///< the last: its coroutines use the others
};

}  // namespace breakwater::model
