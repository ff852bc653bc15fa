#pragma once
// Why an image, a signature or a key is refused: a closed list of reasons.
#include <string>

#include "inventories/vocabulary/words.hpp"

namespace breakwater {

struct Refusal {
  enum class Reason {
    digest_mismatch,      ///< other bytes than the digest names
    size_mismatch,        ///< more or fewer bytes than the Release says
    not_in_store,         ///< nobody imported an image of that digest
    not_named,            ///< the signed Release does not name that image
    signature_missing,    ///< no signature at all
    signature_malformed,  ///< a signature file that is not minisign's format
    signature_invalid,    ///< the signature of a known key does not match the bytes
    threshold_zero,       ///< a policy that would accept unsigned bytes
    threshold_unmet,      ///< valid, but too few signers or not the ones that are required
    key_malformed,        ///< a key file that is not minisign's format
    key_refused,          ///< a key that must not enter the trust store, trust page 6.1
    key_encrypted,        ///< a secret key under a password, which only `minisign` can open
    wrong_vendor,
    wrong_model,
    no_way_back,
    forbidden,   ///< the Policy lets no plan contain it
    unreadable,  ///< missing, not a regular file, no permission, or a read that failed
    too_large,   ///< past a bound, which the message names
    store_full,  ///< no room on the disk
  };
  Reason reason;
  std::string message;  ///< names the rule, the file, and both values where two differ
};

/// As documents, reports and messages spell it.
template <>
inline constexpr auto kWords<Refusal::Reason> = words<Refusal::Reason>({
    {Refusal::Reason::digest_mismatch, "digest_mismatch"},
    {Refusal::Reason::size_mismatch, "size_mismatch"},
    {Refusal::Reason::not_in_store, "not_in_store"},
    {Refusal::Reason::not_named, "not_named"},
    {Refusal::Reason::signature_missing, "signature_missing"},
    {Refusal::Reason::signature_malformed, "signature_malformed"},
    {Refusal::Reason::signature_invalid, "signature_invalid"},
    {Refusal::Reason::threshold_zero, "threshold_zero"},
    {Refusal::Reason::threshold_unmet, "threshold_unmet"},
    {Refusal::Reason::key_malformed, "key_malformed"},
    {Refusal::Reason::key_refused, "key_refused"},
    {Refusal::Reason::key_encrypted, "key_encrypted"},
    {Refusal::Reason::wrong_vendor, "wrong_vendor"},
    {Refusal::Reason::wrong_model, "wrong_model"},
    {Refusal::Reason::no_way_back, "no_way_back"},
    {Refusal::Reason::forbidden, "forbidden"},
    {Refusal::Reason::unreadable, "unreadable"},
    {Refusal::Reason::too_large, "too_large"},
    {Refusal::Reason::store_full, "store_full"},
});

}  // namespace breakwater
