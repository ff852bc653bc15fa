// What libFuzzer calls with one input after another, built once for each target. TARGET is its namespace.
#include <cstddef>
#include <cstdint>

namespace breakwater::fuzz::TARGET {
void one_input(const std::uint8_t* data, std::size_t size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  breakwater::fuzz::TARGET::one_input(data, size);
  return 0;
}
