#include "orchestrator/operations/request.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "orchestrator/answering.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::operations {

using journal::Holder;
using journal::Store;
using journal::StoreFault;

Clockwork machine_clockwork() {
  return Clockwork{[] { return wall_now(); }, [](Duration length) { std::this_thread::sleep_for(length); }};
}

Holder this_process(const std::string& rollout) {
  return Holder{getpid(), rollout, wall_now()};
}

namespace {

/// A minute of SQLite's time-out: a backup of the file, or a look into it, is waited out.
constexpr int kBusyTries = 6;

template <class Write>
auto patiently(const Write& write) {
  auto written = write();
  for (int tries = 1; journal::is_busy(written) && tries < kBusyTries; ++tries) written = write();
  return written;
}

/// The journal's own time never runs back, whatever the wall clock of this machine says.
Result<Now, StoreFault> journal_now(Store& store, Instant wall) {
  const auto head = store.head();
  if (!head) return fail(head.error());
  Instant last = wall;
  if (head->seq > 0) {
    const auto shown = store.replay(head->seq, [&last](const journal::Record& record) {
      last = std::max(last, record.at.steady);
      return true;
    });
    if (!shown) return fail(shown.error());
  }
  return Now{last, wall};
}

const std::string& asker_of(const Event& wish) {
  const auto* started = std::get_if<RolloutStarted>(&wish);
  return started ? started->by : std::get<OperatorAsked>(wish).by;
}

/// With the lock held: one record, which also answers `taken`.
Result<std::uint64_t, StoreFault> write_down(Store& store, const Event& event, const std::vector<std::uint64_t>& taken,
                                             Instant wall) {
  const auto now = journal_now(store, wall);
  if (!now) return fail(now.error());
  const std::vector<journal::Draft> drafts{journal::Draft{*now, codec::kind_of(event), codec::encode(event)}};
  const auto appended = patiently([&] { return store.append(drafts, taken); });
  if (!appended) return fail(appended.error());
  return appended->head.seq;
}

/// With the lock held: what others asked for before and nobody took up comes first, or an older wish, taken up later,
/// would undo a newer one.
Result<void, StoreFault> take_older(Store& store, std::uint64_t ours, Instant wall) {
  constexpr std::size_t kAtOnce = 64;
  for (;;) {
    auto waiting = store.waiting_requests(kAtOnce);
    if (!waiting) return fail(waiting.error());
    std::erase_if(*waiting, [ours](const journal::Request& request) { return request.id == ours; });
    if (waiting->empty()) return {};
    auto fleet = fold(store);
    if (!fleet) return fail(fleet.error());
    if (fleet->rollouts().empty()) return {};  // there is nothing that they could be about
    for (const journal::Request& request : *waiting) {
      if (auto folded = fold_more(store, *fleet); !folded) return fail(folded.error());
      const auto written = write_down(store, answer_to(request, *fleet, wall), {request.id}, wall);
      if (!written && !journal::is_withdrawn(written)) return fail(written.error());
    }
  }
}

/// With the lock held: what was asked before comes first, then the wish, which the journal may have overtaken.
Result<std::uint64_t, StoreFault> write_ours(Store& store, const Event& wish, std::optional<std::uint64_t> request,
                                             Instant wall) {
  if (const auto older = take_older(store, request.value_or(0), wall); !older) return fail(older.error());
  std::vector<std::uint64_t> taken;
  if (request) taken.push_back(*request);
  if (std::holds_alternative<OperatorAsked>(wish)) return write_down(store, wish, taken, wall);
  const auto fleet = fold(store);
  if (!fleet) return fail(fleet.error());
  const journal::Request made{0, wall, codec::kind_of(wish), codec::encode(wish), asker_of(wish)};
  return write_down(store, answer_to(made, *fleet, wall), taken, wall);
}

std::string words_for(const std::optional<Holder>& holder) {
  return words_of(holder.value_or(Holder())) +
         (holder && !holder->rollout.empty() ? " (rollout " + holder->rollout + ")" : "");
}

/// Nobody took it up, and whoever asked leaves.
Result<Delivered, Problem> not_answered(Store& store, std::uint64_t request, const Event& wish,
                                        const std::optional<Holder>& holder, const Patience& patience) {
  const bool left = patience.interrupts && *patience.interrupts > 0;
  const std::string why = words_for(holder) + " holds the conductor's lock and has not taken it up" +
                          (left ? "" : " within " + rough(patience.most));
  if (std::holds_alternative<OperatorAsked>(wish)) {
    return fail(problem(Problem::Kind::try_later,
                        why + "; it waits as request " + std::to_string(request) + " and is taken up first thing",
                        "breakwater status"));
  }
  const auto withdrawn = patiently([&] { return store.withdraw(request); });
  if (!withdrawn) return fail(journal_problem(withdrawn.error()));
  if (*withdrawn) {
    return fail(problem(Problem::Kind::try_later, why + "; it was withdrawn, and nothing begins",
                        "breakwater status  # then apply it again"));
  }
  const auto answer = store.answer(request);
  if (!answer) return fail(journal_problem(answer.error()));
  return Delivered{**answer, holder.value_or(Holder())};
}

}  // namespace

Result<Delivered, Problem> deliver(Store& store, const Event& wish, const Holder& us, const Clockwork& clock,
                                   const Patience& patience) {
  const auto written_by_us = [&](std::optional<std::uint64_t> request) -> Result<Delivered, Problem> {
    const auto record = write_ours(store, wish, request, clock.now());
    if (!record) return fail(journal_problem(record.error()));
    return Delivered{*record};
  };
  const auto locked = store.lock(us);
  if (locked) return written_by_us(std::nullopt);
  if (locked.error().reason != StoreFault::Reason::locked) return fail(journal_problem(locked.error()));

  const auto request = patiently(
      [&] { return store.add_request(clock.now(), codec::kind_of(wish), codec::encode(wish), asker_of(wish)); });
  if (!request) return fail(journal_problem(request.error()));
  std::optional<Holder> holder = locked.error().holder;
  const auto leaves = [&patience] { return patience.interrupts && *patience.interrupts > 0; };
  for (Instant deadline = clock.now() + patience.most; clock.now() < deadline && !leaves(); clock.sleep(kAnswerPoll)) {
    const auto answer = store.answer(*request);
    if (!answer) return fail(journal_problem(answer.error()));
    if (*answer) return Delivered{**answer, holder ? *holder : Holder{}};
    const auto present = store.holder();
    if (!present) return fail(journal_problem(present.error()));
    if (*present) {
      holder = *present;
      continue;
    }
    if (!store.lock(us)) continue;  // somebody was quicker: the next conductor takes it up
    const auto last_word = store.answer(*request);
    if (!last_word) return fail(journal_problem(last_word.error()));
    if (!*last_word) return written_by_us(*request);
    store.unlock();
    return Delivered{**last_word, holder ? *holder : Holder{}};
  }
  return not_answered(store, *request, wish, holder, patience);
}

Result<Delivered, Problem> deliver_all(Store& store, const std::vector<OperatorAsked>& wishes, const Holder& us,
                                       const Clockwork& clock) {
  Result<Delivered, Problem> delivered = Delivered();
  for (const OperatorAsked& wish : wishes) {
    store.unlock();  // the one before may have left it with us
    delivered = deliver(store, Event(wish), us, clock);
    if (!delivered) return delivered;
  }
  return delivered;
}

}  // namespace breakwater::operations
