#include "drivers/lab/ipmi/port.hpp"

#include <array>
#include <boost/asio/buffer.hpp>

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;

constexpr int kInARowMax = 32;      // datagrams of one BMC before the others' turn
constexpr int kUnderWayMax = 1024;  // replies beyond these are lost, as in a real queue

}  // namespace

IpmiPort::IpmiPort(asio::io_context& io, Machine& machine, const Credentials& credentials, UdpEndpoint at,
                   Duration delay)
    : machine_(machine),
      at_(std::move(at)),
      delay_(delay),
      socket_(io),
      alarms_(io),
      responder_(machine, credentials) {}

void IpmiPort::open() {
  socket_.open(at_.protocol());
  socket_.bind(at_);
  socket_.non_blocking(true);
  at_ = socket_.local_endpoint();
  listen();
}

void IpmiPort::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  bmc_was_reset();
}

void IpmiPort::bmc_was_reset() {
  alarms_.clear();
  under_way_ = 0;
  held_back_.reset();
  responder_.bmc_was_reset();
}

// Waiting takes no buffer, so a thousand idle ports cost nothing.
void IpmiPort::listen() {
  socket_.async_wait(asio::ip::udp::socket::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!self->socket_.is_open() || error == asio::error::operation_aborted) return;
                       self->receive();
                       self->listen();
                     });
}

void IpmiPort::receive() {
  thread_local std::array<std::uint8_t, 65536> buffer;
  for (int i = 0; i < kInARowMax; ++i) {
    UdpEndpoint from;
    boost::system::error_code error;
    const std::size_t bytes = socket_.receive_from(asio::buffer(buffer), from, 0, error);
    if (error) return;
    take(ipmi::ByteView(buffer).first(bytes), from);
    if (!socket_.is_open()) return;
  }
}

void IpmiPort::take(ipmi::ByteView datagram, const UdpEndpoint& from) {
  if (!machine_.bmc_up()) return;
  ++machine_.counters().ipmi_requests;
  if (machine_.strikes(LabFault::ipmi_drop_request)) return;
  Datagram reply{responder_.answer(datagram), from};
  if (reply.bytes.empty() || machine_.strikes(LabFault::ipmi_drop_reply)) return;
  Duration wait = delay_;
  if (const auto rule = machine_.strikes(LabFault::ipmi_delay_reply)) wait += rule->lasting;
  if (wait == Duration(0)) return leave(std::move(reply));
  if (under_way_ >= kUnderWayMax) return;
  ++under_way_;
  alarms_.after(wait, [this, reply = std::move(reply)]() mutable {
    --under_way_;
    leave(std::move(reply));
  });
}

void IpmiPort::leave(Datagram reply) {
  if (!held_back_) {
    if (const auto rule = machine_.strikes(LabFault::ipmi_reorder_reply)) {
      held_back_ = std::move(reply);
      alarms_.after(rule->lasting, [this, hold = ++holds_] {
        if (!held_back_ || hold != holds_) return;
        send(*held_back_);
        held_back_.reset();
      });
      return;
    }
  }
  send(reply);
  if (machine_.strikes(LabFault::ipmi_duplicate_reply)) send(reply);
  if (!held_back_) return;
  send(*held_back_);
  held_back_.reset();
}

// A full send buffer is a lost datagram.
void IpmiPort::send(const Datagram& reply) {
  boost::system::error_code ignored;
  socket_.send_to(asio::buffer(reply.bytes), reply.to, 0, ignored);
}

}  // namespace breakwater::lab
