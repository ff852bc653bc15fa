#pragma once
// The sensors of a lab server: temperature, fan and voltage with thresholds, and one power supply. What they show
// follows the machine's health and power.
#include <cstdint>

#include "drivers/lab/ipmi/command.hpp"
#include "drivers/lab/machine.hpp"

namespace breakwater::lab {

/// Get SDR Repository Info.
IpmiAnswer sdr_info();
/// Get SDR, in parts; `reservation` is the one that holds.
IpmiAnswer get_sdr(ipmi::ByteView data, std::uint16_t reservation);
/// Get Sensor Reading.
IpmiAnswer sensor_reading(const Machine& machine, ipmi::ByteView data);
/// Get Sensor Thresholds.
IpmiAnswer sensor_thresholds(ipmi::WireReader in);

}  // namespace breakwater::lab
