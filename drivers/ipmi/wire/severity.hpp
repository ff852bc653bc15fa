#pragma once
// Which events and sensor states are bad enough to stop an update: one rule for the SEL and for discrete sensors.
#include <cstdint>

namespace breakwater::ipmi {

/// Event and reading types, IPMI 2.0 section 42.1, table 42-1.
constexpr std::uint8_t kThresholdEvent = 0x01;
constexpr std::uint8_t kSeverityEvent = 0x07;
constexpr std::uint8_t kSensorSpecificEvent = 0x6F;

/// True for a state (an event's offset) that says something failed or is about to stop:
///  - a reading that fell below its lower or rose above its upper critical or non-recoverable threshold;
///  - a generic severity that got worse, to critical or non-recoverable;
///  - of the sensor-specific states, those in the table of severity.cpp: processor, power, memory, drive, bus,
///  watchdog,
///    operating system, management and firmware faults.
/// Everything else, with what gets better and what is only predicted, is not critical.
bool is_critical_state(std::uint8_t sensor_type, std::uint8_t event_type, std::uint8_t offset);

}  // namespace breakwater::ipmi
