#include "drivers/lab/ipmi/responder.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/sealed.hpp"

namespace breakwater::lab {
namespace {

using ipmi::Bytes;
using ipmi::ByteView;
using ipmi::Payload;

template <class Array>
Array random_bytes() {
  Array bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random bytes for an IPMI session");
  return bytes;
}

// The session id of ours that RAKP 1 and RAKP 3 name.
std::uint32_t addressed_to(ByteView message) {
  ipmi::WireReader in(message);
  in.take(4);
  return in.u32();
}

}  // namespace

Bytes IpmiResponder::answer(ByteView datagram) {
  switch (ipmi::kind_of(datagram)) {
    case ipmi::DatagramKind::asf: {
      const auto tag = ipmi::decode_ping(datagram);
      return tag ? ipmi::encode_pong({*tag}) : Bytes{};
    }
    case ipmi::DatagramKind::pre_session: {
      const auto message = ipmi::unwrap_pre_session(datagram);
      const Bytes reply = message ? run(nullptr, *message) : Bytes{};
      return reply.empty() ? Bytes{} : ipmi::wrap_pre_session(reply);
    }
    case ipmi::DatagramKind::plain:
      return answer_plain(datagram);
    case ipmi::DatagramKind::sealed:
      return answer_sealed(datagram);
    case ipmi::DatagramKind::unknown:
      break;
  }
  return {};
}

void IpmiResponder::bmc_was_reset() {
  bmc_.slots.clear();
  bmc_.hpm.bmc_was_reset();
}

Bytes IpmiResponder::answer_plain(ByteView datagram) {
  const auto packet = ipmi::unwrap_plain(datagram);
  if (!packet || packet->session_id != 0) return {};
  switch (packet->type) {
    case Payload::ipmi: {
      const Bytes reply = run(nullptr, packet->bytes);
      return reply.empty() ? Bytes{} : ipmi::wrap_plain(Payload::ipmi, reply);
    }
    case Payload::open_request:
      return open_session(packet->bytes);
    case Payload::rakp1:
      return take_rakp1(packet->bytes);
    case Payload::rakp3:
      return take_rakp3(packet->bytes);
    case Payload::open_response:
    case Payload::rakp2:
    case Payload::rakp4:
      break;
  }
  return {};
}

Bytes IpmiResponder::open_session(ByteView message) {
  const auto request = ipmi::decode_open_request(message);
  if (!request || request->console_id == 0) return {};
  if (!bmc_.slots.room() || bmc_.machine.strikes(LabFault::session_table_full)) {
    return ipmi::wrap_plain(Payload::open_response,
                            ipmi::encode_refusal(request->tag, ipmi::RakpStatus::no_resources, request->console_id));
  }
  LabIpmiSession& session = bmc_.slots.begin();
  ipmi::BmcHandshake::Setup setup;
  setup.bmc_id = session.id;
  setup.bmc_random = random_bytes<ipmi::Random>();
  setup.guid = ipmi_guid(bmc_.machine.config().uuid);
  setup.accounts.push_back({credentials_.username, credentials_.password});
  session.handshake = std::make_unique<ipmi::BmcHandshake>(std::move(setup));
  return session.handshake->answer(*request);
}

Bytes IpmiResponder::take_rakp1(ByteView message) {
  const auto request = ipmi::decode_rakp1(message);
  LabIpmiSession* session = request ? bmc_.slots.find(request->bmc_id) : nullptr;
  if (session == nullptr || session->keys || !session->handshake) return {};
  Bytes reply = session->handshake->answer(*request);
  if (session->handshake->account() == nullptr) {
    ++bmc_.machine.counters().ipmi_logins_refused;
    bmc_.slots.close(session->id);
  }
  return reply;
}

Bytes IpmiResponder::take_rakp3(ByteView message) {
  LabIpmiSession* session = bmc_.slots.find(addressed_to(message));
  if (session == nullptr || !session->handshake) return {};
  const bool was_open = session->keys.has_value();
  Bytes reply = session->handshake->answer_rakp3(message);
  if (was_open) return reply;  // sent again, because its reply was lost
  if (!session->handshake->keys()) {
    ++bmc_.machine.counters().ipmi_logins_refused;
    bmc_.slots.close(session->id);
    return reply;
  }
  if (!bmc_.slots.room()) {
    const std::uint32_t console_id = session->handshake->console_id();
    bmc_.slots.close(session->id);
    return ipmi::wrap_plain(Payload::rakp4,
                            ipmi::encode_refusal(message[0], ipmi::RakpStatus::no_resources, console_id));
  }
  session->keys = session->handshake->keys();
  session->console_id = session->handshake->console_id();
  session->most = session->handshake->privilege();
  session->level = std::min(session->most, ipmi::Privilege::user);
  session->used = std::chrono::steady_clock::now();
  ++bmc_.machine.counters().ipmi_sessions_opened;
  return reply;
}

Bytes IpmiResponder::answer_sealed(ByteView datagram) {
  const auto id = ipmi::sealed_session_id(datagram);
  LabIpmiSession* session = id ? bmc_.slots.find(*id) : nullptr;
  if (session == nullptr || !session->keys) return {};
  const auto packet = ipmi::unseal(*session->keys, *id, datagram);
  if (!packet || packet->type != Payload::ipmi || !session->came.accept(packet->sequence)) return {};
  session->handshake.reset();
  session->used = std::chrono::steady_clock::now();
  const Bytes reply = run(session, packet->bytes);
  session = bmc_.slots.find(*id);  // the command may have reset the BMC
  if (reply.empty() || session == nullptr) return {};
  Bytes sealed = ipmi::seal(*session->keys, session->console_id, session->went.next(), random_bytes<ipmi::Iv>(),
                            Payload::ipmi, reply);
  if (bmc_.closing == session->id) bmc_.slots.close(session->id);
  bmc_.closing = 0;
  return sealed;
}

// The reply to one IPMI message; empty if it is not one.
Bytes IpmiResponder::run(LabIpmiSession* session, ByteView message) {
  const auto request = ipmi::decode_request(message);
  if (!request) return {};
  const std::size_t most = bmc_.machine.config().persona.ipmi_message_bytes_max;
  IpmiAnswer answer{ipmi::kLengthExceeded};
  if (message.size() <= most) answer = run_command(bmc_, session, *request);
  constexpr std::size_t kAroundData = 8;
  if (answer.data.size() + kAroundData > most) answer = {ipmi::kCannotReturnBytes};
  return ipmi::encode(ipmi::reply_to(*request, answer.completion, std::move(answer.data)));
}

}  // namespace breakwater::lab
