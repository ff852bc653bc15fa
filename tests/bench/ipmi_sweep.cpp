// Get Device ID over a whole session each, from one thread and one socket: `bench_ipmi PORT AT_ONCE USER PASSWORD <
// hosts`, one address a line on standard input. Prints how many answered, wall time, CPU time and peak memory.
//
// `bench_ipmi PORT hpm USER PASSWORD FILE < hosts` uploads the first image of an HPM.1 file to the first host, without
// activating it.
//
// `bench_ipmi PORT hold USER PASSWORD < hosts` opens a session with every host, keeps all of them open at once, and
// prints what one costs in memory.
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "drivers/ipmi/hpm_client.hpp"
#include "drivers/ipmi/session.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "tests/bench/usage.hpp"

namespace breakwater::ipmi {
namespace {

namespace asio = boost::asio;

struct Sweep {
  std::vector<BmcEndpoint> hosts;
  Credentials credentials;
  std::size_t next = 0;
  std::size_t answered = 0;
  std::string first_failure;
};

asio::awaitable<void> ask_one(IpmiSession& session, Sweep& sweep) {
  const Result<void, Fault> in = co_await session.open();
  if (!in) {
    if (sweep.first_failure.empty()) sweep.first_failure = in.error().step + ": " + in.error().message;
    co_return;
  }
  const Result<DeviceId, Fault> id =
      co_await ask_for<DeviceId>(session, device_id_request(), "read device id", &decode_device_id);
  if (id) ++sweep.answered;
  if (!id && sweep.first_failure.empty()) sweep.first_failure = id.error().step + ": " + id.error().message;
}

asio::awaitable<void> work(asio::any_io_executor executor, Sweep& sweep, IpmiContext& shared) {
  while (sweep.next < sweep.hosts.size()) {
    IpmiSession session(executor, sweep.hosts[sweep.next++], sweep.credentials, Secret(), shared);
    co_await ask_one(session, sweep);
    co_await session.close();
  }
}

void run(asio::io_context& io, std::size_t at_once, Sweep& sweep, IpmiContext& shared) {
  for (std::size_t i = 0; i < at_once; ++i) {
    asio::co_spawn(io, work(io.get_executor(), sweep, shared), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  io.run();
}

/// Every session open at once, one kept by each element.
void hold(asio::io_context& io, Sweep& sweep, IpmiContext& shared) {
  const long before = memory_kb("VmRSS");
  std::vector<std::unique_ptr<IpmiSession>> sessions;
  for (const BmcEndpoint& host : sweep.hosts) {
    sessions.push_back(std::make_unique<IpmiSession>(io.get_executor(), host, sweep.credentials, Secret(), shared));
    asio::co_spawn(io, ask_one(*sessions.back(), sweep), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  while (sweep.answered < sweep.hosts.size() && sweep.first_failure.empty()) io.run_one();
  const auto kept = static_cast<double>(memory_kb("VmHWM") - before);
  std::printf("held %zu sessions at once: %.1f KB each at peak\n", sweep.answered,
              kept / static_cast<double>(sweep.hosts.size()));
  sessions.clear();
}

asio::awaitable<void> send_image(IpmiSession& session, ByteView firmware, std::uint8_t component, Sweep& sweep) {
  const auto say = [&sweep](const Fault& fault) { sweep.first_failure = fault.step + ": " + fault.message; };
  const Result<void, Fault> in = co_await session.open();
  if (!in) {
    say(in.error());
    co_return;
  }
  HpmClient hpm(session);
  const Result<TargetCapabilities, Fault> target = co_await hpm.capabilities();
  if (!target) {
    say(target.error());
    co_return;
  }
  StageRequest request;
  request.deadline = std::chrono::minutes(10);
  request.no_progress = std::chrono::seconds(10);
  const Result<void, Fault> sent = co_await hpm.upload(*target, component, firmware, request);
  if (sent) ++sweep.answered;
  if (!sent) say(sent.error());
  co_await session.close();
}

void upload(asio::io_context& io, const char* file, Sweep& sweep, IpmiContext& shared) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto image = parse_hpm_image(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  if (!image || image->actions.empty()) {
    sweep.first_failure = "no HPM.1 image";
    return;
  }
  sweep.hosts.resize(1);
  IpmiSession session(io.get_executor(), sweep.hosts.front(), sweep.credentials, Secret(), shared);
  const HpmAction& action = image->actions.front();
  asio::co_spawn(io, send_image(session, action.firmware, action.component(), sweep), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  io.run();
}

int main_of(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[2] : "";
  if (argc != (mode == "hpm" ? 6 : 5)) {
    std::fputs("usage: bench_ipmi PORT AT_ONCE|hold|hpm USER PASSWORD [FILE] < hosts\n", stderr);
    return 64;
  }
  Sweep sweep;
  sweep.credentials = Credentials{argv[3], Secret(argv[4])};
  for (std::string address; std::getline(std::cin, address);) {
    BmcEndpoint host;
    host.address = address;
    host.drivers = {Driver::ipmi};
    host.ipmi.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    sweep.hosts.push_back(std::move(host));
  }
  LoginGuard logins([] { return Instant(); });
  IpmiContext shared(logins);
  asio::io_context io(1);
  const double cpu_before = cpu_s(RUSAGE_SELF);
  const auto began = std::chrono::steady_clock::now();
  if (mode == "hold") {
    hold(io, sweep, shared);
  } else if (mode == "hpm") {
    upload(io, argv[5], sweep, shared);
  } else {
    run(io, static_cast<std::size_t>(std::atoi(argv[2])), sweep, shared);
  }
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("%zu of %zu answered in %.3f s, CPU %.3f s, peak %ld KB%s%s\n", sweep.answered, sweep.hosts.size(), wall,
              cpu_s(RUSAGE_SELF) - cpu_before, memory_kb("VmHWM"),
              sweep.first_failure.empty() ? "" : ", first failure: ", sweep.first_failure.c_str());
  return sweep.answered == sweep.hosts.size() ? 0 : 1;
}

}  // namespace
}  // namespace breakwater::ipmi

int main(int argc, char** argv) {
  return breakwater::ipmi::main_of(argc, argv);
}
