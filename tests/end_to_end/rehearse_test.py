"""A rehearsal tells what would come of a rollout, and changes nothing: the lab's own counters say so."""
import json
import pathlib
import re
import unittest
import xml.etree.ElementTree

from world import OLD, World

SVG = "{http://www.w3.org/2000/svg}"
WAVES = [{"name": "canary", "size": 1, "soak": "60s", "gate": "strict"},
         {"name": "rest", "size": "100%", "gate": "strict"}]


def without_time(text):
    """What a rehearsal says but for the moment it was begun at."""
    return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z", "", text)


def described():
    """The members that docs/formats.md knows of a rehearsal."""
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs/formats.md").read_text()
    return set(re.findall(r"`(\w+)`", page[page.index("## Rehearsal"):page.index("## Lab image")]))


class Rehearse(unittest.TestCase):
    def assert_untouched(self, world):
        for name, host in world.lab.hosts().items():
            with self.subTest(host=name):
                self.assertEqual(OLD, host["versions"]["bios"])
                self.assertEqual({}, host["staged"])
                self.assertEqual(0, host["counters"]["uploads"])
                self.assertEqual({}, host["counters"]["activations"])
                self.assertEqual(0, host["counters"]["sessionsOpen"])
        self.assertFalse((world.state / "journal.db").exists(), "nothing was written down")

    def test_a_rollout_is_planned_as_by_plan_and_gone_through_on_a_model(self):
        with World(racks=2, per_rack=3) as world:
            world.rollout("good", world.good, waves=WAVES, also="  limits: {global: 4, per: {rack: 1}}\n")
            said = world.run("rehearse", "good.yaml", "--seeds", 3, expect=0)
            self.assertIn("good: 6 hosts in 2 waves, 3 runs of each scenario (seeds 1 to 3)", said.stdout)
            self.assertRegex(said.stdout, r"makespan +p50 \d+m \d+s, p95 \d+m")
            self.assertRegex(said.stdout, r"1 of one rack, the limit is 1 \(r0[12]\)")
            self.assertRegex(said.stdout, r"waits for .*limit per rack \d+%")
            self.assertRegex(said.stdout, r"\n  good +never +6 +6 .* 6 updated\n")
            self.assertRegex(said.stdout, r"\n  falls back +always +1 +1 .*rolled_back")
            self.assertIn("nothing was sent to any BMC", said.stderr)
            self.assertNotIn("\x1b", said.stdout)
            self.assert_untouched(world)

    def test_a_frozen_plan_needs_no_bmc_and_one_seed_is_one_rehearsal(self):
        with World(racks=2, per_rack=2) as world:
            world.rollout("good", world.good, waves=WAVES)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            self.assert_untouched(world)
            world.lab.stop()
            arguments = ("rehearse", "good.plan", "--seeds", 2, "--seed", 7, "-o", "json", "--bad", "bricks of Lab-*",
                         "--scenario", "unhealthy-late", "--chance", "100%")
            once = world.run(*arguments, expect=0)
            self.assertEqual(without_time(once.stdout), without_time(world.run(*arguments, expect=0).stdout))
            made = json.loads(once.stdout)
            self.assertEqual(["good", "unhealthy late", "bricks of Lab-*"],
                             [one["scenario"] for one in made["scenarios"]])
            good, late, bricks = made["scenarios"]
            self.assertEqual(({"updated": 4}, 0), (good["ends"], good["halted"]))
            self.assertEqual(({"updated": 4}, 4), (late["ends"], late["illUnnoticed"]))
            self.assertEqual(({"quarantined": 1, "not_started": 3}, 2), (bricks["ends"], bricks["halted"]))
            self.assertEqual({"p50": 1, "most": 1}, bricks["exposedBeforeHalt"])
            self.assertEqual((2, 1.0), (made["runsWithABadImage"], made["chanceOfABadImage"]))
            self.assertAlmostEqual(1, sum(good["waitsFor"].values()), places=2)
            down = {member for one in bricks["mostDownAtOnce"] for member in one}
            self.assertEqual(set(), {*made, *made["whole"], *good, *bricks, *down} - described())
            self.assertFalse((world.state / "journal.db").exists())
            self.assertNotIn("warning", once.stderr)
            world.write_policy(rack=1)
            stale = world.run("rehearse", "good.plan", "--seeds", 1, "--scenario", "good", expect=0)
            self.assertIn("Policy lab was changed since the plan was made; apply will refuse it", stale.stderr)

    def test_the_chart_is_a_picture_of_every_state(self):
        with World(racks=2, per_rack=2) as world:
            world.rollout("good", world.good, waves=WAVES)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            world.run("rehearse", "good.plan", "--seeds", 1, "--bad", "falls back", "--bad", "bricks of r01-*",
                      "--chart", "good.svg", expect=0)
            picture = xml.etree.ElementTree.parse(world.folder / "good.svg").getroot()
            self.assertEqual(f"{SVG}svg", picture.tag)
            self.assertEqual(set(), {part.tag for part in picture.iter()} -
                             {SVG + tag for tag in ("svg", "title", "rect", "text", "g", "polygon", "line")},
                             "no script")
            words = " ".join(text.text for text in picture.iter(f"{SVG}text"))
            areas = {title.text for area in picture.iter(f"{SVG}polygon") for title in area}
            self.assertLessEqual({"updated", "waiting", "rolled back", "going back", "quarantined", "not started",
                                  "taking the image", "flashing, being checked"}, areas)
            for state in areas:
                self.assertIn(state, words, "the legend has it")
            self.assertIn("halted at the dashed line", words)
            self.assertRegex(words, r"\b1m 15s\b|\b30s\b", "the axis tells the time")

    def test_what_is_not_understood_says_what_would_be(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            self.assertIn("known are: bricks, lies",
                          world.run("rehearse", "good.yaml", "--bad", "explodes", expect=64).stderr)
            self.assertIn("bricks", world.run("rehearse", "good.yaml", "--scenario", "nope", expect=64).stderr)
            self.assertIn("its models are: Lab-2U",
                          world.run("rehearse", "good.yaml", "--bad", "bricks of SYS-*", expect=64).stderr)
            self.assertIn("no share", world.run("rehearse", "good.yaml", "--chance", "lots", expect=64).stderr)
            self.assertIn("bricks 5% of SYS-121C-*", world.run("rehearse", "--help", expect=0).stdout)
            self.assert_untouched(world)

    def test_control_c_ends_it(self):
        with World(racks=2, per_rack=4) as world:
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            rehearsing = world.start("rehearse", "good.plan", "--seeds", 1000)
            rehearsing.wait_for_talk("rehearsing")
            rehearsing.interrupt()
            self.assertEqual(75, rehearsing.finish(), rehearsing.transcript())
            self.assertIn("asked to leave while rehearsing", "".join(rehearsing.errors))
            self.assertEqual([], rehearsing.lines)


if __name__ == "__main__":
    unittest.main()
