// simulate: plays seeds until all are played or one breaks an invariant. Its last line says what was played.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/mutants/mutants.hpp"
#include "tests/simulation/reference.hpp"
#include "tests/simulation/run.hpp"

namespace breakwater::simulation {
namespace {

struct Options {
  std::uint64_t from = 1;
  std::uint64_t seeds = 1'000;
  std::uint32_t hosts = 200;
  unsigned threads = 2;
  std::size_t events = 50;  ///< shown of a run that broke an invariant
  std::string expects;      ///< the invariant that the broken rule must trip
};

struct Played {
  std::mutex mutex;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> over{false};
  std::uint64_t seeds = 0;
  std::uint64_t records = 0;
  std::uint64_t acts = 0;
  std::uint64_t crashes = 0;
  double hours = 0;
  std::map<State, std::uint64_t> ends;
  std::optional<Report> first;  ///< of the lowest seed that ended what was looked for
};

/// A broken rule is for the checker's own invariant to notice: nobody else reads along.
Report play_seed(std::uint64_t seed, const Options& options, bool narrated) {
  return play(seed, options.hosts, narrated, options.expects.empty() ? MakeReference(make_reference) : MakeReference());
}

void show(const Report& found, const Options& options) {
  const Report again = play_seed(found.seed, options, true);
  const std::size_t skipped = again.events.size() > options.events ? again.events.size() - options.events : 0;
  for (std::size_t i = skipped; i < again.events.size(); ++i) std::printf("  %s\n", again.events[i].c_str());
  std::printf("%s: %s\nseed %llu, %u hosts, %s mode\n", found.violation->invariant.c_str(),
              found.violation->text.c_str(), static_cast<unsigned long long>(found.seed), options.hosts,
              found.mode == Mode::safety ? "safety" : "liveness");
}

void work(const Options& options, Played& played) {
  while (!played.over) {
    const std::uint64_t offset = played.next++;
    if (offset >= options.seeds) return;
    Report report = play_seed(options.from + offset, options, false);
    const std::lock_guard lock(played.mutex);
    ++played.seeds;
    played.records += report.records;
    played.acts += report.acts;
    played.crashes += report.crashes;
    for (const auto& [state, hosts] : report.ends) played.ends[state] += hosts;
    played.hours += std::chrono::duration<double, std::ratio<3600>>(report.length).count();
    const bool ends = report.violation && (options.expects.empty() || report.violation->invariant == options.expects);
    if (!ends) continue;
    played.over = true;
    if (!played.first || report.seed < played.first->seed) played.first = std::move(report);
  }
}

/// What trips without the broken rule too proves nothing of it.
bool trips_unbroken(std::uint64_t seed, const Options& options) {
  mutants::chosen = {};
  const Report whole = play_seed(seed, options, false);
  if (!whole.violation) return false;
  std::printf("seed %llu breaks %s with every rule whole: %s\n", static_cast<unsigned long long>(seed),
              whole.violation->invariant.c_str(), whole.violation->text.c_str());
  return true;
}

int simulate(const Options& options) {
  const auto begun = std::chrono::steady_clock::now();
  Played played;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < options.threads; ++i) threads.emplace_back(work, std::cref(options), std::ref(played));
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (played.first && options.expects.empty()) show(*played.first, options);
  std::printf("%llu seeds of %u hosts: %llu records, %llu acts, %llu crashes, %.0f virtual hours in %.1f s\n",
              static_cast<unsigned long long>(played.seeds), options.hosts,
              static_cast<unsigned long long>(played.records), static_cast<unsigned long long>(played.acts),
              static_cast<unsigned long long>(played.crashes), played.hours, seconds);
  for (const auto& [state, hosts] : played.ends) {
    std::printf("%s %llu  ", std::string(to_string(state)).c_str(), static_cast<unsigned long long>(hosts));
  }
  std::printf("\n");
  if (!mutants::chosen.empty() && !mutants::met) {
    std::printf("no seed came by a rule that is called %s\n", std::string(mutants::chosen).c_str());
    return 2;
  }
  if (options.expects.empty()) return played.first ? 1 : 0;
  if (!played.first) {
    std::printf("nothing tripped %s\n", options.expects.c_str());
    return 1;
  }
  std::printf("%s tripped by seed %llu: %s\n", options.expects.c_str(),
              static_cast<unsigned long long>(played.first->seed), played.first->violation->text.c_str());
  return trips_unbroken(played.first->seed, options) ? 1 : 0;
}

int run(int count, char** words) {
  Options options;
  if (count % 2 == 0) {
    std::printf(
        "simulate: every option has a value: --seed, --from, --seeds, --hosts, --events, --threads, --break, "
        "--expect\n");
    return 2;
  }
  for (int i = 1; i < count; i += 2) {
    const std::string option = words[i];
    const char* value = words[i + 1];
    const std::uint64_t number = std::strtoull(value, nullptr, 10);
    if (option == "--seed") {
      options.from = number;
      options.seeds = 1;
    } else if (option == "--from") {
      options.from = number;
    } else if (option == "--seeds") {
      options.seeds = number;
    } else if (option == "--hosts") {
      options.hosts = static_cast<std::uint32_t>(number);
    } else if (option == "--events") {
      options.events = number;
    } else if (option == "--threads") {
      options.threads = static_cast<unsigned>(number);
    } else if (option == "--break") {
      mutants::chosen = value;
    } else if (option == "--expect") {
      options.expects = value;
    } else {
      std::printf("simulate: %s %s is not understood\n", words[i], value);
      return 2;
    }
  }
  return simulate(options);
}

}  // namespace
}  // namespace breakwater::simulation

int main(int count, char** words) {
  return breakwater::simulation::run(count, words);
}
