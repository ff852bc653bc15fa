#include "tests/simulation/crowd_play.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/folding.hpp"
#include "tests/simulation/crowd_checker.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/scenario_plan.hpp"
#include "tests/simulation/small_plan.hpp"

namespace breakwater::simulation {

namespace {

using journal::StoreFault;
using model::Dice;
using std::chrono::hours;
using std::chrono::minutes;

/// What somebody has in mind: a rollout that is begun or handed over, or a word about one that has begun.
struct Intention {
  Duration after{0};
  bool rolls_out = false;
  Verb verb = Verb::pause;
};

class CrowdPlay {
 public:
  CrowdPlay(std::uint64_t seed, const std::function<void(const std::string&)>& say)
      : dice_(seed),
        others_(seed + kHosts),
        stands_by_(seed / 4 % 2 == 0),
        trouble_(any_trouble(dice_)),
        fleet_(make_fleet(dice_, trouble_)),
        checker_(fleet_),
        say_(say) {
    plan_nature(dice_, trouble_, fleet_);
    fail_own_side(dice_, trouble_, fleet_);
    lives_ = draw_lives(dice_, kHosts);
    fleet_.end_faults(kBegin + dice_.between(Duration(0), Duration(hours(24))));
    draw_intentions();
    Dice apart(~seed);
    hide_entries(apart, trouble_, fleet_);
    draw_services(apart, fleet_);
    draw_manners(apart, trouble_, fleet_);
    fleet_.on_act = [this](const model::Act& act) {
      if (say_) {
        say_(to_string(act.at) + " act " + std::string(to_string(act.kind)) + ' ' + fleet_.hosts[act.host].name + ' ' +
             act.version + " by " + std::to_string(act.command));
      }
      checker_.act(act);
    };
  }

  std::optional<Violation> play() {
    try {
      while (!live()) {
      }
    } catch (const Violation& violation) {
      return violation;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t kHosts = 16;
  static constexpr Duration kNoPoll = hours(24);
  /// Past this an operator gives up what still waits.
  static constexpr Duration kPatience = hours(24 * 20);
  static constexpr Duration kHorizon = hours(24 * 40);
  static constexpr int kHelpMost = 200;
  static constexpr std::int64_t kOther = 2;  ///< the process of whoever is not the conductor

  static int any_trouble(Dice& dice) {
    const int troubles[] = {0, 0, 5, 10, 25, 60};
    return troubles[dice.below(std::size(troubles))];
  }

  static model::ModelFleet make_fleet(Dice& dice, int trouble) {
    model::ModelFleet fleet(kBegin, dice.fork());
    for (std::uint32_t i = 0; i < kHosts; ++i) {
      model::ModelHost host = small_host(i);
      host.stages = dice.in_thousand(700);
      host.faults = draw_faults(dice, trouble);
      fleet.hosts.push_back(std::move(host));
    }
    return fleet;
  }

  void draw_intentions() {
    coming_.push_back({Duration(0), true});
    for (std::int64_t left = dice_.between(1, 4); left > 0; --left) {
      coming_.push_back({dice_.between(Duration(0), Duration(hours(10))), true});
    }
    for (std::int64_t left = dice_.between(0, 8); left > 0; --left) {
      const std::int64_t kind = dice_.between(0, 99);
      const Verb verb = kind < 15   ? Verb::pause
                        : kind < 30 ? Verb::stop
                        : kind < 50 ? Verb::resume
                        : kind < 70 ? Verb::roll_back
                        : kind < 85 ? Verb::abandon
                                    : Verb::release;
      const Duration until = dice_.in_thousand(500) ? Duration(hours(3)) : Duration(hours(14));
      coming_.push_back({dice_.between(Duration(0), until), false, verb});
    }
    std::stable_sort(coming_.begin(), coming_.end(), [](const auto& a, const auto& b) { return a.after < b.after; });
    for (const Intention& one : coming_) fleet_.knock(kBegin + one.after);
  }

  bool due() const { return next_ < coming_.size() && kBegin + coming_[next_].after <= fleet_.now(); }
  bool nobody_wants_more() const { return next_ == coming_.size(); }

  /// One life of the process; true once nothing is left to do.
  bool live() {
    askers_.unlock();
    taken_over_ = false;
    std::optional<Life> life;
    if (life_ < lives_.size()) life = lives_[life_++];
    try {
      return conduct(life);
    } catch (const Died&) {
    }
    hear_the_rest();
    pass_until(fleet_.now() + life->down);
    return false;
  }

  void pass_until(Instant then) {
    while (fleet_.now() < then) {
      fleet_.run_to(then);
      fleet_.knocked();
    }
  }

  void hear_the_rest() {
    journal::MemoryStore reader(disk_);
    std::vector<Recorded> rest;
    const auto read = reader.replay(heard_ + 1, [&rest](const journal::Record& record) {
      rest.push_back(Recorded{record.seq, record.at.steady, *codec::decode(record.kind, record.body)});
      return true;
    });
    if (!read) throw Violation{"I16", read.error().message};
    for (const Recorded& record : rest) take(record);
  }

  void take(const Recorded& record) {
    heard_ = record.seq;
    if (say_) {
      say_(to_string(fleet_.now()) + " record " + std::to_string(record.seq) + ' ' + codec::kind_of(record.event) +
           ' ' + codec::encode(record.event).substr(0, 140));
    }
    checker_.take(record);
  }

  bool conduct(const std::optional<Life>& life) {
    std::atomic<int> interrupts = 0;
    MortalStore store(disk_, life, interrupts);
    if (!store.lock({1, "spring", kBegin})) throw Violation{"I20", "the lock is still held"};
    Fleet fleet = fold_to_start(store);
    checker_.refolded(fleet);
    model::ModelCrew crew(fleet_, fleet.last_at());
    CrewWatch watch;
    watch.ordered = [this](const Order& order) { checker_.ordered(order); };
    watch.told_durable = [this](const EvidenceSeen& evidence) { checker_.told_durable(evidence); };
    watch.withdrawn = [](CommandId) {};
    watch.visitors = [&] {
      hand_in(store);
      others_act();
    };
    WatchedCrew watched(crew, watch);
    Watcher watcher;
    watcher.on_record = [&](const Recorded& record) {
      take(record);
      checker_.hear(fleet);
    };
    watcher.on_decision = [&](const RolloutState& rollout, const Decision& decision, Now) { look(rollout, decision); };
    Conductor conductor(store, watched, fleet, watcher, interrupts, kNoPoll, snapshot_every(fleet_.hosts.size()));
    hand_in(store);
    while (const auto own = next_to_conduct(store, conductor)) {
      const auto end = conductor.run(*own);
      demand(end);
      if (interrupts > 0) throw Died();
      checker_.left(taken_over_);
      if (taken_over_) return false;
      if (conductor.handed_on()) throw Violation{"I35", "the process hands on to nobody"};
    }
    return true;
  }

  /// A full disk ends the process.
  template <class T>
  void demand(const Result<T, StoreFault>& written) const {
    if (!written && written.error().reason == StoreFault::Reason::disk_full) throw Died();
    if (!written) throw Violation{"I16", written.error().message};
  }

  /// One that goes on by itself, else one that was stopped once nobody has anything to say; while nobody has a rollout,
  /// time passes. Nothing where all is over.
  std::optional<RolloutId> next_to_conduct(journal::Store& store, Conductor& conductor) {
    for (;;) {
      const std::set<RolloutId>& all = checker_.unfinished();
      const auto goes_on = std::find_if(all.begin(), all.end(), [this](RolloutId id) { return !checker_.paused(id); });
      if (goes_on != all.end()) return *goes_on;
      const auto waiting = store.waiting_requests(1);
      if (waiting && !waiting->empty()) return checker_.rollout(checker_.rollouts() - 1);  // it takes them up
      if (fleet_.now() - kBegin > kHorizon) throw Violation{"I18", "it does not come to an end"};
      if (!nobody_wants_more()) {
        pass_until(kBegin + coming_[next_].after);
        begin_or_ask(store, conductor);
      } else if (!all.empty()) {
        pass_until(fleet_.now() + hours(1));
        demand(conductor.ask({Verb::resume, *all.begin(), "omar", "", {}, ""}));
      } else {
        return std::nullopt;
      }
    }
  }

  /// Nobody conducts: a rollout is begun by its own process, and a wish is written by the operator's command.
  void begin_or_ask(journal::Store& store, Conductor& conductor) {
    if (!coming_[next_].rolls_out) {
      const auto wish = wish_of(coming_[next_++]);
      if (wish && (wish->verb == Verb::release || !checker_.unfinished().empty() || wish->verb == Verb::roll_back)) {
        demand(conductor.ask(*wish));
      }
      return;
    }
    ++next_;
    ResolvedPlan plan = any_plan([this](std::uint32_t i) { return checker_.is_free(i) && !dice_.in_thousand(300); });
    if (!plan.hosts.empty()) demand(conductor.begin(std::move(plan), "lena"));
    hand_in(store);
  }

  ResolvedPlan any_plan(const std::function<bool(std::uint32_t)>& taken) {
    const std::int64_t kind = dice_.between(0, 99);
    ResolvedPlan plan = small_plan(dice_, fleet_, kind < 50 ? kBios : kind < 80 ? kNic : kNewerBios, taken);
    draw_rules(dice_, dice_.in_thousand(500), plan);
    return plan;
  }

  /// Nothing where there is no rollout to speak of.
  std::optional<OperatorAsked> wish_of(const Intention& intention) {
    if (checker_.rollouts() == 0) return std::nullopt;
    OperatorAsked asked{
        intention.verb, checker_.rollout(dice_.below(checker_.rollouts())), "omar", "as the seed says", {}, ""};
    const bool one_host = asked.verb == Verb::release || (asked.verb == Verb::roll_back && dice_.in_thousand(300));
    const auto& hosts = checker_.plan(asked.rollout).hosts;
    if (one_host) asked.host = hosts[dice_.below(hosts.size())].name;
    const bool is_over = !checker_.unfinished().contains(asked.rollout);
    const bool any_time = asked.verb == Verb::release || asked.verb == Verb::roll_back;
    if (is_over && !any_time) return std::nullopt;
    return asked;
  }

  /// While a process conducts: into its tray.
  void hand_in(journal::Store& store) {
    if (help_) add(store, Event(*std::exchange(help_, std::nullopt)));
    while (due() && checker_.rollouts() > 0) {
      const Intention one = coming_[next_++];
      if (one.rolls_out) {
        const bool careless = dice_.in_thousand(300);  // the plan was made before another one took its hosts
        ResolvedPlan plan = any_plan([&](std::uint32_t i) { return careless || checker_.is_free(i); });
        if (plan.hosts.empty()) continue;
        const bool leaves = ++handed_over_ % 2 == 0;  // before it is taken up
        checker_.handed_over({plan, leaves});
        RolloutStarted started{"lena", std::move(plan), {}};
        started.digest = codec::plan_digest(started.plan);
        journal::MemoryStore hasty(disk_);
        add(leaves ? hasty : askers_, Event(std::move(started)));
        if (stands_by_ && !leaves && !askers_.stand_by()) throw Violation{"I20", "nobody can stand by"};
      } else if (const auto wish = wish_of(one)) {
        add(store, Event(*wish));
      }
    }
  }

  /// What others do once the lock is free for whoever stands by: nothing, where that one is suspended or its own
  /// rollout is over; it takes the lock and gives it up again, as where its own rollout is refused; an operator's
  /// command writes into the journal; or somebody conducts, and is the next process.
  void others_act() {
    const auto holder = askers_.holder();
    if (!holder) throw Violation{"I16", holder.error().message};
    if (*holder && (*holder)->pid != kOther) acted_ = false;
    if (*holder && (*holder)->pid == kOther && visits_ > 0 && --visits_ == 0) askers_.unlock();
    if (*holder || std::exchange(acted_, true)) return;
    const std::int64_t kind = others_.between(0, 99);
    if (kind < 35) return;
    if (!askers_.lock({kOther, "autumn", kBegin})) throw Violation{"I20", "a free lock cannot be taken"};
    if (kind < 50) {
      visits_ = static_cast<int>(others_.between(1, 300));
      return;
    }
    const std::set<RolloutId>& all = checker_.unfinished();
    const RolloutId any = *std::next(all.begin(), static_cast<std::ptrdiff_t>(others_.below(all.size())));
    taken_over_ = kind >= 65;
    if (taken_over_) {
      write(askers_, Event(ConductorStarted{any, kOther}));
    } else {
      const Verb verbs[] = {Verb::pause, Verb::stop, Verb::resume, Verb::roll_back, Verb::abandon};
      write(askers_, Event(OperatorAsked{verbs[others_.below(std::size(verbs))], any, "omar", "", {}, ""}));
      askers_.unlock();
    }
  }

  void write(journal::Store& store, const Event& event) {
    const std::vector<journal::Draft> drafts{
        {Now{fleet_.now(), fleet_.wall()}, codec::kind_of(event), codec::encode(event)}};
    if (const auto written = store.append(drafts); !written) throw Violation{"I16", written.error().message};
  }

  void add(journal::Store& store, const Event& event) {
    const auto added = store.add_request(fleet_.wall(), codec::kind_of(event), codec::encode(event), "lena");
    if (!added) throw Violation{"I16", added.error().message};
  }

  /// Where only a person can set things going again, one does.
  void look(const RolloutState& own, const Decision& decision) {
    const Duration passed = fleet_.now() - kBegin;
    if (passed > kHorizon || helped_ > kHelpMost) throw Violation{"I18", "it does not come to an end"};
    const bool tired = passed > kPatience;
    const bool stuck = checker_.idle() && !decision.wake && nobody_wants_more();
    if (own.finished || (!stuck && !tired) || help_) return;
    ++helped_;
    help_ = OperatorAsked{Verb::abandon, own.id, "omar", "nothing goes on", {}, ""};
    if (const auto in_the_way = checker_.in_the_way(); in_the_way && !tired) {
      help_->verb = Verb::release;
      help_->host = *in_the_way;
    }
    if (checker_.paused(own.id) || own.ways_back.held_at > 0) help_->verb = Verb::resume;
    fleet_.knock(fleet_.now() + minutes(10));
  }

  Dice dice_;
  Dice others_;
  bool stands_by_;           ///< whoever hands a rollout over follows it, and says that it would conduct
  bool acted_ = false;       ///< the others, since the lock is free
  bool taken_over_ = false;  ///< one of them conducts
  int visits_ = 0;           ///< left until whoever holds the lock without conducting gives it up
  int trouble_;
  model::ModelFleet fleet_;
  CrowdChecker checker_;
  std::function<void(const std::string&)> say_;
  std::shared_ptr<journal::MemoryDisk> disk_ = std::make_shared<journal::MemoryDisk>();
  journal::MemoryStore askers_{disk_};  ///< they outlive the process that conducts
  int handed_over_ = 0;
  std::vector<Life> lives_;
  std::size_t life_ = 0;
  std::vector<Intention> coming_;  ///< in order of time
  std::size_t next_ = 0;
  std::optional<OperatorAsked> help_;
  std::uint64_t heard_ = 0;
  int helped_ = 0;
};

}  // namespace

std::optional<Violation> play_crowd(std::uint64_t seed, const std::function<void(const std::string&)>& say) {
  return CrowdPlay(seed, say).play();
}

}  // namespace breakwater::simulation
