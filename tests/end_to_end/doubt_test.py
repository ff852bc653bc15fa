"""BMCs that show little of an image: what they have is run or cancelled, never taken for gone; what was provably not
done is told at once."""
import unittest

from world import NEW, OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]
WRONG = "3.5"
SHOWN = ("task", "job")
TRIES = 6


def world_of(shown, **keys):
    return World(racks=1, per_rack=1, bmcs=f"waitsAs: {shown}", **keys)


class Doubt(unittest.TestCase):
    def applied(self, world, firmware, fault=None, expect=0, timeouts="", **order):
        """The only host of the world, after a rollout of the firmware."""
        world.rollout("r", firmware, waves=ONE_WAVE, timeouts=timeouts)
        name = world.names[0]
        if fault:
            world.lab.disturb(name, fault=fault, **order)
        applied = world.run("apply", "r.yaml")
        self.assertEqual(expect, applied.returncode, applied.stdout + applied.stderr)
        host = world.lab.host(name)
        self.assertEqual({}, host["staged"])
        self.assertEqual(0, host["counters"]["writesInterrupted"])
        return host, world.hosts_of("r")[name], world

    def test_an_image_whose_answer_was_lost_is_found_by_its_task_and_run(self):
        for shown in SHOWN:
            for fault in ("cut_after_body", "upload_error_taken"):
                with self.subTest(shown=shown, fault=fault), world_of(shown) as world:
                    host, end, _ = self.applied(world, world.good, fault, times=1)
                    self.assertEqual("updated", end["state"], end)
                    self.assertEqual(NEW, host["versions"]["bios"])
                    self.assertEqual(1, host["counters"]["uploads"])
                    self.assertEqual({"bios": 1}, host["counters"]["activations"])

    def test_on_the_way_back_it_is_found_and_run_too(self):
        for shown in SHOWN:
            with self.subTest(shown=shown), world_of(shown) as world:
                bad = world.firmware("bios", WRONG, edges=[OLD], way_back=world.old, faults=["wrong_version"])
                # The second upload of the host is the one back.
                host, end, _ = self.applied(world, bad, "cut_after_body", expect=5, every=2, times=1)
                self.assertEqual("rolled_back", end["state"], end)
                self.assertEqual(OLD, host["versions"]["bios"])
                self.assertEqual(2, host["counters"]["uploads"])

    def killed_and_resumed(self, task_in, last):
        """Kills apply right after this evidence, has the next one bring it to a good end; whether a reset had left."""
        with World(racks=1, per_rack=1, bmcs=f"taskIn: {task_in}\n    waitsAs: task") as world:
            world.rollout("r", world.good, waves=ONE_WAVE, timeouts="noProgress=3s")
            applying = world.prepare("apply", "r.yaml", "-o", "json")
            applying.begin(lambda line: f'"{last}"' in line and applying.kill())
            applying.finish()
            left = world.lab.host(world.names[0])["counters"]["resetsOfSystem"] > 0
            resumed = world.run("apply", "r.yaml")
            end = world.hosts_of("r")[world.names[0]]
            self.assertEqual("updated", end["state"], end)
            self.assertEqual(0, resumed.returncode, resumed.stdout + resumed.stderr)
            host = world.lab.host(world.names[0])
            self.assertEqual(1, host["counters"]["uploads"])
            self.assertEqual({"bios": 1}, host["counters"]["activations"])
            return left

    def test_a_reset_that_never_left_is_sent_by_the_next_process_wherever_the_task_was_named(self):
        for task_in in ("monitor", "extendedInfo"):
            with self.subTest(task_in=task_in):
                self.killed_and_resumed(task_in, "task")
                # The kill may come too late to keep the reset back.
                for _ in range(TRIES):
                    if not self.killed_and_resumed(task_in, "reset_asked"):
                        break

    def test_what_only_a_task_or_a_job_shows_is_cancelled(self):
        for shown in SHOWN:
            with self.subTest(shown=shown), world_of(shown) as world:
                world.rollout("r", world.good, waves=ONE_WAVE)
                world.lab.disturb(world.names[0], fault="reset_refused")
                applied = world.run("apply", "r.yaml")
                self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
                self.assertEqual({}, world.lab.host(world.names[0])["staged"])

    def test_a_slot_that_is_empty_while_the_bmc_writes_proves_nothing(self):
        with world_of("entry", flash="4s") as world:
            host, end, _ = self.applied(world, world.good, "task_gone", times=1)
            self.assertEqual("updated", end["state"], end)
            self.assertEqual(1, host["counters"]["uploads"])

    def test_a_reset_that_is_refused_is_told_at_once_and_harms_nothing(self):
        with world_of("entry") as world:
            # Waiting it out would outlast the test's own deadline.
            slow = world.firmware("bios", NEW, edges=[OLD], most="1h", name="slow")
            host, end, _ = self.applied(world, slow, "reset_refused", expect=5,
                                        timeouts="task=1h hostReturn=1h host=3h noProgress=1h")
            self.assertEqual("refused", end["state"], end)
            self.assertEqual("request_refused", end["cause"])
            self.assertIn("412", end["detail"])
            self.assertEqual(OLD, host["versions"]["bios"])
            self.assertEqual({}, host["counters"]["activations"])


if __name__ == "__main__":
    unittest.main()
