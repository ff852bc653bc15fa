"""The main job: a good image goes through the fleet in waves, a bad one is lost at its canary and comes back."""
import json
import unittest

import events
from world import BAD, NEW, OLD, World


class GoodRollout(unittest.TestCase):
    def test_every_host_takes_the_image_once_in_order_of_the_waves(self):
        waves = [{"name": "canary", "size": 2, "spread": "[rack]", "soak": "100ms", "gate": "strict"},
                 {"name": "half", "size": "50%", "gate": "strict"},
                 {"name": "rest", "size": "100%", "gate": "strict"}]
        with World(racks=3, per_rack=4) as world:
            world.rollout("good", world.good, waves=waves)
            applying = world.start("apply", "good.yaml", "-o", "json")
            self.assertEqual(0, applying.finish(), applying.transcript())
            records = applying.records()

            order = [record["host"] for record in events.issued(records, "prepare")]
            self.assertEqual(sorted(world.names), sorted(order))
            self.assertEqual(2, len({name[:3] for name in order[:2]}), "canaries stand in two racks")
            gates = events.kinds(records, "GateJudged")
            self.assertEqual(["canary", "half", "rest"], [gate["wave"] for gate in gates])
            starts = [record["seq"] for record in events.issued(records, "prepare")]
            for hosts_before, gate in zip((2, 6), gates):
                self.assertLess(starts[hosts_before - 1], gate["seq"])
                self.assertLess(gate["seq"], starts[hosts_before])

            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual(NEW, host["versions"]["bios"])
                    self.assertEqual(1, host["counters"]["uploads"])
                    self.assertEqual({"bios": 1}, host["counters"]["activations"])
                    self.assertEqual(0, host["counters"]["sessionsOpen"])
                    self.assertEqual(world.good.sha256, host["images"][0]["sha256"])
            self.assertEqual({"updated"}, {host["state"] for host in world.hosts_of("good").values()})
            self.assertIn("12 updated", world.run("status", expect=0).stdout)
            self.assertIn("updated", world.run("report", "good", expect=0).stdout)
            report = json.loads(world.run("report", "good", "-o", "json", expect=0).stdout)
            self.assertEqual((0, "good"), (report["exitCode"], report["rollout"]))
            self.assertIn("1 snapshot", world.run("journal", "verify", expect=0).stdout)
            self.keeps_its_word_without_snapshots(world)

            again = world.run("apply", "good.yaml", expect=0)
            self.assertIn("nothing to do", again.stderr)
            self.assertEqual(1, world.lab.host(world.names[0])["counters"]["uploads"])

    def keeps_its_word_without_snapshots(self, world):
        """What a snapshot says is what the records say; one that was changed is not believed, and is found."""
        asked = (["status", "-o", "json"], ["status", "good", "-o", "json"])
        said = [world.run(*one, expect=0).stdout for one in asked]
        [snapshot] = (world.state / "snapshots").iterdir()
        kept = snapshot.read_bytes()
        snapshot.chmod(0o600)
        snapshot.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        self.assertEqual(said, [world.run(*one, expect=0).stdout for one in asked])
        verified = world.run("journal", "verify", expect=1)
        self.assertIn(f"snapshot {snapshot.name} is not the one", verified.stderr)
        snapshot.unlink()
        self.assertEqual(said, [world.run(*one, expect=0).stdout for one in asked])
        world.run("journal", "verify", expect=0)

    def test_no_rack_loses_more_hosts_than_the_policy_allows(self):
        with World(racks=2, per_rack=4) as world:
            world.write_policy(rack=1)
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}])
            applying = world.start("apply", "good.yaml", "-o", "json")
            self.assertEqual(0, applying.finish(), applying.transcript())
            away = set()
            for record in applying.records():
                if record["kind"] == "CommandIssued" and record["action"] == "prepare":
                    away.add(record["host"])
                elif events.is_end(record):
                    away.discard(record["host"])
                for rack in world.racks:
                    self.assertLessEqual(len([name for name in away if name.startswith(rack)]), 1)

    def test_a_frozen_plan_is_applied_as_it_was_shown(self):
        with World(racks=1, per_rack=2) as world:
            world.rollout("good", world.good)
            shown = world.run("plan", "good.yaml", "--out", "good.plan", expect=0).stdout
            self.assertIn(f"{OLD}", shown)
            self.assertIn(f"{NEW}", shown)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["uploads"], "a plan touches nothing")
            signature = next(world.folder.rglob(f"{world.good.name}*.minisig"))
            kept = signature.read_bytes()
            signature.unlink()
            stale = world.run("apply", "good.plan", expect=75)
            self.assertIn("signatures of Release", stale.stderr)
            signature.write_bytes(kept)
            world.run("apply", "good.plan", expect=0)
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})


class BadImage(unittest.TestCase):
    def check(self, way_back):
        with World(racks=2, per_rack=2) as world:
            back = world.old if way_back == "reflash" else "bankSwitch"
            bad = world.firmware("bios", BAD, edges=[OLD], way_back=back, faults=["health_critical"])
            world.rollout("bad", bad)
            applied = world.run("apply", "bad.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)

            hosts = world.lab.hosts()
            touched = [name for name, host in hosts.items() if host["counters"]["uploads"] > 0]
            self.assertEqual(1, len(touched), "the canary, and nobody else")
            for name, host in hosts.items():
                with self.subTest(host=name):
                    self.assertEqual(OLD, host["versions"]["bios"])
                    self.assertEqual("OK", host["health"])
                    self.assertEqual({}, host["staged"])
                    self.assertEqual(0, host["counters"]["sessionsOpen"])
            versions = [activation["version"] for activation in hosts[touched[0]]["activations"]]
            self.assertEqual([BAD, OLD], versions, "there and back, once each")

            report = world.run("report", "bad", expect=0).stdout
            self.assertIn("rolled_back", report)
            self.assertIn(touched[0], report)
            states = {name: host["state"] for name, host in world.hosts_of("bad").items()}
            self.assertEqual("rolled_back", states.pop(touched[0]))
            self.assertEqual({"not_started"}, set(states.values()))
            explained = world.run("explain", touched[0], expect=0).stdout
            self.assertIn("healthRollup", explained)

    def test_it_is_stopped_at_its_canary_and_the_other_bank_brought_back(self):
        self.check("bankSwitch")

    def test_it_is_stopped_at_its_canary_and_the_release_before_written_back(self):
        self.check("reflash")


if __name__ == "__main__":
    unittest.main()
