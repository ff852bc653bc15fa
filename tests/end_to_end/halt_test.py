"""What a halt leaves behind, and what a window keeps back."""
import datetime
import unittest

import events
from world import BAD, NEW, OLD, World


class Halt(unittest.TestCase):
    def test_staged_images_are_taken_back_and_proved_gone(self):
        # One wave of four, and the first failure ends it: whoever has an image staged at that moment gives it back.
        with World(racks=4, per_rack=1, flash="400ms") as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}])
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "an upload")
            world.run("stop", "good", expect=0)
            self.assertEqual(4, applying.finish(), applying.transcript())
            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual({}, host["staged"], "nothing waits for the next reboot")
                    activations = host["counters"]["activations"].get("bios", 0)
                    self.assertEqual(NEW if activations else OLD, host["versions"]["bios"])
            world.run("resume", "good", expect=0)
            world.run("apply", "good.yaml", expect=0)
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_a_failing_wave_takes_its_good_hosts_back_too(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}])
            world.lab.disturb(world.names[2], fault="health_critical", component="bios")
            applied = world.run("apply", "good.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual(OLD, host["versions"]["bios"])
                    self.assertEqual({}, host["staged"])


class Windows(unittest.TestCase):
    def test_outside_its_window_nothing_starts_and_the_view_says_until_when(self):
        opens = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=40)
        schedule = f"""\
  schedule:
    timeZone: UTC
    windows: [{{name: late, rrule: "FREQ=YEARLY;BYMONTH={opens.month};BYMONTHDAY={opens.day};BYHOUR=22;BYMINUTE=0",
                duration: 4h}}]
"""
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good, also=schedule)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for_talk(f"{opens:%Y-%m-%d}")
            waiting = world.run("status", "good", expect=0).stdout
            self.assertIn(f"{opens:%Y-%m-%d}", waiting)
            self.assertIn("window", world.run("explain", world.names[0]).stdout)
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())
            self.assertEqual({0}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_a_window_that_is_open_lets_hosts_through(self):
        schedule = """\
  schedule:
    timeZone: Europe/Berlin
    windows: [{name: always, rrule: "FREQ=DAILY;BYHOUR=0;BYMINUTE=0", duration: 1d}]
"""
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good, also=schedule)
            world.run("apply", "good.yaml", expect=0)


if __name__ == "__main__":
    unittest.main()
