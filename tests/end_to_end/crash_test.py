"""The process dies at every point that matters, and at any moment: nothing is lost, nothing is flashed twice.

Points are before and after each sync of the journal, and before and after each request that changes something at a BMC
(crash/shim.c). Every host is rolled out alone, by a process that dies and by another one that takes the rollout up.

    crash_test.py                    every point, and 50 random moments
    crash_test.py --random 5000      as many random moments as asked for
"""
import collections
import concurrent.futures
import os
import pathlib
import random
import sys
import threading
import time
import unittest

from processes import BINARY
from world import NEW, World

AT_ONCE = 3
RANDOM_MOMENTS = 50
SEED = 20261122
POINTS_LEAST = 40
SHIM = pathlib.Path(os.environ.get("CRASH_SHIM", pathlib.Path(BINARY).parent / "tests/end_to_end/libcrash_shim.so"))
WAVES = [{"name": "all", "size": "100%", "gate": "strict"}]
HOSTS = 120


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not SHIM.exists():
            raise unittest.SkipTest(f"no {SHIM}: build the tests, or name it by CRASH_SHIM")

    def apply(self, world, host, what, **environment):
        """A process with the shim in it; its points are kept in a file of the host's own."""
        log = world.folder / f"points-{host}"
        return world.prepare("apply", what, "-o", "json", state=world.folder / f"state-{host}",
                             env={**os.environ, "LD_PRELOAD": str(SHIM), "CRASH_LOG": str(log),
                                  "ASAN_OPTIONS": "verify_asan_link_order=0", **environment})

    def ready(self, world, host):
        world.rollout(f"one-{host}", world.good, targets=f"rack={host[:-4]}", waves=WAVES, timeouts="noProgress=3s")
        world.adopt_images(world.folder / f"state-{host}")
        return f"one-{host}.yaml"

    def undisturbed(self, world, host):
        applying = self.apply(world, host, self.ready(world, host)).begin()
        began = time.monotonic()
        self.assertEqual(0, applying.finish(), applying.transcript())
        return self.points(world, host), time.monotonic() - began

    @staticmethod
    def points(world, host):
        log = world.folder / f"points-{host}"
        return log.read_text().splitlines() if log.exists() else []

    def take_up(self, world, host, file):
        """What an operator does: goes on by the rollout's name, or begins where it was never begun."""
        state = world.folder / f"state-{host}"
        resumed = world.start("apply", file.removesuffix(".yaml"), "-o", "json", state=state)
        code = resumed.finish()
        if "RolloutStarted" not in resumed.transcript() and "was ever applied here" in resumed.transcript():
            resumed = world.start("apply", file, "-o", "json", state=state)
            code = resumed.finish()
        return code, resumed.transcript()

    def judge(self, world, host, died, code, transcript):
        """`died` are the points that the dead process had passed."""
        over = " is over; " in transcript   # its last records were durable before it died
        self.assertTrue(code == 0 or over, transcript)
        end = world.lab.host(host)
        self.assertEqual(NEW, end["versions"]["bios"], transcript)
        self.assertEqual({"bios": 1}, end["counters"]["activations"], transcript)
        self.assertEqual(1, end["counters"]["uploads"], transcript)
        self.assertEqual({}, end["staged"])
        self.assertEqual(0, end["counters"]["writesInterrupted"])
        logins = [i for i, point in enumerate(died) if point.startswith("before POST") and "Sessions" in point]
        unknown = bool(logins) and "after append" not in died[logins[-1]:]
        self.assertLessEqual(end["counters"]["sessionsOpen"], 1 if unknown else 0,
                             f"a session whose URI was durable is deleted: {died[-4:]}")
        verified = world.run("journal", "verify", state=world.folder / f"state-{host}", expect=0)
        self.assertIn("record", verified.stdout)
        states = world.run("status", f"one-{host}", "-o", "json", state=world.folder / f"state-{host}", expect=0).stdout
        self.assertRegex(states, '"state": ?"(updated|current)"')

    def die_at(self, world, host, point):
        file = self.ready(world, host)
        dying = self.apply(world, host, file, CRASH_AT=str(point)).begin()
        code = dying.finish()
        died = self.points(world, host)
        self.assertIn(code, (-9, 0), dying.transcript())
        self.judge(world, host, died, *self.take_up(world, host, file))
        return died[-1] if code == -9 else None

    def die_after(self, world, host, wait):
        file = self.ready(world, host)
        dying = self.apply(world, host, file).begin()
        killer = threading.Timer(wait, dying.kill)
        killer.start()
        code = dying.finish()
        killer.cancel()
        self.assertIn(code, (-9, 0), dying.transcript())
        self.judge(world, host, self.points(world, host), *self.take_up(world, host, file))
        return code == -9

    def on_all(self, world, one, tasks):
        """`one(world, host, task)` for each task on a host of its own."""
        hosts = iter(world.names[1:])
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            runs = {pool.submit(one, world, next(hosts), task): task for task in tasks}
            for run in concurrent.futures.as_completed(runs):
                with self.subTest(died_at=runs[run]):
                    yield run.result()

    def test_it_may_die_at_every_point(self):
        with World(racks=HOSTS, per_rack=1) as world:
            points, _ = self.undisturbed(world, world.names[0])
            self.assertLess(len(points), len(world.names))
            seen = collections.Counter(self.on_all(world, self.die_at, range(1, len(points) + 1)))
            for request in ("SessionService/Sessions", "update", "Reset"):
                for when in ("before", "after"):
                    self.assertTrue([one for one in seen if one and one.startswith(when) and request in one],
                                    f"it never died {when} {request}: {seen}")
            died = sum(count for point, count in seen.items() if point)
            self.assertGreaterEqual(died, POINTS_LEAST)
            print(f"died at {died} of {len(points)} points: {dict(seen)}")

    def test_it_may_die_at_any_moment(self):
        moments = int(os.environ.get("CRASH_RANDOM", RANDOM_MOMENTS))
        dice = random.Random(SEED)
        died = left = 0
        while left + died < moments:
            with World(racks=HOSTS, per_rack=1) as world:
                _, length = self.undisturbed(world, world.names[0])
                count = min(moments - left - died, len(world.names) - 1)
                for killed in self.on_all(world, self.die_after, [dice.uniform(0, length) for _ in range(count)]):
                    died += killed
                    left += not killed
        self.assertGreater(died, moments // 2)
        print(f"killed at {died} random moments, {left} were over before")


if __name__ == "__main__":
    if "--random" in sys.argv:
        at = sys.argv.index("--random")
        os.environ["CRASH_RANDOM"] = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    unittest.main()
