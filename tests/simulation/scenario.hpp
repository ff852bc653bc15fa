#pragma once
// Everything that one seed says before the first record: the plan, the fleet, what goes wrong, what operators want and
// when the process dies.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "orchestrator/crews/model/model_fleet.hpp"

namespace breakwater::simulation {

/// 2026-11-22T00:00:00Z: where every run begins.
inline constexpr Instant kBegin{Duration{1'795'305'600'000}};

enum class Mode {
  safety,    ///< faults of every kind until the end
  liveness,  ///< from one moment on nothing goes wrong any more
};

struct Wish {
  Duration after{0};  ///< the run's begin, in true time
  Verb verb = Verb::pause;
  std::optional<std::uint32_t> wave;
  std::string host;
};

/// One life of the conducting process, and how it ends.
struct Life {
  enum class Fate {
    dies_before,     ///< the append is lost
    dies_after,      ///< the append is durable, nothing after it happens
    asked_to_leave,  ///< Ctrl-C: it starts nothing more and leaves when nothing is in flight
    made_to_leave,   ///< Ctrl-C twice: it leaves at once
    disk_full,       ///< the append and all after it are refused
  };
  std::uint64_t appends = 0;  ///< when
  Fate fate = Fate::dies_before;
  Duration down{0};  ///< until the next life
};

struct Scenario {
  std::uint64_t seed = 0;
  Mode mode = Mode::safety;
  ResolvedPlan plan;
  model::ModelFleet fleet;
  std::vector<Wish> wishes;    ///< in order of time
  std::vector<Life> lives;     ///< after the last one the process lives on
  Duration own_side_fails{0};  ///< at the most, in all, with the time until it is seen that it is mended
  Duration trusts_after{0};    ///< so long after a new key is shown an operator has read it off the BMC's console
};

// What goes wrong. `trouble`: so many in a thousand, of each kind.

model::Faults draw_faults(model::Dice& dice, int trouble);
/// What nature and people do to the machines, and clocks that are put right or wrong.
void plan_nature(model::Dice& dice, int trouble, model::ModelFleet& fleet);
/// Now and then, for a while, and after restarts of some BMCs, entries of an inventory cannot be read and the rest can.
void hide_entries(model::Dice& dice, int trouble, model::ModelFleet& fleet);
/// What the BMCs of a fleet of one model show and can, which have two banks, and the few that tell no reset.
void draw_services(model::Dice& dice, model::ModelFleet& fleet);
/// How each BMC names its tasks and tells of them, and which of them answer slowly or badly more than once.
void draw_manners(model::Dice& dice, int trouble, model::ModelFleet& fleet);
/// Our own side fails now and then, in each of its parts. Returns for how long at the most.
Duration fail_own_side(model::Dice& dice, int trouble, model::ModelFleet& fleet);
/// How the processes end, one after the other.
std::vector<Life> draw_lives(model::Dice& dice, std::size_t hosts);

Scenario make_scenario(std::uint64_t seed, std::uint32_t hosts);

}  // namespace breakwater::simulation
