// `rehearse`: what would come of a rollout, over a modelled fleet in virtual time; no BMC is changed.
#include <set>

#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "orchestrator/operations/plan_file.hpp"
#include "orchestrator/views/rehearsal.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

using rehearsal::Scenario;

constexpr std::size_t kModelsShown = 5;
constexpr const char* kAll = "all";
/// Where stderr is no terminal, progress is told this often.
constexpr std::chrono::seconds kTellEvery{10};

constexpr Option kRehearsed{
    .name = "rollout", .does = "A file with one Rollout, or a frozen plan", .value = "ROLLOUT|PLAN", .required = true};
constexpr Option kScenario{.name = "--scenario",
                           .does = "What to go through besides a good image; repeatable (default: all)",
                           .takes = Option::Takes::texts};
constexpr Option kBad{.name = "--bad",
                      .does = "A scenario in your own words; repeatable",
                      .value = "TEXT",
                      .takes = Option::Takes::texts};
constexpr Option kChance{.name = "--chance",
                         .does = "The chance that the image is bad (default: 10%)",
                         .value = "SHARE%",
                         .unless_given = "10%"};
constexpr Option kSeeds{.name = "--seeds",
                        .does = "How many runs of each scenario (default: 20)",
                        .value = "N",
                        .takes = Option::Takes::number,
                        .least = 1,
                        .most = 1'000,
                        .unless_given = "20"};
constexpr Option kSeed{.name = "--seed",
                       .does = "The first seed; the same seed is the same run (default: 1)",
                       .value = "N",
                       .takes = Option::Takes::number,
                       .unless_given = "1"};
constexpr Option kChart{.name = "--chart", .does = "Draw hosts by state over time in this file", .value = "FILE.svg"};

Problem usage(std::string message) {
  return problem(Problem::Kind::bad_argument, std::move(message), "breakwater rehearse --help");
}

/// The scenarios that were asked for, the good one first.
Result<std::vector<Scenario>, Problem> scenarios_of(const Given& given) {
  const std::vector<std::string>& names = given.texts(kScenario);
  const bool all =
      (names.empty() && given.texts(kBad).empty()) || std::find(names.begin(), names.end(), kAll) != names.end();
  std::vector<Scenario> scenarios;
  for (const Scenario& one : rehearsal::menu()) {
    const bool named = std::find(names.begin(), names.end(), one.name) != names.end();
    if (all || named || scenarios.empty()) scenarios.push_back(one);
  }
  for (const std::string& text : given.texts(kBad)) {
    auto made = rehearsal::parse_scenario(text);
    if (!made) return fail(usage("--bad: " + harmless(made.error())));
    scenarios.push_back(std::move(*made));
  }
  return scenarios;
}

/// A scenario that no host of the plan takes part in would look like a good one.
std::optional<Problem> matches_nobody(const ResolvedPlan& plan, const std::vector<Scenario>& scenarios) {
  for (const Scenario& scenario : scenarios) {
    const bool somebody = std::any_of(plan.hosts.begin(), plan.hosts.end(),
                                      [&](const PlannedHost& host) { return speaks_of(scenario, host); });
    if (somebody) continue;
    std::set<std::string> known;
    for (const PlannedHost& host : plan.hosts) {
      known.insert(harmless(scenario.power_loss ? rack_of(host) : host.identity.model));
    }
    return usage("--bad: '" + harmless(scenario.words) + "' matches no host in the plan; its " +
                 (scenario.power_loss ? "racks" : "models") +
                 " are: " + list_some({known.begin(), known.end()}, kModelsShown));
  }
  return std::nullopt;
}

/// `apply` refuses a plan whose documents have changed. It is rehearsed all the same, and without them.
void warn_where_stale(const Console& console, const Installation& installation, const FrozenPlan& frozen) {
  const auto loaded = load_rollout(frozen.rollout_file);
  const auto fleet = installation.read_fleet();
  if (!loaded || !fleet) return;
  for (const std::string& change : why_stale(frozen.plan, *loaded, *fleet)) {
    console.warn(change + " since the plan was made; apply will refuse it");
  }
}

Result<ResolvedPlan, Problem> plan_to_rehearse(const Console& console, Installation& installation,
                                               const std::string& file) {
  if (is_plan_file(file)) {
    auto frozen = read_plan_file(file);
    if (!frozen) return fail(frozen.error());
    warn_where_stale(console, installation, *frozen);
    return std::move(frozen->plan);
  }
  auto loaded = load_rollout(file);
  if (!loaded) return fail(loaded.error());
  const auto fleet = installation.read_fleet();
  if (!fleet) return fail(fleet.error());
  auto images = installation.open_images();
  if (!images) return fail(images.error());
  return look_and_plan(installation, *loaded, *images, *fleet, interrupts(), look_teller(console),
                       OwnFaults::leave_out);
}

rehearsal::Progress teller(const Console& console) {
  const auto gate = std::make_shared<RedrawGate>();
  const auto told = std::make_shared<RedrawGate::Time>(std::chrono::steady_clock::now());
  return [&console, gate, told](std::size_t done, std::size_t all) {
    const std::string text = "rehearsing: run " + std::to_string(done) + " of " + std::to_string(all);
    const auto now = std::chrono::steady_clock::now();
    if (console.err_is_terminal) {
      if (gate->pass(now)) console.progress(text);
    } else if (now - *told >= kTellEvery) {
      *told = now;
      console.note(text);
    }
  };
}

Exit rehearse(const Console& console, Installation& installation, const Given& given) {
  auto scenarios = scenarios_of(given);
  if (!scenarios) return report(console, scenarios.error());
  const auto chance = rehearsal::parse_per_mille(given.text(kChance));
  if (!chance) return report(console, usage("--chance: " + harmless(chance.error())));
  catch_interrupts(Work::looking);
  const auto plan = plan_to_rehearse(console, installation, given.text(kRehearsed));
  if (!plan) return report(console, plan.error());
  if (plan->hosts.empty()) {
    console.note(plan->rollout + ": there is nothing to rehearse, no host would be touched");
    console.next("breakwater plan ROLLOUT.yaml  # why each host is left out");
    return Exit::done;
  }
  if (const auto nobody = matches_nobody(*plan, *scenarios)) return report(console, *nobody);

  rehearsal::RehearsalAsked wanted;
  wanted.scenarios = std::move(*scenarios);
  wanted.first_seed = static_cast<std::uint64_t>(given.number(kSeed));
  wanted.seeds = static_cast<std::uint32_t>(given.number(kSeeds));
  wanted.bad_per_mille = *chance;
  wanted.begin = wall_now();
  wanted.samples = !given.text(kChart).empty();
  if (!console.err_is_terminal) console.note("rehearsing " + count_of(wanted.scenarios.size() * wanted.seeds, "run"));
  const auto made = rehearse_all(*plan, wanted, teller(console), [] { return interrupts() > 0; });
  console.progress("");
  if (!made)
    return report(console, problem(Problem::Kind::try_later, "asked to leave while rehearsing; nothing was touched"));
  console.out << (wants_json(given) ? rehearsal_json(*plan, *made) : rehearsal_text(*plan, *made, console.paint));
  console.out.flush();
  if (wanted.samples) {
    const auto written = write_new_file(given.text(kChart), rehearsal_chart(*plan, *made), "<svg ");
    if (!written) return report(console, written.error());
    console.note("drawn in " + given.text(kChart) + "; a browser shows it");
  }
  console.note("rehearsed only: nothing was sent to any BMC");
  console.next("breakwater apply " + given.text(kRehearsed));
  return Exit::done;
}

/// `--scenario` with the names of the menu, as help shows them and as they are taken.
const Option& scenario_option() {
  static const std::string shown = [] {
    std::string names;
    for (const Scenario& one : rehearsal::menu()) names += one.name + '|';
    return names + kAll;
  }();
  static const std::vector<std::string_view> taken = [] {
    std::vector<std::string_view> names{kAll};
    for (const Scenario& one : rehearsal::menu()) names.emplace_back(one.name);
    return names;
  }();
  static const Option made = [] {
    Option option = kScenario;
    option.value = shown;
    option.one_of = taken;
    return option;
  }();
  return made;
}

std::string lesson() {
  Table table;
  for (const rehearsal::FaultWords& one : rehearsal::fault_words()) {
    table.row({std::string(one.phrase), std::string(one.meaning)});
  }
  return "--bad \"FAULT [SHARE%] [of PATTERN]\": SHARE is each host's chance (100% unless told), PATTERN a model or a\n"
         "host's name with `*` at its end. FAULT is one of:\n" +
         table.text("  ") + '\n';
}

}  // namespace

CliVerb rehearse_verb() {
  return {.name = "rehearse",
          .does =
              "Show what would come of a rollout, with a good image and with bad ones, on a model of its fleet.\n"
              "Plans as `plan` does, then goes through it many times in virtual time; changes nothing. For\n"
              "a plan made by `plan --out` no BMC is asked at all.",
          .example =
              "breakwater rehearse rollout.yaml\n"
              "  breakwater rehearse rollout.plan --bad \"bricks 5% of SYS-121C-*\" --chance 2%\n"
              "  breakwater rehearse rollout.plan --scenario unhealthy-late --scenario power-loss",
          .next = "breakwater apply rollout.plan",
          .act = rehearse,
          .options = {kRehearsed, scenario_option(), kBad, kChance, kSeeds, kSeed, kChart, kTableOrJson},
          .lesson = lesson()};
}

}  // namespace breakwater::cli
