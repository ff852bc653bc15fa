"""A component that changes though nobody asked: a finding, or by the Policy a failure of its host."""
import unittest

import events
from world import OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]
SOAKING = [{"name": "canary", "size": 1, "soak": "12s", "gate": "strict"},
           {"name": "rest", "size": "100%", "gate": "strict"}]
FAILURE = "  checks: {unaskedChange: failure}\n"


class Unasked(unittest.TestCase):
    def changes(self, world, host):
        world.lab.disturb(host, fault="component_changed", component="bios", times=1)
        before = world.lab.host(host)["versions"]["nic"]
        return before, before + "-changed"

    def test_it_is_a_finding_where_the_policy_says_nothing(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good, waves=ONE_WAVE)
            before, after = self.changes(world, world.names[0])
            world.run("apply", "good.yaml", expect=0)
            self.assertEqual(after, world.lab.host(world.names[0])["versions"]["nic"])
            explained = world.run("explain", world.names[0], expect=0).stdout
            for word in ("Finding", "nic", before, after, "nobody asked"):
                self.assertIn(word, explained.replace("NIC", "nic"))

    def test_by_the_policy_its_host_goes_back_and_its_wave_halts(self):
        with World(racks=3, per_rack=1) as world:
            world.write_policy(also=FAILURE)
            world.rollout("good", world.good)
            self.assertIn("though nobody asked", world.run("plan", "good.yaml", expect=0).stdout)
            changes = {name: self.changes(world, name) for name in world.names}
            applied = world.run("apply", "good.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            hosts = world.hosts_of("good")
            first = next(name for name, host in hosts.items() if host["state"] == "rolled_back")
            self.assertEqual("component_changed", hosts[first]["cause"])
            for version in changes[first]:
                self.assertIn(f'"{version}"', hosts[first]["detail"])
            self.assertIn("nic", hosts[first]["detail"].lower())
            self.assertEqual(["not_started"] * 2,
                             [host["state"] for name, host in hosts.items() if name != first])
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            report = world.run("report", "good", expect=0).stdout
            self.assertIn("component_changed", report)

    def test_one_that_changes_within_the_soak_fails_its_wave(self):
        with World(racks=3, per_rack=1) as world:
            world.write_policy(also=FAILURE)
            world.rollout("good", world.good, waves=SOAKING)
            nic = world.firmware("nic", "20.7", edges=["20.5"])
            elsewhere = world.folder / "elsewhere"
            world.adopt_images(elsewhere)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(events.ends, "the canary is updated")
            host = events.ends(applying.records())[0]["host"]
            world.rollout("nic", nic, waves=ONE_WAVE, targets=f"rack={host[:3]}")
            world.run("apply", "nic.yaml", state=elsewhere, expect=0)  # somebody else's doing
            self.assertEqual(5, applying.finish(), applying.transcript())
            after = world.hosts_of("good")[host]
            self.assertEqual(("rolled_back", "component_changed"), (after["state"], after["cause"]), after)
            self.assertIn('"20.7"', after["detail"])


if __name__ == "__main__":
    unittest.main()
