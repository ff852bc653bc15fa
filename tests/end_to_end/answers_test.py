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
            self.assertEqual(65, self.code(world))

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


class Validate(unittest.TestCase):
    """What can be found without a BMC, each at its place."""

    def test_a_rollout_that_can_update_nobody_is_a_fault(self):
        with World(racks=2, per_rack=1) as world:
            for targets, said in (("rak=r01", r"no host has a label 'rak'; did you mean 'rack'\?"),
                                  ("rack=r1", r"no host has rack=r1; did you mean 'r01'\?"),
                                  ("site=lab,!rack", "selects none of the 2 hosts of the Inventory")):
                with self.subTest(targets=targets):
                    world.rollout("good", world.good, targets=targets)
                    self.assertRegex(world.run("validate", ".", expect=65).stderr,
                                     rf"error: \./good\.yaml:6:23 spec\.targets\.selector: {said}\n")
                    world.run("plan", "good.yaml", expect=7)
            world.rollout("good", world.good)
            (world.folder / "inventory.yaml").unlink()
            self.assertRegex(world.run("validate", ".", expect=65).stderr,
                             r"good\.yaml:6:12 spec\.targets: there is no Inventory ")
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])

    def test_a_label_that_no_host_has_is_a_warning_and_with_strict_a_fault(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack in (r01,r2)", also="  limits: {per: {rakc: 1}}\n",
                          waves=[{"name": "all", "size": "100%", "gate": "strict", "spread": "[model, rak]"}])
            loose = world.run("validate", ".", expect=0)
            for line in (r"warning: \./good\.yaml:6:23 spec\.targets\.selector: no host has rack=r2; did .*'r02'\?",
                         r"warning: \./good\.yaml:\d+:\d+ spec\.waves\[0\]\.spread\[1\]: .*'rak'; did .*'rack'\?",
                         r"warning: \./good\.yaml:\d+:\d+ spec\.limits\.per\.rakc: no host .*; did you mean 'rack'\?"):
                self.assertRegex(loose.stderr, line)
            strict = world.run("validate", ".", "--strict", expect=65)
            self.assertIn("3 warnings, and --strict lets none through", strict.stderr)
            world.rollout("good", world.good)
            world.run("validate", ".", "--strict", expect=0)

    def test_what_is_missing_on_this_machine_is_a_warning_where_it_is_named(self):
        with World(racks=1, per_rack=2) as world:
            world.rollout("good", world.good)
            world.run("validate", ".", "--strict", expect=0)
            elsewhere = world.folder / "elsewhere"
            image = world.run("validate", ".", expect=0, state=elsewhere).stderr
            self.assertRegex(image, r"warning: \./good\.yaml:8:7 spec\.components\[0\]\.release: not_in_store: "
                                    r".*firmware import")
            self.assertFalse(elsewhere.exists(), "who only looks makes nothing")
            (world.folder / "bmc.login").unlink()
            (world.folder / "pki/ca.pem").unlink()
            next(iter(world.folder.glob(f"{world.good.document.name}.*.minisig"))).unlink()
            missing = world.run("validate", ".", expect=0).stderr
            for line in (r"inventory\.yaml:6:24 spec\.defaults\.bmc\.credentials: .*bmc\.login cannot be read.* "
                         r"for r01-n01, r01-n02\n",
                         r"inventory\.yaml:6:\d+ spec\.defaults\.bmc\.tls: .*ca\.pem cannot be read.* for r01-n01, ",
                         r"good\.yaml:8:7 spec\.components\[0\]\.release: threshold_unmet: "):
                self.assertRegex(missing, r"warning: \./" + line)
            self.assertIn("3 warnings, and --strict", world.run("validate", ".", "--strict", expect=65).stderr)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])

    def test_firmware_that_the_policy_forbids_is_a_fault(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            forbidden = f"{{digests: [\"{world.good.sha256}\"], why: \"CASE-1\"}}"
            world.write_policy(forbidden=f"    forbidden: [{forbidden}]\n")
            self.assertRegex(world.run("validate", ".", expect=65).stderr,
                             r"error: \./good\.yaml:8:7 spec\.components\[0\]\.release: forbidden: .*CASE-1")


if __name__ == "__main__":
    unittest.main()
