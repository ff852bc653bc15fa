#pragma once
// Datagrams in, datagrams out: presence pings, what is asked before a session, logins, and the sealed packets of
// sessions. No socket and no timer.
#include "drivers/lab/ipmi/bmc.hpp"
#include "inventories/vocabulary/secret.hpp"

namespace breakwater::lab {

class IpmiResponder {
 public:
  IpmiResponder(Machine& machine, const Credentials& credentials) : bmc_(machine), credentials_(credentials) {}

  /// The reply to a datagram; empty if there is none.
  ipmi::Bytes answer(ipmi::ByteView datagram);

  /// Ends every session and what HPM.1 was doing.
  void bmc_was_reset();

  int sessions_open() const { return bmc_.slots.open(); }

 private:
  ipmi::Bytes answer_plain(ipmi::ByteView datagram);
  ipmi::Bytes open_session(ipmi::ByteView message);
  ipmi::Bytes take_rakp1(ipmi::ByteView message);
  ipmi::Bytes take_rakp3(ipmi::ByteView message);
  ipmi::Bytes answer_sealed(ipmi::ByteView datagram);
  ipmi::Bytes run(LabIpmiSession* session, ipmi::ByteView message);

  LabIpmiBmc bmc_;
  const Credentials& credentials_;
};

}  // namespace breakwater::lab
