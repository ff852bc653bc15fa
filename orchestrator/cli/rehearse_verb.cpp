// `rehearse`: what would come of a rollout, over a modelled fleet in virtual time; no BMC is changed.
#include <CLI/CLI.hpp>
#include <set>

#include "orchestrator/cli/face.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "orchestrator/operations/plan_file.hpp"
#include "orchestrator/views/rehearsal_chart.hpp"
#include "orchestrator/views/rehearsal_json.hpp"
#include "orchestrator/views/rehearsal_text.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

using rehearsal::Scenario;

constexpr std::uint32_t kSeedsMost = 1'000;
constexpr std::size_t kModelsShown = 5;
constexpr const char* kAll = "all";
/// Where stderr is no terminal, progress is told this often.
constexpr std::chrono::seconds kTellEvery{10};

struct Asked {
  std::string file;
  std::vector<std::string> names;
  std::vector<std::string> bad;
  std::string chance = "10%";
  std::uint64_t seed = 1;
  std::uint32_t seeds = 20;
  std::string chart;
  Format format = Format::table;
};

Problem usage(std::string message) {
  return problem(Problem::Kind::bad_argument, std::move(message), "breakwater rehearse --help");
}

/// The scenarios that were asked for, the good one first.
Result<std::vector<Scenario>, Problem> scenarios_of(const Asked& asked) {
  const bool all = (asked.names.empty() && asked.bad.empty()) ||
                   std::find(asked.names.begin(), asked.names.end(), kAll) != asked.names.end();
  std::vector<Scenario> scenarios;
  for (const Scenario& one : rehearsal::menu()) {
    const bool named = std::find(asked.names.begin(), asked.names.end(), one.name) != asked.names.end();
    if (all || named || scenarios.empty()) scenarios.push_back(one);
  }
  for (const std::string& text : asked.bad) {
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
      known.insert(harmless(scenario.power_loss ? rehearsal::rack_of(host) : host.identity.model));
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
  return look_and_plan(installation, *loaded, *images, *fleet, interrupts(), look_teller(console));
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

Exit rehearse(const Console& console, Installation installation, const Asked& asked) {
  auto scenarios = scenarios_of(asked);
  if (!scenarios) return report(console, scenarios.error());
  const auto chance = rehearsal::parse_per_mille(asked.chance);
  if (!chance) return report(console, usage("--chance: " + harmless(chance.error())));
  catch_interrupts(Work::looking);
  const auto plan = plan_to_rehearse(console, installation, asked.file);
  if (!plan) return report(console, plan.error());
  if (plan->hosts.empty()) {
    console.note(plan->rollout + ": there is nothing to rehearse, no host would be touched");
    console.next("breakwater plan ROLLOUT.yaml, which says why each host is left out");
    return Exit::done;
  }
  if (const auto nobody = matches_nobody(*plan, *scenarios)) return report(console, *nobody);

  rehearsal::RehearsalAsked wanted;
  wanted.scenarios = std::move(*scenarios);
  wanted.first_seed = asked.seed;
  wanted.seeds = asked.seeds;
  wanted.bad_per_mille = *chance;
  wanted.begin = wall_now();
  wanted.samples = !asked.chart.empty();
  if (!console.err_is_terminal) console.note("rehearsing " + count_of(wanted.scenarios.size() * wanted.seeds, "run"));
  const auto made = rehearse_all(*plan, wanted, teller(console), [] { return interrupts() > 0; });
  console.progress("");
  if (!made)
    return report(console, problem(Problem::Kind::try_later, "asked to leave while rehearsing; nothing was touched"));
  console.out << (asked.format == Format::json ? rehearsal_json(*plan, *made)
                                               : rehearsal_text(*plan, *made, console.paint));
  console.out.flush();
  if (wanted.samples) {
    const auto written = write_new_file(asked.chart, rehearsal_chart(*plan, *made));
    if (!written) return report(console, written.error());
    console.note("drawn in " + asked.chart + "; a browser shows it");
  }
  console.note("rehearsed only: nothing was sent to any BMC");
  console.next("breakwater apply " + asked.file);
  return Exit::done;
}

std::string menu_names() {
  std::string names;
  for (const Scenario& one : rehearsal::menu()) names += one.name + '|';
  return names + kAll;
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

void add_rehearse_verb(CLI::App& app, Face& face) {
  CLI::App& verb =
      add_verb(app, "rehearse",
               "Show what would come of a rollout, with a good image and with bad ones, on a model of its fleet.\n"
               "Plans as `plan` does, then goes through it many times in virtual time; changes nothing. For\n"
               "a plan made by `plan --out` no BMC is asked at all.",
               "breakwater rehearse rollout.yaml\n"
               "  breakwater rehearse rollout.plan --bad \"bricks 5% of SYS-121C-*\" --chance 2%\n"
               "  breakwater rehearse rollout.plan --scenario unhealthy-late --scenario power-loss",
               "breakwater apply rollout.plan");
  verb.footer(lesson() + verb.get_footer());
  const auto asked = std::make_shared<Asked>();
  verb.add_option("rollout", asked->file, "A file with one Rollout, or a frozen plan")
      ->required()
      ->option_text("ROLLOUT|PLAN");
  std::vector<std::string> names{kAll};
  for (const Scenario& one : rehearsal::menu()) names.push_back(one.name);
  verb.add_option("--scenario", asked->names, "What to go through besides a good image; repeatable (default: all)")
      ->check(CLI::IsMember(names))
      ->allow_extra_args(false)
      ->option_text(menu_names());
  verb.add_option("--bad", asked->bad, "A scenario in your own words; repeatable")
      ->allow_extra_args(false)
      ->option_text("TEXT");
  verb.add_option("--chance", asked->chance, "The chance that the image is bad (default: 10%)")->option_text("SHARE%");
  verb.add_option("--seeds", asked->seeds, "How many runs of each scenario (default: 20)")
      ->check(CLI::Range(1U, kSeedsMost))
      ->option_text("N");
  verb.add_option("--seed", asked->seed, "The first seed; the same seed is the same run (default: 1)")
      ->option_text("N");
  verb.add_option("--chart", asked->chart, "Draw hosts by state over time in this file")->option_text("FILE.svg");
  add_output(verb, asked->format, Format::table);
  on_chosen(verb, face,
            [&face, asked](const Console& console) { return rehearse(console, face.installation(), *asked); });
}

}  // namespace breakwater::cli
