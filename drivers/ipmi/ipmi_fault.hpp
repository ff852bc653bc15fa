#pragma once
// What the replies of a BMC mean as Faults.
#include <string>

#include "drivers/fault.hpp"
#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

/// `0xd4`.
std::string hex_byte(std::uint8_t value);

/// The Fault of a reply whose completion code is not 0: a busy BMC, a missing privilege, an unknown command.
Fault refused(const IpmiReply& reply, std::string step);
/// The same for a request that must not be sent twice: unless the code is a clear refusal, the BMC may have begun.
Fault refused_once(const IpmiReply& reply, std::string step);
/// As refused_once(), of a command of HPM.1, in its words.
Fault refused_hpm(CommandCode command, std::uint8_t completion, std::string step);
Fault malformed_reply(const Malformed& why, std::string step);

/// A wrong password, an unknown user, a cipher suite that is not offered and a full session table each have a kind.
Fault handshake_fault(const HandshakeFailure& failure);

}  // namespace breakwater::ipmi
