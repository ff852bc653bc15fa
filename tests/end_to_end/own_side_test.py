"""What fails on our own side is waited out: no command ends by it, and no host's state changes."""
import json
import os
import resource
import unittest

import events
from world import CHECKS, LOGIN, NEW, OLD, World

ONE_AT_A_TIME = [{"name": "canary", "size": 1, "soak": "100ms", "gate": "strict"},
                 {"name": "second", "size": 1, "soak": "100ms", "gate": "strict"},
                 {"name": "rest", "size": "100%", "gate": "strict"}]


class OwnSide(unittest.TestCase):
    def updated_once(self, world):
        for name, host in world.lab.hosts().items():
            with self.subTest(host=name):
                self.assertEqual(NEW, host["versions"]["bios"])
                self.assertEqual(1, host["counters"]["uploads"])
                self.assertEqual({"bios": 1}, host["counters"]["activations"])

    def waits_then_goes_on(self, world, breaks, mends, said):
        """Breaks something of ours after the canary; once `apply` waits for it, mends it."""
        world.rollout("good", world.good, waves=ONE_AT_A_TIME)
        applying = world.start("apply", "good.yaml", "-o", "json")
        applying.wait_for(events.ends, "the canary's end")
        breaks(applying.process.pid)
        waits = applying.wait_for(lambda records: events.evidence(records, "own_fault"), "the wait")[0]
        self.assertIn(said, waits["text"])
        self.assertIn(said, world.run("status", "good", expect=0).stdout)
        told = json.loads(world.run("status", "good", "-o", "json", expect=0).stdout)["waits"]
        self.assertIn("OwnSideFails", [one["word"] for one in told], told)
        explained = world.run("explain", waits["host"]).stdout
        self.assertIn("OwnSideFails", explained)
        self.assertIn(said, " ".join(explained.split()))
        mends(applying.process.pid)
        self.assertEqual(0, applying.finish(), applying.transcript())
        self.assertEqual(1, len(events.evidence(applying.records(), "mended", waits["host"])))
        self.updated_once(world)

    def test_a_password_file_that_is_gone_for_a_while(self):
        with World(racks=3, per_rack=1) as world:
            login, away = world.folder / "bmc.login", world.folder / "away"
            self.waits_then_goes_on(world, lambda _: login.rename(away), lambda _: away.rename(login),
                                    "bmc.login cannot be read")

    def test_an_image_that_is_gone_for_a_while(self):
        with World(racks=3, per_rack=1) as world:
            digest = world.good.sha256
            stored = world.state / "images/sha256" / digest[:2] / digest
            away = world.folder / "away"
            self.waits_then_goes_on(world, lambda _: stored.rename(away), lambda _: away.rename(stored),
                                    "not_in_store")

    def test_an_image_that_is_damaged_until_it_is_imported_again(self):
        with World(racks=3, per_rack=1) as world:
            digest = world.good.sha256
            stored = world.state / "images/sha256" / digest[:2] / digest
            good = world.folder / "good.bin"

            def damage(_):
                good.write_bytes(stored.read_bytes())
                stored.unlink()
                stored.write_bytes(b"?" + good.read_bytes()[1:])

            def mend(_):
                world.run("firmware", "import", str(good), expect=0)

            self.waits_then_goes_on(world, damage, mend, "digest_mismatch")

    def test_no_descriptors_are_left_for_a_while(self):
        with World(racks=3, per_rack=1) as world:
            before = []

            def take_away(pid):
                before.append(resource.prlimit(pid, resource.RLIMIT_NOFILE))
                held = set(map(int, os.listdir(f"/proc/{pid}/fd")))
                free = next(number for number in range(len(held) + 1) if number not in held)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, before[0][1]))

            def give_back(pid):
                resource.prlimit(pid, resource.RLIMIT_NOFILE, before[0])

            self.waits_then_goes_on(world, take_away, give_back, "Too many open files")

    def resume_is_refused(self, world, named, breaks, mends, env):
        """Killed with its canary in flight; the next `apply` says what is missing and touches nothing."""
        world.rollout("good", world.good, waves=ONE_AT_A_TIME)
        applying = world.start("apply", "good.yaml", "-o", "json", env={**os.environ, **env})
        applying.wait_for(lambda records: events.issued(records, "activate"), "the canary's activation")
        applying.kill()
        applying.finish()
        before = {name: host["state"] for name, host in world.hosts_of("good").items()}
        breaks()
        refused = world.run("apply", "good", expect=75)
        self.assertIn(named, refused.stderr)
        self.assertEqual(before, {name: host["state"] for name, host in world.hosts_of("good").items()})
        mends()
        world.run("apply", "good", expect=0, env=env)
        self.updated_once(world)

    def test_a_first_apply_without_one_password_file_asks_nobody(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=ONE_AT_A_TIME)
            (world.folder / "bmc.login").rename(world.folder / "away")
            planned = world.run("plan", "good.yaml", expect=75)
            self.assertIn("own side", planned.stderr)
            refused = world.run("apply", "good.yaml", expect=75)
            self.assertIn("bmc.login cannot be read", refused.stderr)
            for name in world.names:
                self.assertIn(name, refused.stderr)
            (world.folder / "away").rename(world.folder / "bmc.login")
            world.run("apply", "good.yaml", expect=0)
            self.updated_once(world)

    def test_a_recall_needs_no_login_of_a_host_that_waits_in_another_rollout(self):
        canary = [{"name": "canary", "size": 1, "soak": "60s", "gate": "strict"},
                  {"name": "rest", "size": "100%", "gate": "strict"}]
        with World(racks=4, per_rack=1) as world:
            inventory = world.folder / "inventory.yaml"
            text = inventory.read_text()
            login = world.folder / "other.login"
            login.write_text(LOGIN + "\n")
            login.chmod(0o600)
            for rack in ("r03", "r04"):
                head, tail = text.split(f"    {rack}:\n", 1)
                text = head + f"    {rack}:\n" + tail.replace("bmc: {", 'bmc: {credentials: "file:other.login", ', 1)
            inventory.write_text(text)
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.run("apply", "good.yaml", expect=0)
            world.rollout("nic", world.firmware("nic", "20.6", edges=["*"]), targets="rack in (r03,r04)", waves=canary)
            applying = world.start("apply", "nic.yaml", "-o", "json")
            applying.wait_for(events.ends, "the canary's end")
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())
            login.unlink()
            back = world.run("rollback", "--release", world.good.ref, "--reason", "CASE-1", expect=0)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertIn("rollout nic: the rollout is not over: 1 waiting, 1 updated", back.stderr)
            refused = world.run("rollback", "nic", expect=75)
            self.assertIn("other.login cannot be read", refused.stderr)
            self.assertNotIn("breakwater apply", refused.stderr)

    def test_an_apply_needs_no_login_of_a_host_that_waits_in_another_rollout(self):
        with World(racks=3, per_rack=1) as world:
            inventory = world.folder / "inventory.yaml"
            ours = 'bmc: {credentials: "env:BREAKWATER_TEST_LOGIN", '
            inventory.write_text(inventory.read_text().replace("bmc: {firstAddress", ours + "firstAddress", 2))
            login = {"BREAKWATER_TEST_LOGIN": LOGIN}
            world.rollout("nic", world.firmware("nic", "20.6", edges=["*"]), targets="rack in (r01,r02)")
            applying = world.start("apply", "nic.yaml", "-o", "json", env={**os.environ, **login})
            applying.wait_for(lambda records: events.issued(records, "prepare"), "the canary")
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())
            left = next(name for name, host in world.hosts_of("nic").items() if host["state"] == "waiting")
            said = "env:BREAKWATER_TEST_LOGIN is not set in the environment, for " + left
            world.rollout("good", world.good, targets="rack=r03", checks=CHECKS.replace("300ms", "4s"))
            good = world.start("apply", "good.yaml", "-o", "json")
            good.wait_for(lambda records: events.issued(records, "check"), "the check")
            waits = json.loads(world.run("status", "nic", "-o", "json", expect=0).stdout)["waits"]
            self.assertEqual(["OwnSideFails"], [one["word"] for one in waits], waits)
            self.assertIn(said, waits[0]["text"])
            self.assertIn(said, world.run("apply", "nic", expect=75, env=login).stderr)
            self.assertEqual(0, good.finish(), good.transcript())
            self.assertIn("this process takes no host of rollout nic (1 waiting, 1 updated) forward: " + said,
                          good.transcript())
            self.assertEqual("waiting", world.hosts_of("nic")[left]["state"])
            world.run("apply", "nic", expect=0, env=login)

    def test_observe_names_what_is_ours_once_and_asks_nobody(self):
        with World(racks=3, per_rack=1) as world:
            for path, said in (("bmc.login", "bmc.login cannot be read"),
                               ("pki/ca.pem", "ca.pem cannot be read: No such file or directory")):
                with self.subTest(missing=path):
                    (world.folder / path).rename(world.folder / "away")
                    seen = world.run("observe", "inventory.yaml", expect=75)
                    self.assertEqual(1, seen.stderr.count(said), seen.stderr)
                    for name in world.names:
                        self.assertIn(name, seen.stderr)
                        self.assertEqual(0, world.lab.host(name)["counters"]["requests"])
                    self.assertNotIn("did not answer", seen.stderr)
                    self.assertIn("not asked", seen.stdout)
                    (world.folder / "away").rename(world.folder / path)
            world.run("observe", "inventory.yaml", expect=0)
            nobody = world.run("observe", "inventory.yaml", "-l", "rak=r01", expect=7).stderr
            self.assertRegex(nobody, r"none of \d+ hosts is selected\n.*no host has a label 'rak'; did you mean 'rack'")

    def test_a_resume_without_the_variable_leaves_the_hosts_where_they_stand(self):
        with World(racks=3, per_rack=1) as world:
            world.write_inventory(login="env:BREAKWATER_TEST_LOGIN")
            self.resume_is_refused(world, "env:BREAKWATER_TEST_LOGIN is not set", lambda: None, lambda: None,
                                   {"BREAKWATER_TEST_LOGIN": LOGIN})

    def test_a_resume_without_the_ca_bundle_leaves_the_hosts_where_they_stand(self):
        with World(racks=3, per_rack=1) as world:
            bundle, away = world.folder / "pki/ca.pem", world.folder / "away"
            self.resume_is_refused(world, "ca.pem cannot be read", lambda: bundle.rename(away),
                                   lambda: away.rename(bundle), {})


if __name__ == "__main__":
    unittest.main()
