"""What a script reads off `plan`, `apply` and `validate`: the exit code, and which hosts and documents it is about."""
import unittest

from world import NEW, OLD, World


class Away(unittest.TestCase):
    """Hosts that do not answer are no hosts that need nothing."""

    def silence(self, world, *names):
        """The BMCs of these hosts answer to nobody."""
        world.write_inventory(hosts="  hosts:\n" + "".join(
            f"    {name}: {{bmc: {{address: \"{world.network}.{200 + place}:8443\"}}}}\n"
            for place, name in enumerate(names)))

    def code(self, world, *arguments):
        return world.run("plan", "good.yaml", "--detailed-exitcode", *arguments).returncode

    def test_a_plan_tells_each_of_them_by_its_code(self):
        with World(racks=2, per_rack=2) as world:
            world.rollout("good", world.good)
            self.assertEqual(2, self.code(world), "hosts to update")
            self.silence(world, "r01-n01")
            some = world.run("plan", "good.yaml", "--detailed-exitcode", expect=8)
            self.assertRegex(some.stderr, r"warning: 1 of 4 hosts did not answer .*unreachable \(r01-n01\)")
            world.run("plan", "good.yaml", expect=0)
            self.assertEqual(2, self.code(world, "--allow-unreachable", "1"))
            self.assertEqual(2, self.code(world, "--allow-unreachable", "25%"))
            few = world.run("plan", "good.yaml", "--out", "few.plan", "--allow-unreachable", "24%", expect=7)
            self.assertIn("1 unreachable (r01-n01); --allow-unreachable is 24%", few.stderr)
            self.assertFalse((world.folder / "few.plan").exists(), "nobody applies what was turned down")
            self.silence(world, *world.names)
            nobody = world.run("plan", "good.yaml", "--detailed-exitcode", expect=7)
            for name in world.names:
                self.assertIn(name, nobody.stderr)
            self.assertEqual(0, self.code(world, "--allow-unreachable", "100%"))
            world.write_inventory()
            world.rollout("good", world.good, targets="site=elsewhere")
            self.assertEqual(7, self.code(world, "--allow-unreachable", "100%"), "nobody is no host that is away")
            (world.folder / "qa.pub").unlink()
            self.assertEqual(3, self.code(world))

    def test_apply_goes_on_without_them_as_far_as_it_may(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            self.silence(world, "r01-n01")
            for few in ("0", "49%"):
                refused = world.run("apply", "good.yaml", "--allow-unreachable", few, expect=7)
                self.assertIn("r01-n01", refused.stderr)
            self.assertEqual(OLD, world.lab.host("r02-n01")["versions"]["bios"])
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            world.run("apply", "good.plan", "--allow-unreachable", "0", expect=7)
            done = world.run("apply", "good.plan", "--allow-unreachable", "1", expect=0)
            self.assertRegex(done.stderr, r"warning: 1 of 2 hosts did not answer .*unreachable \(r01-n01\)")
            self.assertEqual(NEW, world.lab.host("r02-n01")["versions"]["bios"])
            again = world.run("apply", "good.yaml", expect=7)
            self.assertIn("1 unreachable (r01-n01)", again.stderr)
            self.assertIn("there is nothing to do; 1 of 2",
                          world.run("apply", "good.yaml", "--allow-unreachable", "50%", expect=0).stderr)

    def test_what_is_no_number_of_hosts_is_usage(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            for verb in ("plan", "apply"):
                for text in ("", "some", "-1", "5.5", "101%"):
                    with self.subTest(verb=verb, text=text):
                        refused = world.run(verb, "good.yaml", f"--allow-unreachable={text}", expect=64)
                        self.assertIn("--allow-unreachable", refused.stderr)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])

    def test_whom_the_targets_do_not_match_keeps_nobody_from_being_done(self):
        with World(racks=2, per_rack=1) as world:
            path = world.rollout("good", world.good, targets="rack=r01")
            world.run("apply", "good.yaml", expect=0)
            path.write_text(path.read_text().replace('"rack=r01"', '"site=lab", match: {model: ["Other-*"]}'))
            self.assertRegex(world.run("plan", "good.yaml", expect=7).stderr,
                             r"no host matches its targets: 2 not matched \(r01-n01, r02-n01\)")


if __name__ == "__main__":
    unittest.main()
