#include "orchestrator/codec/plan_value.hpp"

#include <set>
#include <string_view>

#include "orchestrator/codec/stored_words.hpp"

namespace breakwater::codec {

// Found by the argument's namespace, so they cannot stand in an unnamed one.

template <class Io>
void fields(Io& io, Of<Io, ReleaseRef>& ref) {
  io.must("name", ref.name);
  io.must("digest", ref.digest);
}

template <class Io>
void fields(Io& io, Of<Io, ImageFile>& image) {
  io.must("name", image.name);
  io.must("digest", image.digest);
  io.must("size", image.size);
}

template <class Io>
void fields(Io& io, Of<Io, SignatureFile>& signature) {
  io.must("file", signature.file);
  io.must("text", signature.text);
}

template <class Io>
void fields(Io& io, Of<Io, TrustedKey>& key) {
  io.must("name", key.name);
  io.must("key_text", key.key_text);
  io.may("vendors", key, &TrustedKey::vendors);
  io.may("components", key, &TrustedKey::components);
}

template <class Io>
void fields(Io& io, Of<Io, SignatureRule>& rule) {
  io.may("signers", rule, &SignatureRule::signers);
  io.may("including", rule, &SignatureRule::including);
}

template <class Io>
void fields(Io& io, Of<Io, PlannedImage>& image) {
  io.must("release", image.release);
  io.must("version", image.version);
  io.may("reported_as", image, &PlannedImage::reported_as);
  io.must("image", image.image);
  io.may("signers", image, &PlannedImage::signers);
  io.may("release_file", image, &PlannedImage::release_file);
  io.may("release_text", image, &PlannedImage::release_text);
  io.may("signatures", image, &PlannedImage::signatures);
  io.may("vendor", image, &PlannedImage::vendor);
  io.may("component", image, &PlannedImage::component);
}

template <class Io>
void fields(Io& io, Of<Io, ComponentSelect>& select) {
  io.may("software_id", select, &ComponentSelect::software_id);
  io.may("part_number", select, &ComponentSelect::part_number);
  io.may("related_item", select, &ComponentSelect::related_item);
  io.may("name", select, &ComponentSelect::name);
}

template <class Io>
void fields(Io& io, Of<Io, PlannedComponent>& component) {
  io.must("id", component.id);
  io.must("image", component.image);
  io.may("kind", component, &PlannedComponent::kind);
  io.may("select", component, &PlannedComponent::select);
  io.may("parts", component, &PlannedComponent::parts);
  io.must("activate_by", component.activate_by);
  io.may("most", component, &PlannedComponent::most);
  io.may("back_most", component, &PlannedComponent::back_most);
  io.must("way_back", component.way_back);
  io.may("back_image", component, &PlannedComponent::back_image);
}

template <class Io>
void fields(Io& io, Of<Io, PlannedUpdate>& update) {
  io.must("component", update.component);
  io.must("from_version", update.from_version);
  io.must("way_back", update.way_back);
  io.may("downgrade", update, &PlannedUpdate::downgrade);
}

template <class Io>
void fields(Io& io, Of<Io, TlsPolicy>& tls) {
  io.must("mode", tls.mode);
  io.may("ca_bundle", tls, &TlsPolicy::ca_bundle);
  io.may("pins", tls, &TlsPolicy::pins);
}

template <class Io>
void fields(Io& io, Of<Io, IpmiEndpoint>& ipmi) {
  io.may("port", ipmi, &IpmiEndpoint::port);
  io.may("k_g", ipmi, &IpmiEndpoint::k_g);
}

template <class Io>
void fields(Io& io, Of<Io, BmcTimeouts>& timeouts) {
  io.may("request", timeouts, &BmcTimeouts::request);
  io.may("no_progress", timeouts, &BmcTimeouts::no_progress);
}

template <class Io>
void fields(Io& io, Of<Io, BmcEndpoint>& bmc) {
  io.must("address", bmc.address);
  io.may("port", bmc, &BmcEndpoint::port);
  io.may("credentials", bmc, &BmcEndpoint::credentials);
  io.must("tls", bmc.tls);
  io.may("drivers", bmc, &BmcEndpoint::drivers);
  io.may("ipmi", bmc, &BmcEndpoint::ipmi);
  io.may("timeouts", bmc, &BmcEndpoint::timeouts);
}

template <class Io>
void fields(Io& io, Of<Io, Identity>& identity) {
  io.may("vendor", identity, &Identity::vendor);
  io.may("model", identity, &Identity::model);
  io.may("serial", identity, &Identity::serial);
  io.may("uuid", identity, &Identity::uuid);
}

template <class Io>
void fields(Io& io, Of<Io, DoneBy>& part) {
  io.must("what", part.what);
  io.must("driver", part.driver);
}

template <class Io>
void fields(Io& io, Of<Io, PlannedHost>& host) {
  io.must("name", host.name);
  io.may("labels", host, &PlannedHost::labels);
  io.must("bmc", host.bmc);
  io.must("identity", host.identity);
  io.may("done_by", host, &PlannedHost::done_by);
  io.may("findings", host, &PlannedHost::findings);
  io.may("unread", host, &PlannedHost::unread);
  io.must("wave", host.wave);
  io.must("updates", host.updates);
}

template <class Io>
void fields(Io& io, Of<Io, Gate>& gate) {
  io.must("success_at_least", gate.success_at_least);
  io.must("min_hosts", gate.min_hosts);
}

template <class Io>
void fields(Io& io, Of<Io, PlannedWave>& wave) {
  io.must("name", wave.name);
  io.must("hosts", wave.hosts);
  io.may("soak", wave, &PlannedWave::soak);
  io.may("gate_name", wave, &PlannedWave::gate_name);
  io.must("gate", wave.gate);
}

template <class Io>
void fields(Io& io, Of<Io, LeftOut>& host) {
  io.must("host", host.host);
  io.may("labels", host, &LeftOut::labels);
  io.must("reason", host.reason);
  io.may("detail", host, &LeftOut::detail);
  io.may("down", host, &LeftOut::down);
  io.may("model", host, &LeftOut::model);
  io.may("kept_as", host, &LeftOut::kept_as);
  io.may("kept_whole", host, &LeftOut::kept_whole);
}

template <class Io>
void fields(Io& io, Of<Io, DomainLimit>& limit) {
  io.must("label", limit.label);
  io.must("value", limit.value);
  io.must("most", limit.most);
  io.may("ceiling", limit, &DomainLimit::ceiling);
}

template <class Io>
void fields(Io& io, Of<Io, Interval>& interval) {
  io.must("begin", interval.begin);
  io.must("end", interval.end);
  io.may("name", interval, &Interval::name);
}

template <class Io>
void fields(Io& io, Of<Io, Calendar>& calendar) {
  io.must("always_open", calendar.always_open);
  io.may("windows", calendar, &Calendar::windows);
  io.may("freezes", calendar, &Calendar::freezes);
  io.may("horizon", calendar, &Calendar::horizon);
}

template <class Io>
void fields(Io& io, Of<Io, Checks>& checks) {
  io.may("stable_for", checks, &Checks::stable_for);
  io.may("ready_reads", checks, &Checks::ready_reads);
  io.may("ready_every", checks, &Checks::ready_every);
  io.may("no_component_lost", checks, &Checks::no_component_lost);
  io.may("health_no_worse", checks, &Checks::health_no_worse);
  io.may("power_restored", checks, &Checks::power_restored);
  io.may("host_booted", checks, &Checks::host_booted);
  io.may("new_critical_most", checks, &Checks::new_critical_most);
}

template <class Io>
void fields(Io& io, Of<Io, Attempts>& attempts) {
  io.may("upload", attempts, &Attempts::upload);
  io.may("backoff_first", attempts, &Attempts::backoff_first);
  io.may("backoff_most", attempts, &Attempts::backoff_most);
}

template <class Io>
void fields(Io& io, Of<Io, Timeouts>& timeouts) {
  io.may("upload", timeouts, &Timeouts::upload);
  io.may("task", timeouts, &Timeouts::task);
  io.may("bmc_return", timeouts, &Timeouts::bmc_return);
  io.may("host_return", timeouts, &Timeouts::host_return);
  io.may("host", timeouts, &Timeouts::host);
  io.may("no_progress", timeouts, &Timeouts::no_progress);
}

template <class Io>
void fields(Io& io, Of<Io, WaveFailure>& failure) {
  io.may("failed_hosts", failure, &WaveFailure::failed_hosts);
  io.may("failed_share", failure, &WaveFailure::failed_share);
  io.may("min_hosts", failure, &WaveFailure::min_hosts);
  io.may("undo_wave", failure, &WaveFailure::undo_wave);
}

template <class Io>
void fields(Io& io, Of<Io, ResolvedPlan>& plan) {
  io.must("rollout", plan.rollout);
  io.must("policy", plan.policy);
  io.must("rollout_digest", plan.rollout_digest);
  io.must("policy_digest", plan.policy_digest);
  io.must("inventory_digest", plan.inventory_digest);
  io.must("images", plan.images);
  io.must("components", plan.components);
  io.must("waves", plan.waves);
  io.must("hosts", plan.hosts);
  io.may("left_out", plan, &ResolvedPlan::left_out);
  io.must("global_limit", plan.global_limit);
  io.may("domain_limits", plan, &ResolvedPlan::domain_limits);
  io.must("calendar", plan.calendar);
  io.may("last_start", plan, &ResolvedPlan::last_start);
  io.may("checks", plan, &ResolvedPlan::checks);
  io.may("attempts", plan, &ResolvedPlan::attempts);
  io.may("timeouts", plan, &ResolvedPlan::timeouts);
  io.must("roll_back_host", plan.roll_back_host);
  io.may("way_back_failures", plan, &ResolvedPlan::way_back_failures);
  io.may("wave_failure", plan, &ResolvedPlan::wave_failure);
  io.may("worst_health", plan, &ResolvedPlan::worst_health);
  io.may("unasked_change", plan, &ResolvedPlan::unasked_change);
  io.may("keys", plan, &ResolvedPlan::keys);
  io.may("require", plan, &ResolvedPlan::require);
  io.may("new_bmc_keys", plan, &ResolvedPlan::new_bmc_keys);
  io.may("nonce", plan, &ResolvedPlan::nonce);
}

template void fields<Writer>(Writer& io, const ResolvedPlan& plan);
template void fields<Reader>(Reader& io, ResolvedPlan& plan);

namespace {

std::string component_fault(const ResolvedPlan& plan) {
  for (const PlannedComponent& component : plan.components) {
    const bool back = component.way_back != WayBack::reflash || component.back_image < plan.images.size();
    if (component.image >= plan.images.size() || !back) return "component " + component.id + " names no image";
  }
  return {};
}

std::string host_fault(const ResolvedPlan& plan) {
  std::set<std::string_view> names;
  std::vector<std::uint32_t> per_wave(plan.waves.size());
  for (const PlannedHost& host : plan.hosts) {
    if (!names.insert(host.name).second) return "host " + host.name + " stands twice";
    if (host.wave >= plan.waves.size()) return "host " + host.name + " is in no wave";
    ++per_wave[host.wave];
    if (host.updates.empty()) return "host " + host.name + " has nothing to take";
    for (const PlannedUpdate& update : host.updates) {
      if (update.component >= plan.components.size()) return "host " + host.name + " names no component";
    }
  }
  for (std::size_t wave = 0; wave < plan.waves.size(); ++wave) {
    if (per_wave[wave] != plan.waves[wave].hosts) return "wave " + plan.waves[wave].name + " miscounts its hosts";
  }
  return {};
}

}  // namespace

std::string plan_fault(const ResolvedPlan& plan) {
  if (plan.global_limit < 1) return "global_limit is out of range";
  if (plan.way_back_failures < 1) return "way_back_failures is out of range";
  if (plan.attempts.upload < 1) return "attempts.upload is out of range";
  for (const DomainLimit& limit : plan.domain_limits) {
    const bool loose = limit.ceiling != 0 && limit.ceiling < limit.most;
    if (limit.most < 1 || loose) return "the limit of " + limit.label + ' ' + limit.value + " is out of range";
  }
  const std::string fault = component_fault(plan);
  return fault.empty() ? host_fault(plan) : fault;
}

Json plan_value(const ResolvedPlan& plan) {
  return Writer::json(plan);
}

Result<ResolvedPlan, std::string> read_plan_value(JsonTape::Value value) {
  ResolvedPlan plan;
  std::string fault;
  const Trail trail{nullptr, "plan"};
  Reader(value, trail, fault).read(value, trail, plan);
  if (fault.empty()) fault = plan_fault(plan);
  if (!fault.empty()) return fail(std::move(fault));
  return plan;
}

}  // namespace breakwater::codec
