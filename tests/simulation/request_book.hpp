#pragma once
// What each command asked of its BMC, against what was durable by then: for every play, of one rollout or of several.
//
//   I7  its evidence is durable before the act; nothing is asked for twice
//   I12 no power cut while a flash is shown
//   I1  no image is sent to a host that is being flashed
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::simulation {

/// Thrown through whatever runs at that moment.
struct Violation {
  std::string invariant;  ///< `I7`
  std::string text;
};

/// From the look that proves how a host is to what is asked of it.
inline constexpr Duration kLookToAct{1'000};

/// The same of a BMC that answers slowly: our task is read twice between them, and what the request needs once.
Duration look_to_act(const model::ModelHost& real);

class RequestBook {
 public:
  explicit RequestBook(const model::ModelFleet& fleet);

  void seen(const EvidenceSeen& event);  ///< it is durable
  /// A conversation is told that this is durable.
  void told(const EvidenceSeen& event) const;
  /// A conversation begins, with what is known of its command.
  void ordered(const Order& order) const;
  void act(const model::Act& act);
  /// Another process conducts: it asks for what its predecessor may have asked for, once it looked.
  void reborn();

  /// An image, by any process.
  bool sent_ever(CommandId command) const;
  /// By the present process: an image where `images` says so, or whatever took effect.
  bool acted(CommandId command, bool images) const;
  /// What acts is recorded as about to be asked for.
  bool begun(CommandId command) const;

 private:
  struct Requests {
    int sent = 0;       ///< images, by the present process
    int asked = 0;      ///< resets, starts and bank switches, the same
    int done = 0;       ///< of those, what took effect, by any process
    bool left = false;  ///< an image, by any process
    std::vector<Evidence> evidence;
  };

  void demand(bool holds, const char* invariant, const char* text, std::uint32_t machine) const;
  const Requests& of(CommandId command) const;
  void asks(const model::Act& act, Requests& requests) const;

  const model::ModelFleet& fleet_;
  std::map<CommandId, Requests> requests_;
  std::vector<std::optional<Instant>> flashed_past_us_;  ///< by machine: when its present flash began, not by us
};

}  // namespace breakwater::simulation
