#include "drivers/ipmi/wire/sealed.hpp"

#include <openssl/evp.h>

#include <memory>

#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kIvBytes = 16;
constexpr std::size_t kAesKeyBytes = 16;
constexpr std::uint8_t kIntegrityPad = 0xFF;
constexpr std::uint8_t kNextHeader = 0x07;  // reserved value of IPMI 2.0 section 13.6
constexpr std::size_t kTrailerBytes = 2;    // pad length and next header

// Looked up once: a fetch costs more than the few blocks of a packet.
const EVP_CIPHER* aes() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
  return cipher;
}

enum class Direction : int { decrypt = 0, encrypt = 1 };

// `in` is whole blocks; the padding is IPMI's own, so OpenSSL's is off.
bool cbc(Direction direction, const Digest& key, ByteView iv, ByteView in, std::span<std::uint8_t> out) {
  const std::unique_ptr<EVP_CIPHER_CTX, FreeBy<EVP_CIPHER_CTX_free>> context(EVP_CIPHER_CTX_new());
  int written = 0;
  return context && aes() != nullptr && key.size() >= kAesKeyBytes && iv.size() == kIvBytes &&
         EVP_CipherInit_ex2(context.get(), aes(), key.view().data(), iv.data(), static_cast<int>(direction), nullptr) ==
             1 &&
         EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
         EVP_CipherUpdate(context.get(), out.data(), &written, in.data(), static_cast<int>(in.size())) == 1 &&
         static_cast<std::size_t>(written) == in.size();
}

// Data, then 01 02 .. n, then n: whole blocks.
Bytes padded(ByteView bytes) {
  const std::size_t pad = (kBlock - (bytes.size() + 1) % kBlock) % kBlock;
  WireWriter out(bytes.size() + pad + 1);
  out.raw(bytes);
  for (std::size_t i = 1; i <= pad; ++i) out.u8(static_cast<std::uint8_t>(i));
  return out.u8(static_cast<std::uint8_t>(pad)).done();
}

// The payload of the datagram; header, payload, padding and code must add up to its size.
Decoded<ByteView> payload_in(ByteView datagram, std::size_t length, std::size_t code) {
  const std::size_t without_pad = rmcp_plus::kHeaderBytes + length + kTrailerBytes + code;
  if (datagram.size() < without_pad) return malformed("sealed packet cut short");
  const std::uint8_t pad = datagram[datagram.size() - code - kTrailerBytes];
  if (datagram.size() != without_pad + pad) return malformed("lengths of a sealed packet do not add up");
  return datagram.subspan(rmcp_plus::kHeaderBytes, length);
}

Decoded<Bytes> decrypted(const SessionKeys& keys, ByteView payload) {
  if (payload.size() < kIvBytes + kBlock || payload.size() % kBlock != 0) {
    return malformed("encrypted payload is not whole blocks");
  }
  Bytes plain(payload.size() - kIvBytes);
  if (!cbc(Direction::decrypt, keys.confidentiality, payload.first(kIvBytes), payload.subspan(kIvBytes), plain)) {
    return malformed("the payload could not be decrypted");
  }
  const std::size_t pad = plain.back();
  // A whole block of padding is more than needed, but boards send it. The padding bytes are not checked.
  if (pad > kBlock || pad + 1 > plain.size()) return malformed("padding of a wrong length");
  plain.resize(plain.size() - pad - 1);
  return plain;
}

}  // namespace

Bytes seal(const SessionKeys& keys, std::uint32_t session_id, std::uint32_t sequence, const Iv& iv, Payload type,
           ByteView bytes) {
  if (bytes.size() > kSealedBytesMax) return {};
  const Bytes plain = padded(bytes);
  Bytes encrypted(plain.size());
  if (!cbc(Direction::encrypt, keys.confidentiality, iv, plain, encrypted)) return {};

  const auto flags =
      static_cast<std::uint8_t>(rmcp_plus::kEncrypted | rmcp_plus::kAuthenticated | static_cast<std::uint8_t>(type));
  WireWriter out(rmcp_plus::kHeaderBytes + kIvBytes + encrypted.size() + 4 + code_bytes(keys.suite));
  append_header(out, flags, session_id, sequence, static_cast<std::uint16_t>(kIvBytes + encrypted.size()));
  out.raw(iv).raw(encrypted);
  const std::size_t unpadded = out.size() - rmcp_plus::kRmcpBytes + kTrailerBytes;
  const std::size_t pad = (4 - unpadded % 4) % 4;
  out.fill(pad, kIntegrityPad).u8(static_cast<std::uint8_t>(pad)).u8(kNextHeader);
  const Digest code = hmac(keys.suite, keys.integrity.view(), out.view().subspan(rmcp_plus::kRmcpBytes));
  if (code.size() == 0) return {};
  return out.raw(code.first(code_bytes(keys.suite))).done();
}

Decoded<Unsealed> unseal(const SessionKeys& keys, std::uint32_t session_id, ByteView datagram) {
  if (kind_of(datagram) != DatagramKind::sealed) return malformed("no sealed datagram");
  WireReader in(datagram);
  in.take(rmcp_plus::kRmcpBytes + 1);
  const std::uint8_t type_and_flags = in.u8();
  constexpr std::uint8_t kBoth = rmcp_plus::kEncrypted | rmcp_plus::kAuthenticated;
  if ((type_and_flags & kBoth) != kBoth)
    return malformed("a packet in a session without encryption or without its code");
  const auto type = payload_of(type_and_flags & static_cast<std::uint8_t>(~kBoth));
  if (!type) return malformed("an RMCP+ payload type that is not spoken");
  if (in.u32() != session_id) return malformed("a packet of another session");
  Unsealed unsealed;
  unsealed.type = *type;
  unsealed.sequence = in.u32();
  const std::uint16_t length = in.u16();
  if (!in.ok()) return malformed("sealed packet cut short");

  const std::size_t code = code_bytes(keys.suite);
  const auto payload = payload_in(datagram, length, code);
  if (!payload) return malformed(payload.error().what);
  const ByteView covered = datagram.subspan(rmcp_plus::kRmcpBytes, datagram.size() - rmcp_plus::kRmcpBytes - code);
  if (!same_code(hmac(keys.suite, keys.integrity.view(), covered).first(code), datagram.last(code))) {
    return malformed("a packet with a wrong authentication code");
  }
  auto plain = decrypted(keys, *payload);
  if (!plain) return malformed(plain.error().what);
  unsealed.bytes = std::move(*plain);
  return unsealed;
}

bool SequenceWindow::accept(std::uint32_t sequence) {
  if (sequence == 0) return false;
  if (newest_ == 0) {
    newest_ = sequence;
    seen_ = 1;
    return true;
  }
  // The counter wraps, so "later" is the shorter way round.
  const std::uint32_t ahead = sequence - newest_;
  if (ahead != 0 && ahead < 0x8000'0000u) {
    seen_ = ahead > kWidth ? 1 : (seen_ << ahead) | 1;
    newest_ = sequence;
    return true;
  }
  const std::uint32_t behind = newest_ - sequence;
  if (behind > kWidth || (seen_ & (1u << behind)) != 0) return false;
  seen_ |= 1u << behind;
  return true;
}

}  // namespace breakwater::ipmi
