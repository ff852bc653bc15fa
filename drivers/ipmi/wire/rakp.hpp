#pragma once
// The six messages that open an RMCP+ session, and the keys that come of them: IPMI 2.0 sections 13.17 to 13.33. Both
// directions; a message is what follows the RMCP+ header.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/mac.hpp"
#include "drivers/ipmi/wire/suite.hpp"
#include "inventories/vocabulary/secret.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater::ipmi {

using Random = std::array<std::uint8_t, 16>;
using Guid = std::array<std::uint8_t, 16>;

constexpr std::size_t kUserBytesMax = 16;      ///< IPMI 2.0 section 22.28
constexpr std::size_t kPasswordBytesMax = 20;  ///< IPMI 2.0 section 22.30
constexpr std::size_t kKgBytesMax = 20;        ///< IPMI 2.0 section 22.25

enum class Privilege : std::uint8_t { highest = 0, callback = 1, user = 2, operator_ = 3, administrator = 4, oem = 5 };

/// Bit of the role byte: look the user up by name alone, not by name and privilege.
constexpr std::uint8_t kNameOnlyLookup = 0x10;

/// RMCP+ status codes, IPMI 2.0 section 13.24, table 13-15.
enum class RakpStatus : std::uint8_t {
  ok = 0x00,
  no_resources = 0x01,
  bad_session_id = 0x02,
  bad_payload_type = 0x03,
  bad_authentication = 0x04,
  bad_integrity = 0x05,
  no_authentication_payload = 0x06,
  no_integrity_payload = 0x07,
  inactive_session_id = 0x08,
  bad_role = 0x09,
  role_not_authorised = 0x0A,
  no_resources_at_role = 0x0B,
  bad_name_length = 0x0C,
  name_not_authorised = 0x0D,
  guid_not_authorised = 0x0E,
  bad_check_value = 0x0F,
  bad_confidentiality = 0x10,
  no_suite_match = 0x11,
  illegal_parameter = 0x12,
};

}  // namespace breakwater::ipmi

namespace breakwater {

/// For people.
template <>
inline constexpr auto kWords<ipmi::RakpStatus> = words<ipmi::RakpStatus>({
    {ipmi::RakpStatus::ok, "ok"},
    {ipmi::RakpStatus::no_resources, "no resources for a session"},
    {ipmi::RakpStatus::bad_session_id, "invalid session id"},
    {ipmi::RakpStatus::bad_payload_type, "invalid payload type"},
    {ipmi::RakpStatus::bad_authentication, "authentication algorithm not supported"},
    {ipmi::RakpStatus::bad_integrity, "integrity algorithm not supported"},
    {ipmi::RakpStatus::no_authentication_payload, "no matching authentication payload"},
    {ipmi::RakpStatus::no_integrity_payload, "no matching integrity payload"},
    {ipmi::RakpStatus::inactive_session_id, "inactive session id"},
    {ipmi::RakpStatus::bad_role, "invalid role"},
    {ipmi::RakpStatus::role_not_authorised, "role or privilege not authorised"},
    {ipmi::RakpStatus::no_resources_at_role, "no resources for a session at this role"},
    {ipmi::RakpStatus::bad_name_length, "invalid length of the user name"},
    {ipmi::RakpStatus::name_not_authorised, "user name not authorised"},
    {ipmi::RakpStatus::guid_not_authorised, "GUID not authorised"},
    {ipmi::RakpStatus::bad_check_value, "invalid integrity check value"},
    {ipmi::RakpStatus::bad_confidentiality, "confidentiality algorithm not supported"},
    {ipmi::RakpStatus::no_suite_match, "no cipher suite match"},
    {ipmi::RakpStatus::illegal_parameter, "illegal or unknown parameter"},
});

}  // namespace breakwater

namespace breakwater::ipmi {

/// True if boards are known to mean "not with this cipher suite" by it: then the other suite is worth one try. Intel
/// M50CYP says `no_resources`, Supermicro X8DTG `role_not_authorised`, MSI MS-91D2 `illegal_parameter`; ipmi_sim
/// `bad_authentication` (measured).
bool suggests_other_suite(RakpStatus status);

struct OpenRequest {
  std::uint8_t tag = 0;
  Privilege privilege = Privilege::highest;
  std::uint32_t console_id = 0;
  Algorithms algorithms;
  bool operator==(const OpenRequest&) const = default;
};
Bytes encode(const OpenRequest& request);
Decoded<OpenRequest> decode_open_request(ByteView message);

/// The BMC's refusal of one of the console's messages. Boards send 8, 7 or 2 bytes; Supermicro sends only the status,
/// one byte without a tag.
struct RakpRefusal {
  std::optional<std::uint8_t> tag;
  RakpStatus status = RakpStatus::ok;
  std::uint32_t console_id = 0;  ///< whose attempt it refuses; 0 if it does not say
  bool operator==(const RakpRefusal&) const = default;
};

/// The refusal in a reply to Open Session, RAKP 1 or RAKP 3; none if its status is ok, or if it has no status.
std::optional<RakpRefusal> refusal_in(ByteView message);

/// The 8 bytes of a refusal as the specification has them.
Bytes encode_refusal(std::uint8_t tag, RakpStatus status, std::uint32_t console_id);

/// The replies below decode only what says `ok`; ask refusal_in first.
struct OpenResponse {
  std::uint8_t tag = 0;
  Privilege privilege = Privilege::highest;
  std::uint32_t console_id = 0;
  std::uint32_t bmc_id = 0;
  Algorithms algorithms;
  bool operator==(const OpenResponse&) const = default;
};
Bytes encode(const OpenResponse& response);
Decoded<OpenResponse> decode_open_response(ByteView message);

struct Rakp1 {
  std::uint8_t tag = 0;
  std::uint32_t bmc_id = 0;
  Random console_random{};
  std::uint8_t role = 0;  ///< privilege, with kNameOnlyLookup
  std::string user;
  bool operator==(const Rakp1&) const = default;
};
Bytes encode(const Rakp1& message);
Decoded<Rakp1> decode_rakp1(ByteView message);

struct Rakp2 {
  std::uint8_t tag = 0;
  std::uint32_t console_id = 0;
  Random bmc_random{};
  Guid guid{};
  Digest code;  ///< KEC2, whole
};
Bytes encode(const Rakp2& message);
Decoded<Rakp2> decode_rakp2(ByteView message, Suite suite);

struct Rakp3 {
  std::uint8_t tag = 0;
  RakpStatus status = RakpStatus::ok;  ///< anything else ends the attempt, and no code follows
  std::uint32_t bmc_id = 0;
  Digest code;  ///< KEC3, whole
};
Bytes encode(const Rakp3& message);
Decoded<Rakp3> decode_rakp3(ByteView message, Suite suite);

struct Rakp4 {
  std::uint8_t tag = 0;
  std::uint32_t console_id = 0;
  Digest code;  ///< ICV, cut to code_bytes(suite)
};
Bytes encode(const Rakp4& message);
Decoded<Rakp4> decode_rakp4(ByteView message, Suite suite);

/// Everything both sides have agreed on in the clear.
struct Exchange {
  Suite suite = Suite::seventeen;
  std::uint32_t console_id = 0;
  std::uint32_t bmc_id = 0;
  Random console_random{};
  Random bmc_random{};
  Guid guid{};
  std::uint8_t role = 0;
  std::string user;
};

/// The session integrity key. `kg` empty or all zero: the password takes its place (IPMI 2.0 section 13.31).
Digest session_key(const Exchange& exchange, const Secret& password, const Secret& kg);

/// KEC2: the BMC proves that it knows the password.
Digest rakp2_code(const Exchange& exchange, const Secret& password);

/// KEC3: the console proves it.
Digest rakp3_code(const Exchange& exchange, const Secret& password);

/// ICV: the BMC proves that it has the same session key; already cut.
Digest rakp4_code(const Exchange& exchange, const Digest& sik);

/// What protects the packets of a session.
struct SessionKeys {
  Suite suite = Suite::seventeen;
  Digest integrity;        ///< K1, whole
  Digest confidentiality;  ///< K2, whole; AES takes its first 16 bytes
};
SessionKeys session_keys(Suite suite, const Digest& sik);

}  // namespace breakwater::ipmi
