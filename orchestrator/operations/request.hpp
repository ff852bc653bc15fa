#pragma once
// A wish on its way into the journal: what an operator asks, or a rollout to begin. It is taken up by the conductor
// that runs, or written by us where none does.
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inventories/vocabulary/instant.hpp"
#include "orchestrator/core/event.hpp"
#include "orchestrator/journal/store.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

/// The conductor that runs is given this long to take a request up.
inline constexpr Duration kAnswerPatience{5'000};
inline constexpr Duration kAnswerPoll{50};

/// Time, as a request passes it; a test makes its own.
struct Clockwork {
  std::function<Instant()> now;
  std::function<void(Duration)> sleep;
};
Clockwork machine_clockwork();

/// How long whoever asks waits for a conductor that runs.
struct Patience {
  Duration most = kAnswerPatience;
  /// Whoever asks leaves once this is not 0; waits it out where there is none.
  const std::atomic<int>* interrupts = nullptr;
};

/// What the lock says of this process, and of the rollout that it is about.
journal::Holder this_process(const std::string& rollout = {});

struct Delivered {
  std::uint64_t record = 0;
  /// Who took it up; nobody where no conductor ran and we wrote it, in which case the lock is still held.
  std::optional<journal::Holder> by{};
};

/// Hands a wish over: an OperatorAsked, or a RolloutStarted whose hosts must still be free (answered by a StartRefused
/// where they are not). Where nobody holds the conductor's lock it is taken and the record written; where somebody
/// does, the request goes into the tray, and should its holder go away first, is written all the same. Where nobody
/// took it up, a rollout is withdrawn; what an operator asks stays, for the next who can take it up. `us` is what the
/// lock says of this process.
Result<Delivered, Problem> deliver(journal::Store& store, const Event& wish, const journal::Holder& us,
                                   const Clockwork& clock, const Patience& patience = {});

/// The same for several wishes of an operator, in their order; at least one. Of what it returns, the last one's.
Result<Delivered, Problem> deliver_all(journal::Store& store, const std::vector<OperatorAsked>& wishes,
                                       const journal::Holder& us, const Clockwork& clock);

}  // namespace breakwater::operations
