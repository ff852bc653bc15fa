"""kill -9 in the middle of updates by HPM.1: the target is asked how far it is, and nothing is activated twice."""
import unittest

import events
from kills import Kills
from world import BAD, NEW, OLD


def from_first(records, action, to):
    """The numbers of the records from the first order of `action` up to the first order of `to`."""
    def first(name):
        return next(i for i, record in enumerate(records, 1)
                    if record["kind"] == "CommandIssued" and record["action"] == name)
    return range(first(action), first(to) + 1)


class KilledOverIpmi(Kills):
    """IPMI tells no reset times: where it died just before it asked, nobody can tell that it did not ask, and it is not
    asked again. Such a host is rolled back, or waits for hands.

    A session that was opened in the moment of the kill has a URI that nobody wrote down; the BMC ends it by itself.
    """
    IPMI_ONLY = True

    def test_an_update_by_hpm_resumes_from_every_record(self):
        cautious = []

        def judge(host):
            self.assertIn(host["versions"]["bios"], (NEW, OLD))
            updated = host["versions"]["bios"] == NEW
            self.assertEqual(int(updated), host["counters"]["hpmActivations"])
            self.assertEqual({}, host["staged"])
            self.assertLessEqual(host["counters"]["ipmiSessionsOpen"], 1)
            cautious.append(not updated)

        seen = self.check(lambda world: world.firmware("bios", NEW, edges=[OLD], name="hpm", hpm=True), 16,
                          lambda records: from_first(records, "stage", "check"), (0, 5), judge)
        for what in ("session", "sending", "body_sent", "start_asked", "task"):
            self.assertTrue(events.evidence(seen, what), f"no kill right after {what}")
        self.assertLessEqual(sum(cautious), 4, "two points of two hosts at most")

    def test_a_manual_rollback_resumes_from_every_record(self):
        stranded = []

        def judge(host):
            stranded.append(host["versions"]["bios"] == BAD)
            back = [BAD] if stranded[-1] else [BAD, OLD]
            self.assertIn([activation["version"] for activation in host["activations"]], (back, []))
            self.assertEqual(int(host["activations"] != [] and not stranded[-1]), host["counters"]["hpmRollbacks"])
            self.assertLessEqual(host["counters"]["ipmiSessionsOpen"], 1)

        def bad(world):
            return world.firmware("bios", BAD, edges=[OLD], faults=["self_test_failed"], hpm=True)

        self.check(bad, 12, lambda records: from_first(records, "roll_back", "check_back"), (5,), judge)
        self.assertLessEqual(sum(stranded), 1, "the one that died between writing down and asking")


if __name__ == "__main__":
    unittest.main()
