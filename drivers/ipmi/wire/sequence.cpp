#include "drivers/ipmi/wire/sequence.hpp"

namespace breakwater::ipmi {

bool SequenceWindow::accept(std::uint32_t sequence) {
  if (sequence == 0) return false;
  if (newest_ == 0) {
    newest_ = sequence;
    seen_ = 1;
    return true;
  }
  // The counter wraps, so "later" is the shorter way round.
  const std::uint32_t ahead = sequence - newest_;
  if (ahead != 0 && ahead < 0x8000'0000u) {
    seen_ = ahead > kWidth ? 1 : (seen_ << ahead) | 1;
    newest_ = sequence;
    return true;
  }
  const std::uint32_t behind = newest_ - sequence;
  if (behind > kWidth || (seen_ & (1u << behind)) != 0) return false;
  seen_ |= 1u << behind;
  return true;
}

}  // namespace breakwater::ipmi
