"""kill -9 at each record of a rollout: what runs next looks first, and nothing is flashed twice.

One lab holds a pair of hosts for each point. The first rollout of all runs undisturbed and says how many records there
are; then, for each record, a pair of its own is rolled out, killed as that record is printed, and taken up again.
"""
import concurrent.futures
import threading
import unittest

import events
from world import BAD, NEW, OLD, World

POINTS_LEAST = 30
AT_ONCE = 3
WAVES = [{"name": "canary", "size": 1, "gate": "strict"}, {"name": "rest", "size": "100%", "gate": "strict"}]
MUST_BE_HIT = ("sending", "body_sent", "task", "reset_asked")


class Killed(unittest.TestCase):
    def roll(self, world, rack, firmware):
        name = f"{firmware.name}-{rack}"
        world.rollout(name, firmware, targets=f"rack={rack}", waves=WAVES, timeouts="noProgress=3s")
        return f"{name}.yaml", world.folder / f"state-{rack}"

    def undisturbed(self, world, rack, firmware):
        file, state = self.roll(world, rack, firmware)
        world.adopt_images(state)
        applying = world.start("apply", file, "-o", "json", state=state)
        applying.finish()
        return applying.records()

    def kill_at(self, world, rack, firmware, point):
        """Kills apply once it has printed `point` records; returns what it had printed and the exit code of the next one."""
        file, state = self.roll(world, rack, firmware)
        world.adopt_images(state)
        here = threading.Event()
        count = 0

        def on_line(line):
            nonlocal count
            count += line.startswith("{")
            if count == point and not here.is_set():
                here.set()
                applying.kill()

        applying = world.prepare("apply", file, "-o", "json", state=state)
        applying.begin(on_line)
        applying.finish()
        self.assertTrue(here.is_set(), f"{rack}: the rollout has fewer than {point} records: {applying.transcript()}")
        # By its name: should it have come to its end before the signal, it must not begin anew.
        resumed = world.start("apply", file.removesuffix(".yaml"), "-o", "json", state=state)
        code = resumed.finish()
        if " is over; " in resumed.transcript():  # its last records were durable before the kill reached it
            code = None
        return applying.records()[:point], code, resumed.transcript()

    def check(self, firmware_of, racks, points_of, code_wanted, judge):
        with World(racks=racks, per_rack=2) as world:
            firmware = firmware_of(world)
            names = list(world.racks)
            records = self.undisturbed(world, names[0], firmware)
            points = points_of(records)
            self.assertLessEqual(len(points), racks - 1)
            seen = []
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                runs = {pool.submit(self.kill_at, world, rack, firmware, point): (rack, point)
                        for rack, point in zip(names[1:], points)}
                for run in concurrent.futures.as_completed(runs):
                    rack, point = runs[run]
                    printed, code, transcript = run.result()
                    seen.append(printed[-1])
                    with self.subTest(point=point, last=printed[-1]):
                        self.assertIn(code, (code_wanted, None), transcript)
                        for name in world.racks[rack]:
                            judge(world.lab.host(name))
            return seen

    def test_a_good_rollout_resumes_from_every_record(self):
        def judge(host):
            self.assertEqual(NEW, host["versions"]["bios"])
            self.assertEqual({"bios": 1}, host["counters"]["activations"])
            self.assertEqual(1, host["counters"]["uploads"])
            self.assertEqual({}, host["staged"])
            self.assertEqual(0, host["counters"]["writesInterrupted"])
            self.assertEqual(0, host["counters"]["sessionsOpen"])

        def points_of(records):
            return range(1, len(records))  # at the last one it is over

        seen = self.check(lambda world: world.good, 60, points_of, 0, judge)
        self.assertGreaterEqual(len(seen), POINTS_LEAST)
        for what in MUST_BE_HIT:
            self.assertTrue(events.evidence(seen, what), f"no kill right after {what}")
        print(f"killed and resumed at {len(seen)} points")

    def way_back(self, racks, bad, uploads, last_action):
        """Kills at each record from the order to roll back on, to the end of `last_action` or of the rollout."""
        def judge(host):
            self.assertEqual(OLD, host["versions"]["bios"])
            versions = [activation["version"] for activation in host["activations"]]
            self.assertIn(versions, ([BAD, OLD], []))
            self.assertLessEqual(host["counters"]["uploads"], uploads)
            self.assertEqual({}, host["staged"])
            self.assertEqual(0, host["counters"]["sessionsOpen"])

        def points_of(records):
            begin = next(i for i, record in enumerate(records, 1)
                         if record["kind"] == "CommandIssued" and record["action"] == "roll_back")
            end = next((i for i, record in enumerate(records, 1)
                        if record["kind"] == "CommandIssued" and record["action"] == last_action), len(records))
            return range(begin, end)

        return self.check(bad, racks, points_of, 5, judge)

    def test_a_way_back_resumes_too(self):
        self.way_back(20, lambda world: world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"]), 1, None)

    def test_a_way_back_by_reflash_resumes_too(self):
        def bad(world):
            return world.firmware("bios", BAD, edges=[OLD], way_back=world.old, faults=["health_critical"])

        seen = self.way_back(14, bad, 2, "check_back")
        for what in ("sending", "body_sent", "task", "reset_asked"):
            self.assertTrue(events.evidence(seen, what), f"no kill right after {what}")


if __name__ == "__main__":
    unittest.main()
