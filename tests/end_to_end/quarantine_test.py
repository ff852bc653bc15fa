"""A host that cannot be rolled back is left alone, with its reason, until a person releases it."""
import json
import unittest

import events
import lab as labs
from processes import until
from world import BAD, NEW, OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]


class Quarantine(unittest.TestCase):
    def test_a_bmc_that_never_returns_is_quarantined_and_left_alone_until_it_is_released(self):
        with World(racks=2, per_rack=1) as world:
            bmc = world.firmware("bmc", "2.12", edges=["2.10"])
            world.rollout("bmc", bmc, waves=ONE_WAVE, timeouts="bmcReturn=1s hostReturn=1s")
            lost, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("plan", "bios.yaml", "--out", "frozen.plan", expect=0)
            world.lab.disturb(lost, fault="bmc_never_returns")
            applied = world.run("apply", "bmc.yaml")
            self.assertEqual(6, applied.returncode, applied.stdout + applied.stderr)
            self.assertEqual("2.12", world.lab.host(well)["versions"]["bmc"])

            listed = world.run("quarantine", "list", expect=0).stdout
            self.assertIn(lost, listed)
            self.assertNotIn(well, listed)
            self.assertIn("quarantine release " + lost, world.run("explain", lost).stdout)
            self.assertEqual({lost: "quarantined", well: "updated"},
                             {name: host["state"] for name, host in world.hosts_of("bmc").items()})

            before = world.lab.host(lost)["counters"]
            stale = world.run("apply", "frozen.plan", expect=75)
            self.assertIn(f"host {lost} was quarantined since the plan was made", stale.stderr)
            self.assertEqual(OLD, world.lab.host(well)["versions"]["bios"], "nobody is updated by a stale plan")
            plan = world.run("plan", "bios.yaml", expect=0).stdout
            self.assertIn("quarantined", plan)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual(before, world.lab.host(lost)["counters"], "not touched, not even looked at")
            self.assertEqual(NEW, world.lab.host(well)["versions"]["bios"])

            world.run("quarantine", "release", lost, expect=64)
            world.run("quarantine", "release", lost, "--reason", "power cycled by hand", expect=0)
            self.assertNotIn(lost, world.run("quarantine", "list", expect=0).stdout)
            world.run("quarantine", "release", lost, "--reason", "again", expect=1)

    def lose(self, world, name):
        """The BMC of this host never comes back from its update."""
        world.rollout("bmc", world.firmware("bmc", "2.12", edges=["2.10"]), waves=ONE_WAVE,
                      timeouts="bmcReturn=1s hostReturn=1s")
        world.lab.disturb(name, fault="bmc_never_returns")
        world.run("apply", "bmc.yaml", expect=6)

    def test_a_recall_leaves_a_host_that_another_rollout_quarantined_and_reaches_it_once_it_is_released(self):
        with World(racks=2, per_rack=1) as world:
            lost, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("apply", "bios.yaml", expect=0)
            self.lose(world, lost)
            release = f"breakwater quarantine release {lost} --reason"
            recall = ["rollback", "--release", world.good.ref]
            back = world.run(*recall, "--reason", "CASE-1", expect=6)
            self.assertIn(f"not touched before they are released: {lost}", back.stderr)
            self.assertIn(release, back.stderr)
            self.assertNotIn("breakwater apply", back.stderr)
            self.assertEqual(OLD, world.lab.host(well)["versions"]["bios"])
            self.assertEqual(NEW, world.lab.host(lost)["versions"]["bios"])
            self.assertIn(f"waits   {lost}: it is quarantined, by rollout bmc",
                          world.run("status", "bios", expect=0).stdout)
            why = world.run("explain", lost, expect=0).stdout
            self.assertIn(release, why)
            self.assertNotIn("DomainFull", why, "it waits behind nobody else")
            self.assertIn(lost, world.run("rollback", "bios", "--host", lost, expect=6).stderr)
            world.run("rollback", "bios", "--host", well, expect=0)
            world.lab.disturb(lost, heal=True)
            world.run("quarantine", "release", lost, "--reason", "its BMC was reset", expect=0)
            world.run(*recall, expect=0)
            self.assertEqual(OLD, world.lab.host(lost)["versions"]["bios"])

    def test_a_new_name_and_a_new_board_escape_no_quarantine_and_lead_to_it(self):
        with World(racks=2, per_rack=1) as world:
            lost, well = world.names
            self.lose(world, lost)
            world.lab.stop()
            document = world.folder / "lab.yaml"
            document.write_text(document.read_text() + f"""\
  hosts:
    {lost}: {{uuid: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"}}
""")
            world.lab = labs.Lab(document, world.control, world.folder)
            inventory = world.folder / "inventory.yaml"
            inventory.write_text(inventory.read_text().replace('"r01-n[01-01]"', '"new-n[01-01]"'))
            world.rollout("bios", world.good, waves=ONE_WAVE)
            plan = " ".join(world.run("plan", "bios.yaml", expect=0).stdout.split())
            self.assertRegex(plan, f" as {lost}, which reported the same serial .* new-n01 ")
            release = f"breakwater quarantine release {lost} --reason"
            self.assertIn(release, plan)
            self.assertIn("quarantine list", world.run("explain", "new-n01").stdout)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual([OLD, NEW], [world.lab.host(name)["versions"]["bios"] for name in (lost, well)])
            self.assertIn(release, world.run("explain", "new-n01", expect=0).stdout)
            self.assertIn("also known as new-n01", world.run("quarantine", "list", expect=0).stdout)
            refused = world.run("quarantine", "release", "new-n01", "--reason", "well again", expect=1)
            self.assertIn(f"'new-n01' is quarantined as {lost}", refused.stderr)
            self.assertIn(release, refused.stderr)
            world.run("quarantine", "release", lost, "--reason", "it has a new board", expect=0)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual(NEW, world.lab.host(lost)["versions"]["bios"])

    def test_after_swapped_cables_the_new_name_leads_to_the_quarantine_and_releases_it(self):
        with World(racks=3, per_rack=1) as world:
            lost, other, third = world.names
            self.lose(world, lost)
            world.lab.stop()
            world.lab = labs.Lab(world.folder / "lab.yaml", world.control, world.folder)
            inventory = world.folder / "inventory.yaml"
            here, there = (f'"{world.address(name)}:' for name in (lost, other))
            swapped = inventory.read_text().replace(here, "@").replace(there, here).replace("@", there)
            inventory.write_text(swapped)
            world.rollout("bios", world.good, waves=ONE_WAVE)
            plan = " ".join(world.run("plan", "bios.yaml", expect=0).stdout.split())
            self.assertIn(f", as {lost}; once it is well: ", plan)
            unknown = world.run("quarantine", "release", other, "--reason", "recabled", expect=1)
            self.assertIn(f"by the name it had, which `plan` tells (as NAME): {lost}", unknown.stderr)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual([OLD, OLD, NEW], [world.lab.host(name)["versions"]["bios"] for name in world.names])
            self.assertIn(f"also known as {other}", world.run("quarantine", "list", expect=0).stdout)
            world.run("quarantine", "release", other, "--reason", "recabled", expect=0)
            self.assertIn("no host is quarantined", world.run("quarantine", "list", expect=0).stderr)
            world.run("apply", "bios.yaml", expect=0)
            self.assertEqual({NEW}, {world.lab.host(name)["versions"]["bios"] for name in world.names})

    def test_an_image_that_an_abandoned_rollout_leaves_is_told_until_a_person_saw_to_it(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("bios", world.good, waves=ONE_WAVE)
            name = world.names[0]
            process = world.start("apply", "bios.yaml", "-o", "json")
            process.wait_for(lambda seen: events.evidence(seen, "task"), "its image was taken")
            process.kill()
            process.finish()
            world.run("abandon", "bios", "--reason", "the night is over", expect=0)
            for view in (["status", "bios"], ["explain", name], ["quarantine", "list"], ["report", "bios"]):
                self.assertRegex(world.run(*view, expect=0).stdout, f"armed.* bios {NEW} was sent to it", view)
            released = world.run("quarantine", "release", name, "--reason", "seen to", expect=0)
            self.assertIn("warning: an image may still wait at " + name, released.stderr)
            self.assertIn("with the BMC's own tools", released.stderr)
            self.assertIn("its next reset may flash it", world.run("explain", name, expect=0).stdout)

    def test_a_recall_reaches_a_host_that_was_released(self):
        with World(racks=1, per_rack=2) as world:
            failed, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("apply", "bios.yaml", expect=0)
            world.lab.disturb(failed, fault="rollback_fails", times=1)
            world.run("rollback", "bios", "--host", failed, expect=6)
            kept = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("1 host would be rolled back", kept.stderr)
            self.assertIn("breakwater quarantine release " + failed, kept.stderr)
            world.lab.disturb(failed, heal=True)
            world.run("quarantine", "release", failed, "--reason", "mended", expect=0)
            shown = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("2 hosts would be rolled back", shown.stderr)
            world.run("rollback", "--release", world.good.ref, "--reason", "it is bad", expect=0)
            for name in (failed, well):
                self.assertEqual(OLD, world.lab.host(name)["versions"]["bios"])
            again = world.run("rollback", "--release", world.good.ref, "--dry-run", expect=0)
            self.assertIn("0 hosts would be rolled back", again.stderr)

    def test_a_released_host_whose_name_leads_to_another_machine_stays_released(self):
        with World(racks=1, per_rack=2) as world:
            failed, well = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            world.run("apply", "bios.yaml", expect=0)
            world.lab.disturb(failed, fault="rollback_fails", times=1)
            world.run("rollback", "bios", "--host", failed, expect=6)
            world.lab.stop()
            document = world.folder / "lab.yaml"
            document.write_text(document.read_text() + f"""\
  hosts:
    {failed}: {{uuid: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"}}
""")
            world.lab = labs.Lab(document, world.control, world.folder)
            world.run("quarantine", "release", failed, "--reason", "another board", expect=0)
            for command in (["rollback", "bios", "--host", failed], ["rollback", "--release", world.good.ref]):
                back = world.run(*command, "--reason", "CASE-1", expect=1)
                self.assertRegex(back.stderr, f"not rolled back, .*: {failed}")
                self.assertIn("no host is quarantined", world.run("quarantine", "list", expect=0).stderr)
                self.assertEqual(0, world.lab.host(failed)["counters"]["uploads"], "nothing is sent to another")
            explained = " ".join(world.run("explain", failed, expect=0).stdout.split())
            self.assertIn("its last rollback did nothing: identity_mismatch", explained)

    def test_a_recall_reaches_hosts_to_which_the_image_was_sent_and_that_nobody_saw_run_it(self):
        with World(racks=2, per_rack=1, flash="200ms") as world:
            restarted, waits = world.names
            world.rollout("bios", world.good, waves=ONE_WAVE)
            process = world.start("apply", "bios.yaml", "-o", "json")
            process.wait_for(lambda seen: len(events.evidence(seen, "task")) == 2, "their images were taken")
            process.kill()
            process.finish()
            world.run("abandon", "bios", "--reason", "the night is over", expect=0)
            recall = ["rollback", "--release", world.good.ref]
            for name in (restarted, waits):
                until(lambda name=name: world.lab.host(name)["staged"] == {"bios": NEW}, "the image on " + name)
            world.lab.disturb(restarted, power="off")
            world.lab.disturb(restarted, power="on")
            until(lambda: world.lab.host(restarted)["versions"]["bios"] == NEW, "the restart that runs it")

            before = {name: host["counters"] for name, host in world.lab.hosts().items()}
            shown = world.run(*recall, "--dry-run", expect=0)
            for command in (recall, ["rollback", "bios"]):
                asked = world.run(*command, "--reason", "it is bad", expect=6)
                for name in world.names:
                    self.assertRegex(shown.stdout, name + " .* quarantined")
                    self.assertIn(name, asked.stderr)
            self.assertEqual(before, {name: host["counters"] for name, host in world.lab.hosts().items()},
                             "no command while they are quarantined")

            for name in world.names:
                world.run("quarantine", "release", name, "--reason", "seen to", expect=0)
            self.assertIn("2 hosts would be rolled back", world.run(*recall, "--dry-run", expect=0).stderr)
            world.run(*recall, "--reason", "it is bad", expect=0)
            for name in world.names:
                self.assertEqual((OLD, {}), (world.lab.host(name)["versions"]["bios"], world.lab.host(name)["staged"]))
            self.assertIn("no host runs", world.run(*recall, "--reason", "again", expect=0).stderr)

    def test_a_way_back_that_fails_is_tried_once(self):
        with World(racks=1, per_rack=2) as world:
            bad = world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"])
            world.rollout("bad", bad)
            for name in world.names:
                world.lab.disturb(name, fault="rollback_fails")
            applied = world.run("apply", "bad.yaml")
            self.assertEqual(5, applied.returncode, applied.stdout + applied.stderr)
            hosts = world.lab.hosts()
            touched = [name for name in world.names if hosts[name]["counters"]["uploads"]]
            self.assertEqual(1, len(touched))
            host = hosts[touched[0]]
            self.assertEqual(BAD, host["versions"]["bios"])
            self.assertEqual({"bios": 1}, host["counters"]["activations"])
            self.assertEqual(0, host["counters"]["sessionsOpen"])
            self.assertIn(touched[0], world.run("quarantine", "list", expect=0).stdout)
            records = [json.loads(line) for line in world.run("journal", "export", expect=0).stdout.splitlines()]
            ways_back = [record for record in records if record["kind"] == "CommandIssued"
                         and json.loads(record["body"])["action"] == "roll_back"]
            self.assertEqual(1, len(ways_back))


if __name__ == "__main__":
    unittest.main()
