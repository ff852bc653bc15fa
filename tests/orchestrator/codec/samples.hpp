#pragma once
// Values in which every member differs from its default, so that a member the codec forgets is missed.
#include "orchestrator/core/event.hpp"

namespace breakwater {

inline Sha256 digest_of(std::uint8_t byte) {
  Sha256 digest;
  digest.bytes.fill(byte);
  return digest;
}

inline PlannedImage full_image(const std::string& version, std::uint8_t byte) {
  return {.release = {"bios-" + version, digest_of(byte)},
          .version = version,
          .reported_as = {version + "a"},
          .image = {"bios.bin", digest_of(byte), 16'777'216},
          .signers = {"vendor", "site"},
          .release_file = "releases/bios.yaml",
          .release_text = "apiVersion: breakwater/v1\nkind: Release\n",
          .signatures = {{"bios.yaml.A1.minisig", "untrusted comment: x\nRUQ\n"}},
          .vendor = "Supermicro",
          .component = ComponentKind::bios};
}

inline ResolvedPlan full_plan() {
  using std::chrono::hours;
  using std::chrono::minutes;
  ResolvedPlan plan;
  plan.rollout = "x13-bios";
  plan.policy = "production";
  plan.rollout_digest = digest_of(1);
  plan.policy_digest = digest_of(2);
  plan.inventory_digest = digest_of(3);
  plan.images = {full_image("3.4", 0xa1), full_image("3.2", 0xb2)};
  plan.components = {{.id = "bios",
                      .image = 1,
                      .kind = ComponentKind::bios,
                      .select = {"BIOS", "P-1", "/redfish/v1/Systems/*", "System BIOS"},
                      .parts = {"P-*"},
                      .activate_by = ActivateBy::bmc_reset,
                      .most = minutes(20),
                      .back_most = minutes(25),
                      .way_back = WayBack::reflash,
                      .back_image = 1}};
  plan.waves = {{.name = "canary", .hosts = 1, .soak = hours(24), .gate_name = "strict", .gate = {Share{9'500}, 3}},
                {.name = "rest", .hosts = 1, .soak = hours(1), .gate_name = "normal", .gate = {Share{9'000}, 2}}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    plan.hosts.push_back(
        {.name = "fra1-r07-n0" + std::to_string(i),
         .labels = {{"rack", "r07"}, {"room", "ö\n\"x\""}},
         .bmc = {"10.0.0.1",
                 8443,
                 "env:BMC",
                 {TlsPolicy::Mode::pin, "ca.pem", {digest_of(7), digest_of(8)}},
                 {Driver::ipmi, Driver::redfish},
                 {6230, "file:/k_g"},
                 {Duration(240'000), Duration(200'000)}},
         .identity = {"Supermicro", "X13", "S" + std::to_string(i), "0000-" + std::to_string(i)},
         .done_by = {{"update", "ipmi (HPM.1)"}},
         .findings = {"power: redfish and ipmi disagree"},
         .unread = {"/redfish/v1/UpdateService/FirmwareInventory/NIC"},
         .wave = i,
         .updates = {{.component = 0, .from_version = "3.2", .way_back = WayBack::bank_switch, .downgrade = true}}});
  }
  plan.left_out = {{"fra1-r07-n15", {{"rack", "r07"}}, "held", "HW-8830 fan tray", true, "X13", "old-n15", true}};
  plan.global_limit = 31;
  plan.domain_limits = {{"rack", "r07", 2, 3}};
  plan.calendar.always_open = false;
  plan.calendar.windows = {{Instant(hours(1)), Instant(hours(5)), "night"}};
  plan.calendar.freezes = {{Instant(hours(9)), Instant(hours(12)), "black-friday"}};
  plan.calendar.horizon = Instant(hours(9'600));
  plan.last_start = minutes(40);
  plan.checks = {minutes(5), 4, minutes(1), true, true, true, true, 2};
  plan.attempts = {3, minutes(1), minutes(11)};
  plan.timeouts = {minutes(1), minutes(2), minutes(3), minutes(4), minutes(5), minutes(6)};
  plan.roll_back_host = false;
  plan.way_back_failures = 3;
  plan.wave_failure = {2, Share{1'000}, 5, false};
  plan.worst_health = Health::critical;
  plan.unasked_change = UnaskedChange::failure;
  plan.keys = {{"vendor", "untrusted comment: minisign public key\nRWQ\n", {"Supermicro"}, {"bios"}}};
  plan.require = {2, {"site"}};
  plan.new_bmc_keys = {digest_of(0x77)};
  plan.nonce = "0123456789abcdef";
  return plan;
}

inline Outcome full_outcome() {
  Outcome outcome;
  outcome.verdict = Outcome::Verdict::failed;
  outcome.cause = Cause::version_mismatch;
  outcome.detail = "got 3.3, want 3.4";
  outcome.stages = true;
  outcome.versions = {"3.3", ""};
  outcome.baseline = {Health::warning,
                      Power::on,
                      Boot::booted,
                      {{"BIOS",
                        "/redfish/v1/UpdateService/FirmwareInventory/BIOS",
                        {"SW-1", "P-1", {"/redfish/v1/Systems/1"}, "BIOS"},
                        "3.2",
                        Slot::previous}},
                      7,
                      {0xFFFFFFFFFFFFFFFF, 1}};
  return outcome;
}

/// At least one of every kind.
inline std::vector<Event> every_event() {
  RolloutStarted started;
  started.by = "lena";
  started.plan = full_plan();
  started.digest = digest_of(9);
  CommandIssued issued;
  issued.command.rollout = 4;
  issued.command.host = 17;
  issued.command.action = Action::activate;
  issued.command.update = 2;
  issued.command.upload = true;
  issued.command.ran = issued.command.well = issued.command.beside = true;
  return {started,
          ConductorStarted{4, 31'337},
          issued,
          EvidenceSeen{5, 4, 17, {Evidence::Kind::task, "/redfish/v1/TaskService/Tasks/3 2026-11-02T22:00:00Z"}},
          CommandEnded{5, 4, 17, full_outcome(), Input::gone_wrong},
          GateJudged{4, 1, GateVerdict::hold, "3 of 3"},
          RolloutHalted{4, "gate", kUndoAll},
          OperatorAsked{Verb::roll_back, 4, "omar", "bad fan curve", 1, "fra1-r07-n00"},
          OperatorAsked{Verb::roll_back, 4, "omar", "", {}, "", {"n1"}, "bios-3.4@sha256:ab", "rack=r07"},
          RolloutFinished{4},
          StartRefused{"x13-nic", "omar", "host fra1-r07-n00 was quarantined"},
          SnapshotTaken{30, 2, digest_of(0xc3)}};
}

}  // namespace breakwater
