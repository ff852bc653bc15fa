#pragma once
// Why an image, a signature or a key is not accepted. Closed: every reason a file of firmware can be turned away for.
#include <string>
#include <string_view>

namespace breakwater {

struct Refusal {
  enum class Reason {
    digest_mismatch,      ///< the bytes are not the ones that were named
    size_mismatch,        ///< more or fewer bytes than were named
    not_in_store,         ///< nobody imported an image of that digest
    not_named,            ///< the signed Release does not name that image
    signature_missing,    ///< no signature at all
    signature_malformed,  ///< a signature file that is not minisign's format
    signature_invalid,    ///< a known key, and its signature does not fit the bytes
    threshold_zero,       ///< a policy that would accept unsigned bytes
    threshold_unmet,      ///< valid, but too few signers or not the ones that are required
    key_malformed,        ///< a key file that is not minisign's format
    key_refused,          ///< a key that must not enter the trust store, trust page 6.1
    key_encrypted,        ///< a secret key under a password, which only `minisign` itself opens
    wrong_vendor,
    wrong_model,
    no_way_back,
    unreadable,  ///< missing, not a regular file, no permission, or a read that failed
    too_large,   ///< past a bound, which the message names
    store_full,  ///< no room on the disk
  };
  Reason reason;
  std::string message;  ///< names the rule, the file, and both values where two differ
};

/// The reason as documents, reports and exit messages spell it: `digest_mismatch`.
std::string_view name(Refusal::Reason reason);

}  // namespace breakwater
