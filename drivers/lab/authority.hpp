#pragma once
// The lab's certificate authority: kept in a folder so that trust outlives the lab, and the leaf certificates it gives
// out.
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "drivers/lab/lab_config.hpp"
#include "inventories/vocabulary/digest.hpp"

struct evp_pkey_st;
struct x509_st;

namespace breakwater::lab {

/// The certificate that one BMC shows, in a TLS context with its key.
struct ShownCertificate {
  std::shared_ptr<boost::asio::ssl::context> tls;
  Sha256 spki;  ///< SHA-256 of the SubjectPublicKeyInfo, which is the value of a pin
};

class Authority {
 public:
  /// Opens the authority in `folder`, or makes one there. Throws std::runtime_error if neither works.
  explicit Authority(const std::filesystem::path& folder);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// A new P-256 key and its certificate for this name and address, in a TLS context of its own.
  ShownCertificate issue(const std::string& name, const std::string& address, Certificate kind) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
};

}  // namespace breakwater::lab
