#include "policies/rollout_document.hpp"

#include <utility>

#include "inventories/document/canonical.hpp"
#include "inventories/document/scalar.hpp"
#include "inventories/trust/digest.hpp"
#include "policies/reading.hpp"
#include "policies/rollout_parts.hpp"

namespace breakwater {
namespace {

/// A selector; a fault names the place in its text. Empty text is every host, as with kubectl, and has to be written: a
/// key whose value was forgotten selects nothing.
std::optional<Selector> as_selector(const YamlValue& value) {
  if (value.node->quoted && value.node->text.empty()) return Selector();
  const auto text = as_text(value);
  if (!text) return std::nullopt;
  auto selector = parse_selector(*text);
  if (selector) return std::move(*selector);
  value.fault(selector.error().message + ", at character " + std::to_string(selector.error().at + 1) + " of '" + *text +
              "'");
  return std::nullopt;
}

/// One text or a list of them.
std::optional<std::vector<std::string>> as_patterns(const YamlValue& value) {
  if (value.node->kind == YamlNode::Kind::sequence) return read_list(value, 1, as_pattern);
  auto text = as_pattern(value);
  return text ? std::optional(std::vector{std::move(*text)}) : std::nullopt;
}

void read_targets(const YamlValue& value, Rollout& rollout) {
  Object object(value);
  object.required("selector", rollout.targets, as_selector);
  if (const auto found = object.find("match")) {
    Object match(*found);
    match.optional("vendor", rollout.vendor_match, as_patterns);
    match.optional("model", rollout.model_match, as_patterns);
    match.finish();
  }
  if (const auto found = object.find("exclude")) {
    Object exclude(*found);
    exclude.required("hosts", rollout.excluded_hosts, list_of(1, as_host_name));
    exclude.finish();
  }
  object.finish();
}

void read_wave_failure(const YamlValue& value, WaveFailure& failure) {
  Object object(value);
  if (const auto found = object.require("when")) {
    Object when(*found);
    when.optional("failedHosts", failure.failed_hosts, integer_in<int>(1, 1'000'000));
    when.optional("failedShare", failure.failed_share, as_share);
    when.optional("minHosts", failure.min_hosts, integer_in<int>(1, 1'000'000));
    const bool share = when.find("failedShare").has_value();
    if (when.is_mapping() && !share && !when.find("failedHosts")) {
      found->fault("says nothing: expected failedHosts, failedShare or both");
    }
    if (!share && when.find("minHosts")) when.fault("minHosts", "goes with failedShare only");
    when.finish();
  }
  object.optional("undo", failure.undo_wave, one_of<bool>({{"wave", true}, {"none", false}}));
  object.finish();
}

void read_rollback(const YamlValue& value, Rollout& rollout) {
  Object object(value);
  if (const auto found = object.find("host")) {
    Object host(*found);
    int most = 1;
    host.required("most", most, integer_in<int>(0, 1));
    rollout.roll_back_host = most == 1;
    host.finish();
  }
  if (const auto found = object.find("failures")) {
    Object failures(*found);
    failures.required("most", rollout.way_back_failures, integer_in<int>(1, 1'000'000));
    failures.finish();
  }
  if (const auto wave = object.find("wave")) read_wave_failure(*wave, rollout.wave_failure);
  object.finish();
}

/// Every component is checked for its stable time within the time of the host's whole update.
void fit_checks(Object& spec, const Rollout& rollout) {
  const auto checks = spec.find("checks");
  const auto components = static_cast<std::int64_t>(std::max<std::size_t>(rollout.components.size(), 1));
  const Duration needed = rollout.checks.stable_for * components;
  if (!checks || needed == Duration(0) || needed < rollout.timeouts.host) return;
  Object(*checks).fault("stableFor", "takes " + to_string(needed) +
                                         " over all components, and timeouts.host, which must be longer, is " +
                                         to_string(rollout.timeouts.host));
}

void read_spec(Object& spec, Rollout& rollout) {
  spec.required("policy", rollout.policy, as_name);
  if (const auto targets = spec.require("targets")) read_targets(*targets, rollout);
  spec.required("components", rollout.components, as_components);
  spec.required("waves", rollout.waves, as_waves);
  spec.optional("limits", rollout.limits, as_limits);
  spec.optional("schedule", rollout.schedule, as_schedule);
  spec.required("checks", rollout.checks, as_checks);
  spec.optional("attempts", rollout.attempts, as_attempts);
  spec.optional("timeouts", rollout.timeouts, as_timeouts);
  fit_checks(spec, rollout);
  if (const auto rollback = spec.find("rollback")) read_rollback(*rollback, rollout);
  spec.finish();
}

}  // namespace

Rollout read_rollout(const Document& document, DocumentFaults& faults) {
  Rollout rollout;
  rollout.name = document.name;
  rollout.file = document.path;
  rollout.document_digest = sha256(canonical_text(document.root));
  Object spec(document.spec(faults));
  read_spec(spec, rollout);
  return rollout;
}

}  // namespace breakwater
