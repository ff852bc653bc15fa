#include "tests/simulation/request_book.hpp"

#include <algorithm>

namespace breakwater::simulation {

using model::Act;
using Kind = Act::Kind;

namespace {

/// No request takes longer.
constexpr Duration kRequestMost{30'000};

bool has(const std::vector<Evidence>& evidence, Evidence::Kind kind) {
  return std::any_of(evidence.begin(), evidence.end(), [kind](const Evidence& one) { return one.kind == kind; });
}

}  // namespace

Duration look_to_act(const model::ModelHost& real) {
  return kLookToAct + std::min(real.faults.read_takes, kRequestMost) +
         2 * std::min(real.faults.task_takes, kRequestMost);
}

RequestBook::RequestBook(const model::ModelFleet& fleet) : fleet_(fleet), flashed_past_us_(fleet.hosts.size()) {}

void RequestBook::demand(bool holds, const char* invariant, const char* text, std::uint32_t machine) const {
  if (!holds) throw Violation{invariant, fleet_.hosts[machine].name + ": " + text};
}

const RequestBook::Requests& RequestBook::of(CommandId command) const {
  static const Requests nothing;
  const auto found = requests_.find(command);
  return found == requests_.end() ? nothing : found->second;
}

void RequestBook::seen(const EvidenceSeen& event) {
  requests_[event.command].evidence.push_back(event.evidence);
}

void RequestBook::told(const EvidenceSeen& event) const {
  const std::vector<Evidence>& durable = of(event.command).evidence;
  const bool there = std::any_of(durable.begin(), durable.end(), [&event](const Evidence& one) {
    return one.kind == event.evidence.kind && one.text == event.evidence.text;
  });
  if (!there) throw Violation{"I7", "command " + std::to_string(event.command) + " acts upon what is not durable"};
}

void RequestBook::ordered(const Order& order) const {
  const std::vector<Evidence>& durable = of(order.command.id).evidence;
  const std::string name = "command " + std::to_string(order.command.id);
  if (order.evidence.size() != durable.size())
    throw Violation{"I7", name + " is resumed and does not know what was seen"};
  if (!order.resumed && !durable.empty()) throw Violation{"I7", name + " is open, and is carried out anew"};
}

void RequestBook::act(const Act& act) {
  if (act.kind == Kind::flash_began) {
    flashed_past_us_[act.host] = act.command == 0 ? std::optional(act.at) : std::nullopt;
  }
  if (act.command != 0) asks(act, requests_[act.command]);
}

void RequestBook::asks(const Act& act, Requests& requests) const {
  const auto seen = [&requests](Evidence::Kind kind) { return has(requests.evidence, kind); };
  if (act.kind == Kind::bytes_left) {
    requests.left = true;
    demand(++requests.sent == 1, "I7", "one command sends its image twice", act.host);
    demand(seen(Evidence::Kind::sending), "I7", "bytes leave before that is durable", act.host);
    demand(!act.was_flashing, "I1", "an image is sent to a host that is being flashed", act.host);
  }
  if (act.kind == Kind::cancelled) {
    demand(seen(Evidence::Kind::cancel_asked), "I7", "a cancel that is not durable", act.host);
  }
  const bool starts = act.kind == Kind::started || act.kind == Kind::bank_switched;
  if (act.kind == Kind::reset) demand(seen(Evidence::Kind::reset_asked), "I7", "a reset that is not durable", act.host);
  if (starts) demand(seen(Evidence::Kind::start_asked), "I7", "a start or a bank switch that is not durable", act.host);
  if (act.kind != Kind::reset && !starts) return;
  const std::optional<Instant>& past_us = flashed_past_us_[act.host];
  const bool just_now = past_us && act.at <= *past_us + look_to_act(fleet_.hosts[act.host]);  // nobody can see that
  demand(!act.was_flashing || just_now, "I12", "it is interrupted while it is being flashed", act.host);
  // What provably came to nothing may be asked for again, by a successor that looked; never by who asked already.
  demand(++requests.asked == 1, "I7", "one command asks twice for an interruption", act.host);
  demand((requests.done += act.in_vain ? 0 : 1) <= 1, "I7", "one command interrupts twice", act.host);
}

void RequestBook::reborn() {
  for (auto& [command, requests] : requests_) requests.sent = requests.asked = 0;
}

bool RequestBook::sent_ever(CommandId command) const {
  return of(command).left;
}

bool RequestBook::acted(CommandId command, bool images) const {
  return of(command).done > 0 || (images && of(command).sent > 0);
}

bool RequestBook::begun(CommandId command) const {
  const std::vector<Evidence>& evidence = of(command).evidence;
  return has(evidence, Evidence::Kind::sending) || has(evidence, Evidence::Kind::start_asked) ||
         has(evidence, Evidence::Kind::reset_asked) || has(evidence, Evidence::Kind::cancel_asked);
}

}  // namespace breakwater::simulation
