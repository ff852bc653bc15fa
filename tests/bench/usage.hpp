#pragma once
// What a process has used, for benchmarks.
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace breakwater {

/// CPU seconds, user and system, of RUSAGE_SELF or RUSAGE_CHILDREN.
inline double cpu_s(int who) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// A line of /proc/self/status in KB: `VmRSS`, `VmHWM`.
inline long memory_kb(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::atol(line.c_str() + name.size() + 1);
  }
  return 0;
}

}  // namespace breakwater
