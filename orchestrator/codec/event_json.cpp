#include "orchestrator/codec/event_json.hpp"

#include "orchestrator/codec/plan_value.hpp"
#include "orchestrator/codec/stored_words.hpp"

namespace breakwater::codec {

/// The number of a wave, or one of two below 0.
template <>
struct AsNumber<Undo> {
  static constexpr std::int64_t kNone = -2;
  static constexpr std::int64_t kEveryWave = -1;
  static constexpr std::int64_t least = kNone;
  static constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  static std::int64_t of(const Undo& undo) {
    if (undo == kUndoNone) return kNone;
    return undo == kUndoAll ? kEveryWave : std::int64_t{undo.wave};
  }
  static Undo from(std::int64_t number) {
    if (number == kNone) return kUndoNone;
    return number == kEveryWave ? kUndoAll : Undo::of_wave(static_cast<std::uint32_t>(number));
  }
};

// Found by the argument's namespace, so they cannot stand in an unnamed one.

template <class Io>
void fields(Io& io, Of<Io, ConductorStarted>& event) {
  io.must("rollout", event.rollout);
  io.must("process", event.process);
}

template <class Io>
void fields(Io& io, Of<Io, CommandIssued>& event) {
  io.must("rollout", event.command.rollout);
  io.must("host", event.command.host);
  io.must("action", event.command.action);
  io.may("update", event.command, &Command::update);
  io.may("upload", event.command, &Command::upload);
  io.may("stays", event.command, &Command::stays);
  io.may("ran", event.command, &Command::ran);
  io.may("well", event.command, &Command::well);
  io.may("beside", event.command, &Command::beside);
}

template <class Io>
void fields(Io& io, Of<Io, EvidenceSeen>& event) {
  io.must("command", event.command);
  io.must("rollout", event.rollout);
  io.must("host", event.host);
  io.must("evidence", event.evidence.kind);
  io.may("text", event.evidence, &Evidence::text);
}

template <class Io>
void fields(Io& io, Of<Io, ComponentKey>& key) {
  io.may("software_id", key, &ComponentKey::software_id);
  io.may("part_number", key, &ComponentKey::part_number);
  io.may("related_items", key, &ComponentKey::related_items);
  io.may("name", key, &ComponentKey::name);
}

template <class Io>
void fields(Io& io, Of<Io, InstalledComponent>& component) {
  io.may("id", component, &InstalledComponent::id);
  io.may("uri", component, &InstalledComponent::uri);
  io.may("key", component, &InstalledComponent::key);
  io.may("version", component, &InstalledComponent::version);
  io.may("slot", component, &InstalledComponent::slot);
}

template <class Io>
void fields(Io& io, Of<Io, Baseline>& baseline) {
  io.may("health", baseline, &Baseline::health);
  io.may("power", baseline, &Baseline::power);
  io.may("boot", baseline, &Baseline::boot);
  io.may("inventory", baseline, &Baseline::inventory);
  io.may("critical_events", baseline, &Baseline::critical_events);
  io.may("critical_marks", baseline, &Baseline::critical_marks);
}

template <class Io>
void fields(Io& io, Of<Io, CommandEnded>& event) {
  io.must("command", event.command);
  io.must("rollout", event.rollout);
  io.must("host", event.host);
  io.must("verdict", event.outcome.verdict);
  io.may("cause", event.outcome, &Outcome::cause);
  io.may("detail", event.outcome, &Outcome::detail);
  io.may("stages", event.outcome, &Outcome::stages);
  io.may("versions", event.outcome, &Outcome::versions);
  io.may("baseline", event.outcome, &Outcome::baseline);
  io.may("input", event, &CommandEnded::input);
}

void fields(Writer& io, const GateJudged& event) {
  io.must("rollout", event.rollout);
  io.must("wave", event.wave);
  io.must("verdict", event.verdict);
  io.may("reason", event, &GateJudged::reason);
}

/// Up to format 2 a gate knew no `hold`.
struct VerdictOfFormat2 {
  std::optional<bool> passed;
};

void fields(Reader& io, GateJudged& event) {
  io.must("rollout", event.rollout);
  io.must("wave", event.wave);
  VerdictOfFormat2 before;
  io.may("passed", before, &VerdictOfFormat2::passed);
  if (before.passed) {
    event.verdict = *before.passed ? GateVerdict::pass : GateVerdict::fail;
  } else {
    io.must("verdict", event.verdict);
  }
  io.may("reason", event, &GateJudged::reason);
}

template <class Io>
void fields(Io& io, Of<Io, RolloutHalted>& event) {
  io.must("rollout", event.rollout);
  io.may("reason", event, &RolloutHalted::reason);
  io.may("undo_wave", event, &RolloutHalted::undo);
}

template <class Io>
void fields(Io& io, Of<Io, OperatorAsked>& event) {
  io.must("verb", event.verb);
  io.may("rollout", event, &OperatorAsked::rollout);
  io.may("by", event, &OperatorAsked::by);
  io.may("reason", event, &OperatorAsked::reason);
  io.may("wave", event, &OperatorAsked::wave);
  io.may("host", event, &OperatorAsked::host);
  io.may("hosts", event, &OperatorAsked::hosts);
  io.may("recalls", event, &OperatorAsked::recalls);
  io.may("selector", event, &OperatorAsked::selector);
  io.may("key", event, &OperatorAsked::key);
}

template <class Io>
void fields(Io& io, Of<Io, RolloutFinished>& event) {
  io.must("rollout", event.rollout);
}

template <class Io>
void fields(Io& io, Of<Io, StartRefused>& event) {
  io.must("name", event.rollout);
  io.must("by", event.by);
  io.must("reason", event.reason);
}

template <class Io>
void fields(Io& io, Of<Io, SnapshotTaken>& event) {
  io.must("up_to", event.up_to);
  io.must("fold_version", event.fold_version);
  io.must("digest", event.digest);
}

template <class Io>
void fields(Io& io, Of<Io, RolloutStarted>& event) {
  io.must("plan", event.plan);
  io.must("by", event.by);
  io.must("digest", event.digest);
}

namespace {

template <class E>
constexpr std::string_view kKind = "";
template <>
constexpr std::string_view kKind<RolloutStarted> = "RolloutStarted";
template <>
constexpr std::string_view kKind<ConductorStarted> = "ConductorStarted";
template <>
constexpr std::string_view kKind<CommandIssued> = "CommandIssued";
template <>
constexpr std::string_view kKind<EvidenceSeen> = "EvidenceSeen";
template <>
constexpr std::string_view kKind<CommandEnded> = "CommandEnded";
template <>
constexpr std::string_view kKind<GateJudged> = "GateJudged";
template <>
constexpr std::string_view kKind<RolloutHalted> = "RolloutHalted";
template <>
constexpr std::string_view kKind<OperatorAsked> = "OperatorAsked";
template <>
constexpr std::string_view kKind<RolloutFinished> = "RolloutFinished";
template <>
constexpr std::string_view kKind<StartRefused> = "StartRefused";
template <>
constexpr std::string_view kKind<SnapshotTaken> = "SnapshotTaken";

/// The largest event but a start is the end of a `prepare` with the inventory that it saw: of 4 MiB of replies and
/// 50,000 values (drivers/redfish/collection.hpp), with the names of its members around them. An event that is written
/// and cannot be read back would make the whole journal unreadable.
constexpr JsonBounds kEventBounds{std::size_t{64} << 20, 16, 1'000'000};

template <class E>
Result<Event, std::string> read_event(std::string_view body) {
  const auto tape = JsonTape::read(body, std::same_as<E, RolloutStarted> ? kPlanBounds : kEventBounds);
  if (!tape) return fail(std::string(kKind<E>) + ": " + tape.error().what);
  E event;
  std::string fault;
  const Trail trail{nullptr, kKind<E>};
  Reader(tape->root(), trail, fault).read(tape->root(), trail, event);
  if constexpr (std::same_as<E, RolloutStarted>) {
    const std::string wrong = fault.empty() ? plan_fault(event.plan) : std::string();
    if (!wrong.empty()) fault = "RolloutStarted.plan: " + wrong;
  }
  if (!fault.empty()) return fail(std::move(fault));
  return Event(std::move(event));
}

/// Tries the kinds of Event in turn.
template <std::size_t I = 0>
Result<Event, std::string> read_kind(std::string_view kind, std::string_view body) {
  if constexpr (I == std::variant_size_v<Event>) {
    return fail("this format knows no event of the kind " + compact(Json(kind)));
  } else {
    using E = std::variant_alternative_t<I, Event>;
    return kind == kKind<E> ? read_event<E>(body) : read_kind<I + 1>(kind, body);
  }
}

}  // namespace

std::string kind_of(const Event& event) {
  return std::visit([]<class E>(const E&) { return std::string(kKind<E>); }, event);
}

std::string encode(const Event& event) {
  return compact(std::visit([](const auto& one) { return Writer::json(one); }, event));
}

Result<Event, std::string> decode(std::string_view kind, std::string_view body) {
  return read_kind(kind, body);
}

}  // namespace breakwater::codec
