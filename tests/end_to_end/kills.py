"""Kills apply with SIGKILL right after a record, and has the next one take the rollout up.

One lab holds a rack for each point. The rollout of the first one runs undisturbed and says how many records there are;
then, for each record, a rack of its own is rolled out, killed as that record is printed, and taken up again.
"""
import concurrent.futures
import threading
import unittest

from world import World

AT_ONCE = 3
WAVES = [{"name": "canary", "size": 1, "gate": "strict"}, {"name": "rest", "size": "100%", "gate": "strict"}]


class Kills(unittest.TestCase):
    IPMI_ONLY = False   # every host

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
        """Kills apply once it has printed `point` records; returns what it had printed and the next one's exit code."""
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

    def check(self, firmware_of, racks, points_of, codes_wanted, judge):
        ipmi_only = [f"r{rack:02}" for rack in range(1, racks + 1)] if self.IPMI_ONLY else ()
        with World(racks=racks, per_rack=2, ipmi_only=ipmi_only) as world:
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
                        self.assertIn(code, (*codes_wanted, None), transcript)
                        for name in world.racks[rack]:
                            judge(world.lab.host(name))
            return seen
