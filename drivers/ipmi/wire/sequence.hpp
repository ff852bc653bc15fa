#pragma once
// Session sequence numbers, IPMI 2.0 section 6.12.13: who sends counts, who receives refuses what came before.
#include <cstdint>

namespace breakwater::ipmi {

/// Numbers for what is sent: 1, 2, ..., never 0, and never the same twice, also not for a resent message.
class SequenceCounter {
 public:
  explicit SequenceCounter(std::uint32_t last = 0) : last_(last) {}
  std::uint32_t next() {
    if (++last_ == 0) ++last_;
    return last_;
  }

 private:
  std::uint32_t last_;
};

/// Judges the numbers of authenticated packets. Any first number is taken (a BMC that began at 8, and ipmitool, which
/// begins at 3: measured), any later one is taken as news once, however many were lost before it, and an earlier one
/// once if it is at most 16 behind. 0 never is.
class SequenceWindow {
 public:
  static constexpr std::uint32_t kWidth = 16;

  /// True the first time a number inside the window is seen. Ask only for packets whose code was verified.
  bool accept(std::uint32_t sequence);

 private:
  std::uint32_t newest_ = 0;  ///< 0: nothing yet
  std::uint32_t seen_ = 0;    ///< bit n: `newest_ - n` was seen
};

}  // namespace breakwater::ipmi
