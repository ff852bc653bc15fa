#pragma once
// A component's version text as the six bytes by which IPMI and HPM.1 know firmware.
//
//   "3.4", "3.04"       03 04 00 00 00 00   major 0..127, minor 0..99 in BCD
//   "3.4.01020304"      03 04 01 02 03 04   eight hexadecimal digits: the auxiliary bytes
//   "3.4-other"         03 04 and the first four bytes of the text's SHA-256, so that other texts differ too
//
// The inverse is ipmi::Version::text(): "3.04", "3.04.01020304".
#include <string_view>

#include "drivers/ipmi/wire/version.hpp"

namespace breakwater::lab {

ipmi::Version ipmi_version(std::string_view text);

}  // namespace breakwater::lab
