#include "orchestrator/views/glossary.hpp"

#include <array>

#include "inventories/vocabulary/rows.hpp"
#include "orchestrator/core/command.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/core/start_rules.hpp"

namespace breakwater::views {
namespace {

/// What an enum's value means, and what helps.
template <class E>
struct Explained {
  E value;
  std::string_view meaning;
  std::string_view helps{};
};

constexpr std::string_view kExplain = "breakwater explain HOST";
constexpr std::string_view kRelease = "breakwater quarantine release HOST --reason TEXT";
constexpr std::string_view kResume = "breakwater resume ROLLOUT";

constexpr auto kExplainedStates = std::to_array<Explained<State>>({
    {State::waiting, "Nothing was begun. It waits for its turn, or for what `status` names."},
    {State::preparing, "It is read before anything is sent: identity, versions, power, health, what waits on its BMC."},
    {State::staging, "Its image is sent to the BMC, and does not run yet."},
    {State::staged, "Its BMC has the image, and waits for the reset or the start that runs it."},
    {State::activating, "It was told to run the image, and is read until the new version runs."},
    {State::checking, "The new version runs. Its checks must hold for the Policy's stable time."},
    {State::rolling_back, "A component of it goes back to the version from before."},
    {State::checking_back, "It went back. Its checks must hold once more."},
    {State::updated, "Every wanted version was read running, and its checks held."},
    {State::current, "It ran every wanted version before anything was done."},
    {State::refused, "It failed before anything was sent, and nothing was changed.", kExplain},
    {State::not_started, "The rollout ended before its turn: it halted, was rolled back or abandoned."},
    {State::rolled_back, "It runs what it ran before, read again and checked."},
    {State::quarantined,
     "It may be ill, or what its BMC holds is not known. It gets no command, whatever rollout asks, until a person "
     "releases it. It counts as away from its rack.",
     kRelease},
});

constexpr auto kExplainedCauses = std::to_array<Explained<Cause>>({
    {Cause::none, "Nothing went wrong."},
    {Cause::unchanged, "Its service said that the update succeeded, and the old version runs."},
    {Cause::failed_back, "It booted its other bank, with the version from before."},
    {Cause::version_mismatch, "It reports a version that is neither the old one nor the new one."},
    {Cause::timed_out, "It was not over in the time that `timeouts` of the Policy give, and its BMC answers."},
    {Cause::unhealthy, "A check of the Policy fails: health, a sensor, the event log."},
    {Cause::component_lost, "A component that it had before is not there any more."},
    {Cause::component_changed, "A component that nobody asked to change runs another version."},
    {Cause::unreadable, "Its BMC answers, and what is asked for, or a part of its inventory, cannot be read."},
    {Cause::power_not_restored, "It was on before, and is off."},
    {Cause::host_not_booted, "It was restarted, and did not come up."},
    {Cause::lost, "Its BMC answers nothing, for as long as one may take to come back."},
    {Cause::unreachable, "Its BMC did not answer, before anything was done.", "breakwater observe INVENTORY"},
    {Cause::login_refused,
     "Its BMC refuses the user, the password or the right. At most three refused logins per BMC and hour.",
     "breakwater observe INVENTORY"},
    {Cause::tls_refused, "The certificate or the key that its BMC shows is not the one that the Inventory tells.",
     "breakwater trust-key HOST --sha256 DIGEST"},
    {Cause::identity_mismatch, "Another machine answers at its address: other serial number or UUID than planned.",
     "mend the address in the Inventory"},
    {Cause::drifted, "It no longer runs what the plan saw, or what this rollout put there. It is left alone."},
    {Cause::foreign_task, "An update that is not this rollout's runs or waits on it."},
    {Cause::unfit, "Before anything was sent: it is off, or its health is worse than the Policy lets through."},
    {Cause::image_refused, "The image or its signatures did not stand the proof. No byte was sent.",
     "breakwater firmware verify RELEASE --policy POLICY"},
    {Cause::upload_failed, "The upload failed, and reading proved that nothing arrived."},
    {Cause::task_failed, "The update task of its BMC ended in a failure."},
    {Cause::ambiguous, "What happened cannot be told from what its BMC shows."},
    {Cause::armed, "An image was written that a later restart may run, and it could not be proved gone.",
     "cancel what waits on its BMC by hand, then release it"},
    {Cause::no_way_back, "There is no proven way to roll it back: no image from before, or no other bank."},
    {Cause::roll_back_failed, "Its rollback was begun and did not bring the old version back."},
    {Cause::not_supported, "Its BMC cannot do what the plan needs."},
    {Cause::request_refused, "Its BMC said no to a reset, a start or a bank switch, and did nothing."},
    {Cause::halted, "Its rollout halted, or was rolled back, before its turn."},
    {Cause::asked, "An operator asked for it."},
    {Cause::recalled, "An operator recalled its image (`rollback --release`)."},
    {Cause::interrupted, "The process that conducted ended before the command did."},
    {Cause::window_closed, "Its maintenance window has too little time left for what comes next."},
    {Cause::withdrawn, "A pause or a stop came before anything was done."},
    {Cause::abandoned, "Its rollout was abandoned while it was under way: what its BMC holds is not known.",
     "look at its BMC, then release it"},
});

constexpr auto kExplainedWaits = std::to_array<Explained<StartRule>>({
    {StartRule::stopped, "An operator stopped the rollout.", kResume},
    {StartRule::paused, "An operator paused the rollout.", kResume},
    {StartRule::held_back, "Rollbacks failed, or one was refused: the others wait to be asked for.", kResume},
    {StartRule::leaving, "The process that conducts was asked to leave, or its own rollout is over.",
     "breakwater apply ROLLOUT"},
    {StartRule::own_side,
     "Our own side fails: a password file, a variable, a CA bundle, the image store, the disk. "
     "It goes on by itself within 30 seconds after the mend."},
    {StartRule::new_key, "A BMC shows a key that nobody vouched for, and gets no password before.",
     "breakwater trust-key HOST --sha256 DIGEST"},
    {StartRule::quarantined, "The machine is quarantined, under this name or another, by whatever rollout.", kRelease},
    {StartRule::same_machine, "The machine is under way under another name or by another rollout."},
    {StartRule::soak, "The wave soaks before its gate, and its hosts are read meanwhile."},
    {StartRule::last_looks, "The wave has soaked, and its hosts are read once more before the gate."},
    {StartRule::gate_held, "The gate neither passes nor fails: hosts of the wave gave no evidence.",
     "breakwater explain HOST, of the hosts that `status` names"},
    {StartRule::wave_not_open, "An earlier wave has not passed its gate."},
    {StartRule::window, "No maintenance window is open."},
    {StartRule::freeze, "A freeze of the Policy is on, or begins too soon."},
    {StartRule::too_late, "A window is open, and closes before a host could be updated and checked."},
    {StartRule::no_window, "No window of the calendar is long enough for one host.",
     "breakwater plan ROLLOUT, with other windows"},
    {StartRule::turn, "A host before it in the line waits for the calendar."},
    {StartRule::first_back, "The first rollbacks must end well before others begin."},
    {StartRule::global_limit, "As many hosts are under way as the Policy lets be."},
    {StartRule::domain_full, "As many hosts of its rack, or another limited label, are away as may be.",
     "breakwater quarantine discount HOST --reason TEXT, of one that is quarantined there"},
    {StartRule::back_off, "An upload failed and proved to have left nothing; it is tried again after a pause."},
    {StartRule::in_flight, "Hosts are under way. The rollout goes on when they end."},
    {StartRule::not_conducted, "No process conducts the rollout.", "breakwater apply ROLLOUT"},
});

static_assert(has_every_row(kExplainedStates, &Explained<State>::value));
static_assert(has_every_row(kExplainedCauses, &Explained<Cause>::value));
static_assert(has_every_row(kExplainedWaits, &Explained<StartRule>::value));

std::string_view word_of(State state) {
  return to_string(state);
}
std::string_view word_of(Cause cause) {
  return to_string(cause);
}
std::string_view word_of(StartRule rule) {
  return row_of(rule).word;
}

template <class Rows>
void list(std::vector<GlossaryEntry>& entries, std::string_view kind, const Rows& rows) {
  for (const auto& row : rows) entries.push_back({kind, word_of(row.value), row.meaning, row.helps});
}

}  // namespace

std::vector<GlossaryEntry> glossary() {
  std::vector<GlossaryEntry> entries;
  list(entries, "state", kExplainedStates);
  list(entries, "cause", kExplainedCauses);
  list(entries, "wait", kExplainedWaits);
  return entries;
}

}  // namespace breakwater::views
