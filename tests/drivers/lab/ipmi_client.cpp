#include "tests/drivers/lab/ipmi_client.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <random>
#include <thread>

#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"

namespace breakwater::lab {
namespace {

constexpr std::chrono::milliseconds kLookEvery{5};

std::uint32_t random_number() {
  static std::random_device device;
  return device() | 1U;
}

template <class Array>
Array random_array() {
  Array bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_number() >> 8U);
  return bytes;
}

}  // namespace

IpmiClient::IpmiClient(const HostState& host) : socket_(io_) {
  socket_.connect({boost::asio::ip::make_address(host.address), host.ipmi_port});
}

void IpmiClient::send_datagram(ipmi::ByteView datagram) {
  socket_.send(boost::asio::buffer(datagram.data(), datagram.size()));
}

std::optional<ipmi::Bytes> IpmiClient::receive_datagram(std::chrono::milliseconds wait) {
  pollfd readable{socket_.native_handle(), POLLIN, 0};
  if (::poll(&readable, 1, static_cast<int>(wait.count())) != 1) return std::nullopt;
  ipmi::Bytes bytes(65536);
  const auto count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
  if (count < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

ipmi::HandshakeStep IpmiClient::log_in(const std::string& password, const std::string& user, ipmi::Privilege privilege,
                                       ipmi::Suite suite) {
  ipmi::Login login;
  login.user = user;
  login.password = Secret(password);
  login.privilege = privilege;
  login.suite = suite;
  login.console_id = console_id_ = random_number();
  login.console_random = random_array<ipmi::Random>();
  auto handshake = ipmi::Handshake::of(std::move(login));
  EXPECT_TRUE(handshake);
  while (true) {
    send_datagram(handshake->next());
    const auto answer = receive_datagram();
    if (!answer) return ipmi::Ignored{};
    const ipmi::HandshakeStep step = handshake->take(*answer);
    if (std::holds_alternative<ipmi::SendNext>(step)) continue;
    if (const auto* established = std::get_if<ipmi::Established>(&step)) {
      keys_ = established->keys;
      bmc_id_ = established->bmc_id;
    }
    return step;
  }
}

bool IpmiClient::open(ipmi::Privilege privilege, ipmi::Suite suite) {
  if (!std::holds_alternative<ipmi::Established>(log_in("lab-password", "admin", privilege, suite))) return false;
  return ask(ipmi::privilege_request(privilege)).completion == ipmi::kCompleted;
}

std::uint8_t IpmiClient::send(ipmi::IpmiRequest request) {
  request_number_ = static_cast<std::uint8_t>((request_number_ + 1) & 0x3F);
  request.sequence = request_number_;
  send_datagram(
      ipmi::seal(*keys_, bmc_id_, sent_.next(), random_array<ipmi::Iv>(), ipmi::Payload::ipmi, ipmi::encode(request)));
  return request_number_;
}

std::optional<ipmi::IpmiReply> IpmiClient::receive(std::chrono::milliseconds wait) {
  const auto datagram = receive_datagram(wait);
  if (!datagram) return std::nullopt;
  const auto opened = ipmi::unseal(*keys_, console_id_, *datagram);
  if (!opened) return std::nullopt;
  auto response = ipmi::decode_reply(opened->bytes);
  if (!response) return std::nullopt;
  return std::move(*response);
}

ipmi::IpmiReply IpmiClient::ask(ipmi::IpmiRequest request) {
  const std::uint8_t number = send(std::move(request));
  const auto response = receive();
  EXPECT_TRUE(response) << "no reply";
  ipmi::IpmiReply none;
  none.completion = ipmi::kUnspecified;
  if (!response) return none;
  EXPECT_EQ(response->sequence, number);
  return *response;
}

ipmi::IpmiReply IpmiClient::await_end(const ipmi::IpmiRequest& request) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const ipmi::IpmiReply response = ask(request);
    if (response.completion != ipmi::kInProgress || std::chrono::steady_clock::now() > deadline) return response;
    std::this_thread::sleep_for(kLookEvery);
  }
}

namespace {

// What Get Upgrade Status says in the end.
std::uint8_t outcome(IpmiClient& bmc) {
  const auto deadline = std::chrono::steady_clock::now() + IpmiClient::kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto status = ipmi::decode_upgrade_status(bmc.ask(ipmi::upgrade_status_request()).data);
    if (!status) return 0xFF;
    if (status->completion != ipmi::kInProgress) return status->completion;
    std::this_thread::sleep_for(kLookEvery);
  }
  return ipmi::kInProgress;
}

}  // namespace

std::uint8_t upload(IpmiClient& bmc, std::uint8_t component, const std::string& firmware, std::size_t block) {
  ipmi::InitiateUpgrade what;
  what.components = static_cast<std::uint8_t>(1U << component);
  if (const auto begun = bmc.ask(ipmi::initiate_upgrade_request(what)); begun.completion != 0) return begun.completion;
  const ipmi::ByteView bytes(reinterpret_cast<const std::uint8_t*>(firmware.data()), firmware.size());
  std::uint8_t number = 0;
  for (std::size_t at = 0; at < bytes.size(); at += block) {
    const auto taken =
        bmc.ask(ipmi::upload_block_request(number++, bytes.subspan(at, std::min(block, bytes.size() - at))));
    if (taken.completion != 0) return taken.completion;
  }
  const auto end = bmc.ask(ipmi::finish_upload_request({component, static_cast<std::uint32_t>(bytes.size())}));
  return end.completion == ipmi::kInProgress ? outcome(bmc) : end.completion;
}

std::uint8_t activate(IpmiClient& bmc) {
  const auto begun = bmc.ask(ipmi::activate_firmware_request());
  return begun.completion == ipmi::kInProgress ? outcome(bmc) : begun.completion;
}

std::string hpm_file(std::uint8_t component, const std::string& firmware) {
  const ipmi::ByteView bytes(reinterpret_cast<const std::uint8_t*>(firmware.data()), firmware.size());
  ipmi::HpmAction action;
  action.components = static_cast<std::uint8_t>(1U << component);
  action.name = "lab firmware";
  action.firmware = bytes;
  ipmi::HpmImage image;
  image.header.components = action.components;
  image.actions.push_back(action);
  const ipmi::Bytes file = ipmi::build_hpm_image(image);
  return {file.begin(), file.end()};
}

}  // namespace breakwater::lab
