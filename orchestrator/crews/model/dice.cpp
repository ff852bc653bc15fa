#include "orchestrator/crews/model/dice.hpp"

#include <bit>

namespace breakwater::model {

Dice::Dice(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t Dice::roll() {
  const std::uint64_t rolled = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return rolled;
}

/// The bias of the remainder is below 2^-40 for every range that is asked for here, and the same everywhere.
std::int64_t Dice::between(std::int64_t least, std::int64_t most) {
  if (most <= least) return least;
  const std::uint64_t width = static_cast<std::uint64_t>(most - least) + 1;
  return least + static_cast<std::int64_t>(roll() % width);
}

}  // namespace breakwater::model
