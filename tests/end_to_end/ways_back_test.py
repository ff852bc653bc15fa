"""The brakes of ways back: those that fail stop the rest, drift is left alone, and a quarantined host holds no rack."""
import unittest

import events
from world import NEW, OLD, World

ALL = [{"name": "all", "size": "100%", "gate": "lenient"}]
ONE_BY_ONE = "  limits: {global: 1, per: {rack: 1}}\n"


class WaysBack(unittest.TestCase):
    def test_that_fail_stop_the_rest_until_a_resume(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=ALL, also="  limits: {global: 1}\n")
            world.run("apply", "good.yaml", expect=0)
            for name in world.names:
                world.lab.disturb(name, fault="rollback_fails")
            going_back = world.start("rollback", "good", "--reason", "CASE-1", "-o", "json")
            waiting = going_back.wait_for(lambda records: events.kinds(records, "Waiting"), "the brake")[-1]
            self.assertIn("2 rollbacks failed", waiting["text"])
            self.assertIn("until a resume", waiting["text"])
            states = [host["state"] for host in world.hosts_of("good").values()]
            self.assertEqual(["quarantined", "quarantined", "updated", "updated"], sorted(states))
            self.assertEqual(2, len(events.issued(going_back.records(), "roll_back")))
            self.assertIn("2 rollbacks failed", world.run("status", "good", expect=0).stdout)
            left = next(name for name, host in world.hosts_of("good").items() if host["state"] == "updated")
            self.assertIn("breakwater resume good", world.run("explain", left, expect=0).stdout)
            for name in world.names:
                world.lab.disturb(name, heal=True)
            world.run("resume", "good", expect=0)
            self.assertEqual(6, going_back.finish(), going_back.transcript())
            states = [host["state"] for host in world.hosts_of("good").values()]
            self.assertEqual(["quarantined", "quarantined", "rolled_back", "rolled_back"], sorted(states))

    def test_a_host_that_somebody_else_flashed_is_left_alone_and_named(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            foreign = world.firmware("bios", "3.6", edges=[NEW])
            world.rollout("foreign", foreign, targets="rack=r01")
            elsewhere = world.folder / "elsewhere"
            world.adopt_images(elsewhere)
            world.run("apply", "foreign.yaml", state=elsewhere, expect=0)
            drifted, *others = world.names
            uploads = world.lab.host(drifted)["counters"]["uploads"]
            back = world.run("rollback", "good", "--reason", "CASE-1", expect=1)
            left_alone = f"they were read running what this rollout did not put there: {drifted}"
            self.assertIn(left_alone, back.stderr)
            self.assertEqual("3.6", world.lab.host(drifted)["versions"]["bios"])
            self.assertEqual(uploads, world.lab.host(drifted)["counters"]["uploads"])
            self.assertEqual({OLD}, {world.lab.host(name)["versions"]["bios"] for name in others})
            host = world.hosts_of("good")[drifted]
            self.assertEqual(("updated", "drifted"), (host["state"], host["cause"]))
            self.assertIn('reports "3.6"', world.run("explain", drifted, expect=0).stdout)

    def test_a_quarantined_host_that_is_discounted_lets_its_rack_go_on(self):
        with World(racks=1, per_rack=2) as world:
            bmc = world.firmware("bmc", "2.12", edges=["2.10"])
            world.rollout("good", bmc, waves=ALL, also=ONE_BY_ONE, timeouts="bmcReturn=1s hostReturn=1s")
            first, second = world.names
            for name in world.names:
                world.lab.disturb(name, fault="bmc_never_returns")
            applying = world.start("apply", "good.yaml", "-o", "json")
            waiting = applying.wait_for(lambda records: events.kinds(records, "Waiting"), "the full rack")[-1]
            lost = first if world.hosts_of("good")[first]["state"] == "quarantined" else second
            other = second if lost == first else first
            command = f'breakwater quarantine discount {lost} --reason "..."'
            self.assertIn(command, waiting["text"])
            self.assertIn(command, world.run("status", "good", expect=0).stdout)
            self.assertIn(command, world.run("explain", other, expect=0).stdout)
            world.lab.disturb(other, heal=True)
            world.run("quarantine", "discount", lost, "--reason", " ", expect=64)
            world.run("quarantine", "discount", lost, "--reason", "waits for a board", expect=0)
            self.assertEqual(6, applying.finish(), applying.transcript())
            self.assertEqual("2.12", world.lab.host(other)["versions"]["bmc"])
            self.assertIn("discounted", world.run("quarantine", "list", expect=0).stdout)
            again = world.run("quarantine", "discount", lost, "--reason", "again", expect=1)
            self.assertIn("discounted already", again.stderr)

    def test_a_discount_that_the_ceiling_leaves_without_effect_is_refused_with_the_figures(self):
        with World(racks=1, per_rack=2) as world:
            world.write_policy(rack=1)
            bmc = world.firmware("bmc", "2.12", edges=["2.10"])
            world.rollout("good", bmc, waves=ALL, timeouts="bmcReturn=1s hostReturn=1s")
            for name in world.names:
                world.lab.disturb(name, fault="bmc_never_returns")
            applying = world.start("apply", "good.yaml", "-o", "json")
            waiting = applying.wait_for(lambda records: events.kinds(records, "Waiting"), "the full rack")[-1]
            self.assertIn("breakwater quarantine release ", waiting["text"])
            lost = next(name for name, host in world.hosts_of("good").items() if host["state"] == "quarantined")
            refused = world.run("quarantine", "discount", lost, "--reason", "HW-1", expect=1)
            self.assertIn("1 host of rack r01 is away where the Policy's ceiling is 1", refused.stderr)
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())


if __name__ == "__main__":
    unittest.main()
