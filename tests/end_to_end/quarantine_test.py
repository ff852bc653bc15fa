"""A host that cannot be rolled back is left alone, with its reason, until a person releases it."""
import json
import unittest

import events
from world import BAD, NEW, OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]


class Quarantine(unittest.TestCase):
    def test_a_bmc_that_never_returns_is_quarantined_and_left_alone_until_it_is_released(self):
        with World(racks=2, per_rack=1) as world:
            bmc = world.firmware("bmc", "2.12", edges=["2.10"])
            world.rollout("bmc", bmc, waves=ONE_WAVE, timeouts="bmcReturn=1s hostReturn=1s")
            lost, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("plan", "bios.yaml", "--out", "frozen.plan", expect=0)
            world.lab.disturb(lost, fault="bmc_never_returns")
            applied = world.run("apply", "bmc.yaml")
            self.assertEqual(6, applied.returncode, applied.stdout + applied.stderr)
            self.assertEqual("2.12", world.lab.host(well)["versions"]["bmc"])

            listed = world.run("quarantine", "list", expect=0).stdout
            self.assertIn(lost, listed)
            self.assertNotIn(well, listed)
            self.assertIn("quarantine release " + lost, world.run("explain", lost).stdout)
            self.assertEqual({lost: "quarantined", well: "updated"},
                             {name: host["state"] for name, host in world.hosts_of("bmc").items()})

            before = world.lab.host(lost)["counters"]
            stale = world.run("apply", "frozen.plan", expect=75)
            self.assertIn(f"host {lost} was quarantined since the plan was made", stale.stderr)
            self.assertEqual(OLD, world.lab.host(well)["versions"]["bios"], "nobody is updated by a stale plan")
            plan = world.run("plan", "bios.yaml", expect=0).stdout
            self.assertIn("quarantined", plan)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual(before, world.lab.host(lost)["counters"], "not touched, not even looked at")
            self.assertEqual(NEW, world.lab.host(well)["versions"]["bios"])

            world.run("quarantine", "release", lost, expect=64)
            world.run("quarantine", "release", lost, "--reason", "power cycled by hand", expect=0)
            self.assertNotIn(lost, world.run("quarantine", "list", expect=0).stdout)
            world.run("quarantine", "release", lost, "--reason", "again", expect=1)

    def test_an_image_that_an_abandoned_rollout_leaves_is_told_until_a_person_saw_to_it(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("bios", world.good, waves=ONE_WAVE)
            name = world.names[0]
            process = world.start("apply", "bios.yaml", "-o", "json")
            process.wait_for(lambda seen: events.evidence(seen, "task"), "its image was taken")
            process.kill()
            process.finish()
            world.run("abandon", "bios", "--reason", "the night is over", expect=0)
            for view in (["status", "bios"], ["explain", name], ["quarantine", "list"], ["report", "bios"]):
                self.assertRegex(world.run(*view, expect=0).stdout, f"armed.* bios {NEW} was sent to it", view)
            released = world.run("quarantine", "release", name, "--reason", "seen to", expect=0)
            self.assertIn("warning: an image may still wait at " + name, released.stderr)
            self.assertIn("with the BMC's own tools", released.stderr)
            self.assertIn("its next reset may flash it", world.run("explain", name, expect=0).stdout)

    def test_a_recall_reaches_a_host_that_was_released(self):
        with World(racks=1, per_rack=2) as world:
            failed, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("apply", "bios.yaml", expect=0)
            world.lab.disturb(failed, fault="rollback_fails", times=1)
            world.run("rollback", "bios", "--host", failed, expect=6)
            kept = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("1 host would be rolled back", kept.stderr)
            self.assertIn("breakwater quarantine release " + failed, kept.stderr)
            world.lab.disturb(failed, heal=True)
            world.run("quarantine", "release", failed, "--reason", "mended", expect=0)
            shown = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("2 hosts would be rolled back", shown.stderr)
            world.run("rollback", "--release", world.good.ref, "--reason", "it is bad", expect=0)
            for name in (failed, well):
                self.assertEqual(OLD, world.lab.host(name)["versions"]["bios"])
            again = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("0 hosts would be rolled back", again.stderr)

    def test_a_way_back_that_fails_is_tried_once(self):
        with World(racks=1, per_rack=2) as world:
            bad = world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"])
            world.rollout("bad", bad)
            for name in world.names:
                world.lab.disturb(name, fault="rollback_fails")
            applied = world.run("apply", "bad.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            hosts = world.lab.hosts()
            touched = [name for name in world.names if hosts[name]["counters"]["uploads"]]
            self.assertEqual(1, len(touched))
            host = hosts[touched[0]]
            self.assertEqual(BAD, host["versions"]["bios"])
            self.assertEqual({"bios": 1}, host["counters"]["activations"])
            self.assertEqual(0, host["counters"]["sessionsOpen"])
            self.assertIn(touched[0], world.run("quarantine", "list", expect=0).stdout)
            records = [json.loads(line) for line in world.run("journal", "export", expect=0).stdout.splitlines()]
            ways_back = [record for record in records if record["kind"] == "CommandIssued"
                         and json.loads(record["body"])["action"] == "roll_back"]
            self.assertEqual(1, len(ways_back))


if __name__ == "__main__":
    unittest.main()
