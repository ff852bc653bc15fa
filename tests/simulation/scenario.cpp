#include "tests/simulation/scenario.hpp"

#include <algorithm>
#include <array>

#include "orchestrator/crews/model/model_of.hpp"
#include "tests/simulation/scenario_plan.hpp"

namespace breakwater::simulation {

using model::Dice;
using model::Faults;
using model::ModelFleet;
using model::ModelHost;
using model::ModelTimes;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

ModelTimes times_of_model(Dice& dice) {
  ModelTimes times;
  times.upload = dice.between(Duration(seconds(5)), Duration(minutes(4)));
  times.verify = dice.between(Duration(seconds(1)), Duration(minutes(1)));
  times.flash = dice.between(Duration(seconds(30)), Duration(minutes(8)));
  times.boot = dice.between(Duration(seconds(60)), Duration(minutes(7)));
  times.bmc_boot = dice.between(Duration(seconds(40)), Duration(minutes(4)));
  return times;
}

/// Every machine of a model is a little different.
ModelTimes times_of_host(Dice& dice, ModelTimes times) {
  for (Duration* one : {&times.upload, &times.verify, &times.flash, &times.boot, &times.bmc_boot}) {
    *one = Duration(one->count() * dice.between(80, 140) / 100);
  }
  return times;
}

Faults::Flash any_flash(Dice& dice) {
  return static_cast<Faults::Flash>(dice.between(1, static_cast<int>(Faults::Flash::kills_bmc)));
}

model::Answer any_answer(model::Dice& dice) {
  constexpr std::array kAnswers{model::Answer::lost_before, model::Answer::lost_after,
                                model::Answer::refused,     model::Answer::refused_yet_done,
                                model::Answer::failed,      model::Answer::failed_yet_done};
  return kAnswers[dice.below(kAnswers.size())];
}

/// How the services of a model show an image that waits.
model::ModelShows any_shows(model::Dice& dice) {
  constexpr std::array<model::ModelShows, 5> kKinds{{
      {true, false, false},
      {true, true, false},
      {false, true, false},
      {true, false, true},
      {false, false, true},
  }};
  return kKinds[dice.below(kKinds.size())];
}

void draw_banks(Dice& dice, ModelHost& host) {
  for (model::ModelComponent& one : host.components) {
    one.two_banks = one.two_banks || dice.in_thousand(300);
    if (one.two_banks) one.other = "0.9";
  }
}

}  // namespace

void draw_services(Dice& dice, ModelFleet& fleet) {
  const bool starts_by_request = dice.in_thousand(250);
  const model::ModelShows shows = any_shows(dice);
  for (ModelHost& host : fleet.hosts) {
    host.shows = shows;
    host.starts_by_request = starts_by_request;
    host.tells_resets = !dice.in_thousand(100);
    draw_banks(dice, host);
  }
}

Faults draw_faults(Dice& dice, int trouble) {
  Faults faults;
  const auto happens = [&dice, trouble] { return dice.in_thousand(trouble); };
  if (happens()) faults.flash = any_flash(dice);
  if (happens()) faults.flash_back = any_flash(dice);
  if (happens()) faults.upload_errors = static_cast<int>(dice.between(1, 4));
  faults.task_vanishes = happens();
  faults.stage_stuck = happens() && happens();
  faults.stage_fails = happens();
  faults.cancel_ignored = happens();
  if (happens()) faults.bmc_away = dice.between(Duration(minutes(1)), Duration(minutes(40)));
  faults.factory_reset = happens();
  faults.new_key = happens();
  if (happens())
    faults.sick_after = dice.in_thousand(500) ? Duration(0) : dice.between(Duration(0), Duration(hours(1)));
  if (happens()) faults.sensors_lie = dice.between(Duration(minutes(1)), Duration(minutes(70)));
  faults.loses_component = happens();
  if (happens()) faults.pressed_after_staging = dice.between(Duration(1), Duration(seconds(40)));
  if (happens()) faults.slow = 10;
  if (happens()) faults.to_upload = any_answer(dice);
  if (dice.in_thousand(4 * trouble)) faults.to_upload_back = any_answer(dice);
  if (happens()) faults.to_run = any_answer(dice);
  if (dice.in_thousand(4 * trouble)) faults.to_switch = any_answer(dice);
  if (dice.in_thousand(8 * trouble)) faults.to_cancel = any_answer(dice);
  if (happens()) faults.members_fail = dice.between(Duration(seconds(30)), Duration(minutes(20)));
  if (happens()) faults.busy = dice.between(Duration(seconds(5)), Duration(minutes(20)));
  if (happens()) faults.sessions_full = dice.between(Duration(seconds(5)), Duration(minutes(20)));
  if (happens()) faults.read_takes = dice.between(Duration(100), Duration(minutes(3)));
  if (happens()) {
    faults.restart_at = static_cast<model::Act::Kind>(dice.between(0, static_cast<int>(model::Act::Kind::flash_cut)));
    faults.restart_after = dice.between(Duration(0), Duration(minutes(2)));
  }
  faults.hides_writing = happens();
  faults.forgets_tasks = dice.in_thousand(8 * trouble);
  return faults;
}

namespace {

void draw_hosts(Dice& dice, const ResolvedPlan& plan, int trouble, ModelFleet& fleet) {
  const std::vector<ModelTimes> models{times_of_model(dice), times_of_model(dice), times_of_model(dice)};
  const bool stages = dice.in_thousand(800);
  const bool starts_by_request = dice.in_thousand(250);
  const std::vector<model::ModelShows> shows{any_shows(dice), any_shows(dice), any_shows(dice)};
  for (const PlannedHost& planned : plan.hosts) {
    ModelHost host = model::model_of(plan, planned);
    const std::size_t kind = dice.below(models.size());
    host.times = times_of_host(dice, models[kind]);
    host.shows = shows[kind];
    host.starts_by_request = starts_by_request;
    host.stages = stages != dice.in_thousand(50);
    host.tells_resets = !dice.in_thousand(100);
    host.faults = draw_faults(dice, trouble);
    host.faults.good_flashes = static_cast<std::uint32_t>(dice.below(host.components.size()));
    draw_banks(dice, host);
    if (dice.in_thousand(trouble)) {
      for (std::size_t i = 0; i < host.components.size(); ++i) {
        host.components[i].running = plan.images[plan.components[planned.updates[i].component].image].version;
      }
    }
    if (dice.in_thousand(trouble / 2)) host.components.front().running = "2.0";  // it drifted
    fleet.hosts.push_back(std::move(host));
  }
}

}  // namespace

void plan_nature(Dice& dice, int trouble, ModelFleet& fleet) {
  const Duration span = hours(12);
  const auto count = static_cast<std::uint32_t>(fleet.hosts.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (dice.in_thousand(trouble)) fleet.restart_bmc(kBegin + dice.between(Duration(0), span), i);
    if (dice.in_thousand(trouble / 2)) fleet.switch_off(kBegin + dice.between(Duration(0), span), i);
    if (dice.in_thousand(trouble)) fleet.press_button(kBegin + dice.between(Duration(0), span), i);
    if (dice.in_thousand(4 * trouble)) fleet.flash_by_hand(kBegin + dice.between(Duration(0), span), i);
    if (dice.in_thousand(trouble)) {
      const Duration length =
          dice.in_thousand(300) ? Duration(hours(24 * 365)) : dice.between(Duration(0), Duration(hours(1)));
      fleet.silence(kBegin + dice.between(Duration(0), span), i, length);
    }
  }
  if (count > 1 && dice.in_thousand(10 * trouble)) {
    const auto one = static_cast<std::uint32_t>(dice.below(count));
    const auto other = static_cast<std::uint32_t>((one + 1 + dice.below(count - 1)) % count);
    fleet.swap_addresses(kBegin + dice.between(Duration(0), span), one, other);
  }
  if (trouble > 0 && dice.in_thousand(200)) {
    fleet.lose_power(kBegin + dice.between(Duration(0), span), fleet.hosts[dice.below(count)].rack,
                     dice.between(Duration(seconds(1)), Duration(hours(1))));
  }
  if (dice.in_thousand(400)) {
    for (std::int64_t steps = dice.between(1, 4); steps > 0; --steps) {
      Duration off = dice.in_thousand(500) ? dice.between(Duration(seconds(-30)), Duration(seconds(30)))
                                           : dice.between(Duration(hours(-24)), Duration(hours(24)));
      if (dice.in_thousand(300)) off = dice.in_thousand(500) ? Duration(hours(1)) : Duration(hours(-1));
      fleet.step_wall(kBegin + dice.between(Duration(0), span), off);
    }
    fleet.step_wall(kBegin + span + hours(6), Duration(0));
  }
}

namespace {

/// At least one of them.
model::UnreadEntries any_entries(Dice& dice, const ModelHost& host) {
  const std::int64_t kinds = dice.between(1, 7);
  model::UnreadEntries made;
  made.component = static_cast<std::uint32_t>(dice.below(host.components.size()));
  made.running = (kinds & 1) != 0;
  made.other = (kinds & 2) != 0;
  made.staged = (kinds & 4) != 0;
  made.how = static_cast<model::Unread>(dice.between(0, static_cast<int>(model::Unread::garbage)));
  return made;
}

}  // namespace

void hide_entries(Dice& dice, int trouble, ModelFleet& fleet) {
  for (std::uint32_t i = 0; i < fleet.hosts.size(); ++i) {
    ModelHost& host = fleet.hosts[i];
    if (dice.in_thousand(4 * trouble)) {
      host.faults.entries_fail = dice.between(Duration(seconds(30)), Duration(hours(2)));
      host.faults.entries = any_entries(dice, host);
    }
    for (int left = 4; left > 0; --left) {
      if (!dice.in_thousand(4 * trouble)) continue;
      const Duration longest = dice.in_thousand(500) ? Duration(minutes(5)) : Duration(hours(4));
      fleet.hide_entries(kBegin + dice.between(Duration(0), Duration(hours(12))), i, any_entries(dice, host),
                         dice.between(Duration(seconds(1)), longest));
    }
  }
}

void draw_manners(Dice& dice, int trouble, ModelFleet& fleet) {
  using model::Answer;
  constexpr std::array kRequests{&Faults::to_upload, &Faults::to_upload_back, &Faults::to_run, &Faults::to_switch,
                                 &Faults::to_cancel};
  constexpr std::array kRarer{Answer::precondition, Answer::gave_up, Answer::gave_up_yet_done, Answer::busy};
  for (ModelHost& host : fleet.hosts) {
    if (dice.in_thousand(400)) {
      host.named = static_cast<model::TaskNamed>(dice.between(0, static_cast<int>(model::TaskNamed::not_at_all)));
    }
    host.percents = static_cast<model::Percents>(dice.between(0, static_cast<int>(model::Percents::wander)));
    host.faults.answers_again = dice.in_thousand(300);
    host.faults.entries.manager = dice.in_thousand(200);
    host.faults.entries.tasks = dice.in_thousand(200);
    for (model::Answer Faults::*request : kRequests) {
      if (host.faults.*request != model::Answer::proper && dice.in_thousand(300)) {
        host.faults.*request = kRarer[dice.below(kRarer.size())];
      }
    }
    if (dice.in_thousand(trouble)) host.faults.login_takes = dice.between(Duration(100), Duration(minutes(2)));
    if (dice.in_thousand(2 * trouble)) host.faults.task_takes = dice.between(Duration(100), Duration(seconds(40)));
  }
}

Duration fail_own_side(Dice& dice, int trouble, ModelFleet& fleet) {
  constexpr Duration kSeenWithin = minutes(1);
  Duration in_all{0};
  if (trouble == 0 || !dice.in_thousand(400)) return in_all;
  for (std::int64_t left = dice.between(1, 4); left > 0; --left) {
    const auto part = static_cast<model::OwnSide>(dice.between(0, 2));
    const Duration length = dice.in_thousand(700) ? dice.between(Duration(seconds(1)), Duration(minutes(10)))
                                                  : dice.between(Duration(0), Duration(hours(6)));
    fleet.fail_own_side(kBegin + dice.between(Duration(0), Duration(hours(6))), part, length);
    in_all += length + kSeenWithin;
  }
  return in_all;
}

namespace {

std::vector<Wish> draw_wishes(Dice& dice, const ResolvedPlan& plan) {
  std::vector<Wish> wishes;
  if (dice.in_thousand(500)) return wishes;
  for (std::int64_t left = dice.between(1, 12); left > 0; --left) {
    Wish wish;
    wish.after = dice.between(Duration(0), dice.in_thousand(500) ? Duration(hours(2)) : Duration(hours(16)));
    const std::int64_t kind = dice.between(0, 99);
    wish.verb = kind < 20   ? Verb::pause
                : kind < 40 ? Verb::stop
                : kind < 70 ? Verb::resume
                : kind < 85 ? Verb::roll_back
                : kind < 93 ? Verb::release
                            : Verb::discount;
    const bool one_host = is_of_quarantine(wish.verb) || (wish.verb == Verb::roll_back && dice.in_thousand(700));
    if (one_host) wish.host = plan.hosts[dice.below(plan.hosts.size())].name;
    const bool one_wave = wish.verb == Verb::roll_back && !one_host && dice.in_thousand(600);
    if (one_wave) wish.wave = static_cast<std::uint32_t>(dice.below(plan.waves.size()));
    wishes.push_back(std::move(wish));
  }
  std::stable_sort(wishes.begin(), wishes.end(), [](const Wish& a, const Wish& b) { return a.after < b.after; });
  return wishes;
}

}  // namespace

std::vector<Life> draw_lives(Dice& dice, std::size_t hosts) {
  std::vector<Life> lives;
  if (dice.in_thousand(400)) return lives;
  const auto records = static_cast<std::int64_t>(hosts) * 15;
  for (std::int64_t left = dice.between(1, 5); left > 0; --left) {
    Life life;
    // Half of the lives end among their first words, where an earlier one's commands are taken up.
    life.appends = static_cast<std::uint64_t>(dice.in_thousand(500) ? dice.between(1, 12) : dice.between(1, records));
    const std::int64_t fate = dice.between(0, 99);
    life.fate = fate < 35   ? Life::Fate::dies_before
                : fate < 70 ? Life::Fate::dies_after
                : fate < 85 ? Life::Fate::asked_to_leave
                : fate < 92 ? Life::Fate::made_to_leave
                            : Life::Fate::disk_full;
    life.down = dice.in_thousand(700) ? dice.between(Duration(0), Duration(minutes(2)))
                                      : dice.between(Duration(0), Duration(hours(5)));
    lives.push_back(life);
  }
  return lives;
}

namespace {

/// A board that was cloned with its serial number, or one machine under two names: nobody can tell by what they answer.
void draw_twins(Dice& dice, Scenario& made) {
  const std::size_t count = made.plan.hosts.size();
  if (count < 2 || !dice.in_thousand(150)) return;
  for (std::int64_t left = dice.between(1, 3); left > 0; --left) {
    const std::size_t one = dice.below(count - 1);
    const Identity& who = made.plan.hosts[one].identity;
    made.plan.hosts[one + 1].identity = made.fleet.hosts[one + 1].identity = who;
  }
}

/// Most BMCs are pinned, for the others a CA speaks. Some policies expect the key that updates bring; now and then
/// somebody sits in the path to a pinned BMC and shows a key of their own.
void draw_keys(Dice& dice, int trouble, Scenario& made) {
  const bool pinned = dice.in_thousand(800);
  for (PlannedHost& host : made.plan.hosts) {
    host.bmc.address = host.name + ".bmc";
    if (pinned) host.bmc.tls = TlsPolicy{TlsPolicy::Mode::pin, "", {model::key_of(0)}};
  }
  if (dice.in_thousand(200)) made.plan.new_bmc_keys = {model::key_of(1)};
  made.trusts_after = dice.between(Duration(seconds(1)), Duration(hours(3)));
  for (std::uint32_t i = 0; pinned && i < made.fleet.hosts.size(); ++i) {
    if (!dice.in_thousand(5 * trouble)) continue;
    made.fleet.intercept(kBegin + dice.between(Duration(0), Duration(hours(12))), i,
                         dice.between(Duration(seconds(1)), Duration(hours(2))));
  }
}

/// Long after its update, and after its checks, a host turns.
void draw_late_turns(Dice& dice, int trouble, ModelFleet& fleet) {
  for (ModelHost& host : fleet.hosts) {
    if (!dice.in_thousand(trouble)) continue;
    const Duration after = dice.between(Duration(0), Duration(hours(4)));
    const std::int64_t kind = dice.between(0, 2);
    (kind == 0 ? host.faults.sick_after : kind == 1 ? host.faults.off_after : host.faults.loses_after) = after;
  }
}

/// Some rollouts ask for event logs, and some of those cannot be read for a while.
void draw_event_logs(Dice& dice, int trouble, Scenario& made) {
  if (!dice.in_thousand(200)) return;
  made.plan.checks.new_critical_most = 0;
  for (std::uint32_t i = 0; i < made.fleet.hosts.size(); ++i) {
    made.fleet.hosts[i].faults.entries.log = dice.in_thousand(300);
    if (!dice.in_thousand(6 * trouble)) continue;
    model::UnreadEntries log_alone;
    log_alone.running = false;
    log_alone.log = true;
    made.fleet.hide_entries(kBegin + dice.between(Duration(0), Duration(hours(8))), i, log_alone,
                            dice.between(Duration(minutes(1)), Duration(hours(4))));
  }
}

}  // namespace

Scenario make_scenario(std::uint64_t seed, std::uint32_t hosts) {
  Dice dice(seed);
  const int troubles[] = {0, 2, 5, 10, 25, 60};
  const int trouble = troubles[dice.below(std::size(troubles))];
  Scenario made{
      seed, dice.in_thousand(500) ? Mode::safety : Mode::liveness, {}, ModelFleet(kBegin, dice.fork()), {}, {}, {}, {}};
  Dice for_plan = dice.fork();
  Dice for_hosts = dice.fork();
  Dice for_nature = dice.fork();
  Dice for_people = dice.fork();
  Dice for_lives = dice.fork();
  made.plan = draw_plan(for_plan, hosts);
  draw_hosts(for_hosts, made.plan, trouble, made.fleet);
  plan_nature(for_nature, trouble, made.fleet);
  made.wishes = draw_wishes(for_people, made.plan);
  for (const Wish& wish : made.wishes) made.fleet.knock(kBegin + wish.after);
  made.lives = draw_lives(for_lives, hosts);
  if (made.mode == Mode::liveness) made.fleet.end_faults(kBegin + dice.between(Duration(0), Duration(hours(12))));
  made.own_side_fails = fail_own_side(dice, trouble, made.fleet);
  draw_twins(dice, made);
  draw_keys(dice, trouble, made);
  draw_late_turns(dice, trouble, made.fleet);
  hide_entries(dice, trouble, made.fleet);
  draw_manners(dice, trouble, made.fleet);
  draw_event_logs(dice, trouble, made);
  return made;
}

}  // namespace breakwater::simulation
