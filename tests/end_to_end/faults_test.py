"""Every fault of the lab has the end that it should have: what the BMC says counts less than what it shows."""
import unittest

import events
from world import BAD, NEW, OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]


class Faults(unittest.TestCase):
    # fault, more of the order, state at the end, exit code, what the host runs then, uploads, activations
    TABLE = [
        ("task_exception", {}, "refused", 5, OLD, 1, 0),
        ("unchanged", {"component": "bios"}, "rolled_back", 5, OLD, 1, 1),
        ("failed_back", {"component": "bios"}, "rolled_back", 5, OLD, 1, 1),
        ("task_gone", {}, "updated", 0, NEW, 1, 1),
        ("health_critical", {"component": "bios", "times": 1}, "rolled_back", 5, OLD, 1, 2),
        ("component_lost", {"component": "bios", "times": 1}, "rolled_back", 5, OLD, 1, 2),
        ("wrong_version", {"component": "bios", "times": 1}, "rolled_back", 5, OLD, 1, 2),
        ("slow_boot", {"times": 1, "factor": 5}, "updated", 0, NEW, 1, 1),
        ("unavailable", {"times": 1, "lastingMs": 700}, "updated", 0, NEW, 1, 1),
        ("cut_after_body", {"times": 1}, "updated", 0, NEW, 1, 1),
    ]

    def test_each_fault_ends_where_it_should(self):
        with World(racks=len(self.TABLE), per_rack=1) as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "lenient"}],
                          wave_failure="    wave: {when: {failedHosts: 99}, undo: none}\n")
            for name, row in zip(world.names, self.TABLE):
                world.lab.disturb(name, fault=row[0], **row[1])
            applied = world.run("apply", "good.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            ends = world.hosts_of("good")
            for name, (fault, _, state, _, version, uploads, activations) in zip(world.names, self.TABLE):
                with self.subTest(fault=fault):
                    host = world.lab.host(name)
                    self.assertEqual(state, ends[name]["state"], ends[name])
                    self.assertEqual(version, host["versions"]["bios"])
                    self.assertEqual(uploads, host["counters"]["uploads"])
                    self.assertEqual(activations, host["counters"]["activations"].get("bios", 0))
                    self.assertEqual({}, host["staged"])
                    self.assertEqual(0, host["counters"]["sessionsOpen"])
                    self.assertEqual(0, host["counters"]["writesInterrupted"])


class Uploads(unittest.TestCase):
    def run_with(self, fault, most, image_size=64 * 1024):
        world = World(racks=1, per_rack=1, image_size=image_size)
        with world:
            world.rollout("good", world.good, waves=ONE_WAVE, upload_most=most)
            world.lab.disturb(world.names[0], fault=fault, times=1)
            applied = world.run("apply", "good.yaml")
            return applied, world.lab.host(world.names[0])

    def test_an_upload_that_was_cut_is_sent_again_where_it_is_proved_that_nothing_arrived(self):
        for fault, whole_bodies in (("cut_upload", 1), ("cut_after_body_lost", 2)):
            with self.subTest(fault=fault):
                applied, host = self.run_with(fault, most=2)
                self.assertEqual(0, applied.returncode, applied.stdout + applied.stderr)
                self.assertEqual(2, host["counters"]["uploadsBegun"])
                self.assertEqual(whole_bodies, host["counters"]["uploads"])
                self.assertEqual({"bios": 1}, host["counters"]["activations"])

    def test_without_a_second_attempt_the_host_is_turned_away_untouched(self):
        applied, host = self.run_with("cut_upload", most=1)
        self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
        self.assertEqual(1, host["counters"]["uploadsBegun"])
        self.assertEqual(OLD, host["versions"]["bios"])
        self.assertEqual({}, host["counters"]["activations"])


class Journal(unittest.TestCase):
    def test_nothing_is_done_any_more_once_the_journal_was_deleted(self):
        with World(racks=3, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}],
                          also="  limits: {global: 1}\n")
            applied = world.start("apply", "good.yaml", "-o", "json")
            applied.wait_for(lambda records: events.evidence(records, "body_sent"), "an image that was sent")
            (world.state / "journal.db").unlink()
            self.assertEqual(1, applied.finish())
            self.assertIn("journal.db: was moved or deleted", "".join(applied.errors))
            shown = world.lab.hosts().values()
            self.assertEqual(1, sum(host["counters"]["uploads"] for host in shown))
            self.assertEqual([{}] * 3, [host["counters"]["activations"] for host in shown])


if __name__ == "__main__":
    unittest.main()
