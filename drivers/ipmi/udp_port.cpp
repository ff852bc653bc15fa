#include "drivers/ipmi/udp_port.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>

namespace breakwater::ipmi {

using boost::asio::ip::udp;

namespace {

/// The largest RMCP+ packet is far smaller; a longer one is cut, and fails its checks.
constexpr std::size_t kDatagramBytesMax = 2048;
/// Datagrams taken in a row before other work of the thread has its turn.
constexpr int kDrainMost = 256;
/// Room for the replies of some thousand BMCs that answer at once.
constexpr int kReceiveBufferBytes = 4 << 20;

}  // namespace

struct UdpPort::Socket {
  explicit Socket(const boost::asio::any_io_executor& executor) : handle(executor) {}
  udp::socket handle;
  int attached = 0;
  bool waiting = false;
};

boost::asio::execution_context::id UdpPort::id;

UdpPort::UdpPort(boost::asio::execution_context& context) : boost::asio::execution_context::service(context) {}

UdpPort::~UdpPort() = default;

UdpPort& UdpPort::of(const boost::asio::any_io_executor& executor) {
  return boost::asio::use_service<UdpPort>(executor.context());
}

void UdpPort::shutdown() {
  for (auto& socket : sockets_) socket.reset();
  receivers_.clear();
}

UdpPort::Socket* UdpPort::open(const boost::asio::any_io_executor& executor, bool v6) {
  std::unique_ptr<Socket>& socket = sockets_[v6 ? 1 : 0];
  if (socket) return socket.get();
  auto opened = std::make_unique<Socket>(executor);
  boost::system::error_code error;
  opened->handle.open(v6 ? udp::v6() : udp::v4(), error);
  if (error) return nullptr;
  opened->handle.non_blocking(true, error);
  if (error) return nullptr;
  boost::system::error_code ignored;  // a smaller buffer than asked for is no reason to stop
  opened->handle.set_option(boost::asio::socket_base::receive_buffer_size(kReceiveBufferBytes), ignored);
  socket = std::move(opened);
  return socket.get();
}

bool UdpPort::attach(const boost::asio::any_io_executor& executor, const Endpoint& peer, Receiver& receiver) {
  Socket* socket = open(executor, peer.address().is_v6());
  if (socket == nullptr) return false;
  receivers_.emplace(peer, &receiver);
  ++socket->attached;
  if (!socket->waiting) wait(*socket);
  return true;
}

void UdpPort::detach(const Endpoint& peer, const Receiver& receiver) {
  const auto [begin, end] = receivers_.equal_range(peer);
  const auto found = std::find_if(begin, end, [&](const auto& entry) { return entry.second == &receiver; });
  if (found == end) return;
  receivers_.erase(found);
  Socket* socket = sockets_[peer.address().is_v6() ? 1 : 0].get();
  if (socket == nullptr || --socket->attached > 0) return;
  boost::system::error_code ignored;
  socket->handle.cancel(ignored);
}

void UdpPort::send(const Endpoint& peer, std::span<const std::uint8_t> datagram) {
  Socket* socket = sockets_[peer.address().is_v6() ? 1 : 0].get();
  if (socket == nullptr) return;
  boost::system::error_code ignored;
  socket->handle.send_to(boost::asio::buffer(datagram.data(), datagram.size()), peer, 0, ignored);
}

void UdpPort::wait(Socket& socket) {
  socket.waiting = true;
  socket.handle.async_wait(udp::socket::wait_read, [this, &socket](boost::system::error_code error) {
    if (error == boost::asio::error::operation_aborted && socket.attached == 0) {
      socket.waiting = false;
      return;
    }
    drain(socket);
    if (socket.attached > 0) return wait(socket);
    socket.waiting = false;
  });
}

void UdpPort::drain(Socket& socket) {
  std::array<std::uint8_t, kDatagramBytesMax> datagram;
  for (int i = 0; i < kDrainMost && socket.attached > 0; ++i) {
    Endpoint peer;
    boost::system::error_code error;
    const std::size_t size = socket.handle.receive_from(boost::asio::buffer(datagram), peer, 0, error);
    if (error == boost::asio::error::would_block) return;
    // Other errors report an earlier datagram's fate (ICMP); whoever waits for its reply will time out.
    if (!error) deliver(peer, std::span(datagram).first(size));
  }
}

void UdpPort::deliver(const Endpoint& peer, std::span<const std::uint8_t> datagram) {
  const auto [begin, end] = receivers_.equal_range(peer);
  if (begin == end) return;
  if (std::next(begin) == end) return begin->second->take(datagram);
  std::vector<Receiver*> takers;
  for (auto at = begin; at != end; ++at) takers.push_back(at->second);
  for (Receiver* taker : takers) {
    const auto [first, last] = receivers_.equal_range(peer);
    const bool still = std::any_of(first, last, [taker](const auto& entry) { return entry.second == taker; });
    if (still) taker->take(datagram);
  }
}

}  // namespace breakwater::ipmi
