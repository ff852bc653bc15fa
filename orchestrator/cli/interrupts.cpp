#include "orchestrator/cli/interrupts.hpp"

#include <signal.h>
#include <unistd.h>

#include "orchestrator/cli/exit_code.hpp"

namespace breakwater::cli {
namespace {

std::atomic<int> count{0};
std::atomic<int> most{2};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

void on_interrupt(int) {
  if (++count >= most) _exit(static_cast<int>(Exit::try_later));
}

}  // namespace

std::atomic<int>& interrupts() {
  return count;
}

void catch_interrupts(Work work) {
  most = work == Work::looking ? 2 : 3;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction hang_up {};
  sigaction(SIGHUP, nullptr, &hang_up);
  const bool ignored = hang_up.sa_handler == SIG_IGN;  // by nohup: the rollout is to outlive its terminal
  if (work == Work::conducting && !ignored) sigaction(SIGHUP, &action, nullptr);
  if (work == Work::conducting) signal(SIGPIPE, SIG_IGN);
  // Hosts' deadlines would run out while it stands still.
  if (work == Work::conducting) signal(SIGTSTP, SIG_IGN);
}

}  // namespace breakwater::cli
