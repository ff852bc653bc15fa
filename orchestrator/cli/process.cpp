#include "orchestrator/cli/process.hpp"

#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

namespace breakwater::cli {

void harden_process() {
#ifndef __SANITIZE_ADDRESS__  // its leak checker is a tracer, and would be locked out too
  prctl(PR_SET_DUMPABLE, 0);
#endif
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  signal(SIGXFSZ, SIG_IGN);
}

std::string operator_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  const bool known = getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  std::array<char, 256> machine{};
  if (gethostname(machine.data(), machine.size() - 1) != 0) machine[0] = '\0';
  const std::string user = known ? found->pw_name : "uid " + std::to_string(geteuid());
  return machine[0] == '\0' ? user : user + '@' + machine.data();
}

}  // namespace breakwater::cli
