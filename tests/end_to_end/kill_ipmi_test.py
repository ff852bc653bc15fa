"""kill -9 in the middle of updates by HPM.1: the next process reads the target; nothing is activated twice."""
import unittest

import events
from kills import Kills
from world import BAD, NEW, OLD


def from_first(records, action, to):
    """The numbers of the records from the first command `action` up to the first command `to`."""
    def first(name):
        return next(i for i, record in enumerate(records, 1)
                    if record["kind"] == "CommandIssued" and record["action"] == name)
    return range(first(action), first(to) + 1)


class KilledOverIpmi(Kills):
    """IPMI reports no reset times. If the process died just before it sent a request, the next one cannot know that the
    request was not sent, and does not send it again. Such a host is rolled back, or waits for a person.

    A session that was opened at the moment of the kill is in no record; the BMC ends it by itself.
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
        self.assertLessEqual(sum(cautious), 4, "at most two points, of two hosts each")

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
        self.assertLessEqual(sum(stranded), 1, "the one that died between the record and the request")


if __name__ == "__main__":
    unittest.main()
