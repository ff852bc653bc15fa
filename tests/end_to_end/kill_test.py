"""kill -9 at each record of a way back: what runs next looks first, and nothing is flashed twice. The way there is
crash_test's."""
import unittest

import events
from kills import Kills
from world import BAD, OLD


class Killed(Kills):
    def way_back(self, racks, bad, uploads, last_action):
        """Kills at each record from the order to roll back on, to the end of `last_action` or of the rollout."""
        def judge(host):
            self.assertEqual(OLD, host["versions"]["bios"])
            versions = [activation["version"] for activation in host["activations"]]
            self.assertIn(versions, ([BAD, OLD], []))
            self.assertLessEqual(host["counters"]["uploads"], uploads)
            self.assertEqual({}, host["staged"])
            self.assertEqual(0, host["counters"]["sessionsOpen"])

        def points_of(records):
            begin = next(i for i, record in enumerate(records, 1)
                         if record["kind"] == "CommandIssued" and record["action"] == "roll_back")
            end = next((i for i, record in enumerate(records, 1)
                        if record["kind"] == "CommandIssued" and record["action"] == last_action), len(records))
            return range(begin, end)

        return self.check(bad, racks, points_of, (5,), judge)

    def test_a_way_back_resumes_too(self):
        self.way_back(20, lambda world: world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"]), 1, None)

    def test_a_way_back_by_reflash_resumes_too(self):
        def bad(world):
            return world.firmware("bios", BAD, edges=[OLD], way_back=world.old, faults=["health_critical"])

        seen = self.way_back(14, bad, 2, "check_back")
        for what in ("sending", "body_sent", "task", "reset_asked"):
            self.assertTrue(events.evidence(seen, what), f"no kill right after {what}")


if __name__ == "__main__":
    unittest.main()
