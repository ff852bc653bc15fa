#pragma once
// Tells a run to a reference model in the words of history.hpp.
#include <map>
#include <memory>
#include <vector>

#include "orchestrator/core/fleet.hpp"
#include "tests/simulation/history.hpp"

namespace breakwater::simulation {

HistoryPlan history_of(const ResolvedPlan& plan);

class Historian {
 public:
  Historian(std::unique_ptr<Reference> reference, const ResolvedPlan& plan);

  /// One record, once it is durable and applied. Returns what the model objects to; empty where it agrees.
  std::string tell(const Recorded& record, const Fleet& fleet);

 private:
  std::optional<HistoryEvent> in_plain_words(const Recorded& record);
  void hear_ends(const Recorded& record, const Fleet& fleet);

  std::unique_ptr<Reference> reference_;
  std::map<std::string, std::uint32_t> places_;
  std::map<CommandId, Command> open_;
  std::vector<HistoryEnd> ends_;
};

}  // namespace breakwater::simulation
