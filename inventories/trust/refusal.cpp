#include "inventories/trust/refusal.hpp"

namespace breakwater {

std::string_view name(Refusal::Reason reason) {
  switch (reason) {
    case Refusal::Reason::digest_mismatch:
      return "digest_mismatch";
    case Refusal::Reason::size_mismatch:
      return "size_mismatch";
    case Refusal::Reason::not_in_store:
      return "not_in_store";
    case Refusal::Reason::not_named:
      return "not_named";
    case Refusal::Reason::signature_missing:
      return "signature_missing";
    case Refusal::Reason::signature_malformed:
      return "signature_malformed";
    case Refusal::Reason::signature_invalid:
      return "signature_invalid";
    case Refusal::Reason::threshold_zero:
      return "threshold_zero";
    case Refusal::Reason::threshold_unmet:
      return "threshold_unmet";
    case Refusal::Reason::key_malformed:
      return "key_malformed";
    case Refusal::Reason::key_refused:
      return "key_refused";
    case Refusal::Reason::key_encrypted:
      return "key_encrypted";
    case Refusal::Reason::wrong_vendor:
      return "wrong_vendor";
    case Refusal::Reason::wrong_model:
      return "wrong_model";
    case Refusal::Reason::no_way_back:
      return "no_way_back";
    case Refusal::Reason::unreadable:
      return "unreadable";
    case Refusal::Reason::too_large:
      return "too_large";
    case Refusal::Reason::store_full:
      return "store_full";
  }
  return "unknown";
}

}  // namespace breakwater
