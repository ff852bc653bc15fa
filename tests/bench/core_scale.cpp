// How the core carries a large fleet: a whole rollout in rehearsal with the real conductor, its decisions once more
// without codec and hash, and the fold of its journal from memory and from SQLite with every hash checked.
//
//     bench_core_scale [hosts...]     1,000, 10,000 and 100,000 hosts by default, each in a process of its own
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/fleet_archive.hpp"
#include "orchestrator/conductor.hpp"
#include "orchestrator/crews/model/model_crew.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "orchestrator/journal/sqlite_store.hpp"
#include "tests/bench/large_fleet.hpp"
#include "tests/bench/usage.hpp"

namespace breakwater {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr Duration kNoPoll = hours(24);
/// Few, as a conductor has them before it: a fleet of any size then finds them in the nearest cache.
constexpr std::size_t kDecodedAtOnce = 256;
/// A small fleet decides several times over, or the clock would be too coarse.
constexpr std::size_t kDecidedAgain = 1'000'000;
constexpr std::size_t kCommitted = 256;

void say(const std::string& what, const std::string& figure) {
  std::printf("  %-42s %s\n", what.c_str(), figure.c_str());
  std::fflush(stdout);
}

std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string rate(double used_s, std::size_t records) {
  return number(used_s, 2) + " CPU s, " + number(static_cast<double>(records) / used_s, 0) + " records/s";
}

std::string a_record(double used_s, std::size_t records) {
  return number(used_s, 2) + " CPU s, " + number(used_s * 1e6 / static_cast<double>(records), 2) + " us an event";
}

/// The whole rollout, as `breakwater rehearse` plays it: conductor, crew, codec, chain.
void rehearse(std::uint32_t hosts, const std::shared_ptr<journal::MemoryDisk>& disk) {
  const double before = cpu_s(RUSAGE_SELF);
  ResolvedPlan plan = make_plan(hosts);
  model::ModelFleet model = make_fleet(plan);
  journal::MemoryStore store(disk);
  demand(store.lock({1, "bench", kBegin}));
  Fleet fleet;
  model::ModelCrew crew(model, kBegin);
  const std::atomic<int> interrupts = 0;
  Conductor conductor(store, crew, fleet, {}, interrupts, kNoPoll);
  const RolloutId id = demand(conductor.begin(std::move(plan), "bench"));
  const double begun = cpu_s(RUSAGE_SELF);
  const Conductor::End end = demand(conductor.run(id));
  const double used = cpu_s(RUSAGE_SELF) - begun;
  if (end != Conductor::End::finished) throw std::runtime_error("the rollout did not finish");

  std::size_t well = 0;
  for (const HostTrip& trip : fleet.find(id)->hosts) well += trip.state == State::updated ? 1 : 0;
  const std::size_t records = demand(store.head()).seq;
  std::printf("%u hosts, %zu updated, the others rolled back: %zu events, %.1f a host\n", hosts, well, records,
              static_cast<double>(records) / hosts);
  say("start (plan, its digest, its record)", number(begun - before, 2) + " CPU s");
  say("rehearsal, all of it", a_record(used, records));
  say("peak memory", std::to_string(memory_kb("VmHWM") / 1024) + " MiB");
}

/// The journal's decisions once more, with nothing but apply() and decide() under the clock. The fleet must decide as
/// many acts, at the same places.
class Again {
 public:
  void take(std::vector<Recorded> records) {
    const double before = cpu_s(RUSAGE_SELF);
    for (const Recorded& record : records) step(record);
    used_ += cpu_s(RUSAGE_SELF) - before;
  }

  double used() const { return used_; }
  std::size_t decisions() const { return decisions_; }

 private:
  static bool is_decided(const Event& event) {
    return std::holds_alternative<CommandIssued>(event) || std::holds_alternative<GateJudged>(event) ||
           std::holds_alternative<RolloutHalted>(event) || std::holds_alternative<RolloutFinished>(event);
  }

  void step(const Recorded& record) {
    if (is_decided(record.event)) {
      if (expected_ == 0) ask(record.at);
      if (expected_ == 0) throw std::runtime_error("record " + std::to_string(record.seq) + " is not decided again");
      --expected_;
    } else if (at_ && record.at != *at_) {
      if (ask(*at_) > 0) throw std::runtime_error("more is decided than was recorded");
    }
    at_ = record.at;
    fleet_.apply(record);
  }

  std::size_t ask(Instant now) {
    if (fleet_.rollouts().empty()) return 0;
    ++decisions_;
    expected_ = decide(fleet_, fleet_.rollouts().begin()->first, Now{now, now}).acts.size();
    return expected_;
  }

  Fleet fleet_;
  std::optional<Instant> at_;
  std::size_t expected_ = 0;
  std::size_t decisions_ = 0;
  double used_ = 0;
};

void decide_again(const journal::MemoryDisk& disk) {
  const std::size_t rounds = std::max<std::size_t>(1, kDecidedAgain / disk.records.size());
  double used = 0;
  std::size_t decisions = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    Again again;
    std::vector<Recorded> decoded;
    for (const journal::Record& record : disk.records) {
      auto event = codec::decode(record.kind, record.body);
      if (!event) throw std::runtime_error(event.error());
      decoded.push_back({record.seq, record.at.steady, std::move(*event)});
      if (record.seq == 1 || decoded.size() == kDecodedAtOnce) again.take(std::exchange(decoded, {}));
    }
    again.take(std::move(decoded));
    used += again.used();
    decisions = again.decisions();
  }
  say("decide and apply alone", a_record(used, disk.records.size() * rounds) + ", " + std::to_string(decisions) +
                                    " decisions, " + std::to_string(rounds) + " times");
}

void pack_fold(const Fleet& fleet) {
  double before = cpu_s(RUSAGE_SELF);
  const std::string bytes = codec::pack(fleet);
  say("its fold as bytes, " + number(static_cast<double>(bytes.size()) / (1 << 20), 1) + " MiB",
      number(cpu_s(RUSAGE_SELF) - before, 3) + " CPU s");
  before = cpu_s(RUSAGE_SELF);
  const Sha256 digest = sha256(bytes);
  say("their digest", number(cpu_s(RUSAGE_SELF) - before, 3) + " CPU s");
  before = cpu_s(RUSAGE_SELF);
  auto again = codec::unpack(bytes);
  if (!again) throw std::runtime_error(again.error());
  say("a fold of them", number(cpu_s(RUSAGE_SELF) - before, 3) + " CPU s");
  if (sha256(codec::pack(*again)) != digest) throw std::runtime_error("the fold is another one");
}

void replay(journal::Store& store, const std::string& where, std::size_t records) {
  double before = cpu_s(RUSAGE_SELF);
  demand(store.replay(1, [](const journal::Record&) { return true; }));
  say("hashes checked, " + where, rate(cpu_s(RUSAGE_SELF) - before, records));
  before = cpu_s(RUSAGE_SELF);
  const Fleet fleet = demand(fold(store));
  say("replay, every hash checked, " + where, rate(cpu_s(RUSAGE_SELF) - before, records));
  if (fleet.last_seq() != records) throw std::runtime_error("the replay lost records");
  pack_fold(fleet);
}

void write_sqlite(journal::Store& store, const journal::MemoryDisk& disk) {
  demand(store.lock({1, "bench", kBegin}));
  const double before = cpu_s(RUSAGE_SELF);
  std::vector<journal::Draft> drafts;
  for (const journal::Record& record : disk.records) {
    drafts.push_back({record.at, record.kind, record.body});
    if (drafts.size() < kCommitted && record.seq < disk.records.size()) continue;
    demand(store.append(drafts));
    drafts.clear();
  }
  say("written to SQLite, " + std::to_string(kCommitted) + " a commit",
      rate(cpu_s(RUSAGE_SELF) - before, disk.records.size()));
  if (demand(store.head()).hash != disk.records.back().hash) throw std::runtime_error("the journals differ");
}

void measure(std::uint32_t hosts) {
  const auto disk = std::make_shared<journal::MemoryDisk>();
  disk->forgets = true;
  rehearse(hosts, disk);
  *disk = {};
  std::printf("the same with every record kept in memory\n");
  rehearse(hosts, disk);
  decide_again(*disk);
  journal::MemoryStore memory(disk);
  replay(memory, "memory", disk->records.size());

  std::string folder = (fs::temp_directory_path() / "breakwater-core-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  {
    const auto store = demand(journal::SqliteStore::open(folder, journal::SqliteStore::Access::write));
    write_sqlite(*store, *disk);
    replay(*store, "SQLite", disk->records.size());
  }
  fs::remove_all(folder);
}

/// In a process of its own, so that its peak of memory is its own.
bool measure_apart(std::uint32_t hosts) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      measure(hosts);
      std::_Exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%u hosts: %s\n", hosts, error.what());
      std::_Exit(1);
    }
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace
}  // namespace breakwater

int main(int argc, char** argv) {
  std::vector<std::uint32_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  if (sizes.empty()) sizes = {1'000, 10'000, 100'000};
  bool all = true;
  for (const std::uint32_t hosts : sizes) all = breakwater::measure_apart(hosts) && all;
  return all ? 0 : 1;
}
