// Expands each line of standard input, `RRULE<tab>START<tab>FROM<tab>DAYS` (START may be empty), as a window in UTC,
// and prints one line for it: `=` and the beginnings as seconds since 1970, or `!` and every reason why it is refused.
#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

#include "policies/windows.hpp"

namespace {

using namespace breakwater;

std::string expanded(const std::string& line) {
  std::istringstream in(line);
  std::string rule, start, from, days;
  std::getline(in, rule, '\t');
  std::getline(in, start, '\t');
  std::getline(in, from, '\t');
  std::getline(in, days, '\t');
  // So short that no two of them touch and become one.
  const WindowSpec spec{"w", rule, "1ms", "", start};
  const auto intervals = expand_windows(std::span(&spec, 1), "UTC", *parse_instant(from), std::stoi(days));
  std::string text = intervals ? "=" : "!";
  if (!intervals) {
    for (const WindowProblem& problem : intervals.error()) text += ' ' + problem.key + ": " + problem.message + ';';
    return text;
  }
  for (const Interval& interval : *intervals) {
    const auto begin = std::chrono::floor<std::chrono::seconds>(interval.begin.time_since_epoch());
    text += ' ' + std::to_string(begin.count());
  }
  return text;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << expanded(line) << '\n';
}
