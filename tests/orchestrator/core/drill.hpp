#pragma once
// A drill: the fleet and decide() with a crew that answers from a script, in virtual time. Every record is kept, so
// that a test can look at what happened and fold it again.
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/core/decide.hpp"
#include "orchestrator/core/explain.hpp"

namespace breakwater {

/// 2026-11-22T00:00:00Z: where a drill's clocks begin.
inline constexpr Instant kBegin{Duration{1'795'305'600'000}};

/// A plan for tests: `waves` sizes, hosts n0, n1, ... spread over `racks` racks, each with `updates` components.
struct Shape {
  std::vector<std::uint32_t> waves{1, 3};
  std::uint32_t racks = 4;
  std::uint32_t updates = 1;
  int per_rack = 100;
  int global = 100;
  Duration soak{0};
  Gate gate{Share{10'000}, 1};
};
ResolvedPlan plan_of(const Shape& shape);

Outcome done();
Outcome ends(Outcome::Verdict verdict, Cause cause = Cause::task_failed);

class Drill {
 public:
  /// How a command ends; nothing where it never does.
  using Script = std::function<std::optional<Outcome>(const Command&)>;

  Drill() = default;
  Drill(const Drill&) = delete;
  Drill& operator=(const Drill&) = delete;

  Fleet fleet;
  std::vector<Recorded> records;
  Now now{kBegin, kBegin};
  Starts starts = Starts::allowed;
  Duration each{1'000};  ///< every command takes so long
  Script script;         ///< asked before the table
  bool stages = true;    ///< what prepare finds
  /// Host name and action -> outcomes of its first, second, ... such command; the last one goes on.
  std::map<std::pair<std::string, Action>, std::vector<Outcome>> table;
  std::function<void(const Event&)> on_act;  ///< a decision's, right before it is recorded
  std::function<void(const Recorded&)> on_record;
  std::function<void()> on_rest;  ///< nothing is left to do now
  /// Before every decide(), a fleet folded afresh must hold the same facts and decide the same.
  bool folds_again = false;
  std::vector<Blocker> waits;  ///< of the last decision

  RolloutId start(ResolvedPlan plan, const std::string& by = "lena");
  void record(Event event);
  void ask(Verb verb, RolloutId rollout, const std::string& host = {}, std::optional<std::uint32_t> wave = {});
  /// The crew hears of a pause or a stop: what is to be withdrawn ends at once.
  void withdraw_bound(RolloutId rollout = 1);
  /// After a crash: every command that is open goes on.
  void adopt_open_commands();
  /// Decides until nothing is left to do now; the number of acts recorded.
  std::size_t decide_all();
  /// One turn: decides, then lets time run to the next end or wake. False where nothing is under way.
  bool turn();
  /// Turns until nothing is under way; stops at `until` where it is given.
  void run(std::optional<Instant> until = {});
  /// Turns until `holds` does, after an end or after a decision; false where nothing is under way before.
  bool run_until(const std::function<bool()>& holds);

  /// What explain() is told: somebody conducts, and goes on to.
  Present present() const { return {.now = now, .clock = now.steady}; }
  const RolloutState& rollout(RolloutId id = 1) const { return *fleet.find(id); }
  HostIndex index(const std::string& host, RolloutId id = 1) const;
  const HostTrip& trip(const std::string& host, RolloutId id = 1) const;
  State state(const std::string& host, RolloutId id = 1) const { return trip(host, id).state; }
  /// Hosts in a state.
  std::vector<std::string> in(State state, RolloutId id = 1) const;
  /// `n0 prepare`, `n0 stage 0`, ... as issued, of one rollout.
  std::vector<std::string> commands(RolloutId id = 1) const;
  std::vector<std::string> commands_of(const std::string& host, RolloutId id = 1) const;
  /// Names of the hosts in the order in which their way back was ordered.
  std::vector<std::string> brought_back(RolloutId id = 1) const;
  /// Positions in `records` of the events that `is` names.
  std::vector<std::size_t> where(const std::function<bool(const Event&)>& is) const;
  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Recorded& one : records) {
      if (const auto* event = std::get_if<E>(&one.event)) found.push_back(*event);
    }
    return found;
  }

 private:
  Outcome answer(const Command& command);
  void issue(const Command& command);

  std::multimap<Instant, Command> under_way_;
  std::map<std::pair<std::string, Action>, std::size_t> asked_;
  std::optional<Instant> wake_;
};

/// All facts of a fleet as text, to compare two; what decide() picks from is no fact.
std::string facts(const Fleet& fleet);
std::string describe(const Event& event);
std::string describe(const std::vector<Event>& events);
Fleet fold_of(std::span<const Recorded> records);

}  // namespace breakwater
