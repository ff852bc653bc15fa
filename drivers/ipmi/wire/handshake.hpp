#pragma once
// Opening a session as two machines without a clock or a socket: the console's, which the driver runs, and the BMC's,
// which the lab runs. What is random comes in from outside. IPMI 2.0 section 13.17.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "drivers/ipmi/wire/bytes.hpp"
#include "drivers/ipmi/wire/packet.hpp"
#include "drivers/ipmi/wire/rakp.hpp"

namespace breakwater::ipmi {

/// What the console opens a session with.
struct Login {
  std::string user;
  Secret password;
  Secret kg;  ///< the BMC's second key, raw bytes; empty if it has none
  Privilege privilege = Privilege::administrator;
  bool name_only_lookup = true;  ///< off for Intel SE7520AF2 and 82571
  /// Ask for `privilege` in Open Session already, not for "the highest you allow": BMCs of Supermicro X8, Intel S5500
  /// and Sun hash the value they were sent there.
  bool privilege_in_open = false;
  Suite suite = Suite::seventeen;
  std::uint32_t console_id = 0;  ///< SIDM, our name for the session: random, never 0, another one for each attempt
  Random console_random{};       ///< Rm
  std::uint8_t first_tag = 0;    ///< the first message tag: random, so that only those who see the messages can answer
};

/// The datagram is not the awaited reply: another kind, an earlier try, another attempt. Keep waiting.
struct Ignored {};
/// The step is done: send next().
struct SendNext {};
/// The session is open on both sides and each has proved the password to the other.
struct Established {
  SessionKeys keys;
  std::uint32_t bmc_id = 0;  ///< the id to put into what is sent; what comes in carries Login::console_id
  Guid guid{};
};
struct HandshakeFailure {
  enum class Reason {
    refused,             ///< the BMC said so; `status` says why
    malformed,           ///< an answer of a wrong shape
    algorithms_changed,  ///< the BMC chose another suite than the one asked for
    wrong_password,      ///< RAKP 2 was made with another password or user
    wrong_session_key,   ///< RAKP 4 was made with another K_G, or by somebody else
  };
  Reason reason = Reason::malformed;
  RakpStatus status = RakpStatus::ok;
  std::string_view what;  ///< for people
};
using HandshakeStep = std::variant<Ignored, SendNext, Established, HandshakeFailure>;

/// The console's side. Send next(), hand every datagram to take(), call next() again to resend when none came in time:
/// each call raises the message tag, so an answer to an earlier try is not mistaken for the awaited one.
class Handshake {
 public:
  /// Refuses a name over 16 bytes, a password or K_G over 20 (they must not be cut short), and session id 0.
  static Decoded<Handshake> of(Login login);

  /// The datagram to send now; empty once the handshake ended.
  Bytes next();

  HandshakeStep take(ByteView datagram);

  /// The suite that is asked for.
  Suite suite() const { return login_.suite; }

 private:
  enum class Stage { open, rakp1, rakp3, ended };

  explicit Handshake(Login login);
  HandshakeStep take_open(ByteView message);
  HandshakeStep take_rakp2(ByteView message);
  HandshakeStep take_rakp4(ByteView message);
  HandshakeStep failed(HandshakeFailure::Reason reason, std::string_view what, RakpStatus status = RakpStatus::ok);
  bool awaited(std::uint8_t tag, std::uint32_t console_id) const;

  Login login_;
  Exchange exchange_;
  Digest sik_;
  Stage stage_ = Stage::open;
  std::uint8_t next_tag_ = 0;
  std::uint8_t sent_tag_ = 0;
};

/// A user of a BMC.
struct BmcAccount {
  std::string user;
  Secret password;
  Privilege limit = Privilege::administrator;
};

/// The BMC's side of one attempt, for the lab. Answers are whole datagrams, also the refusals.
class BmcHandshake {
 public:
  struct Setup {
    std::uint32_t bmc_id = 0;  ///< SIDC, never 0
    Random bmc_random{};       ///< Rc
    Guid guid{};
    Secret kg;
    std::vector<BmcAccount> accounts;
    std::vector<Suite> suites{Suite::three, Suite::seventeen};
  };

  explicit BmcHandshake(Setup setup) : setup_(std::move(setup)) {}

  Bytes answer(const OpenRequest& request);
  Bytes answer(const Rakp1& request);
  /// `message` is the payload of a RAKP 3, whose length depends on the suite. Empty if nothing is to be said: the
  /// console gave up, or the bytes are no RAKP 3.
  Bytes answer_rakp3(ByteView message);

  /// The keys, from the moment the session is open.
  const std::optional<SessionKeys>& keys() const { return keys_; }
  std::uint32_t console_id() const { return exchange_.console_id; }
  std::uint32_t bmc_id() const { return setup_.bmc_id; }
  /// Who logged in; null before RAKP 1 was taken.
  const BmcAccount* account() const { return account_ ? &setup_.accounts[*account_] : nullptr; }
  /// The highest privilege the session may be set to: what RAKP 1 asked for, which the account allows.
  Privilege privilege() const;

 private:
  Bytes refusal(Payload type, std::uint8_t tag, RakpStatus status) const;

  Setup setup_;
  Exchange exchange_;
  std::optional<std::size_t> account_;  ///< index into setup_.accounts
  std::optional<SessionKeys> keys_;
};

}  // namespace breakwater::ipmi
