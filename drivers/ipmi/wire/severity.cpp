#include "drivers/ipmi/wire/severity.hpp"

#include <array>

namespace breakwater::ipmi {
namespace {

constexpr std::uint16_t bits() {
  return 0;
}
template <class... Rest>
constexpr std::uint16_t bits(int first, Rest... rest) {
  return static_cast<std::uint16_t>(1u << first | bits(rest...));
}

// IPMI 2.0 table 42-2. Thresholds: an even offset is a going low, an odd one a going high, of each threshold in turn.
constexpr std::uint16_t kThresholdStates = bits(2, 4, 9, 11);
// To critical from less severe, to non-recoverable from less severe, to non-recoverable.
constexpr std::uint16_t kSeverityStates = bits(2, 3, 6);

struct Row {
  std::uint8_t sensor_type;
  std::uint16_t states;
};

// IPMI 2.0 table 42-3.
constexpr std::array kSensorSpecific{
    Row{0x07, bits(0, 1, 2, 3, 4, 11)},  // processor: IERR, thermal trip, FRB1 to FRB3, uncorrectable machine check
    Row{0x08, bits(1, 3)},               // power supply: failed, input lost
    Row{0x09, bits(4, 5, 6)},            // power unit: input lost, soft power control failed, failed
    Row{0x0C, bits(1)},                  // memory: uncorrectable error
    Row{0x0D, bits(1, 5, 6)},            // drive slot: fault, in a critical array, in a failed array
    Row{0x0F, bits(0)},                  // system firmware: error
    Row{0x13, bits(4, 5, 8, 9, 10)},     // critical interrupt: PERR, SERR, bus uncorrectable, fatal NMI, bus fatal
    Row{0x20, bits(0, 1)},               // operating system: stopped while loading, while running
    Row{0x23, bits(1, 2, 3)},            // watchdog: reset, power off, power cycle
    Row{0x28, bits(2, 3)},               // management: controller off line, controller unavailable
    Row{0x2B, bits(2, 3, 4, 5)},         // version change: incompatible or unsupported hardware, firmware
};

}  // namespace

bool is_critical_state(std::uint8_t sensor_type, std::uint8_t event_type, std::uint8_t offset) {
  if (offset > 15) return false;
  const auto among = [offset](std::uint16_t states) { return (states >> offset & 1) != 0; };
  if (event_type == kThresholdEvent) return among(kThresholdStates);
  if (event_type == kSeverityEvent) return among(kSeverityStates);
  if (event_type != kSensorSpecificEvent) return false;
  for (const Row& row : kSensorSpecific) {
    if (row.sensor_type == sensor_type) return among(row.states);
  }
  return false;
}

}  // namespace breakwater::ipmi
