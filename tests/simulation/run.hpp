#pragma once
// One run: the real core and conductor over a journal in memory and a modelled fleet, with operators, and a process
// that dies and comes back.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inventories/vocabulary/digest.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/history.hpp"

namespace breakwater::simulation {

struct Report {
  std::uint64_t seed = 0;
  Mode mode = Mode::safety;
  std::optional<Violation> violation;
  std::vector<std::string> events;  ///< of a narrated run, one line each
  std::uint64_t records = 0;
  std::uint64_t acts = 0;
  std::uint64_t crashes = 0;
  std::map<State, std::uint64_t> ends;  ///< how many hosts came to which
  Duration length{0};                   ///< in virtual time
  Sha256 digest;                        ///< over the journal, but for process ids
};

using MakeReference = std::function<std::unique_ptr<Reference>()>;

/// Plays one seed. `narrated` keeps a line for every event; the run is the same. Where a reference model is given, it
/// reads along, and what it objects to is a violation of `reference`.
Report play(std::uint64_t seed, std::uint32_t hosts, bool narrated = false, const MakeReference& reference = {});

}  // namespace breakwater::simulation
