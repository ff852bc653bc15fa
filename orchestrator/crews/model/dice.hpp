#pragma once
// Chance that is the same on every machine: xoshiro256** (Blackman and Vigna) seeded by splitmix64, with distributions
// of our own, since the standard's differ from library to library.
#include <array>
#include <cstddef>
#include <cstdint>

#include "inventories/vocabulary/instant.hpp"

namespace breakwater::model {

class Dice {
 public:
  explicit Dice(std::uint64_t seed);

  std::uint64_t roll();
  /// Both ends included; `least` where `most` is smaller.
  std::int64_t between(std::int64_t least, std::int64_t most);
  Duration between(Duration least, Duration most) { return Duration(between(least.count(), most.count())); }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(count) - 1));
  }
  bool in_thousand(int parts) { return between(0, 999) < parts; }
  /// Dice of their own for a part of the whole: what is drawn there does not move what is drawn here.
  Dice fork() { return Dice(roll()); }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace breakwater::model
