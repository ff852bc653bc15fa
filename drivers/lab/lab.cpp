#include "drivers/lab/lab.hpp"

#include <sys/resource.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "drivers/lab/control.hpp"
#include "drivers/lab/lab_bmc.hpp"
#include "drivers/lab/lab_document.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;

// A lab of a thousand hosts needs some thousand descriptors; the usual soft limit is 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Of HTTPS, or of IPMI where the host speaks nothing else.
unsigned shown_port(const HostState& host) {
  return host.port != 0 ? host.port : host.ipmi_port;
}

asio::ip::address address_of(const HostConfig& host) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address_v4(host.address, error);
  if (error || !address.is_loopback())
    throw std::runtime_error("lab host " + host.name + ": " + host.address + " is no address of 127.0.0.0/8");
  return address;
}

}  // namespace

struct Lab::Parts {
  asio::io_context& io;
  LabConfig config;
  std::vector<std::shared_ptr<LabBmc>> endpoints = {};
  std::map<std::string, std::size_t, std::less<>> by_name = {};
  std::unique_ptr<Control> control = {};

  LabBmc& at(std::string_view name) const {
    const auto found = by_name.find(name);
    if (found == by_name.end()) throw std::out_of_range("the lab has no host called " + std::string(name));
    return *endpoints[found->second];
  }
};

Lab::Lab(asio::io_context& io, LabConfig config) : parts_(new Parts{io, std::move(config)}) {
  const LabConfig& given = parts_->config;
  const auto authority = std::make_shared<const Authority>(given.certificates);
  std::optional<std::string> next = given.first_address;
  for (HostConfig host : given.hosts) {
    if (host.address.empty()) host.address = next.value_or("no address left");
    next = next_address(host.address);
    const LabBmcConfig at{address_of(host), given.port, given.ipmi_port, given.ipmi_delay};
    if (!parts_->by_name.emplace(host.name, parts_->endpoints.size()).second)
      throw std::runtime_error("two lab hosts are called " + host.name);
    parts_->endpoints.push_back(std::make_shared<LabBmc>(io, authority, given.credentials, std::move(host), at));
  }
}

Lab::~Lab() {
  stop();
}

void Lab::start() {
  raise_descriptor_limit();
  for (const auto& endpoint : parts_->endpoints) {
    try {
      endpoint->open();
    } catch (const boost::system::system_error& error) {
      const HostState state = endpoint->state();
      throw std::runtime_error("lab host " + state.name + ": cannot listen on " + state.address + " port " +
                               std::to_string(state.port) + " (HTTPS) and " + std::to_string(state.ipmi_port) +
                               " (IPMI): " + error.code().message());
    }
  }
  if (parts_->config.control_port != 0)
    parts_->control = std::make_unique<Control>(parts_->io, *this, parts_->config.control_port);
}

void Lab::stop() {
  parts_->control.reset();
  for (const auto& endpoint : parts_->endpoints) endpoint->close();
}

std::filesystem::path Lab::ca_file() const {
  return parts_->config.certificates / "ca.pem";
}

std::uint16_t Lab::control_port() const {
  return parts_->control ? parts_->control->port() : std::uint16_t{0};
}

std::vector<std::string> Lab::names() const {
  std::vector<std::string> names;
  for (const HostConfig& host : parts_->config.hosts) names.push_back(host.name);
  return names;
}

HostState Lab::state(std::string_view host) const {
  return parts_->at(host).state();
}

std::size_t Lab::connections(std::string_view host) const {
  return parts_->at(host).connections();
}

void Lab::add_fault(std::string_view host, FaultRule rule) {
  parts_->at(host).machine().add_fault(std::move(rule));
}

void Lab::heal(std::string_view host) {
  parts_->at(host).machine().heal();
}

void Lab::set_power(std::string_view host, bool on) {
  parts_->at(host).machine().set_power(on);
}

void Lab::set_health(std::string_view host, std::optional<std::string> health) {
  parts_->at(host).machine().set_health(std::move(health));
}

int run_lab(const LabConfig& config) {
  try {
    asio::io_context io(1);
    Lab lab(io, config);
    lab.start();
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&lab](boost::system::error_code, int) { lab.stop(); });
    struct GroupLine {
      std::size_t hosts = 0;
      HostState first;
      HostState last;
    };
    std::map<std::string, GroupLine> lines;
    for (const std::string& name : lab.names()) {
      const HostState state = lab.state(name);
      GroupLine& line = lines[state.group];
      if (line.hosts++ == 0) line.first = state;
      line.last = state;
    }
    for (const auto& [group, line] : lines)
      std::printf("%s: %zu hosts, %s at %s:%u to %s at %s:%u\n", group.empty() ? "hosts" : group.c_str(), line.hosts,
                  line.first.name.c_str(), line.first.address.c_str(), shown_port(line.first), line.last.name.c_str(),
                  line.last.address.c_str(), shown_port(line.last));
    if (lab.control_port() == 0) {
      std::printf("ready\n");
    } else {
      std::printf("ready, controlled at http://127.0.0.1:%u/lab/hosts\n", lab.control_port());
    }
    std::fflush(stdout);
    io.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lab: %s\n", error.what());
    return 1;
  }
}

}  // namespace breakwater::lab
