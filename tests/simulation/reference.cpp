#include "tests/simulation/reference.hpp"

#include <algorithm>
#include <array>

namespace breakwater::simulation {
namespace {

using Action = HistoryAction;
using End = HistoryEnd;
using Verdict = HistoryVerdict;

constexpr std::array kActions{"prepare", "stage", "activate", "check", "cancel", "roll_back", "check_back"};
constexpr std::array kEnds{"none", "updated", "current", "refused", "not_started", "rolled_back", "quarantined"};

struct Host {
  End end = End::none;
  std::optional<CommandWasIssued> open;
  bool started = false;       ///< in flight, either way
  bool stages = false;        ///< its service can hold an image
  bool staged = false;        ///< and holds the one of component `at`
  bool activated = false;     ///< component `at` was run; its check is due
  bool back = false;          ///< on its way back
  bool asked = false;         ///< somebody wants it back
  bool failed = false;        ///< by itself
  bool released = false;      ///< from quarantine
  std::uint32_t at = 0;       ///< the component whose turn it is
  std::uint32_t touched = 0;  ///< so many components may run the new version
  int uploads = 0;            ///< of component `at`, that never arrived
};

struct Tally {
  std::int64_t completed = 0;
  std::int64_t good = 0;
  std::int64_t others = 0;  ///< may still end well
};

class Model : public Reference {
 public:
  void begin(const HistoryPlan& plan) override {
    *this = Model();
    plan_ = plan;
    hosts_.resize(plan.hosts.size());
    last_end_.resize(plan.waves.size());
  }

  std::string take(const HistoryEvent& event, Milliseconds steady, const std::vector<End>& ends) override {
    now_ = steady;
    std::string objection = std::visit([this](const auto& told) { return on(told); }, event);
    for (std::uint32_t i = 0; i < hosts_.size(); ++i) settle(i);
    if (objection.empty()) objection = compare(ends, std::holds_alternative<RolloutHasFinished>(event));
    return objection;
  }

 private:
  std::string on(const CommandWasIssued& told) {
    Host& host = hosts_[told.host];
    std::string objection = host.open ? "its " + word(host.open->action) + " is still open" : may(told);
    const bool starts = told.action == Action::prepare || host.end == End::updated;
    if (objection.empty() && starts) objection = room_for(told.host);
    if (objection.empty() && told.action == Action::prepare) objection = may_start(told.host);
    if (!objection.empty()) return name(told.host) + ": " + word(told) + " was issued, but " + objection;
    if (told.action == Action::roll_back) {
      host.back = true;
      host.end = End::none;
    }
    host.started = true;
    host.open = told;
    return {};
  }

  /// What the host itself allows next.
  std::string may(const CommandWasIssued& told) const {
    const Host& host = hosts_[told.host];
    const auto is = [&](Action action, std::uint32_t component) {
      if (action == Action::prepare || action == Action::check_back) return told.action == action;
      return told.action == action && told.component == component;
    };
    const auto expect = [&](Action action, std::uint32_t component) {
      return is(action, component) ? std::string() : "expected " + word({told.host, action, component});
    };
    if (host.end == End::updated && host.asked) return expect(Action::roll_back, host.touched - 1);
    if (host.end != End::none) return "it has ended as " + word(host.end);
    if (!host.started) return expect(Action::prepare, 0);
    if (host.back)
      return host.touched > 0 ? expect(Action::roll_back, host.touched - 1) : expect(Action::check_back, 0);
    if (host.staged && gives_back(host)) return expect(Action::cancel, host.at);
    // The pages leave open whether what runs already is still checked before it goes back.
    if (host.asked && !(host.activated && told.action == Action::check)) {
      return expect(Action::roll_back, host.touched - 1);
    }
    if (host.activated) return expect(Action::check, host.touched);
    return expect(host.stages && !host.staged ? Action::stage : Action::activate, host.at);
  }

  std::string may_start(std::uint32_t place) const {
    if (paused_ || stopped_) return "the rollout is paused";
    if (halted_) return "the rollout has halted";
    if (plan_.hosts[place].wave > passed_) return "the gate of wave " + std::to_string(passed_) + " has not passed";
    if (fails(tally(passed_, false))) return "wave " + std::to_string(passed_) + " has failed";
    return {};
  }

  std::string room_for(std::uint32_t place) const {
    const auto in_flight = std::count_if(hosts_.begin(), hosts_.end(), [](const Host& host) { return host.started; });
    if (in_flight >= plan_.in_flight_most) return std::to_string(in_flight) + " are in flight";
    for (const HistoryLimit& limit : plan_.limits) {
      const auto within = [&](const HistoryHost& host) { return std::ranges::count(host.domains, limit.domain) > 0; };
      if (!within(plan_.hosts[place])) continue;
      auto away = std::ranges::count(plan_.down_before, limit.domain);
      for (std::size_t i = 0; i < hosts_.size(); ++i) {
        const bool rests = hosts_[i].end == End::quarantined && !hosts_[i].released;
        if ((hosts_[i].started || rests) && within(plan_.hosts[i])) ++away;
      }
      if (away >= limit.most) return std::to_string(away) + " of " + limit.domain + " are away";
    }
    return {};
  }

  std::string on(const CommandHasEnded& told) {
    Host& host = hosts_[told.host];
    if (!host.open || host.open->action != told.action) return name(told.host) + ": ended what was never issued";
    host.open.reset();
    const bool done = told.verdict == Verdict::done;
    const bool way_back = told.action >= Action::cancel;
    if (told.verdict == Verdict::lost || (way_back && !done)) {
      fail(told.host, true);
    } else if (told.verdict == Verdict::current) {
      finish(told.host, End::current);
    } else if (done) {
      advance(told);
    } else {
      const bool ran = told.action == Action::stage || told.action == Action::activate;
      if (ran && told.verdict == Verdict::failed) host.touched = host.at + 1;
      const bool again = told.action == Action::stage && told.verdict == Verdict::untouched && told.upload_failed;
      if (again && ++host.uploads < plan_.uploads_most) return {};
      fail(told.host, false);
    }
    return {};
  }

  void advance(const CommandHasEnded& told) {
    Host& host = hosts_[told.host];
    if (told.action == Action::prepare) host.stages = told.stages;
    if (told.action == Action::stage) host.staged = true;
    if (told.action == Action::roll_back) --host.touched;
    if (told.action == Action::check_back) finish(told.host, End::rolled_back);
    if (told.action == Action::cancel) {
      host.staged = false;
      if (host.touched == 0) host.started = false;
    }
    if (told.action == Action::activate) {
      host.staged = false;
      host.activated = true;
      host.touched = host.at + 1;
    }
    if (told.action == Action::check) {
      host.activated = false;
      host.uploads = 0;
      if (++host.at == plan_.hosts[told.host].components.size()) finish(told.host, End::updated);
    }
  }

  void fail(std::uint32_t place, bool lost) {
    Host& host = hosts_[place];
    host.failed = true;
    host.staged = false;
    if (lost) return finish(place, End::quarantined);
    if (host.touched == 0) return finish(place, End::refused);
    if (!host.asked && !plan_.undo_host) return finish(place, End::quarantined);
    if (!can_go_back(place)) return finish(place, End::quarantined);
    host.back = true;
  }

  void finish(std::uint32_t place, End end) {
    hosts_[place].end = end;
    hosts_[place].started = false;
    last_end_[plan_.hosts[place].wave] = now_;
  }

  /// What happens to a host without a command, when none is open.
  void settle(std::uint32_t place) {
    Host& host = hosts_[place];
    if (host.open || host.back) return;
    if (host.asked && host.touched > 0 && !host.staged && (host.end == End::none || host.end == End::updated)) {
      if (!can_go_back(place)) finish(place, End::quarantined);
    }
    if (host.end != End::none || !gives_back(host) || host.touched > 0 || host.staged) return;
    host.started = false;
    if (halted_ || host.asked) finish(place, End::not_started);
  }

  bool gives_back(const Host& host) const { return host.asked || (host.touched == 0 && (stopped_ || halted_)); }

  bool can_go_back(std::uint32_t place) const {
    const auto& components = plan_.hosts[place].components;
    return std::all_of(components.begin(), components.begin() + hosts_[place].touched,
                       [](const HistoryComponent& component) { return component.way_back; });
  }

  /// `early` counts who has failed but has no end yet, and who was asked back as well as failed: the pages leave open
  /// whether those are in.
  Tally tally(std::uint32_t wave, bool early) const {
    Tally sum;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      const Host& host = hosts_[i];
      if (plan_.hosts[i].wave != wave) continue;
      const bool good = host.end == End::updated || host.end == End::current;
      const bool own = host.failed && (early || (host.end != End::none && !host.asked));
      const bool bad = host.end == End::refused || host.end == End::quarantined || own;
      if (good || bad) ++sum.completed;
      if (good) ++sum.good;
      if (host.end == End::none && !bad && !(early && host.asked)) ++sum.others;
    }
    return sum;
  }

  bool fails(const Tally& sum) const {
    const std::int64_t failed = sum.completed - sum.good;
    const std::int64_t all = sum.completed + sum.others;
    if (plan_.failed_hosts && failed >= *plan_.failed_hosts) return true;
    const bool enough = sum.completed >= plan_.failed_share_from && sum.completed > 0;
    if (plan_.failed_share && enough && failed * 10'000 >= *plan_.failed_share * sum.completed) return true;
    return (sum.good + sum.others) * 10'000 < plan_.waves[passed_].success * all;
  }

  std::string on(const GateWasJudged& told) {
    const std::string gate = "gate of wave " + std::to_string(told.wave);
    if (told.wave != passed_) return gate + " was judged, but wave " + std::to_string(passed_) + " is open";
    for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
      if (plan_.hosts[i].wave == told.wave && hosts_[i].end == End::none) return gate + ": no end yet of " + name(i);
    }
    const HistoryWave& wave = plan_.waves[told.wave];
    const bool last = told.wave + 1 == plan_.waves.size();
    if (!last && now_ < last_end_[told.wave] + wave.soak) return gate + " was judged before its soak was over";
    const auto passes = [&](const Tally& sum) {
      return sum.completed >= wave.least_hosts && sum.good * 10'000 >= wave.success * sum.completed;
    };
    if (passes(tally(told.wave, false)) != told.passed && passes(tally(told.wave, true)) != told.passed) {
      return gate + ": expected it to " + (told.passed ? "fail" : "pass");
    }
    told.passed ? void(++passed_) : void(gate_failed_ = true);
    return {};
  }

  std::string on(const RolloutWasHalted& told) {
    const bool over = passed_ >= plan_.waves.size();
    const bool failed = gate_failed_ || (!over && (fails(tally(passed_, false)) || fails(tally(passed_, true))));
    const bool by_rule = failed && told.undo_wave == (plan_.undo_wave ? static_cast<int>(passed_) : -2);
    if (!by_rule && std::ranges::count(undos_asked_, told.undo_wave) == 0) {
      return "halted with undo " + std::to_string(told.undo_wave) + ", but wave " + std::to_string(passed_) +
             (failed ? " fails and its policy says another undo" : " has no reason to fail");
    }
    halt(told.undo_wave);
    return {};
  }

  void halt(int undo) {
    halted_ = true;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      if (undo == -1 || undo == static_cast<int>(plan_.hosts[i].wave)) hosts_[i].asked = true;
    }
  }

  std::string on(const OperatorHasAsked& told) {
    if (told.verb == HistoryVerb::pause) paused_ = true;
    if (told.verb == HistoryVerb::stop) stopped_ = true;
    if (told.verb == HistoryVerb::resume) paused_ = stopped_ = false;
    if (told.verb == HistoryVerb::release && told.host) hosts_[*told.host].released = true;
    if (told.verb != HistoryVerb::roll_back) return {};
    if (told.host) {
      hosts_[*told.host].asked = true;
    } else {
      undos_asked_.push_back(told.wave ? static_cast<int>(*told.wave) : -1);
      halt(undos_asked_.back());
    }
    return {};
  }

  std::string on(const RolloutHasFinished&) { return {}; }
  std::string on(const ConductorCameUp&) { return {}; }

  /// The product's ends are those after a whole journal write, so they may be ahead of this event: what differs must
  /// come right before they change again, and before the clock goes on.
  std::string compare(const std::vector<End>& ends, bool finished) {
    if (!differs_.empty() && (ends != told_ || now_ != told_at_)) return differs_;
    differs_.clear();
    for (std::uint32_t i = 0; i < hosts_.size() && differs_.empty(); ++i) {
      if (hosts_[i].end != ends[i])
        differs_ = name(i) + ": expected " + word(hosts_[i].end) + ", told " + word(ends[i]);
      if (finished && hosts_[i].end == End::none) return name(i) + ": expected an end before the rollout is finished";
    }
    told_ = ends;
    told_at_ = now_;
    return finished ? differs_ : std::string();
  }

  std::string name(std::uint32_t place) const { return plan_.hosts[place].name; }
  static std::string word(Action action) { return kActions.at(static_cast<std::size_t>(action)); }
  static std::string word(End end) { return kEnds.at(static_cast<std::size_t>(end)); }
  static std::string word(const CommandWasIssued& told) {
    return word(told.action) + " " + std::to_string(told.component);
  }

  HistoryPlan plan_;
  std::vector<Host> hosts_;
  std::vector<Milliseconds> last_end_;
  std::uint32_t passed_ = 0;  ///< so many gates; the wave of this number is open
  bool paused_ = false;
  bool stopped_ = false;
  bool halted_ = false;
  bool gate_failed_ = false;
  std::vector<int> undos_asked_;  ///< by operators
  Milliseconds now_ = 0;
  std::string differs_;
  std::vector<End> told_;
  Milliseconds told_at_ = 0;
};

}  // namespace

std::unique_ptr<Reference> make_reference() {
  return std::make_unique<Model>();
}

}  // namespace breakwater::simulation
