// A lab of one host for clients in other processes: `lab_for_interop FOLDER` prints one line of JSON that says where it
// is, and ends when its standard input does.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "drivers/lab/running_lab.hpp"

int main(int argc, char** argv) {
  using namespace breakwater::lab;
  if (argc != 2) return std::fprintf(stderr, "usage: lab_for_interop FOLDER\n"), 2;
  LabConfig config;
  // Tests run side by side: this process's own address is nobody else's.
  const auto pid = static_cast<unsigned>(getpid());
  config.first_address = "127.120." + std::to_string(pid / 250 % 250) + "." + std::to_string(1 + pid % 250);
  config.port = 0;
  config.certificates = argv[1];
  config.hosts.push_back({.name = "n1"});
  RunningLab lab(config);
  const HostState host = lab.state("n1");
  std::printf("{\"address\": \"%s\", \"port\": %u, \"ca\": \"%s\", \"user\": \"%s\", \"password\": \"%s\"}\n",
              host.address.c_str(), host.port, lab.ca_file().c_str(), config.credentials.username.c_str(),
              config.credentials.password.reveal().c_str());
  std::fflush(stdout);
  char ignored = 0;
  while (::read(STDIN_FILENO, &ignored, 1) > 0) continue;
  return 0;
}
