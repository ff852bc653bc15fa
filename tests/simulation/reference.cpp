#include "tests/simulation/reference.hpp"

#include <algorithm>

namespace breakwater::simulation {
namespace {

using Action = HistoryAction;
using End = HistoryEnd;
using Verdict = HistoryVerdict;

constexpr const char* kEnds[] = {"none", "updated", "current", "refused", "not_started", "rolled_back", "quarantined"};
constexpr const char* kActions[] = {"prepare", "stage",     "activate",   "check",
                                    "cancel",  "roll_back", "check_back", "watch"};

struct Host {
  HistoryHost plan;
  End end = End::none;
  std::optional<End> or_else;  ///< where the pages leave open which end it is, or when
  std::optional<CommandWasIssued> open;
  bool in_flight = false, stages = false, staged = false, activated = false;
  bool back = false, asked = false, failed = false, released = false, discounted = false;
  bool was_updated = false, asked_since = false;             ///< since the last pause or stop
  bool ill = false, foreign = false;                         ///< found so in its soak; somebody else's version runs
  bool begun = false, asked_later = false, drifted = false;  ///< its way back; since the ways back were held
  std::uint32_t brought_back = 0;                            ///< components, of the present way back
  std::uint32_t touched = 0;                                 ///< so many components may run the new version
  int uploads = 0;                                           ///< of the next one, that never arrived
  void ask(bool whether) { asked = asked || (whether && !failed); }
  bool away() const { return in_flight || (end == End::quarantined && !released); }
};

class Model : public Reference {
  struct Tally {
    std::int64_t completed = 0, good = 0, others = 0, refused = 0;
  };

 public:
  void begin(const HistoryPlan& plan) override {
    plan_ = plan;
    for (const HistoryHost& host : plan.hosts) hosts_.emplace_back().plan = host;
    last_end_.resize(plan.waves.size());
  }
  std::string take(const HistoryEvent& event, Milliseconds steady, const std::vector<End>& ends) override {
    // Ends are told as after a whole journal write: where they are ahead, they come right before the clock goes on.
    if (steady != now_ && !differs_.empty()) return differs_;
    now_ = steady;
    differs_.clear();
    const std::string objection = std::visit([this](const auto& told) { return on(told); }, event);
    const bool finished = std::holds_alternative<RolloutHasFinished>(event);
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      Host& host = hosts_[i];
      settle(host);
      if (host.or_else == ends[i] || (host.drifted && host.end != ends[i])) finish(host, ends[i]);
      if (host.drifted) host.in_flight = ends[i] == End::none;
      host.or_else.reset();
      const bool unfinished = finished && (host.end == End::none || (goes_back(host) && !host.drifted));
      if (!differs_.empty() || (host.end == ends[i] && !unfinished)) continue;
      differs_ =
          host.plan.name + ": expected " + (unfinished ? "another end" : word(host.end)) + ", told " + word(ends[i]);
    }
    return objection.empty() && finished ? differs_ : objection;
  }

 private:
  std::string on(const CommandWasIssued& told) {
    Host& host = hosts_[told.host];
    if (told.action == Action::watch) return watch(host, told);
    std::string objection = host.open ? "its " + word(*host.open) + " is still open" : may(host, told);
    const bool starts = told.action == Action::prepare || host.end == End::updated;
    if (objection.empty() && starts) objection = may_start(host, told.action == Action::prepare);
    if (objection.empty() && told.action == Action::roll_back) objection = may_go_back(host);
    if (!objection.empty()) return host.plan.name + ": " + word(told) + " was issued, but " + objection;
    host.back = host.back || told.action == Action::roll_back;
    host.begun = host.begun || told.action == Action::roll_back;
    host.end = End::none;
    host.in_flight = true;
    host.open = told;
    return {};
  }
  std::string may_go_back(const Host& host) const {
    const auto moves = [this](const Host& one) {
      return one.begun && (one.open || !held() || one.asked_since || one.touched == 0);
    };
    if (!host.begun && ways_held_ && !host.asked_later) return "the ways back are held";
    const int first = std::min(2, plan_.way_back_failures);
    const bool waits = host.end == End::updated && ways_well_ < first && std::ranges::count_if(hosts_, moves) >= first;
    return waits ? "the first ways back have not ended well" : "";
  }
  std::string may(const Host& host, const CommandWasIssued& told) const {
    if (host.drifted) return {};
    if (host.end != End::none && !goes_back(host)) return "it has ended as " + word(host.end);
    CommandWasIssued next{told.host, host.stages && !host.staged ? Action::stage : Action::activate, host.touched};
    if (!host.in_flight) next = {told.host, Action::prepare, 0};
    if (goes_back(host)) next = {told.host, Action::check_back, 0};
    if (goes_back(host) && host.touched > 0) next = {told.host, Action::roll_back, host.touched - 1};
    if (host.staged && (gets_no_image(host) || stopped_)) next = {told.host, Action::cancel, host.touched};
    if (host.activated) next = {told.host, Action::check, host.touched};
    const bool may_close = plan_.has_windows && host.staged && host.touched == 0;
    if (may_close && told.action == Action::cancel) next = {told.host, Action::cancel, 0};
    const bool sends = next.action == Action::stage || (next.action == Action::activate && !host.staged);
    const bool goes = next.action == Action::roll_back && !host.asked_since;
    if (held() && (sends || goes)) return "it is held";
    if (stopped_ && next.action == Action::activate) return "it is stopped";
    return word(next) == word(told) ? std::string() : "expected " + word(next);
  }
  std::string may_start(const Host& host, bool anew) const {
    if (anew && (paused_ || stopped_ || halted_)) return "nobody starts";
    if (anew && host.plan.wave != passed_) return "another wave is open";
    if (anew && fails(tally(passed_, false))) return "its wave has failed";
    if (std::ranges::count(hosts_, true, &Host::in_flight) >= plan_.in_flight_most) return "enough are in flight";
    for (const HistoryLimit& limit : plan_.limits) {
      const auto within = [&](const Host& one) { return std::ranges::count(one.plan.domains, limit.domain) > 0; };
      const auto is_away = [&](const Host& one) { return one.away() && within(one); };
      const auto down = std::ranges::count(plan_.down_before, limit.domain);
      const auto is_discounted = [&](const Host& one) { return is_away(one) && one.discounted; };
      const auto away = down + std::ranges::count_if(hosts_, is_away);
      const bool full = away - std::ranges::count_if(hosts_, is_discounted) >= limit.most;
      if (within(host) && (full || (limit.ceiling > 0 && away >= limit.ceiling))) return limit.domain + " is full";
    }
    return {};
  }
  std::string on(const CommandHasEnded& told) {
    Host& host = hosts_[told.host];
    if (!host.open || host.open->action != told.action) return host.plan.name + ": what ended was never issued";
    host.open.reset();
    if (told.action == Action::watch) return watched(host, told);
    if (told.withdrawn) return withdraw(host, told);
    if (told.stays_released) return stay_released(host, told);
    if (told.verdict > Verdict::current) fail(host, told);
    if (told.verdict == Verdict::current) finish(host, End::current);
    if (told.verdict != Verdict::done) return {};
    if (told.action == Action::prepare) {
      host.stages = told.stages;
      host.in_flight = !held();
    }
    if (told.action == Action::activate) ++host.touched;
    if (told.action == Action::cancel) host.in_flight = host.touched > 0;
    if (told.action == Action::roll_back) {
      --host.touched;
      ++host.brought_back;
    }
    if (told.action == Action::check_back) {
      ways_well_ += end_way(host) ? 1 : 0;
      finish(host, End::rolled_back);
    }
    host.staged = told.action == Action::stage;
    host.activated = told.action == Action::activate;
    if (told.action == Action::prepare || told.action == Action::cancel || host.activated) host.uploads = 0;
    if (told.action == Action::check && host.touched == host.plan.components.size()) finish(host, End::updated);
    return {};
  }
  static std::string watch(Host& host, const CommandWasIssued& told) {
    if (host.open || host.end != End::updated) return host.plan.name + ": it is watched, and is not updated";
    host.open = told;
    return {};
  }
  std::string watched(Host& host, const CommandHasEnded& told) {
    host.drifted = host.drifted || told.drifted;
    host.foreign = host.foreign || told.drifted;
    if (told.verdict != Verdict::failed) return {};
    host.failed = true;
    if (!plan_.undo_host || !can_go_back(host)) finish(host, End::quarantined);
    host.ill = host.end == End::updated;
    return {};
  }
  std::string withdraw(Host& host, const CommandHasEnded& told) {
    const bool whole = host.was_updated && host.touched == host.plan.components.size();
    if (told.action == Action::roll_back && host.brought_back == 0) end_way(host);
    if (told.action == Action::roll_back && whole) {
      host.back = false;
      finish(host, End::updated);
    }
    if (host.touched == 0 && !host.staged) host.in_flight = false;
    return {};
  }
  /// Whether one was under way.
  static bool end_way(Host& host) {
    host.brought_back = 0;
    return std::exchange(host.begun, false);
  }
  void hold_ways() {
    ways_held_ = true;
    for (Host& host : hosts_) host.asked_later = false;
  }
  /// Neither a failed way back nor a refused one.
  std::string stay_released(Host& host, const CommandHasEnded& told) {
    const bool may = host.released && told.action == Action::roll_back && host.brought_back == 0;
    if (!may) return host.plan.name + ": it stays released, and was not";
    end_way(host);
    host.back = host.asked = false;
    finish(host, End::quarantined);
    return {};
  }
  void fail_back(Host& host, const CommandHasEnded& told) {
    const bool refused = told.action == Action::roll_back && told.verdict == Verdict::untouched;
    const bool whole = host.was_updated && host.touched == host.plan.components.size() && (!host.ill || told.drifted);
    if (end_way(host) && !told.drifted && (refused || ++ways_failed_ >= plan_.way_back_failures)) hold_ways();
    host.drifted = host.drifted || told.drifted;
    host.foreign = host.foreign || (told.drifted && refused && whole);
    host.back = host.asked = false;
    host.failed = !(refused && whole);
    finish(host, host.failed ? End::quarantined : End::updated);
  }
  void fail(Host& host, const CommandHasEnded& told) {
    if (told.action > Action::cancel) return fail_back(host, told);
    const bool staging = told.action == Action::stage, activating = told.action == Action::activate;
    if (staging && told.upload_failed && ++host.uploads < plan_.uploads_most) {
      host.in_flight = host.touched > 0 || !held();
      return;
    }
    if (told.window_closed && (staging || host.touched == 0 || !host.stages)) {
      host.staged = false;
      host.in_flight = host.touched > 0;
      return;
    }
    const bool may_run = (staging || activating) && told.verdict == Verdict::failed;
    if (may_run) ++host.touched;
    host.failed = true;
    host.staged = host.activated = false;
    const bool stays = host.touched > 0 && !plan_.undo_host && !host.asked;
    const bool lost = told.verdict == Verdict::lost || told.action >= Action::cancel;
    if (lost || stays || !can_go_back(host)) return finish(host, End::quarantined);
    if (host.touched == 0 && !activating) return finish(host, End::refused);
    host.back = true;
    // Left open: is a run that changed nothing checked; can a staging that is not over be brought back; which wish wins
    // where failed hosts stay as they are and their wave is undone.
    if (host.touched == 0) host.or_else = End::refused;
    if (host.touched > 0 && ((staging && may_run) || !plan_.undo_host)) host.or_else = End::quarantined;
  }
  void finish(Host& host, End end) {
    host.end = end;
    host.in_flight = false;
    host.was_updated = host.was_updated || end == End::updated;
    last_end_[host.plan.wave] = now_;
  }
  /// What becomes of a host by itself while no command is open.
  void settle(Host& host) {
    if (host.open || host.back || host.staged || host.activated || host.end != End::none) return;
    if (host.touched == 0 && (gets_no_image(host) || stopped_)) host.in_flight = false;
    if (host.touched == 0 && gets_no_image(host)) finish(host, End::not_started);
    if (host.touched > 0 && gets_no_image(host) && !can_go_back(host)) finish(host, End::quarantined);
  }
  bool gets_no_image(const Host& host) const { return halted_ || host.asked; }
  bool held() const { return paused_ || stopped_; }
  /// A host that is updated goes only where it was asked back, or was found ill, and can.
  bool goes_back(const Host& host) const {
    if (host.end == End::updated) return (host.asked || host.ill) && can_go_back(host);
    return host.end == End::none && (host.back || (host.touched > 0 && gets_no_image(host)));
  }
  static bool can_go_back(const Host& host) {
    const auto touched = host.plan.components.begin() + host.touched;
    return std::all_of(host.plan.components.begin(), touched, [](const auto& component) { return component.way_back; });
  }

  /// Left open: whether who has failed counts before its end, and who was asked back as well as failed. `early` does.
  Tally tally(std::uint32_t wave, bool early) const {
    Tally sum;
    for (const Host& host : hosts_) {
      if (host.plan.wave != wave || (host.foreign && host.end == End::updated)) continue;
      const bool good = host.end == End::updated || host.end == End::current;
      const bool own = host.failed && (early || (host.end != End::none && !host.asked));
      const bool bad = host.end == End::refused || host.end == End::quarantined || own;
      if (good) ++sum.good;
      if (good || bad) ++sum.completed;
      if (host.end == End::refused) ++sum.refused;
      if (host.end == End::none && !bad && !(early && host.asked)) ++sum.others;
    }
    return sum;
  }
  /// Who was not touched undoes nobody: whether the wave fails without them as well.
  bool undoes(Tally sum) const {
    sum.completed -= std::exchange(sum.refused, 0);
    return plan_.undo_wave && sum.completed > sum.good && fails(sum, 0);
  }
  bool fails(const Tally& sum) const { return fails(sum, plan_.waves[passed_].least_hosts); }
  bool fails(const Tally& sum, std::int64_t least_hosts) const {
    const std::int64_t failed = sum.completed - sum.good;
    const bool enough = plan_.failed_share && sum.completed >= plan_.failed_share_from;
    if (plan_.failed_hosts && failed >= *plan_.failed_hosts) return true;
    if (sum.completed + sum.others < least_hosts) return true;
    if (enough && failed * 10'000 >= *plan_.failed_share * sum.completed) return true;
    return (sum.good + sum.others) * 10'000 < plan_.waves[passed_].success * (sum.completed + sum.others);
  }

  std::string on(const GateWasJudged& told) {
    const std::string gate = "gate of wave " + std::to_string(told.wave);
    if (told.wave != passed_ || tally(passed_, false).others > 0)
      return gate + ": another one is open, or its hosts are";
    const HistoryWave& wave = plan_.waves[passed_];
    if (passed_ + 1 < plan_.waves.size() && now_ < last_end_[passed_] + wave.soak) return gate + ": it soaks still";
    const auto passes = [&](const Tally& sum) {
      return sum.completed >= wave.least_hosts && sum.good * 10'000 >= wave.success * sum.completed;
    };
    if (passes(tally(passed_, false)) != told.passed && passes(tally(passed_, true)) != told.passed)
      return gate + ": expected the other verdict";
    gate_failed_ = !told.passed;
    if (told.passed) ++passed_;
    return {};
  }
  std::string on(const RolloutWasHalted& told) {
    if (passed_ >= plan_.waves.size()) return "halted, and no wave is open";
    const Tally sure = tally(passed_, false), early = tally(passed_, true);
    const int wave = static_cast<int>(passed_), undo = told.undo_wave;
    const bool failed = gate_failed_ || fails(sure) || fails(early);
    const bool right = undo == wave ? undoes(sure) || undoes(early) : undo == -2 && !(undoes(sure) && undoes(early));
    if (!(halted_ ? undo == wave : failed) || !right) return "halted to undo " + std::to_string(undo) + " by no rule";
    return halt(undo);
  }
  std::string halt(int undo) {
    halted_ = true;
    for (Host& host : hosts_) host.ask(undo == -1 || undo == static_cast<int>(host.plan.wave));
    return {};
  }
  std::string on(const OperatorHasAsked& told) {
    if (told.verb == HistoryVerb::pause) paused_ = true;
    if (told.verb == HistoryVerb::stop) stopped_ = true;
    for (Host& host : hosts_) {
      if (told.verb == HistoryVerb::pause || told.verb == HistoryVerb::stop) host.asked_since = false;
    }
    if (told.verb == HistoryVerb::resume) paused_ = stopped_ = false;
    const bool go_on = told.verb == HistoryVerb::resume && std::exchange(ways_held_, false);
    if (go_on || told.verb == HistoryVerb::roll_back) ways_failed_ = ways_well_ = 0;
    if (told.verb == HistoryVerb::release) hosts_[told.host.value()].released = true;
    if (told.verb == HistoryVerb::discount) {
      Host& host = hosts_[told.host.value()];
      host.discounted = host.discounted || (host.end == End::quarantined && !host.released);
    }
    if (told.verb != HistoryVerb::roll_back) return {};
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      const bool meant = told.host ? *told.host == i : !told.wave || *told.wave == hosts_[i].plan.wave;
      hosts_[i].asked_since = hosts_[i].asked_since || meant;
      hosts_[i].asked_later = hosts_[i].asked_later || meant;
      // Left open: what a host runs that was released from its quarantine, and so whether it goes back.
      const bool seen_to = hosts_[i].end == End::quarantined && hosts_[i].released;
      hosts_[i].drifted = hosts_[i].drifted || (meant && seen_to);
    }
    if (!told.host) return halt(told.wave ? static_cast<int>(*told.wave) : -1);
    hosts_[*told.host].ask(true);
    return {};
  }
  std::string on(const auto&) { return {}; }
  static std::string word(End end) { return kEnds[static_cast<std::size_t>(end)]; }
  static std::string word(const CommandWasIssued& told) {
    return kActions[static_cast<std::size_t>(told.action)] + (" " + std::to_string(told.component));
  }

  HistoryPlan plan_;
  std::vector<Host> hosts_;
  std::vector<Milliseconds> last_end_;  ///< of each wave
  std::uint32_t passed_ = 0;            ///< so many gates; the wave of this number is open
  bool paused_ = false, stopped_ = false, halted_ = false, gate_failed_ = false;
  bool ways_held_ = false;
  int ways_failed_ = 0, ways_well_ = 0;
  Milliseconds now_ = 0;
  std::string differs_;
};

}  // namespace

std::unique_ptr<Reference> make_reference() {
  return std::make_unique<Model>();
}

}  // namespace breakwater::simulation
