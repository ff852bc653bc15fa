"""Kills apply with SIGKILL right after a record, and lets the next apply resume the rollout.

One lab holds a rack for each point. The rollout of the first rack runs undisturbed and shows how many records there
are. Then, for each record, another rack is rolled out: apply is killed when it prints that record, and resumed.
"""
import concurrent.futures
import threading
import unittest

from world import World

AT_ONCE = 3
WAVES = [{"name": "canary", "size": 1, "gate": "strict"}, {"name": "rest", "size": "100%", "gate": "strict"}]


class Kills(unittest.TestCase):
    POINTS_LEAST = 5
    IPMI_ONLY = False   # True: no host speaks Redfish

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
        """Kills apply after `point` records. Returns those records, and exit code and transcript of the next apply."""
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
        # By its name: a rollout that ended before the signal must not start again.
        resumed = world.start("apply", file.removesuffix(".yaml"), "-o", "json", state=state)
        code = resumed.finish()
        if " is over; " in resumed.transcript():  # the last records were durable before the kill
            code = None
        return applying.records()[:point], code, resumed.transcript()

    def check(self, firmware_of, racks, points_of, codes_wanted, judge):
        ipmi_only = [f"r{rack:02}" for rack in range(1, racks + 1)] if self.IPMI_ONLY else ()
        with World(racks=racks, per_rack=2, ipmi_only=ipmi_only) as world:
            firmware = firmware_of(world)
            names = list(world.racks)
            records = self.undisturbed(world, names[0], firmware)
            points = points_of(records)
            self.assertLessEqual(len(points), racks - 1)
            self.assertGreaterEqual(len(points), self.POINTS_LEAST)
            seen = []
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                runs = {pool.submit(self.kill_at, world, rack, firmware, point): (rack, point)
                        for rack, point in zip(names[1:], points)}
                for run in concurrent.futures.as_completed(runs):
                    rack, point = runs[run]
                    printed, code, transcript = run.result()
                    seen.append(printed[-1])
                    with self.subTest(point=point, last=printed[-1]):
                        self.assertIn(code, (*codes_wanted, None), transcript)
                        for name in world.racks[rack]:
                            judge(world.lab.host(name))
            return seen
