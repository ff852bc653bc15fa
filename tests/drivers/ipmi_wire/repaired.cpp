#include "tests/drivers/ipmi_wire/repaired.hpp"

#include <algorithm>

#include "tests/drivers/ipmi_wire/golden.hpp"

namespace breakwater::ipmi::golden {

void repair_message(Bytes& message) {
  if (message.size() < 4) return;
  message[2] = zero_sum(ByteView(message).first(2));
  message.back() = zero_sum(ByteView(message).subspan(3, message.size() - 4));
}

void repair_fru(Bytes& memory) {
  if (memory.size() < 8) return;
  memory[7] = zero_sum(ByteView(memory).first(7));
  for (const std::size_t index : {2u, 3u, 4u}) {
    const std::size_t begin = memory[index] * 8u;
    if (begin < 8 || begin + 2 > memory.size()) continue;
    const std::size_t length = memory[begin + 1] * 8u;
    if (length < 8 || begin + length > memory.size()) continue;
    memory[begin + length - 1] = zero_sum(ByteView(memory).subspan(begin, length - 1));
  }
}

void repair_image(Bytes& file) {
  if (file.size() < 60) return;
  const std::size_t header = 34 + file[32] + file[33] * 256u;
  if (header + 4 < file.size() - 16) {
    file[header] = zero_sum(ByteView(file).first(header));
    file[header + 3] = zero_sum(ByteView(file).subspan(header + 1, 2));
  }
  const Bytes sum = md5(ByteView(file).first(file.size() - 16));
  std::ranges::copy(sum, file.end() - 16);
}

}  // namespace breakwater::ipmi::golden
