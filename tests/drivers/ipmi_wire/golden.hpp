#pragma once
// Sessions of foreign programs, byte for byte, user `admin`, password `test`, no K_G. c3: ipmitool 1.8.19 -C 3 against
// OpenIPMI ipmi_sim 2.0.33; c17: ipmitool 1.8.19 -C 17, and free17: FreeIPMI 1.6.10 -I 17, both against a responder
// that both accept. Hex in wire order.
#include <array>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/rakp.hpp"

namespace breakwater::ipmi::golden {

/// The bytes of hexadecimal digits; spaces are left out.
Bytes hex(std::string_view digits);

/// Lower-case hexadecimal digits of bytes.
std::string hex(ByteView bytes);

/// The MD5 of bytes, as HPM.1 files end with it.
Bytes md5(ByteView bytes);

struct Session {
  std::string_view name;
  Suite suite;
  std::uint32_t console_id;
  std::uint32_t bmc_id;
  std::string_view console_random;
  std::string_view bmc_random;
  std::string_view guid;
  std::string_view kec2;
  std::string_view kec3;
  std::string_view sik;
  std::string_view k1;
  std::string_view k2;
  std::string_view icv;
  std::uint32_t sequence;    ///< of the first authenticated packet of the console
  std::string_view packet;   ///< that packet
  std::string_view message;  ///< what is in it
};

constexpr std::string_view kUser = "admin";
constexpr std::string_view kPassword = "test";
constexpr std::uint8_t kRole = 0x14;

inline constexpr std::array<Session, 3> kSessions{
    Session{"c3", Suite::three, 0xa0a2a3a4, 0x00000382, "bbd0a0c8ccb33c2c922c47f50c5750a0",
            "5bc42599ed8d625dc3d8df9ce3dd39e7", "a123456789abcdefa123456789abcdef",
            "4c0a3af7660e189f231d4bcc4e1c738b37c38a33", "28d5c8afeb9337396c5e8a76da5fbbca66815dd7",
            "669a513abda950e16987c11dbf8a6ffc2fbbb4d7", "6f28eb8aa3712b634f6cc4c31b582596bbe08fe1",
            "143742aaeaee624c5a5c46014128dad4bb4dd953", "bf6751cbe8a7319815faa2b3", 3,
            "0600ff0706c08203000003000000200051785049bb6ae2f1fda51961f614914beeb2fc4298b0b1fa72ba018b0ebfab59ffff0207"
            "979c867280639ea6a81fdcd5",
            "2018c881043b043c"},
    Session{"c17", Suite::seventeen, 0xa0a2a3a4, 0x0a0b0c0d, "d8c86eb939ab1c3443610bc2c804585f",
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "101112131415161718191a1b1c1d1e1f",
            "405c5c39599276e19a5b39a85cdb11095b83be8aaaad437f2ae198eb12811f00",
            "2cef98408ef43ef4a38ff64f4f1437f03c4bf8fcef812de6cc8bc35d6021d2cf",
            "2bc834eb58e1e8ea51177d591f28e620dfa1708d051d83d6922b9df41426d1a0",
            "3b6941428f245e7b6b971b2a762b5e955c7dee21fb589f0d9fb253656562462e",
            "de357cba2f2a5fb56c5567668137322fcc722ebc2ef7c0e6a17d9379be491374", "0206c375643141190710f120893c6e7d", 3,
            "0600ff0706c00d0c0b0a03000000200079b1dd54fef33fe540597e59d740d14d092144ab279ead9ba0d16b928491cbe7ffff0207"
            "e19f373585150365f038eb803aae9026",
            "2018c881043b043c"},
    Session{"free17", Suite::seventeen, 0x93369cf5, 0x0a0b0c0d, "4ba8aa1e52a80f37eda2d4f23f60effe",
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "101112131415161718191a1b1c1d1e1f",
            "597a9ad572097dd535896dea10e627bb67613cecf1e3ce137e1e7850ad74d9ff",
            "9a78d060708004b6b2056df748ed8d07c74bd45330fd2cd2687b8b8a8e328fa2",
            "400f1b3a7b3ad533f84307164091463e45b80ef5174e1d8f05676ae4bf1ddbd1",
            "050070277aa05b8e746d62dc880271e8bc8d745067b0ff71efcbad0496a2eb97",
            "663396c3143cb07516800ed7ef5e298831933ae9a1d8cdcbb38faf7793208186", "55aac708345182d078bd32d86636a211", 1,
            "0600ff0706c00d0c0b0a010000002000011accfbedb62c01f187ea7132a08a5128d71e14e57e52130cd15efd64936d61ffff0207"
            "c4777867419c92cdddeb1b8aff16cdad",
            "2018c881f83b0448"}};

inline const Session& c3() {
  return kSessions[0];
}
inline const Session& c17() {
  return kSessions[1];
}

/// The reply to c17's first authenticated packet.
constexpr std::string_view kC17Reply =
    "0600ff0706c0a4a3a2a00100000020005b98c02404131ba9feaa2c6130b195dda567a64abfc2545ccd8765258d9d7d19ffff0207"
    "c724cb7238e3d3463f2924219172a22c";

/// What both sides agreed on.
Exchange exchange_of(const Session& session);

/// The keys they came to, as recorded.
SessionKeys keys_of(const Session& session);

}  // namespace breakwater::ipmi::golden
