#include "tests/drivers/ipmi/ipmi_sim.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "drivers/ipmi/wire/packet.hpp"

namespace breakwater::ipmi {
namespace fs = std::filesystem;

namespace {

constexpr const char* kProgram = "/usr/bin/ipmi_sim";
constexpr const char* kSdrCompiler = "/usr/bin/sdrcomp";

constexpr const char* kChassis = R"sh(#!/bin/sh
cd "$1" || exit 1
verb=$2; shift 2
while [ $# -gt 0 ]; do
  case $verb:$1 in
    get:power) echo "power:$(cat power 2>/dev/null || echo 1)"; shift ;;
    get:boot)  echo "boot:$(cat boot 2>/dev/null || echo default)"; shift ;;
    set:power|set:boot) echo "$2" > "$1"; shift 2 ;;
    set:reset|set:shutdown|set:identify) echo "$1" >> told; shift 2 ;;
    *) exit 1 ;;
  esac
done
)sh";

constexpr const char* kSensors = R"(sdr type 1
  sensor_owner_id 0x20
  sensor_owner_lun 0
  channel_number 0
  sensor_number 1
  entity_id system_board
  entity_instance 1
  sensor_type Temperature
  init_scanning true
  init_sensor_type true
  default_sensor_scan_on true
  event_reading_type_code 1
  analog_data_format unsigned
  rate_unit none
  modifier_unit none
  percentage false
  base_unit degrees_C
  modifier_unit_code unspecified
  linearization linear
  m 1
  tolerance 0
  b 0
  accuracy 1
  accuracy_exp 0
  sensor_direction input
  r_exp 0
  b_exp 0
  sensor_maximum 255
  sensor_minimum 0
  id_string "MBTemp"
endsdr
)";

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

/// Runs a program in `folder` with its output thrown away; its process id.
pid_t start(const std::string& folder, std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int stream : {0, 1, 2}) dup2(nowhere, stream);
  if (chdir(folder.c_str()) == 0) execv(arguments[0], arguments.data());
  _exit(127);
}

/// True once a presence ping is answered.
bool answers_ping(const std::string& address, std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &at.sin_addr);
  bool answered = false;
  for (int i = 0; i < 100 && !answered; ++i) {
    const Bytes ping = encode_ping(1);
    sendto(socket, ping.data(), ping.size(), 0, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    pollfd ready{socket, POLLIN, 0};
    std::uint8_t reply[64];
    answered = poll(&ready, 1, 100) == 1 && recv(socket, reply, sizeof reply, 0) > 0;
  }
  close(socket);
  return answered;
}

}  // namespace

bool has_ipmi_sim() {
  return fs::exists(kProgram) && fs::exists(kSdrCompiler);
}

IpmiSim::IpmiSim(std::string address, std::vector<std::string> more_emu_lines) : address_(std::move(address)) {
  std::string pattern = (fs::temp_directory_path() / "ipmi-sim-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for ipmi_sim");
  folder_ = pattern;
  const fs::path folder(folder_);
  write(folder / "chassis.sh", kChassis);
  fs::permissions(folder / "chassis.sh", fs::perms::owner_all);
  write(folder / "lan.conf", "name \"bmc1\"\nset_working_mc 0x20\n  startlan 1\n    addr " + address_ + " " +
                                 std::to_string(port()) +
                                 "\n    priv_limit admin\n    allowed_auths_admin none md2 md5 straight\n"
                                 "    guid a123456789abcdefa123456789abcdef\n  endlan\n"
                                 "  chassis_control \"./chassis.sh .\"\n"
                                 "  user 2 true \"admin\" \"test\" admin 10 none md2 md5 straight\n");
  std::string emu =
      "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nsel_enable 0x20 1000 0x0a\n"
      "sensor_add 0x20 0 1 0x01 0x01\nsensor_set_value 0x20 0 1 0x60 0\n"
      "sensor_set_threshold 0x20 0 1 settable 111000 0xa0 0x90 0x70 00 00 00\n";
  for (const std::string& line : more_emu_lines) emu += line + "\n";
  write(folder / "bmc.emu", emu + "mc_enable 0x20\n");
  write(folder / "one.sdrs", kSensors);
  fs::create_directories(folder / "state" / "ipmi_sim" / "bmc1");
  const pid_t compiler = start(folder_, {kSdrCompiler, "-o", "state/ipmi_sim/bmc1/sdr.20.main", "one.sdrs"});
  int status = 0;
  if (waitpid(compiler, &status, 0) != compiler || status != 0) throw std::runtime_error("sdrcomp failed");
  process_ = start(folder_, {kProgram, "-c", "lan.conf", "-f", "bmc.emu", "-s", "state", "-n"});
  if (!answers_ping(address_, port())) {
    kill();
    throw std::runtime_error("ipmi_sim does not answer at " + address_);
  }
}

IpmiSim::~IpmiSim() {
  kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void IpmiSim::kill() {
  if (process_ == 0) return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string IpmiSim::told() const {
  std::ifstream file(folder_ + "/told");
  std::string text;
  file >> text;
  return text;
}

}  // namespace breakwater::ipmi
