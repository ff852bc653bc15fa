// What a rollout of a rehearsal waits for: several start rules are one answer to a person who chooses limits and hours.
#include <array>

#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/views/rehearsal.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

struct Words {
  std::string_view name;  ///< in JSON
  std::string_view text;
};

constexpr Words kOperator{"operator", "an operator"};
constexpr Words kGate{"gate", "a wave's last hosts, then its gate"};
constexpr Words kWindow{"window", "window or freeze"};

struct Row {
  StartRule rule;
  Words words;
};
constexpr std::array kRows = std::to_array<Row>({
    {StartRule::stopped, kOperator},
    {StartRule::paused, kOperator},
    {StartRule::held_back, kOperator},
    {StartRule::leaving, kOperator},
    {StartRule::own_side, kOperator},
    {StartRule::new_key, kOperator},
    {StartRule::quarantined, kOperator},
    {StartRule::same_machine, kGate},
    {StartRule::soak, {"soak", "soak of a wave"}},
    {StartRule::last_looks, {"soak", "soak of a wave"}},
    {StartRule::gate_held, {"soak", "soak of a wave"}},
    {StartRule::wave_not_open, kGate},
    {StartRule::window, kWindow},
    {StartRule::freeze, kWindow},
    {StartRule::too_late, kWindow},
    {StartRule::no_window, kWindow},
    {StartRule::turn, kWindow},
    {StartRule::first_back, {"firstRollbacks", "the first rollbacks, before the rest"}},
    {StartRule::global_limit, {"global", "global limit"}},
    {StartRule::domain_full, {"per ", "limit per "}},  // the label follows
    {StartRule::back_off, {"backOff", "an upload that is tried again"}},
    {StartRule::in_flight, kGate},
    {StartRule::not_conducted, kOperator},
});

static_assert(has_every_row(kRows, &Row::rule));

const Words& words_of(StartRule rule) {
  return kRows[static_cast<std::size_t>(rule)].words;
}

}  // namespace

std::string hold_words(const rehearsal::HeldBy& hold) {
  return std::string(words_of(hold.reason).text) + harmless(hold.label);
}

std::string hold_name(const rehearsal::HeldBy& hold) {
  return std::string(words_of(hold.reason).name) + hold.label;
}

}  // namespace breakwater::views
