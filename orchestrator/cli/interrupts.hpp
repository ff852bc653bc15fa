#pragma once
// Ctrl-C, SIGTERM, and for a conductor the end of its terminal (SIGHUP), counted: the first asks to start nothing new,
// the second to leave now.
#include <atomic>

namespace breakwater::cli {

/// How many came so far.
std::atomic<int>& interrupts();

/// What the process is in the middle of decides what one more of them may end at once.
enum class Work {
  looking,     ///< nothing is changed by it: the second one ends the process
  conducting,  ///< the conductor leaves at the second; a third ends the process
};

/// Counts from here on; before, they end the process as usual. A reader of its output who goes away ends whoever only
/// looks, and never a conductor; nor does Ctrl-Z stop one.
void catch_interrupts(Work work);

}  // namespace breakwater::cli
