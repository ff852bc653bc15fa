#include "orchestrator/crews/bmc/aftermath.hpp"

#include <array>

namespace breakwater {
namespace {

constexpr int kRequestTimeout = 408;

/// The service took the request, read it and said no.
bool is_definite_refusal(const Fault& fault) {
  return fault.http_status >= 400 && fault.http_status < 500 && fault.http_status != kRequestTimeout;
}

bool is_ours(Asked, const Fault& fault) {
  return fault.kind == Fault::Kind::image_refused;
}
bool upload_never_began(Asked asked, const Fault& fault) {
  return asked == Asked::upload && fault.unsent;
}
bool never_asked(Asked asked, const Fault& fault) {
  return asked == Asked::act && !fault.body_sent;
}
bool knows_no_such_act(Asked asked, const Fault& fault) {
  return asked == Asked::act && fault.kind == Fault::Kind::not_supported;
}
bool act_refused(Asked asked, const Fault& fault) {
  return asked == Asked::act && is_definite_refusal(fault);
}
bool upload_refused(Asked asked, const Fault& fault) {
  return asked == Asked::upload && is_definite_refusal(fault);
}
bool upload_broke_off(Asked asked, const Fault& fault) {
  return asked == Asked::upload && !fault.body_sent;
}
bool always(Asked, const Fault&) {
  return true;
}

constexpr std::array kRules = std::to_array<AftermathRule>({
    {"our own no", is_ours, Aftermath::untouched, "we refused the image or could not begin; the BMC was not asked"},
    {"upload never began", upload_never_began, Aftermath::untouched,
     "no byte of the image had left: our refusal, no connection, no login, an option that could not be set"},
    {"never asked", never_asked, Aftermath::untouched, "the request did not leave, or a read before it failed"},
    {"no such act", knows_no_such_act, Aftermath::untouched, "the BMC says that it has no such action"},
    {"act refused", act_refused, Aftermath::untouched,
     "a 4xx says that the request was not carried out (RFC 9110, 15.5): wrong body, no right, wrong state, "
     "no If-Match; 408 is the exception, it is also what a proxy says while the BMC works"},
    {"upload refused", upload_refused, Aftermath::look_soon,
     "services answer 400 to images that they take all the same; one that does shows it within seconds"},
    {"upload broke off", upload_broke_off, Aftermath::look_soon,
     "the last byte had not left: half an image cannot be verified, and a service that works on it shows a task"},
    {"no answer that counts", always, Aftermath::look_late,
     "a lost reply, 408, a 5xx, a malformed answer: the BMC may have done all of it and say so later"},
});

}  // namespace

std::span<const AftermathRule> aftermath_rules() {
  return kRules;
}

Aftermath aftermath_of(Asked asked, const Fault& fault) {
  for (const AftermathRule& rule : kRules) {
    if (rule.applies(asked, fault)) return rule.aftermath;
  }
  return Aftermath::look_late;
}

}  // namespace breakwater
