#pragma once
// Which rule of the product this run breaks. Only the copies that mutants.py makes ask.
#include <atomic>
#include <string_view>

namespace breakwater::mutants {

inline std::string_view chosen;  ///< set before anything is played; empty where every rule holds

inline std::atomic<bool> met{false};  ///< the product came by the rule that is chosen

inline bool broken(std::string_view rule) {
  if (rule != chosen) return false;
  if (!met.load(std::memory_order_relaxed)) met = true;
  return true;
}

}  // namespace breakwater::mutants
