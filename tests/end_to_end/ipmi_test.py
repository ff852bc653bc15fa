"""A mixed fleet: one rack speaks Redfish, the other one IPMI alone, and one signed image serves both."""
import json
import unittest

from firmware import hpm_text
from world import BAD, CHECKS_OF_THE_LOG, NEW, OLD, World

WAVES = [{"name": "canary", "size": 2, "spread": "[rack]", "soak": "100ms", "gate": "strict"},
         {"name": "rest", "size": "100%", "gate": "strict"}]


class Mixed(unittest.TestCase):
    def test_a_good_image_goes_by_redfish_here_and_by_hpm_there(self):
        with World(racks=2, per_rack=3, ipmi_only=("r02",)) as world:
            good = world.firmware("bios", "3.6", edges=[OLD], hpm=True)
            world.rollout("mixed", good, waves=WAVES)
            plan = world.run("plan", "mixed.yaml", expect=0).stdout
            self.assertIn("ipmi (HPM.1): update", plan)
            self.assertIn("redfish: identity, power, health, inventory, update", plan)
            world.run("apply", "mixed.yaml", expect=0)
            hosts = world.lab.hosts()
            self.assertEqual({"3.6"}, {host["versions"]["bios"] for host in hosts.values()})
            for name in world.racks["r01"]:
                self.assertEqual((1, 0), (hosts[name]["counters"]["uploads"],
                                          hosts[name]["counters"]["hpmActivations"]))
            for name in world.racks["r02"]:
                self.assertEqual(1, hosts[name]["counters"]["hpmActivations"])
                self.assertEqual(0, hosts[name]["counters"]["ipmiSessionsOpen"], "every session is closed")
            report = json.loads(world.run("report", "mixed", "-o", "json", expect=0).stdout)
            reads = {host["updates"][0]["read"] for host in report["hosts"]}
            self.assertEqual({"3.6", hpm_text("3.6")}, reads)

    def test_a_bad_image_fails_its_self_test_and_is_taken_back_by_manual_rollback(self):
        with World(racks=2, per_rack=3, ipmi_only=("r02",)) as world:
            bad = world.firmware("bios", BAD, edges=[OLD], faults=["self_test_failed"], hpm=True)
            world.rollout("bad", bad, waves=WAVES)
            applied = world.run("apply", "bad.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            hosts = world.lab.hosts()
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in hosts.values()})
            touched = [name for name in world.racks["r02"] if hosts[name]["counters"]["hpmActivations"]]
            self.assertEqual(1, len(touched), "the canary, and nobody else")
            canary = hosts[touched[0]]
            self.assertEqual([BAD, OLD], [one["version"] for one in canary["activations"]], "there and back, once each")
            self.assertEqual(1, canary["counters"]["hpmRollbacks"])
            self.assertEqual("rolled_back", world.hosts_of("bad")[touched[0]]["state"])
            self.assertIn("self test failed", world.run("explain", touched[0], expect=0).stdout)

    def test_new_critical_entries_in_the_event_log_bring_both_kinds_of_hosts_back(self):
        with World(racks=2, per_rack=2, ipmi_only=("r02",)) as world:
            bad = world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"], hpm=True)
            world.rollout("bad", bad, waves=WAVES, checks=CHECKS_OF_THE_LOG)
            self.assertIn("ipmi: event log", world.run("plan", "bad.yaml", expect=0).stdout)
            applied = world.run("apply", "bad.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            ends = world.hosts_of("bad")
            canaries = [name for name, host in ends.items() if host["state"] == "rolled_back"]
            self.assertEqual(["r01", "r02"], sorted(name[:3] for name in canaries), ends)
            for name in canaries:
                self.assertIn("sel.newCritical: got 1 new critical", world.run("explain", name, expect=0).stdout)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_observe_shows_both_kinds_of_hosts_without_a_rollout(self):
        with World(racks=2, per_rack=2, ipmi_only=("r02",)) as world:
            shown = world.run("observe", "inventory.yaml", expect=0).stdout
            for name in world.names:
                self.assertIn(name, shown)
            lines = {line.split()[0]: line for line in shown.splitlines()}
            self.assertIn(OLD, lines["r01-n01"])
            self.assertIn(hpm_text(OLD), lines["r02-n01"])
            world.lab.disturb("r02-n02", power="off")
            one = world.run("observe", "inventory.yaml", "--selector", "rack=r02", "--driver", "ipmi", "-o", "json",
                            expect=0).stdout
            self.assertIn('"off"', one)
            self.assertNotIn("r01-n01", one)
            silent = world.run("observe", "inventory.yaml", "--selector", "rack=r02", "--driver", "redfish")
            self.assertEqual(1, silent.returncode)
            self.assertIn("no answer", silent.stdout)


if __name__ == "__main__":
    unittest.main()
