"""A soak reads its hosts: what turns bad after its checks, or does not answer, does not pass its gate."""
import datetime
import json
import time
import unittest

import events
from world import NEW, OLD, World

WAVES = [{"name": "canary", "size": 2, "soak": "4s", "gate": "strict"},
         {"name": "rest", "size": "100%", "gate": "strict"}]


def verdicts(records):
    return [record["verdict"] for record in events.kinds(records, "GateJudged")]


class Soak(unittest.TestCase):
    def test_a_host_that_turns_critical_in_its_soak_fails_its_wave(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=WAVES, timeouts="hostReturn=3s")
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: len(events.ends(records)) == 2, "both canaries are updated")
            ill = events.ends(applying.records())[0]["host"]
            world.lab.disturb(ill, health="Critical")
            applying.wait_for(lambda records: events.issued(records, "roll_back", ill), "its way back")
            world.lab.disturb(ill, heal=True)  # the old version has no such fault
            self.assertEqual(5, applying.finish(), applying.transcript())
            hosts = world.hosts_of("good")
            self.assertEqual(("rolled_back", "unhealthy"), (hosts[ill]["state"], hosts[ill]["cause"]), hosts)
            self.assertIn("healthRollup", hosts[ill]["detail"])
            self.assertEqual({"rolled_back": 2, "not_started": 2},
                             {state: sum(host["state"] == state for host in hosts.values())
                              for state in {host["state"] for host in hosts.values()}})
            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual(OLD, host["versions"]["bios"])
            self.assertEqual([], [verdict for verdict in verdicts(applying.records()) if verdict == "pass"])

    def test_a_soak_without_a_conductor_stands_still_for_status_and_explain(self):
        with World(racks=2, per_rack=1) as world:
            waves = [{"name": "canary", "size": 1, "soak": "6s", "gate": "strict"}, WAVES[1]]
            world.rollout("good", world.good, waves=waves)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: [one for one in records if one.get("word") == "SoakRunning"], "the soak")
            applying.kill()
            applying.finish()
            behind = [name for name, host in world.hosts_of("good").items() if host["state"] == "waiting"][0]

            def told():
                [wait, nobody] = json.loads(world.run("status", "good", "-o", "json", expect=0).stdout)["waits"]
                self.assertEqual("NotConducted", nobody["word"])
                reason = json.loads(world.run("explain", behind, "-o", "json", expect=0).stdout)["reasons"][0]
                self.assertEqual(("SoakRunning", "SoakRunning"), (wait["word"], reason["word"]))
                return datetime.datetime.fromisoformat(wait["until"].replace("Z", "+00:00"))

            first = told()
            while datetime.datetime.now(datetime.timezone.utc) < first:
                time.sleep(0.1)
            self.assertGreater(told(), datetime.datetime.now(datetime.timezone.utc), "it has all of its time left")
            applying = world.start("apply", "good", "-o", "json")
            self.assertEqual(0, applying.finish(), applying.transcript())

    def test_a_host_that_is_switched_off_in_its_soak_fails_its_wave(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=WAVES, timeouts="hostReturn=3s")
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: len(events.ends(records)) == 2, "both canaries are updated")
            off = events.ends(applying.records())[0]["host"]
            world.lab.disturb(off, power="off")
            self.assertEqual(5, applying.finish(), applying.transcript())
            self.assertEqual("power_not_restored", world.hosts_of("good")[off]["cause"])

    def test_a_canary_that_somebody_else_flashes_in_its_soak_is_no_evidence(self):
        with World(racks=2, per_rack=1) as world:
            waves = [{"name": "canary", "size": 1, "soak": "30s", "gate": "strict"}, WAVES[1]]
            world.rollout("good", world.good, waves=waves)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(events.ends, "the canary is updated")
            canary = events.ends(applying.records())[0]["host"]
            foreign = world.firmware("bios", "3.6", edges=[NEW])
            world.rollout("foreign", foreign, targets=f"rack=r{world.names.index(canary) + 1:02}")
            elsewhere = world.folder / "elsewhere"
            world.adopt_images(elsewhere)
            world.run("apply", "foreign.yaml", state=elsewhere, expect=0)
            self.assertEqual(5, applying.finish(), applying.transcript())
            hosts = world.hosts_of("good")
            self.assertEqual(("updated", "drifted"), (hosts[canary]["state"], hosts[canary]["cause"]))
            self.assertEqual(["not_started"], [host["state"] for name, host in hosts.items() if name != canary])
            self.assertIn("without 1 that drifted", world.run("status", "good").stdout)
            self.assertIn("Drifted", world.run("explain", canary, expect=0).stdout)
            self.assertEqual("3.6", world.lab.host(canary)["versions"]["bios"])

    def test_a_host_that_cannot_be_read_holds_the_gate_until_it_can(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=WAVES)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: len(events.ends(records)) == 2, "both canaries are updated")
            silent = events.ends(applying.records())[0]["host"]
            world.lab.disturb(silent, fault="garbage", times=1000)
            applying.wait_for(verdicts, "a verdict")
            self.assertEqual(["hold"], verdicts(applying.records()), applying.transcript())
            self.assertIn(silent, events.kinds(applying.records(), "GateJudged")[0]["reason"])
            self.assertIn("holds", world.run("status", "good", expect=0).stdout)
            waiting = next(name for name, host in world.hosts_of("good").items() if host["state"] == "waiting")
            self.assertIn(f"breakwater rollback good --host {silent}", world.run("explain", waiting).stdout)
            self.assertIn("no evidence", world.run("explain", silent).stdout)
            world.lab.disturb(silent, heal=True)
            self.assertEqual(0, applying.finish(), applying.transcript())
            self.assertEqual(["hold", "pass", "pass"], verdicts(applying.records()))
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})


if __name__ == "__main__":
    unittest.main()
