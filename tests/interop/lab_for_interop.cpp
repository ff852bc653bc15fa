// A lab for clients in other processes: `lab_for_interop FOLDER [HOSTS]` prints one line of JSON that says where its
// hosts are, and ends when its standard input does.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "drivers/lab/running_lab.hpp"

int main(int argc, char** argv) {
  using namespace breakwater::lab;
  if (argc < 2) return std::fprintf(stderr, "usage: lab_for_interop FOLDER [HOSTS]\n"), 2;
  const int hosts = argc > 2 ? std::atoi(argv[2]) : 1;
  LabConfig config;
  // Tests run side by side: this process's own addresses are nobody else's, and a free port makes up for a collision.
  const auto pid = static_cast<unsigned>(getpid());
  config.first_address = "127." + std::to_string(120 + pid / 128 % 100) + "." + std::to_string(pid % 128) + ".1";
  config.port = 0;
  config.ipmi_port = 0;
  config.certificates = argv[1];
  for (int i = 1; i <= hosts; ++i) config.hosts.push_back({.name = "n" + std::to_string(i)});
  RunningLab lab(config);
  std::printf("{\"ca\": \"%s\", \"user\": \"%s\", \"password\": \"%s\", \"hosts\": [", lab.ca_file().c_str(),
              config.credentials.username.c_str(), config.credentials.password.reveal().c_str());
  for (const HostConfig& host : config.hosts) {
    const HostState state = lab.state(host.name);
    std::printf("%s[\"%s\", %u, %u]", &host == config.hosts.data() ? "" : ", ", state.address.c_str(), state.port,
                state.ipmi_port);
  }
  std::printf("]}\n");
  std::fflush(stdout);
  char ignored = 0;
  while (::read(STDIN_FILENO, &ignored, 1) > 0) continue;
  return 0;
}
