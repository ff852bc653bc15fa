// Inventory sweep of N lab BMCs from one thread: bench_sweep [hosts] [in flight] [expand|members|look]
//
// `members`, the default, reads per host: service root, login, update service, inventory, each of its ten members,
// logout. `expand` lets the service expand the collection. `look` is the driver's whole observe().
// The lab runs in a process of its own, so that the figures are the client's alone.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
#include "drivers/redfish/discovery.hpp"
#include "drivers/redfish/redfish_bmc.hpp"
#include "tests/bench/usage.hpp"

namespace {

using namespace breakwater;
namespace asio = boost::asio;
using asio::awaitable;

constexpr std::uint16_t kPort = 8443;
constexpr const char* kFirstAddress = "127.90.1.1";
constexpr int kComponents = 5;  // of two banks each: ten inventory members

enum class Way { members, expand, look };

struct Sweep {
  std::size_t hosts = 1000;
  std::size_t in_flight = 200;
  Way way = Way::members;
  std::filesystem::path folder;
};

lab::LabConfig lab_of(const Sweep& sweep) {
  lab::LabConfig config;
  config.port = kPort;
  config.first_address = kFirstAddress;
  config.certificates = sweep.folder;
  for (std::size_t i = 0; i < sweep.hosts; ++i) {
    lab::HostConfig host;
    host.name = "n" + std::to_string(i + 1);
    host.ipmi = false;
    host.persona.expand = sweep.way == Way::members ? lab::Expand::absent : lab::Expand::honoured;
    host.components.clear();
    for (int c = 0; c < kComponents; ++c) {
      host.components.push_back({"part" + std::to_string(c), "2." + std::to_string(c), "1." + std::to_string(c)});
    }
    config.hosts.push_back(std::move(host));
  }
  return config;
}

/// The lab's process: writes one octet once all BMCs listen, ends with SIGTERM.
[[noreturn]] void be_the_lab(const Sweep& sweep, int ready) {
  asio::io_context io(1);
  lab::Lab lab(io, lab_of(sweep));
  lab.start();
  if (::write(ready, "r", 1) != 1) std::_Exit(1);
  io.run();
  std::_Exit(0);
}

struct Tally {
  std::size_t next = 0;
  std::size_t done = 0;
  std::size_t entries = 0;
  std::size_t failed = 0;
  std::string first_failure;
};

void fell(Tally& tally, const Fault& fault) {
  if (tally.failed++ == 0) tally.first_failure = fault.step + ": " + fault.message;
}

awaitable<void> read_inventory(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                               redfish::RedfishContext& shared, Tally& tally) {
  redfish::RedfishSession session(executor, endpoint, credentials, shared, {});
  redfish::Discovery discovery(session);
  const SessionOpened nobody;
  const Result<void, Fault> in = co_await session.open(nobody);
  if (!in) fell(tally, in.error());
  if (in) {
    const std::vector<std::string> no_images;
    const Result<redfish::Software, Fault> found = co_await discovery.software(no_images);
    if (found) tally.entries += found->entries.size();
    if (!found) fell(tally, found.error());
  }
  co_await session.close(kLogoutMost);
}

awaitable<void> take_a_look(asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                            redfish::RedfishContext& shared, Tally& tally) {
  const auto bmc = redfish::open_redfish(executor, endpoint, credentials, shared);
  const SessionOpened nobody;
  const Result<void, Fault> in = co_await bmc->open(nobody);
  if (!in) fell(tally, in.error());
  if (in) {
    const Result<Observation, Fault> seen = co_await bmc->observe();
    if (seen) tally.entries += seen->inventory.size();
    if (!seen) fell(tally, seen.error());
  }
  co_await bmc->close();
}

/// One of those in flight: takes the next host until none is left.
awaitable<void> work(asio::any_io_executor executor, const std::vector<BmcEndpoint>& hosts, Way way,
                     redfish::RedfishContext& shared, Tally& tally) {
  const Credentials credentials = lab::LabConfig{}.credentials;
  while (tally.next < hosts.size()) {
    const BmcEndpoint endpoint = hosts[tally.next++];
    if (way == Way::look) {
      co_await take_a_look(executor, endpoint, credentials, shared, tally);
    } else {
      co_await read_inventory(executor, endpoint, credentials, shared, tally);
    }
    ++tally.done;
  }
}

std::vector<BmcEndpoint> endpoints(const Sweep& sweep) {
  std::vector<BmcEndpoint> hosts;
  std::string address = kFirstAddress;
  for (std::size_t i = 0; i < sweep.hosts; ++i) {
    BmcEndpoint host;
    host.address = address;
    host.port = kPort;
    host.tls.ca_bundle = sweep.folder / "ca.pem";
    hosts.push_back(std::move(host));
    address = lab::next_address(address).value_or("");
  }
  return hosts;
}

int measure(const Sweep& sweep, pid_t lab) {
  const std::vector<BmcEndpoint> hosts = endpoints(sweep);
  redfish::RedfishContext shared;
  asio::io_context io(1);
  Tally tally;
  const long memory_before = memory_kb("VmRSS");
  const double cpu_before = cpu_s(RUSAGE_SELF);
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < sweep.in_flight; ++i) {
    asio::co_spawn(io, work(io.get_executor(), hosts, sweep.way, shared, tally), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  io.run();
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const double cpu = cpu_s(RUSAGE_SELF) - cpu_before;
  const long peak = memory_kb("VmHWM");
  ::kill(lab, SIGTERM);
  ::waitpid(lab, nullptr, 0);
  const double lab_cpu = cpu_s(RUSAGE_CHILDREN);
  const auto count = static_cast<double>(tally.done);
  std::printf("hosts             %zu (%zu entries read, %zu failed%s%s)\n", tally.done, tally.entries, tally.failed,
              tally.failed ? ", first: " : "", tally.first_failure.c_str());
  std::printf("wall              %.2f s = %.0f hosts/s with %zu in flight\n", wall, count / wall, sweep.in_flight);
  std::printf("client CPU        %.2f s = %.2f ms a host = %.0f hosts/s per core\n", cpu, cpu / count * 1e3,
              count / cpu);
  std::printf("driver's share    %.0f %% of the CPU of both sides (lab, with its start: %.2f s)\n",
              100 * cpu / (cpu + lab_cpu), lab_cpu);
  std::printf("client memory     %ld KB at peak, %ld KB before = %.0f KB a host in flight\n", peak, memory_before,
              static_cast<double>(peak - memory_before) / static_cast<double>(sweep.in_flight));
  return tally.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Sweep sweep;
  if (argc > 1) sweep.hosts = std::strtoul(argv[1], nullptr, 10);
  if (argc > 2) sweep.in_flight = std::strtoul(argv[2], nullptr, 10);
  const std::string way = argc > 3 ? argv[3] : "members";
  if (way == "expand") sweep.way = Way::expand;
  if (way == "look") sweep.way = Way::look;
  sweep.folder = std::filesystem::temp_directory_path() / ("breakwater-sweep-" + std::to_string(::getpid()));
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  int ready[2];
  if (::pipe(ready) != 0) return 1;
  const pid_t lab = ::fork();
  if (lab == 0) be_the_lab(sweep, ready[1]);
  char octet = 0;
  ::close(ready[1]);
  if (::read(ready[0], &octet, 1) != 1) return std::fprintf(stderr, "the lab did not start\n"), 1;
  const int code = measure(sweep, lab);
  std::filesystem::remove_all(sweep.folder);
  return code;
}
