// Looks at healthy lab BMCs, alone and with hostile ones beside them: bench_hostile [healthy] [hostile] [in flight]
//
// Prints how long a healthy host's look takes at the 50th and 95th percentile, both ways, in turns; and how far the
// client's memory rises with every hostile BMC. Lab and client are processes of their own, each on a core of its own.
// 800 and 200 hosts unless told otherwise, 20 looks in flight. The hostile ones are all met at once, beside those.
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "drivers/lab/lab.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "tests/drivers/redfish/hostile_crowd.hpp"

namespace {

using namespace breakwater;
namespace asio = boost::asio;
using asio::awaitable;
using redfish::Hostility;
using Steady = std::chrono::steady_clock;

constexpr std::uint16_t kPort = 8443;
constexpr const char* kFirstHealthy = "127.91.1.1";
constexpr const char* kFirstHostile = "127.92.1.1";
constexpr int kRounds = 15;
constexpr Hostility kWays[] = {Hostility::unshaken, Hostility::silent, Hostility::drip, Hostility::flood,
                               Hostility::bomb};

struct Fleet {
  std::vector<BmcEndpoint> healthy;
  std::vector<BmcEndpoint> hostile;
  std::size_t in_flight = 20;
};

void stay_on(std::size_t core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);
}

/// The lab's process: writes one octet once all BMCs listen, ends with SIGTERM.
[[noreturn]] void be_the_lab(const Fleet& fleet, const lab::ShownCertificate& identity,
                             const std::filesystem::path& folder, int ready) {
  stay_on(0);
  lab::LabConfig config;
  config.port = kPort;
  config.first_address = kFirstHealthy;
  config.certificates = folder;
  for (std::size_t i = 0; i < fleet.healthy.size(); ++i) {
    lab::HostConfig host;
    host.name = "n" + std::to_string(i + 1);
    host.ipmi = false;
    config.hosts.push_back(std::move(host));
  }
  std::vector<Hostility> ways;
  for (std::size_t i = 0; i < fleet.hostile.size(); ++i) ways.push_back(kWays[i % std::size(kWays)]);
  asio::io_context io(1);
  lab::Lab lab(io, config);
  lab.start();
  const redfish::HostileCrowd crowd(identity, kFirstHostile, kPort, ways);
  if (::write(ready, "r", 1) != 1) std::_Exit(1);
  io.run();
  std::_Exit(0);
}

std::vector<BmcEndpoint> endpoints(std::size_t count, std::string address, const TlsPolicy& tls) {
  std::vector<BmcEndpoint> made;
  for (std::size_t i = 0; i < count; ++i) {
    BmcEndpoint one;
    one.address = address;
    one.port = kPort;
    one.tls = tls;
    made.push_back(std::move(one));
    address = lab::next_address(address).value_or("");
  }
  return made;
}

long resident_kb() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

struct Round {
  std::size_t next = 0;
  std::size_t met = 0;
  std::vector<double> took_ms;
  std::size_t failed = 0;
};

awaitable<bool> look(asio::any_io_executor executor, BmcEndpoint endpoint, redfish::RedfishContext& shared) {
  const auto bmc = redfish::open_redfish(executor, endpoint, lab::LabConfig{}.credentials, shared);
  const SessionOpened nobody;
  const Result<void, Fault> in = co_await bmc->open(nobody);
  bool seen = false;
  if (in) {
    const Result<Observation, Fault> found = co_await bmc->observe();
    seen = found.has_value();
  }
  co_await bmc->close();
  co_return seen;
}

awaitable<void> meet_healthy(asio::any_io_executor executor, const Fleet& fleet, redfish::RedfishContext& shared,
                             Round& round) {
  while (round.next < fleet.healthy.size()) {
    const BmcEndpoint endpoint = fleet.healthy[round.next++];
    const auto began = Steady::now();
    const bool seen = co_await look(executor, endpoint, shared);
    round.took_ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - began).count());
    if (!seen) ++round.failed;
    ++round.met;
  }
}

awaitable<void> meet_hostile(asio::any_io_executor executor, BmcEndpoint endpoint, redfish::RedfishContext& shared) {
  co_await look(executor, endpoint, shared);
}

void rethrow(std::exception_ptr thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

/// All healthy hosts once; the hostile ones are let go of when that is done.
Round sweep(const Fleet& fleet, bool with_hostile) {
  redfish::RedfishContext shared;
  Round round;
  asio::io_context io(1);
  if (with_hostile) {
    for (const BmcEndpoint& endpoint : fleet.hostile) {
      asio::co_spawn(io, meet_hostile(io.get_executor(), endpoint, shared), rethrow);
    }
  }
  for (std::size_t i = 0; i < fleet.in_flight; ++i) {
    asio::co_spawn(io, meet_healthy(io.get_executor(), fleet, shared, round), rethrow);
  }
  while (round.met < fleet.healthy.size()) io.run_one();
  std::sort(round.took_ms.begin(), round.took_ms.end());
  return round;
}

double percentile(const Round& round, double share) {
  return round.took_ms[static_cast<std::size_t>(share * static_cast<double>(round.took_ms.size() - 1))];
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const Fleet& fleet) {
  sweep(fleet, false);  // the lab's and the client's first touches
  std::vector<double> alone;
  std::vector<double> beside;
  for (int i = 0; i < kRounds; ++i) {
    for (const bool hostile : {false, true}) {
      const Round round = sweep(fleet, hostile);
      (hostile ? beside : alone).push_back(percentile(round, 0.95));
      std::printf("%-14s p50 %6.1f ms  p95 %6.1f ms  (%zu healthy, %zu failed)\n", hostile ? "with hostile" : "alone",
                  percentile(round, 0.5), percentile(round, 0.95), round.met, round.failed);
    }
  }
  std::printf("median p95: %.1f ms alone, %.1f ms with %zu hostile: %+.1f %%\n", median(alone), median(beside),
              fleet.hostile.size(), 100 * (median(beside) / median(alone) - 1));
}

/// Memory with one conversation of each kind, which nothing frees before it is read: its process begins anew for each.
void weigh(const Fleet& fleet) {
  for (std::size_t i = 0; i < std::min(fleet.hostile.size(), std::size(kWays)); ++i) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child != 0) {
      ::waitpid(child, nullptr, 0);
      continue;
    }
    redfish::RedfishContext shared;
    asio::io_context io(1);
    const long before = resident_kb();
    long most = before;
    asio::co_spawn(io, meet_hostile(io.get_executor(), fleet.hostile[i], shared), rethrow);
    const auto end = Steady::now() + std::chrono::seconds(2);
    while (!io.stopped() && Steady::now() < end) {
      io.run_one_for(std::chrono::milliseconds(100));
      most = std::max(most, resident_kb());
    }
    std::printf("hostile BMC %zu: resident memory rose by %.1f MiB\n", i + 1,
                static_cast<double>(most - before) / 1024);
    std::fflush(stdout);
    std::_Exit(0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? std::strtoul(argv[at], nullptr, 10) : otherwise;
  };
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto folder = std::filesystem::temp_directory_path() / ("breakwater-hostile-" + std::to_string(::getpid()));
  const lab::ShownCertificate identity = lab::Authority(folder).issue("crowd", "127.0.0.1", lab::Certificate::valid);
  TlsPolicy trusted;
  trusted.ca_bundle = folder / "ca.pem";
  TlsPolicy pinned;
  pinned.mode = TlsPolicy::Mode::pin;
  pinned.pins = {identity.spki};
  Fleet fleet;
  fleet.healthy = endpoints(number(1, 800), kFirstHealthy, trusted);
  fleet.hostile = endpoints(number(2, 200), kFirstHostile, pinned);
  fleet.in_flight = number(3, 20);
  int ready[2];
  if (::pipe(ready) != 0) return 1;
  const pid_t lab = ::fork();
  if (lab == 0) be_the_lab(fleet, identity, folder, ready[1]);
  stay_on(1);
  ::close(ready[1]);
  char octet = 0;
  const bool started = ::read(ready[0], &octet, 1) == 1;
  if (started) {
    weigh(fleet);
    compare(fleet);
  }
  ::kill(lab, SIGTERM);
  ::waitpid(lab, nullptr, 0);
  std::filesystem::remove_all(folder);
  return started ? 0 : 1;
}
