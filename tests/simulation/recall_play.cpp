#include "tests/simulation/recall_play.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/core/recall.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/small_plan.hpp"

namespace breakwater::simulation {

namespace {

using model::Dice;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint32_t kHosts = 12;
constexpr const char* kRecalled = kBios.to;
/// Longer than all of it may take; past this something waits for ever.
constexpr Duration kEnough = hours(24 * 10);
/// Longer than any wait that ends by itself; past this a person sees to the hosts that are quarantined.
constexpr Duration kStandstill = hours(12);

class RecallPlay {
 public:
  RecallPlay(std::uint64_t seed, const std::function<void(const std::string&)>& say)
      : dice_(seed),
        abandons_(seed + kHosts),
        pairs_(seed + 2 * kHosts),
        two_devices_(pairs_.in_thousand(400)),
        fleet_(kBegin, dice_.fork()),
        say_(say) {
    for (std::uint32_t i = 0; i < kHosts; ++i) {
      fleet_.hosts.push_back(small_host(i));
      fleet_.hosts.back().stages = dice_.in_thousand(700);
    }
    if (!say_) return;
    fleet_.on_act = [this](const model::Act& act) {
      say_(to_string(act.at) + " act " + std::string(to_string(act.kind)) + ' ' + fleet_.hosts[act.host].name + ' ' +
           std::to_string(act.component) + ' ' + act.version);
    };
  }

  std::optional<Violation> play() {
    try {
      if (!store_.lock({1, "spring", kBegin})) throw Violation{"I20", "the lock is still held"};
      for (std::int64_t left = dice_.between(1, 4); left > 0; --left) roll_out(any_step(), false);
      if (two_devices_) roll_some_back();
      const std::int64_t last = dice_.between(0, 99);
      roll_out(last < 30 ? kNic : last < 60 ? kBios : kNewerBios, true);
      finish_all();
      judge();
    } catch (const Violation& violation) {
      return violation;
    }
    return std::nullopt;
  }

 private:
  struct Conducting;

  Step any_step() {
    const std::int64_t kind = dice_.between(0, 99);
    return kind < 50 ? kBios : kind < 80 ? kNic : kNewerBios;
  }

  /// Whole runs, in any order: what one of them leaves may be what an older one brought.
  void roll_some_back() {
    for (std::int64_t left = pairs_.between(1, 4); left > 0; --left) {
      Conducting conducting(*this);
      const auto& all = conducting.fleet.rollouts();
      if (all.empty()) return;
      const RolloutId run = std::next(all.begin(), pairs_.between(0, static_cast<std::int64_t>(all.size()) - 1))->first;
      const auto asked = conducting.conductor.ask({Verb::roll_back, run, "omar", "slower", {}, ""});
      if (!asked) throw Violation{"I16", asked.error().message};
      conducting.run(run);
    }
  }

  /// The last one meets the recall somewhere on its way.
  void roll_out(const Step& step, bool recalled) {
    const bool goes_wrong = recalled && step.to == kNewerBios.to;
    ResolvedPlan plan = small_plan(
        dice_, fleet_, step,
        [this, goes_wrong](std::uint32_t place) {
          const bool taken = !dice_.in_thousand(300);
          if (taken && goes_wrong && dice_.in_thousand(500)) fail_next(fleet_.hosts[place]);
          return taken;
        },
        two_devices_ && step.to == kBios.to ? &kNic : nullptr);
    if (plan.hosts.empty()) return recalled ? recall_now() : void();
    const std::int64_t records = static_cast<std::int64_t>(plan.hosts.size()) * 12;
    recall_at_ = recalled ? heard_ + static_cast<std::uint64_t>(dice_.between(1, records)) : 0;
    const bool abandons = !recalled && abandons_.in_thousand(400);
    if (abandons) {
      abandon_at_ = heard_ + static_cast<std::uint64_t>(abandons_.between(1, records));
    }
    Conducting conducting(*this);
    const auto begun = conducting.conductor.begin(std::move(plan), "lena");
    if (!begun) throw Violation{"I16", begun.error().message};
    conducting.run(*begun);
    if (abandons && std::exchange(abandon_at_, 0) == 0) release_all(conducting);
    if (recalled && recall_at_ != 0) recall_now();
  }

  void abandon(const Fleet& fleet) {
    abandon_at_ = 0;
    if (fleet.unfinished().empty()) return;
    add_request({Verb::abandon, *fleet.unfinished().rbegin(), "omar", "the night is over", {}, ""});
  }

  /// Once the BMCs are at rest.
  void release_all(Conducting& conducting) {
    for (const Instant then = fleet_.now() + hours(2); fleet_.now() < then; fleet_.knocked()) fleet_.run_to(then);
    for (const OperatorAsked& wish : see_to_quarantined(conducting.fleet)) {
      const auto released = conducting.conductor.ask(wish);
      if (!released) throw Violation{"I16", released.error().message};
    }
  }

  /// A person sees to each: what waits there is cancelled by hand, or a restart ran it before; what runs there stays.
  std::vector<OperatorAsked> see_to_quarantined(const Fleet& fleet) {
    std::vector<OperatorAsked> releases;
    for (model::ModelHost& host : fleet_.hosts) {
      if (!fleet.quarantines().contains(host.name)) continue;
      for (model::ModelComponent& one : host.components) {
        if (const std::string waited = std::exchange(one.staged, ""); !waited.empty() && abandons_.in_thousand(500)) {
          if (one.two_banks) one.other = one.running;
          one.running = one.brought = waited;
        }
      }
      host.tasks.clear();
      releases.push_back({Verb::release, 0, "omar", "seen to", {}, host.name});
    }
    return releases;
  }

  /// A gate that asks for evidence of a host that is quarantined stands still until a person has seen to it.
  void watch_over(const Fleet& fleet) {
    if (fleet_.now() - kBegin > kEnough) throw Violation{"I18", "it does not come to an end"};
    if (fleet_.now() - moved_at_ < kStandstill) return;
    moved_at_ = fleet_.now();
    for (const OperatorAsked& wish : see_to_quarantined(fleet)) add_request(wish);
  }

  void add_request(const OperatorAsked& wish) {
    const auto added = store_.add_request(fleet_.wall(), "OperatorAsked", codec::encode(Event(wish)), "omar");
    if (!added) throw Violation{"I16", added.error().message};
  }

  /// The next image is refused, changes nothing, or is ill and goes back: the host is left on what it ran.
  void fail_next(model::ModelHost& host) {
    using Flash = model::Faults::Flash;
    host.faults.good_flashes = host.flashes;
    switch (dice_.between(0, 3)) {
      case 0:
        host.faults.to_upload = model::Answer::refused;
        break;
      case 1:
        host.faults.flash = Flash::fails;
        break;
      case 2:
        host.faults.flash = Flash::lies;
        break;
      default:
        host.faults.flash = Flash::sick_image;
        break;
    }
  }

  void finish_all() {
    for (;;) {
      Conducting conducting(*this);
      const auto& all = conducting.fleet.rollouts();
      const auto open = std::find_if(all.begin(), all.end(), [](const auto& run) { return !run.second.finished; });
      if (open == all.end()) return;
      conducting.run(open->first);
    }
  }

  /// A process that conducts: the fold of the journal, and a crew over the modelled fleet.
  struct Conducting {
    explicit Conducting(RecallPlay& play)
        : play_(play), fleet(fold_to_start(play.store_)), crew(play.fleet_, fleet.last_at()), watcher(make_watcher()) {}

    void run(RolloutId id) {
      const auto end = conductor.run(id);
      if (!end) throw Violation{"I16", end.error().message};
    }

    Watcher make_watcher() {
      Watcher made;
      made.on_record = [this](const Recorded& record) { play_.hear(record, fleet); };
      made.on_decision = [this](const RolloutState&, const Decision&, Now) { play_.watch_over(fleet); };
      return made;
    }

    RecallPlay& play_;
    Fleet fleet;
    model::ModelCrew crew;
    std::atomic<int> interrupts = 0;
    Watcher watcher;
    Conductor conductor{play_.store_, crew, fleet, watcher, interrupts, minutes(1), snapshot_every(1)};
  };

  void hear(const Recorded& record, const Fleet& fleet) {
    if (say_) {
      say_(to_string(fleet_.now()) + " record " + std::to_string(record.seq) + ' ' + codec::kind_of(record.event) +
           ' ' + codec::encode(record.event));
    }
    ++heard_;
    moved_at_ = fleet_.now();
    if (const auto* issued = std::get_if<CommandIssued>(&record.event)) {
      const std::string& name = fleet.find(issued->command.rollout)->plan->hosts[issued->command.host].name;
      if (!busy_.insert(name).second) throw Violation{"I1", name + ": two commands are under way at once"};
      const bool back = issued->command.action == Action::roll_back;
      const std::string brought = back ? brought_by(fleet, issued->command) : "";
      // The newer one's own ways back, and what a run brought together with what is recalled.
      const bool meant = brought == kRecalled || brought == kNewerBios.to || (two_devices_ && brought == kNic.to);
      if (back && before_.contains(name) && before_[name] != kRecalled && !meant) {
        throw Violation{"I25", name + " is rolled back, and does not run what is recalled"};
      }
    }
    if (const auto* ended = std::get_if<CommandEnded>(&record.event)) {
      busy_.erase(fleet.find(ended->rollout)->plan->hosts[ended->host].name);
    }
    if (recall_at_ != 0 && heard_ >= recall_at_) ask_recall(fleet);
    if (abandon_at_ != 0 && heard_ >= abandon_at_) abandon(fleet);
  }

  static const std::string& brought_by(const Fleet& fleet, const Command& command) {
    const ResolvedPlan& plan = *fleet.find(command.rollout)->plan;
    return image_of(plan, plan.hosts[command.host].updates[command.update]).version;
  }

  void recall_now() {
    const auto fleet = fold(store_);
    if (fleet) ask_recall(*fleet);
  }

  /// As an operator would, from another terminal.
  void ask_recall(const Fleet& fleet) {
    recall_at_ = 0;
    for (const model::ModelHost& host : fleet_.hosts) before_[host.name] = running(host, "bios");
    RecallScope scope;
    scope.host = [](const RolloutState&, const PlannedHost&) { return true; };
    scope.update = [](const RolloutState& run, const PlannedUpdate& update) {
      return image_of(*run.plan, update).version == kRecalled;
    };
    std::set<RolloutId> whole;
    for (const auto& [id, run] : fleet.rollouts()) {
      if (!run.finished) whole.insert(id);
    }
    for (const OperatorAsked& wish : wishes_for(fleet, recall(fleet, scope), whole)) {
      add_request(wish);
      asked_.insert(wish.rollout);
    }
    fleet_.knock(fleet_.now());
  }

  void judge() {
    Conducting last(*this);  // takes up what was asked for when all was over
    for (const RolloutId id : asked_) last.run(id);
    for (const model::ModelHost& host : fleet_.hosts) {
      if (running(host, "bios") != kRecalled || last.fleet.quarantines().contains(host.name)) continue;
      throw Violation{"I25", host.name + " still runs what was recalled"};
    }
  }

  Dice dice_;
  Dice abandons_;     ///< apart, so that it changes nothing else
  Dice pairs_;        ///< the same
  bool two_devices_;  ///< some rollouts bring two of them, and some are rolled back before the recall
  model::ModelFleet fleet_;
  std::function<void(const std::string&)> say_;
  journal::MemoryStore store_{std::make_shared<journal::MemoryDisk>()};
  std::uint64_t heard_ = 0;
  Instant moved_at_ = kBegin;  ///< when the last record came
  std::uint64_t recall_at_ = 0;
  std::uint64_t abandon_at_ = 0;
  std::set<std::string> busy_;
  std::set<RolloutId> asked_;
  std::map<std::string, std::string> before_;  ///< what each host ran when the recall was asked for
};

}  // namespace

std::optional<Violation> play_recall(std::uint64_t seed, const std::function<void(const std::string&)>& say) {
  return RecallPlay(seed, say).play();
}

}  // namespace breakwater::simulation
