#include "tests/simulation/run.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/folding.hpp"
#include "tests/simulation/crowd_play.hpp"
#include "tests/simulation/historian.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/recall_play.hpp"

namespace breakwater::simulation {

using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr Duration kNoPoll = hours(24);
/// Past this an operator gives up what still waits; every calendar reaches further.
constexpr Duration kPatience = hours(24 * 90);
constexpr Duration kHorizon = hours(24 * 110);
constexpr int kHelpMost = 1'000;
/// So long an operator waits for a host that holds a gate by its silence.
constexpr Duration kHeldMost = hours(3);
/// Of four seeds one also plays several rollouts and a recall, and another one a crowd of rollouts.
constexpr std::uint64_t kPlays = 4;

std::string describe(const Event& event) {
  return codec::kind_of(event) + ' ' + codec::encode(event).substr(0, 160);
}

class Run {
 public:
  Run(std::uint64_t seed, std::uint32_t hosts, bool narrated, const MakeReference& reference)
      : scenario_(make_scenario(seed, hosts)),
        approved_(codec::plan_digest(scenario_.plan)),
        checker_(scenario_, approved_),
        narrated_(narrated) {
    if (reference) historian_.emplace(reference(), scenario_.plan);
    report_.seed = seed;
    report_.mode = scenario_.mode;
    scenario_.fleet.on_password = [this](std::uint32_t host, std::uint64_t command) {
      checker_.hears_password(host, command);
    };
    scenario_.fleet.on_act = [this](const model::Act& act) {
      ++report_.acts;
      if (narrated_) narrate(act);
      checker_.act(act);
    };
  }

  Report play() {
    try {
      while (!live()) {
      }
    } catch (const Violation& violation) {
      report_.violation = violation;
    }
    report_.records = disk_->records.size();
    report_.length = scenario_.fleet.now() - kBegin;
    if (narrated_) report_.digest = digest();
    for (HostIndex i = 0; i < scenario_.plan.hosts.size(); ++i) ++report_.ends[checker_.state(i)];
    return std::move(report_);
  }

 private:
  /// One life of the process; true once nothing is left to do.
  bool live() {
    std::optional<Life> life;
    if (life_ < scenario_.lives.size()) life = scenario_.lives[life_++];
    try {
      return conduct(life);
    } catch (const Died&) {
      ++report_.crashes;
    }
    hear_the_rest();
    const Instant since = scenario_.fleet.now();
    scenario_.fleet.run_to(since + life->down);  // a wish starts the next process earlier
    while (scenario_.fleet.knocked()) scenario_.fleet.run_to(scenario_.fleet.now());
    checker_.away(scenario_.fleet.now() - since);
    return false;
  }

  /// Records that were durable when the process died, before it could apply them.
  void hear_the_rest() {
    journal::MemoryStore reader(disk_);
    std::vector<journal::Record> rest;
    const auto read = reader.replay(heard_ + 1, [&rest](const journal::Record& record) {
      rest.push_back(record);
      return true;
    });
    if (!read) throw Violation{"I16", read.error().message};
    for (const journal::Record& record : rest) {
      auto event = codec::decode(record.kind, record.body);
      if (!event) throw Violation{"I16", event.error()};
      untold_.push_back(Recorded{record.seq, record.at.steady, std::move(*event)});
      take(untold_.back());
    }
  }

  void take(const Recorded& record) {
    heard_ = record.seq;
    if (narrated_) say("record " + std::to_string(record.seq) + ' ' + describe(record.event));
    checker_.take(record);
    const auto* seen = std::get_if<EvidenceSeen>(&record.event);
    if (seen && seen->evidence.kind == Evidence::Kind::key_shown) plan_trust(*seen);
  }

  /// In a while somebody has looked at the BMC's own console.
  void plan_trust(const EvidenceSeen& seen) {
    const Instant at = scenario_.fleet.now() + scenario_.trusts_after;
    trusts_.emplace(at, seen);
    scenario_.fleet.knock(at);
  }

  /// What the BMC's console shows is vouched for, where it is what we were shown.
  void hand_in_trusts() {
    while (!trusts_.empty() && trusts_.begin()->first <= scenario_.fleet.now()) {
      const EvidenceSeen seen = trusts_.extract(trusts_.begin()).mapped();
      OperatorAsked asked;
      asked.verb = Verb::trust_key;
      asked.rollout = seen.rollout;
      asked.host = scenario_.plan.hosts[seen.host].name;
      asked.key = model::key_of(scenario_.fleet.hosts[seen.host].key);
      if (to_hex(*asked.key) == seen.evidence.text) ask(asked);
    }
  }

  void tell(const Recorded& record, const Fleet& fleet) {
    if (!historian_) return;
    const std::string objection = historian_->tell(record, fleet);
    if (!objection.empty()) throw Violation{"reference", objection};
  }

  bool conduct(const std::optional<Life>& life) {
    std::atomic<int> interrupts = 0;
    MortalStore store(disk_, life, interrupts);
    if (!store.lock({1, "spring", kBegin})) throw Violation{"I20", "the lock is still held"};
    Fleet fleet = fold_to_start(store);
    checker_.refolded(fleet);
    for (const Recorded& record : std::exchange(untold_, {})) tell(record, fleet);
    model::ModelCrew crew(scenario_.fleet, fleet.last_at());
    CrewWatch watch;
    watch.ordered = [&](const Order& order) { checker_.ordered(order); };
    watch.told_durable = [&](const EvidenceSeen& evidence) { checker_.told_durable(evidence); };
    watch.withdrawn = [&](CommandId command) { checker_.withdraws(command); };
    watch.visitors = [&] {
      checker_.leaving(interrupts > 0);
      hand_in_wishes();
    };
    WatchedCrew watched(crew, watch);
    Watcher watcher;
    watcher.on_record = [&](const Recorded& record) {
      take(record);
      checker_.hear(fleet);
      tell(record, fleet);
    };
    watcher.on_decision = [&](const RolloutState& rollout, const Decision& decision, Now) {
      checker_.leaving(interrupts > 0);
      look(rollout, decision);
    };
    checker_.leaving(false);
    Conductor conductor(store, watched, fleet, watcher, interrupts, kNoPoll,
                        snapshot_every(scenario_.plan.hosts.size()));
    store_ = &store;
    if (fleet.rollouts().empty()) {
      const auto begun = conductor.begin(scenario_.plan, "lena");
      if (!begun && begun.error().reason == journal::StoreFault::Reason::disk_full) throw Died();
      demand(begun);
    }
    const RolloutId id = fleet.rollouts().begin()->first;
    hand_in_wishes();
    for (;;) {
      const auto end = conductor.run(id);
      if (!end && end.error().reason == journal::StoreFault::Reason::disk_full) throw Died();
      if (!end) throw Violation{"I16", end.error().message};
      if (interrupts > 0) throw Died();
      if (!go_on_after(*end, conductor, id)) return true;
    }
  }

  template <class T>
  void demand(const Result<T, journal::StoreFault>& written) {
    if (!written) throw Violation{"I16", written.error().message};
  }

  /// Nobody conducts. What operators still want comes later, and what was stopped is taken up again.
  bool go_on_after(Conductor::End end, Conductor& conductor, RolloutId id) {
    if (end == Conductor::End::finished && next_wish_ == scenario_.wishes.size()) return false;
    const bool resumes = end == Conductor::End::at_rest && next_wish_ == scenario_.wishes.size();
    const Instant then = resumes ? scenario_.fleet.now() + hours(1) : kBegin + scenario_.wishes[next_wish_].after;
    const Instant since = scenario_.fleet.now();
    while (scenario_.fleet.now() < then) {
      scenario_.fleet.run_to(then);
      scenario_.fleet.knocked();
    }
    checker_.away(scenario_.fleet.now() - since);
    hand_in_wishes();
    if (!resumes) return true;
    const auto asked = conductor.ask({Verb::resume, id, "omar", "", {}, ""});
    if (!asked && asked.error().reason == journal::StoreFault::Reason::disk_full) throw Died();
    demand(asked);
    return true;
  }

  void hand_in_wishes() {
    hand_in_trusts();
    while (next_wish_ < scenario_.wishes.size() &&
           kBegin + scenario_.wishes[next_wish_].after <= scenario_.fleet.now()) {
      const Wish& wish = scenario_.wishes[next_wish_++];
      ask({wish.verb, 1, "omar", "as the seed says", wish.wave, wish.host});
    }
  }

  void ask(OperatorAsked asked) {
    asked.by = "omar";
    if (narrated_) say("wish " + describe(Event(asked)));
    demand(store_->add_request(scenario_.fleet.wall(), codec::kind_of(Event(asked)), codec::encode(Event(asked)),
                               asked.by));
    checker_.wished(asked.verb);
  }

  /// Where only a person can set things going again, one does.
  void look(const RolloutState& rollout, const Decision& decision) {
    checker_.decided(rollout, decision);
    const Duration passed = scenario_.fleet.now() - kBegin;
    const bool tired = passed > kPatience && !gave_up_;
    if (passed > kHorizon || helped_ > kHelpMost) throw Violation{"I18", "it does not come to an end"};
    const bool held = !tired && gives_up_on_held(rollout, decision);
    const bool stuck = checker_.idle() && !decision.wake && next_wish_ == scenario_.wishes.size();
    if (rollout.finished || (!stuck && !tired && !held)) return;
    ++helped_;
    Wish help;
    help.after = passed + minutes(10);
    const auto in_the_way = checker_.in_the_way();
    if (checker_.wants_resume()) {
      help.verb = Verb::resume;
    } else if (in_the_way && !tired && !held) {
      help.verb =
          helped_ % 2 == 1 ? Verb::discount : Verb::release;  // where the one has no effect, the other comes next
      help.host = *in_the_way;
    } else if (held && given_up_.insert(held_by(rollout)).second) {
      help.verb = Verb::roll_back;
      help.host = rollout.plan->hosts[held_by(rollout)].name;
    } else {
      help.verb = Verb::roll_back;
      gave_up_ = true;
    }
    scenario_.fleet.knock(kBegin + help.after);
    scenario_.wishes.push_back(help);
  }

  static HostIndex held_by(const RolloutState& rollout) {
    return rollout.waves[rollout.open_wave].unseen.begin()->second;
  }

  /// A gate that holds for hours because a host does not let itself be read.
  bool gives_up_on_held(const RolloutState& rollout, const Decision& decision) {
    const bool held = std::any_of(decision.waits.begin(), decision.waits.end(),
                                  [](const Blocker& wait) { return wait.rule == StartRule::gate_held; });
    if (!held || rollout.waves[rollout.open_wave].unseen.empty()) return false;
    if (held_wave_ != rollout.open_wave) held_since_ = scenario_.fleet.now();
    held_wave_ = rollout.open_wave;
    if (scenario_.fleet.now() - held_since_ < kHeldMost) return false;
    held_since_ = scenario_.fleet.now();
    return true;
  }

  void narrate(const model::Act& act) {
    say("act " + std::string(to_string(act.kind)) + ' ' + scenario_.plan.hosts[act.host].name + " component " +
        std::to_string(act.component) + ' ' + act.version + (act.back ? " back" : "") + " by command " +
        std::to_string(act.command));
  }

  void say(const std::string& text) { report_.events.push_back(to_string(scenario_.fleet.now()) + ' ' + text); }

  /// Over all that the journal says, but for the process ids of its conductors.
  Sha256 digest() const {
    Sha256Stream stream;
    for (const journal::Record& record : disk_->records) {
      stream.update(to_string(record.at.steady) + to_string(record.at.wall) + record.kind);
      if (record.kind != "ConductorStarted") stream.update(record.body);
    }
    return stream.finish();
  }

  Scenario scenario_;
  Sha256 approved_;
  Checker checker_;
  bool narrated_;
  Report report_;
  std::shared_ptr<journal::MemoryDisk> disk_ = std::make_shared<journal::MemoryDisk>();
  journal::Store* store_ = nullptr;
  std::size_t life_ = 0;
  std::size_t next_wish_ = 0;
  std::multimap<Instant, EvidenceSeen> trusts_;  ///< when an operator looks after a key that was shown
  std::uint64_t heard_ = 0;
  std::optional<Historian> historian_;
  std::vector<Recorded> untold_;
  int helped_ = 0;
  bool gave_up_ = false;
  std::optional<std::uint32_t> held_wave_;  ///< whose gate was found to hold
  Instant held_since_;
  std::set<HostIndex> given_up_;
};

}  // namespace

Report play(std::uint64_t seed, std::uint32_t hosts, bool narrated, const MakeReference& reference) {
  Report report = Run(seed, hosts, narrated, reference).play();
  std::function<void(const std::string&)> say;
  if (narrated) say = [&report](const std::string& line) { report.events.push_back(line); };
  if (!report.violation && seed % kPlays == 0) report.violation = play_recall(seed, say);
  if (!report.violation && seed % kPlays == 1) report.violation = play_crowd(seed, say);
  return report;
}

}  // namespace breakwater::simulation
