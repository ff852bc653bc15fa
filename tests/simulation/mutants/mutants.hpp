#pragma once
// Which rule of the product this run breaks. Only the copies that mutants.py makes ask.
#include <string_view>

namespace breakwater::mutants {

inline std::string_view chosen;  ///< set before anything is played; empty where every rule holds

inline bool broken(std::string_view rule) {
  return rule == chosen;
}

}  // namespace breakwater::mutants
