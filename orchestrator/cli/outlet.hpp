#pragma once
// Output that nobody waits for. While a rollout is conducted, a terminal that is stopped (Ctrl-S) or a pipe that nobody
// reads must not hold up the next decision.
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "orchestrator/cli/console.hpp"

namespace breakwater::cli {

class Outlet {
 public:
  /// Words for the place where messages were left out, with a newline.
  using Missed = std::function<std::string(std::size_t messages)>;

  /// From here to its end, what is written to the console's streams goes to its descriptors in a thread of its own;
  /// where it has none, nothing changes. What is flushed together is one message. At most 4 MiB wait; a message that
  /// finds no room is left out and counted, and the next one that does comes behind `missed(count)`.
  Outlet(const Console& console, Missed missed);
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;
  ~Outlet();

  /// Whether something still waits to be read.
  bool behind() const;
  /// Gives what waits two seconds to get out, and the console its own streams back. Idempotent.
  void end();

 private:
  struct Waiting;
  class Tap;

  const Console& console_;
  std::shared_ptr<Waiting> waiting_;  ///< shared with the thread, which may outlive us inside a write
  std::unique_ptr<Tap> out_;
  std::unique_ptr<Tap> err_;
  std::streambuf* own_out_ = nullptr;
  std::streambuf* own_err_ = nullptr;
  std::thread writer_;
};

}  // namespace breakwater::cli
