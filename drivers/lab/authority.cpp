#include "drivers/lab/authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "inventories/trust/digest.hpp"
#include "inventories/vocabulary/free_by.hpp"

namespace breakwater::lab {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeBy<X509_free>>;
using FilePtr = std::unique_ptr<std::FILE, FreeBy<std::fclose>>;

constexpr long kDayS = 24L * 60 * 60;
constexpr long kAuthorityDays = 3650;
constexpr long kLeafDays = 825;  // what the strictest clients still accept of a server certificate

void require(bool worked, const char* what) {
  if (!worked) throw std::runtime_error(std::string("the lab's certificates: ") + what + " failed");
}

KeyPtr make_key() {
  KeyPtr key(EVP_EC_gen("P-256"));
  require(key != nullptr, "making a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

// An unsigned certificate for the key. Its issuer is `issuer`, or itself without one.
CertificatePtr draft(EVP_PKEY* key, const std::string& common_name, X509* issuer, long from_s, long to_s) {
  CertificatePtr certificate(X509_new());
  require(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "making a certificate");
  std::array<unsigned char, 16> serial{};
  require(RAND_bytes(serial.data(), serial.size()) == 1, "random bytes");
  serial[0] &= 0x7fU;
  const std::unique_ptr<BIGNUM, FreeBy<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr, "a serial number");
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_s);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "naming a certificate");
  X509_NAME* from = issuer != nullptr ? X509_get_subject_name(issuer) : subject;
  require(X509_set_issuer_name(certificate.get(), from) == 1, "naming the issuer");
  require(X509_set_pubkey(certificate.get(), key) == 1, "setting a public key");
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) {
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "signing a certificate");
}

CertificatePtr make_authority(EVP_PKEY* key) {
  CertificatePtr certificate = draft(key, "Breakwater lab authority", nullptr, -kDayS, kAuthorityDays * kDayS);
  add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  sign(certificate.get(), key);
  return certificate;
}

FilePtr open_file(const std::filesystem::path& path, const char* mode) {
  return FilePtr(std::fopen(path.c_str(), mode));
}

// The key file is never readable for others, not even while it is written.
FilePtr create_private(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return descriptor < 0 ? FilePtr() : FilePtr(::fdopen(descriptor, "w"));
}

Sha256 spki_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  require(size > 0, "encoding a public key");
  const Sha256 digest = sha256(std::string_view(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
  OPENSSL_free(bytes);
  return digest;
}

std::shared_ptr<boost::asio::ssl::context> make_context(X509* certificate, EVP_PKEY* key) {
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  require(SSL_CTX_use_certificate(raw, certificate) == 1 && SSL_CTX_use_PrivateKey(raw, key) == 1, "using a key");
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  // Tickets carry the session; a thousand caches in one process would only cost memory.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 1);
  return context;
}

}  // namespace

struct Authority::Keys {
  KeyPtr key;
  CertificatePtr certificate;
};

Authority::Authority(const std::filesystem::path& folder) : keys_(std::make_unique<Keys>()) {
  const auto certificate_path = folder / "ca.pem";
  const auto key_path = folder / "ca.key";
  if (const FilePtr certificate = open_file(certificate_path, "r"), key = open_file(key_path, "r");
      certificate && key) {
    keys_->certificate.reset(PEM_read_X509(certificate.get(), nullptr, nullptr, nullptr));
    keys_->key.reset(PEM_read_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    if (!keys_->certificate || !keys_->key || X509_check_private_key(keys_->certificate.get(), keys_->key.get()) != 1)
      throw std::runtime_error(folder.string() + ": ca.pem and ca.key are not a certificate and its key");
    return;
  }
  std::filesystem::create_directories(folder);
  keys_->key = make_key();
  keys_->certificate = make_authority(keys_->key.get());
  const FilePtr key = create_private(key_path);
  const FilePtr certificate = open_file(certificate_path, "w");
  if (!key || !certificate ||
      PEM_write_PrivateKey(key.get(), keys_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_X509(certificate.get(), keys_->certificate.get()) != 1 || std::fflush(key.get()) != 0 ||
      std::fflush(certificate.get()) != 0)
    throw std::runtime_error(folder.string() + ": cannot write the lab authority's certificate and key");
}

Authority::~Authority() = default;

ShownCertificate Authority::issue(const std::string& name, const std::string& address, Certificate kind) const {
  const KeyPtr key = make_key();
  X509* issuer = keys_->certificate.get();
  const bool expired = kind == Certificate::expired;
  const long from_s = expired ? -30 * kDayS : -kDayS;
  const long to_s = expired ? -kDayS : kLeafDays * kDayS;
  const bool self_signed = kind == Certificate::self_signed;
  const CertificatePtr leaf = draft(key.get(), name, self_signed ? nullptr : issuer, from_s, to_s);
  X509* from = self_signed ? leaf.get() : issuer;
  add_extension(leaf.get(), from, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), from, NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), from, NID_ext_key_usage, "serverAuth");
  add_extension(leaf.get(), from, NID_subject_key_identifier, "hash");
  if (!self_signed) add_extension(leaf.get(), from, NID_authority_key_identifier, "keyid:always");
  const bool other = kind == Certificate::wrong_name;
  add_extension(leaf.get(), from, NID_subject_alt_name,
                other ? "DNS:another-host.invalid" : "DNS:" + name + ",IP:" + address);
  sign(leaf.get(), self_signed ? key.get() : keys_->key.get());
  return {make_context(leaf.get(), key.get()), spki_of(leaf.get())};
}

}  // namespace breakwater::lab
