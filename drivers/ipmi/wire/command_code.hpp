#pragma once
// The commands that are spoken, by network function and number: IPMI 2.0 appendix G, HPM.1 and HPM.2.
#include <cstdint>
#include <utility>

#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {

struct CommandCode {
  std::uint8_t net_fn = 0;
  std::uint8_t command = 0;
  bool operator==(const CommandCode&) const = default;
};

/// The first byte of every HPM request and reply.
constexpr std::uint8_t kPicmgGroup = 0x00;

namespace code {
constexpr CommandCode kChassisStatus{0x00, 0x01};
constexpr CommandCode kChassisControl{0x00, 0x02};
constexpr CommandCode kChassisIdentify{0x00, 0x04};
constexpr CommandCode kSetBootOptions{0x00, 0x08};
constexpr CommandCode kGetBootOptions{0x00, 0x09};
constexpr CommandCode kSensorReading{0x04, 0x2D};
constexpr CommandCode kDeviceId{0x06, 0x01};
constexpr CommandCode kColdReset{0x06, 0x02};
constexpr CommandCode kSelfTest{0x06, 0x04};
constexpr CommandCode kSystemGuid{0x06, 0x37};
constexpr CommandCode kCapabilities{0x06, 0x38};
constexpr CommandCode kSetPrivilege{0x06, 0x3B};
constexpr CommandCode kCloseSession{0x06, 0x3C};
constexpr CommandCode kCipherSuites{0x06, 0x54};
constexpr CommandCode kFruInfo{0x0A, 0x10};
constexpr CommandCode kFruRead{0x0A, 0x11};
constexpr CommandCode kSdrInfo{0x0A, 0x20};
constexpr CommandCode kSdrReserve{0x0A, 0x22};
constexpr CommandCode kSdrGet{0x0A, 0x23};
constexpr CommandCode kSelInfo{0x0A, 0x40};
constexpr CommandCode kSelReserve{0x0A, 0x42};
constexpr CommandCode kSelGet{0x0A, 0x43};
constexpr CommandCode kSelTime{0x0A, 0x48};
constexpr CommandCode kLanConfiguration{0x0C, 0x02};
constexpr CommandCode kPicmgProperties{0x2C, 0x00};
constexpr CommandCode kTargetCapabilities{0x2C, 0x2E};
constexpr CommandCode kComponentProperties{0x2C, 0x2F};
constexpr CommandCode kAbortUpgrade{0x2C, 0x30};
constexpr CommandCode kInitiateUpgrade{0x2C, 0x31};
constexpr CommandCode kUploadBlock{0x2C, 0x32};
constexpr CommandCode kFinishUpload{0x2C, 0x33};
constexpr CommandCode kUpgradeStatus{0x2C, 0x34};
constexpr CommandCode kActivateFirmware{0x2C, 0x35};
constexpr CommandCode kQuerySelfTest{0x2C, 0x36};
constexpr CommandCode kQueryRollback{0x2C, 0x37};
constexpr CommandCode kManualRollback{0x2C, 0x38};
constexpr CommandCode kHpm2Capabilities{0x2C, 0x3E};
}  // namespace code

/// The command that a request or a reply is about.
constexpr CommandCode code_of(const IpmiRequest& request) {
  return {request.net_fn, request.command};
}

/// A request with its data, ready to be numbered and sent.
inline IpmiRequest request_for(CommandCode command, Bytes data = {}) {
  return IpmiRequest{command.net_fn, command.command, std::move(data)};
}

}  // namespace breakwater::ipmi
