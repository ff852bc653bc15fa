"""A host that is ill before it is touched is left alone: by the plan, and again right before its first byte."""
import unittest

import events
from world import NEW, OLD, World

WAVES = [{"name": "canary", "size": 1, "soak": "4s", "gate": "strict"},
         {"name": "rest", "size": "100%", "gate": "lenient"}]


class Fitness(unittest.TestCase):
    def test_a_critical_host_is_left_out_unless_the_policy_says_otherwise(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            ill = world.names[1]
            world.lab.disturb(ill, health="Critical")
            planned = world.run("plan", "good.yaml", expect=0).stdout
            self.assertIn("unfit", planned)
            self.assertIn("its health is critical", planned)
            world.write_policy(also="  fitness: {worstHealth: critical}\n")
            self.assertNotIn("unfit", world.run("plan", "good.yaml", expect=0).stdout)

    def test_a_host_that_turned_critical_since_the_plan_is_refused_untouched(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=WAVES)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(events.ends, "the canary is updated")
            ill = next(name for name, host in world.hosts_of("good").items() if host["state"] == "waiting")
            world.lab.disturb(ill, health="Critical")
            applying.finish()
            host = world.hosts_of("good")[ill]
            self.assertEqual(("refused", "unfit"), (host["state"], host["cause"]), applying.transcript())
            self.assertEqual(0, world.lab.host(ill)["counters"]["uploads"])
            self.assertEqual(OLD, world.lab.host(ill)["versions"]["bios"])
            self.assertIn("its health is critical", world.run("explain", ill).stdout)
            well = [name for name in world.names if name != ill]
            self.assertEqual({NEW}, {world.lab.host(name)["versions"]["bios"] for name in well})


if __name__ == "__main__":
    unittest.main()
