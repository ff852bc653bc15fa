#pragma once
// Every struct of which the fold is made, taken apart for an archive (see archive.hpp), both ways from one description.
// A member that is added later does not compile until it stands here.
#include "orchestrator/core/fleet.hpp"

namespace breakwater {

struct Anatomy {
  template <class Io, class T>
  using Of = typename Io::template Of<T>;

  // Of a plan.

  template <class Io>
  static void members(Io& io, Of<Io, ReleaseRef>& whole) {
    auto& [name, digest] = whole;
    io(name, digest);
  }
  template <class Io>
  static void members(Io& io, Of<Io, ImageFile>& whole) {
    auto& [name, digest, size] = whole;
    io(name, digest, size);
  }
  template <class Io>
  static void members(Io& io, Of<Io, SignatureFile>& whole) {
    auto& [file, text] = whole;
    io(file, text);
  }
  template <class Io>
  static void members(Io& io, Of<Io, TrustedKey>& whole) {
    auto& [name, key_text, vendors, components] = whole;
    io(name, key_text, vendors, components);
  }
  template <class Io>
  static void members(Io& io, Of<Io, SignatureRule>& whole) {
    auto& [signers, including] = whole;
    io(signers, including);
  }
  template <class Io>
  static void members(Io& io, Of<Io, PlannedImage>& whole) {
    auto& [release, version, reported_as, image, signers, release_file, release_text, signatures, vendor, component] =
        whole;
    io(release, version, reported_as, image, signers, release_file, release_text, signatures, vendor, component);
  }
  template <class Io>
  static void members(Io& io, Of<Io, ComponentSelect>& whole) {
    auto& [software_id, part_number, related_item, name] = whole;
    io(software_id, part_number, related_item, name);
  }
  template <class Io>
  static void members(Io& io, Of<Io, PlannedComponent>& whole) {
    auto& [id, image, kind, select, parts, activate_by, most, back_most, way_back, back_image] = whole;
    io(id, image, kind, select, parts, activate_by, most, back_most, way_back, back_image);
  }
  template <class Io>
  static void members(Io& io, Of<Io, PlannedUpdate>& whole) {
    auto& [component, from_version, way_back, downgrade] = whole;
    io(component, from_version, way_back, downgrade);
  }
  template <class Io>
  static void members(Io& io, Of<Io, TlsPolicy>& whole) {
    auto& [mode, ca_bundle, pins] = whole;
    io(mode, ca_bundle, pins);
  }
  template <class Io>
  static void members(Io& io, Of<Io, IpmiEndpoint>& whole) {
    auto& [port, k_g] = whole;
    io(port, k_g);
  }
  template <class Io>
  static void members(Io& io, Of<Io, BmcTimeouts>& whole) {
    auto& [request, no_progress] = whole;
    io(request, no_progress);
  }
  template <class Io>
  static void members(Io& io, Of<Io, BmcEndpoint>& whole) {
    auto& [address, port, credentials, tls, drivers, ipmi, timeouts] = whole;
    io(address, port, credentials, tls, drivers, ipmi, timeouts);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Identity>& whole) {
    auto& [vendor, model, serial, uuid] = whole;
    io(vendor, model, serial, uuid);
  }
  template <class Io>
  static void members(Io& io, Of<Io, DoneBy>& whole) {
    auto& [what, driver] = whole;
    io(what, driver);
  }
  template <class Io>
  static void members(Io& io, Of<Io, PlannedHost>& whole) {
    auto& [name, labels, bmc, identity, done_by, findings, unread, wave, updates] = whole;
    io(name, labels, bmc, identity, done_by, findings, unread, wave, updates);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Gate>& whole) {
    auto& [success_at_least, min_hosts] = whole;
    io(success_at_least, min_hosts);
  }
  template <class Io>
  static void members(Io& io, Of<Io, PlannedWave>& whole) {
    auto& [name, hosts, soak, gate_name, gate] = whole;
    io(name, hosts, soak, gate_name, gate);
  }
  template <class Io>
  static void members(Io& io, Of<Io, LeftOut>& whole) {
    auto& [host, labels, reason, detail, down, model, kept_as, kept_whole] = whole;
    io(host, labels, reason, detail, down, model, kept_as, kept_whole);
  }
  template <class Io>
  static void members(Io& io, Of<Io, DomainLimit>& whole) {
    auto& [label, value, most, ceiling] = whole;
    io(label, value, most, ceiling);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Interval>& whole) {
    auto& [begin, end, name] = whole;
    io(begin, end, name);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Calendar>& whole) {
    auto& [always_open, windows, freezes, horizon] = whole;
    io(always_open, windows, freezes, horizon);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Checks>& whole) {
    auto& [stable_for, ready_reads, ready_every, no_component_lost, health_no_worse, power_restored, host_booted,
           new_critical_most] = whole;
    io(stable_for, ready_reads, ready_every, no_component_lost, health_no_worse, power_restored, host_booted,
       new_critical_most);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Attempts>& whole) {
    auto& [upload, backoff_first, backoff_most] = whole;
    io(upload, backoff_first, backoff_most);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Timeouts>& whole) {
    auto& [upload, task, bmc_return, host_return, host, no_progress] = whole;
    io(upload, task, bmc_return, host_return, host, no_progress);
  }
  template <class Io>
  static void members(Io& io, Of<Io, WaveFailure>& whole) {
    auto& [failed_hosts, failed_share, min_hosts, undo_wave] = whole;
    io(failed_hosts, failed_share, min_hosts, undo_wave);
  }
  template <class Io>
  static void members(Io& io, Of<Io, ResolvedPlan>& whole) {
    auto& [rollout, policy, rollout_digest, policy_digest, inventory_digest, images, components, waves, hosts, left_out,
           global_limit, domain_limits, calendar, last_start, checks, attempts, timeouts, roll_back_host,
           way_back_failures, wave_failure, worst_health, unasked_change, keys, require, new_bmc_keys, nonce] = whole;
    io(rollout, policy, rollout_digest, policy_digest, inventory_digest, images, components, waves, hosts, left_out,
       global_limit, domain_limits, calendar, last_start, checks, attempts, timeouts, roll_back_host, way_back_failures,
       wave_failure, worst_health, unasked_change, keys, require, new_bmc_keys, nonce);
  }

  // Of what the fold makes of records.

  template <class Io>
  static void members(Io& io, Of<Io, ComponentKey>& whole) {
    auto& [software_id, part_number, related_items, name] = whole;
    io(software_id, part_number, related_items, name);
  }
  template <class Io>
  static void members(Io& io, Of<Io, InstalledComponent>& whole) {
    auto& [id, uri, key, version, slot] = whole;
    io(id, uri, key, version, slot);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Baseline>& whole) {
    auto& [health, power, boot, inventory, critical_events, critical_marks] = whole;
    io(health, power, boot, inventory, critical_events, critical_marks);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Command>& whole) {
    auto& [id, rollout, host, action, update, upload, stays, ran, well, beside] = whole;
    io(id, rollout, host, action, update, upload, stays, ran, well, beside);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Evidence>& whole) {
    auto& [kind, text] = whole;
    io(kind, text);
  }
  template <class Io>
  static void members(Io& io, Of<Io, HostTrip>& whole) {
    auto& [state, cause, detail, open, evidence, update, touched, proved, back_from, stages, uploads, not_before,
           baseline, versions, started, spent, issued, own_fault, key_shown, stands_since, since, undo, undo_if_left,
           asked_back, recalled, stays, back_in_part, released, discounted, first_cause, first_detail, task, order,
           looked, unseen, drifted, domains] = whole;
    io(state, cause, detail, open, evidence, update, touched, proved, back_from, stages, uploads, not_before, baseline,
       versions, started, spent, issued, own_fault, key_shown, stands_since, since, undo, undo_if_left, asked_back,
       recalled, stays, back_in_part, released, discounted, first_cause, first_detail, task, order, looked, unseen,
       drifted, domains);
  }
  template <class Io>
  static void members(Io& io, Of<Io, WaveState>& whole) {
    auto& [waiting, in_flight, updated, drifted, current, failed, refused, last_end, soaks_from, judged, held, undo,
           seen, unseen, looks] = whole;
    io(waiting, in_flight, updated, drifted, current, failed, refused, last_end, soaks_from, judged, held, undo, seen,
       unseen, looks);
  }
  template <class Io>
  static void members(Io& io, Of<Io, WaysBack>& whole) {
    auto& [under_way, well, failed, held_at, held_why] = whole;
    io(under_way, well, failed, held_at, held_why);
  }
  template <class Io>
  static void members(Io& io, Of<Io, WaitingLine>& whole) {
    auto& [ready, parked, full, own, parked_at, parked_count] = whole;
    io(ready, parked, full, own, parked_at, parked_count);
  }
  template <class Io>
  static void members(Io& io, Of<Io, RolloutState>& whole) {
    auto& [id, name, plan, digest, by, started, hosts, waves, open_wave, paused, stopping, bound_at, bound_by,
           bound_why, ways_back, halted, finished, halt_reason, went_on, away, in_flight, open_commands, limited,
           own_faults, untrusted, steps, starts, undos, bound_undos] = whole;
    io(id, name, plan, digest, by, started, hosts, waves, open_wave, paused, stopping, bound_at, bound_by, bound_why,
       ways_back, halted, finished, halt_reason, went_on, away, in_flight, open_commands, limited, own_faults,
       untrusted, steps, starts, undos, bound_undos);
  }
  template <class Io>
  static void members(Io& io, Of<Io, TakenBack>& whole) {
    auto& [at, by, reason, command, recalls] = whole;
    io(at, by, reason, command, recalls);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Quarantine>& whole) {
    auto& [host, machine, rollout, index, cause, detail, since, discounted, labels, also] = whole;
    io(host, machine, rollout, index, cause, detail, since, discounted, labels, also);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Domain>& whole) {
    auto& [label, value, away, quarantined, discounted, limit, ceiling, claims] = whole;
    io(label, value, away, quarantined, discounted, limit, ceiling, claims);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Domains::Down>& whole) {
    auto& [rollouts, read_by, domains] = whole;
    io(rollouts, read_by, domains);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Domains>& whole) {
    auto& [ids, all, down, freed] = whole;
    io(ids, all, down, freed);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Fleet::Brought>& whole) {
    auto& [rollout, host, update] = whole;
    io(rollout, host, update);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Fleet::Sent>& whole) {
    auto& [what, back] = whole;
    io(what, back);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Fleet::Vouched>& whole) {
    auto& [beside, key] = whole;
    io(beside, key);
  }
  template <class Io>
  static void members(Io& io, Of<Io, KeptMachines>& whole) {
    auto& [as, by_half, shared] = whole;
    io(as, by_half, shared);
  }
  template <class Io>
  static void members(Io& io, Of<Io, Fleet>& whole) {
    auto& [rollouts, unfinished, runs, owners, brought, worked, sent_by_ipmi, recalled, taken_back, in_hand, kept,
           vouched, quarantines, domains, in_flight, last_seq, at, last_at, conducted] = whole;
    io(rollouts, unfinished, runs, owners, brought, worked, sent_by_ipmi, recalled, taken_back, in_hand, kept, vouched,
       quarantines, domains, in_flight, last_seq, at, last_at, conducted);
  }
};

}  // namespace breakwater
