"""Several rollouts in one state directory: one process conducts them all, others hand theirs over and follow."""
import contextlib
import fcntl
import json
import os
import signal
import unittest

import events
from processes import until
from world import CHECKS, LOGIN, NEW, OLD, World

ONE_BY_ONE = [{"name": "all", "size": "100%", "gate": "strict"}]


@contextlib.contextmanager
def conductor_that_hangs(world):
    """Somebody holds the conductor's lock and takes nothing up."""
    with open(world.state / "conductor.lock", "r+b") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
        yield


def tray(world):
    """What waits to be taken up, as `status` tells it."""
    shown = json.loads(world.run("status", "-o", "json", expect=0).stdout)
    return [(one["what"], one["attended"]) for one in shown["requests"]]


def wait_for_tray(world, wanted):
    until(lambda: tray(world) == wanted, f"a tray with {wanted}")


def start_conducting(world, rollout):
    """An `apply` that is at work."""
    first = world.start("apply", rollout + ".yaml", "-o", "json")
    first.wait_for(lambda records: events.issued(records, "prepare"), "the first command")
    return first


def start_following(world, rollout):
    """An `apply` of hosts that never boot, beside a process that conducts: a reset was asked for."""
    follower = world.start("apply", rollout + ".yaml", "-o", "json")
    follower.wait_for(lambda records: events.evidence(records, "reset_asked"), "its first reset")
    return follower


def heal(world, names):
    for name in names:
        world.lab.disturb(name, heal=True)


def end_of(world, first):
    """The end of the process whose host is the first one, while the others are healed after its rollout is over."""
    heal(world, world.names[:1])
    first.wait_for(lambda records: events.kinds(records, "RolloutFinished"), "its end")
    heal(world, world.names)
    return first.finish()


class Beside(unittest.TestCase):
    def test_a_second_apply_hands_its_rollout_over_and_follows_it(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.rollout("other", world.good, targets="rack=r03")
            first = start_conducting(world, "good")
            second = world.start("apply", "other.yaml", "-o", "json")
            self.assertEqual(0, first.finish(), first.transcript())
            self.assertEqual(0, second.finish(), second.transcript())
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})
            # Each shows its own rollout alone, and the second one from its start.
            self.assertEqual({"good"}, {record["rollout"] for record in first.records()})
            self.assertEqual({"other"}, {record["rollout"] for record in second.records()})
            self.assertEqual("RolloutStarted", second.records()[0]["kind"], second.transcript())
            self.assertIn("handing other over", second.transcript())

    def test_an_apply_says_which_other_rollouts_it_takes_forward_too(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("left", world.good, targets="rack in (r01,r02)")
            first = start_conducting(world, "left")
            first.interrupt()
            self.assertEqual(75, first.finish(), first.transcript())
            self.assertEqual([], events.kinds(first.records(), "TakenAlong"))
            world.run("pause", "left", expect=0)
            world.rollout("third", world.good, targets="rack=r03")
            third = world.start("apply", "third.yaml", "-o", "json")
            self.assertEqual(0, third.finish(), third.transcript())
            held = events.kinds(third.records(), "TakenAlong")
            self.assertEqual([("left", True, "breakwater resume left")],
                             [(one["other"], one["held"], one["command"]) for one in held])
            self.assertIn("rollout left (1 waiting, 1 updated) is paused", third.transcript())
            world.run("resume", "left", expect=0)
            back = world.run("rollback", "third", "--reason", "recalled", expect=0)
            self.assertNotIn("forward", back.stderr)
            world.rollout("fourth", world.good, targets="rack=r04")
            fourth = world.run("apply", "fourth.yaml", expect=0)
            self.assertIn("this process takes rollout left (1 waiting, 1 updated) forward too; to hold it: "
                          "breakwater pause left", fourth.stderr)

    def test_a_rollout_whose_logins_the_process_that_conducts_lacks_for_good_is_refused(self):
        with World(racks=2, per_rack=1) as world:
            inventory = world.folder / "inventory.yaml"
            head, tail = inventory.read_text().split("    r02:\n", 1)
            inventory.write_text(head + "    r02:\n" + tail.replace(
                "bmc: {", 'bmc: {credentials: "env:BREAKWATER_TEST_LOGIN", ', 1))
            world.rollout("good", world.good, targets="rack=r01", checks=CHECKS.replace("300ms", "4s"))
            world.rollout("other", world.good, targets="rack=r02")
            first = start_conducting(world, "good")
            login = {**os.environ, "BREAKWATER_TEST_LOGIN": LOGIN}
            second = world.start("apply", "other.yaml", env=login)
            self.assertEqual(75, second.finish(), second.transcript())
            self.assertIn("env:BREAKWATER_TEST_LOGIN is not set in the environment, for r02-n01", second.transcript())
            self.assertIn("apply it again once that process is over", second.transcript())
            self.assertEqual(0, first.finish(), first.transcript())
            world.run("apply", "other.yaml", expect=0, env={"BREAKWATER_TEST_LOGIN": LOGIN})
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_a_lock_file_that_is_deleted_makes_no_second_conductor(self):
        with World(racks=2, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good, targets="rack=r01")
            world.rollout("other", world.good, targets="rack=r02")
            first = start_conducting(world, "good")
            first.process.send_signal(signal.SIGSTOP)  # it is not over before everybody has looked
            (world.state / "conductor.lock").unlink()
            nobody_knows = "another process (the file that says which one, conductor.lock, was deleted)"
            self.assertIn(nobody_knows + " conducts", world.run("status", expect=0).stderr)
            self.assertIn(nobody_knows + " conducts", world.run("status", "good", expect=0).stderr)
            self.assertNotIn("no process conducts", world.run("explain", world.names[0], expect=0).stderr)
            self.assertIsNotNone(json.loads(world.run("status", "-o", "json", expect=0).stdout)["conductor"])
            first.process.send_signal(signal.SIGCONT)
            second = world.start("apply", "other.yaml", "-o", "json")
            self.assertEqual([0, 0], [one.finish() for one in (first, second)],
                             first.transcript() + second.transcript())
            self.assertIn(nobody_knows + " conducts: handing other over", second.transcript())
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_two_applies_of_one_plan_file_at_the_same_time_are_one_rollout(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            both = [world.start("apply", "good.plan") for _ in range(2)]
            self.assertEqual([0, 0], [one.finish() for one in both], "".join(one.transcript() for one in both))
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_the_process_that_conducts_dies_and_the_one_that_follows_takes_both_over(self):
        with World(racks=3, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good, targets="rack in (r01,r02)", waves=ONE_BY_ONE)
            world.rollout("other", world.good, targets="rack=r03")
            first = start_conducting(world, "good")
            second = world.start("apply", "other.yaml", "-o", "json")
            second.wait_for(lambda records: events.kinds(records, "RolloutStarted"), "its start")
            first.kill()
            first.finish()
            self.assertEqual(0, second.finish(), second.transcript())
            self.assertIn("this one conducts", second.transcript())
            self.assertEqual(NEW, world.lab.host(world.names[2])["versions"]["bios"])
            # What the first one left is carried on beside it, and by name where it is not over yet.
            world.run("apply", "good", "-o", "json")
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_ctrl_c_ends_the_view_and_not_the_rollout(self):
        with World(racks=3, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.rollout("other", world.good, targets="rack=r03")
            first = start_conducting(world, "good")
            second = world.start("apply", "other.yaml", "-o", "json")
            second.wait_for(lambda records: events.kinds(records, "RolloutStarted"), "its start")
            second.interrupt()
            self.assertEqual(75, second.finish(), second.transcript())
            self.assertIn("only showed it", second.transcript())
            self.assertNotIn("asked to leave", second.transcript(), "nothing of the rollout ends by it")
            self.assertEqual(0, first.finish(), first.transcript())
            world.run("apply", "other.yaml")
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_a_rollout_whose_apply_left_before_it_was_taken_up_never_begins(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.run("apply", "good.yaml", expect=0)
            world.rollout("other", world.good, targets="rack=r03")
            with conductor_that_hangs(world):
                interrupted = world.start("apply", "other.yaml")
                wait_for_tray(world, [("apply other", True)])
                interrupted.interrupt()
                self.assertEqual(75, interrupted.finish(), interrupted.transcript())
                self.assertIn("nothing begins", interrupted.transcript())
                self.assertEqual([], tray(world))
                killed = world.start("apply", "other.yaml")
                wait_for_tray(world, [("apply other", True)])
                told = world.run("status", expect=0)
                self.assertIn("waits to be taken up: apply other", told.stderr)
                killed.kill()
                killed.finish()
                wait_for_tray(world, [("apply other", False)])
            # The next command of any kind once began it.
            world.run("rollback", "good", "--reason", "recalled", expect=0)
            self.assertEqual([], tray(world))
            refused = [json.loads(line) for line in world.run("journal", "export", expect=0).stdout.splitlines()
                       if '"StartRefused"' in line]
            self.assertEqual(1, len(refused))
            self.assertIn("left before it was taken up", refused[0]["body"])
            self.assertEqual(1, world.run("status", "other").returncode, "no such rollout")
            self.assertEqual([OLD] * 3, [world.lab.host(name)["versions"]["bios"] for name in world.names])

    def test_what_nobody_follows_is_brought_to_rest_before_the_process_leaves(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack=r01")
            slow = CHECKS.replace("stableFor: 300ms", "stableFor: 4s")
            world.rollout("other", world.good, targets="rack in (r02,r03)", checks=slow)
            first = start_conducting(world, "good")
            second = world.start("apply", "other.yaml", "-o", "json")
            second.wait_for(lambda records: events.issued(records, "prepare"), "its first command")
            second.interrupt()
            self.assertEqual(75, second.finish(), second.transcript())
            self.assertEqual(0, first.finish(), first.transcript())
            self.assertIn("rollout other is not over: 1 waiting, 1 updated", first.transcript())
            self.assertIn("next: breakwater apply other", first.transcript())
            self.assertEqual(["updated", "waiting"],
                             sorted(host["state"] for host in world.hosts_of("other").values()))
            world.run("apply", "other", expect=0)
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_a_follower_that_is_suspended_is_left_nobody_in_flight(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack=r01")
            slow = "hostReturn=120s host=300s"
            world.rollout("other", world.good, targets="rack in (r02,r03)", timeouts=slow)
            world.rollout("third", world.good, targets="rack=r04", timeouts=slow)
            for name in world.names:  # each is on its way until it is healed
                world.lab.disturb(name, fault="host_never_boots")
            first = start_conducting(world, "good")
            follower = start_following(world, "other")
            third = start_following(world, "third")
            third.interrupt()
            self.assertEqual(75, third.finish(), third.transcript())
            follower.process.send_signal(signal.SIGSTOP)
            self.assertEqual(0, end_of(world, first), first.transcript())
            self.assertIn("next: breakwater apply other", first.transcript())
            self.assertNotIn("took it over", first.transcript())
            states = [host["state"] for host in world.hosts_of("other").values()]
            self.assertEqual(["updated", "waiting"], sorted(states))
            self.assertEqual("updated", world.hosts_of("third")[world.names[3]]["state"])
            follower.process.send_signal(signal.SIGCONT)
            self.assertEqual(0, follower.finish(), follower.transcript())
            self.assertIn("this one conducts", follower.transcript())
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_the_process_that_conducts_hands_on_to_the_one_that_follows(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, targets="rack=r01")
            world.rollout("other", world.good, targets="rack in (r02,r03)", timeouts="hostReturn=120s host=300s")
            for name in world.names:
                world.lab.disturb(name, fault="host_never_boots")
            first = start_conducting(world, "good")
            follower = start_following(world, "other")
            self.assertEqual(0, end_of(world, first), first.transcript())
            self.assertIn("rollout other is not over", first.transcript())
            self.assertIn("; another process took it over", first.transcript())
            self.assertEqual(0, follower.finish(), follower.transcript())
            self.assertIn("this one conducts", follower.transcript())
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_a_second_apply_of_a_rollout_that_was_changed_says_what_goes_on(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("busy", world.good, targets="rack=r03")
            conducts = start_conducting(world, "busy")
            conducts.process.send_signal(signal.SIGSTOP)  # what is handed over waits
            world.rollout("good", world.good, targets="rack=r01")
            quicker = world.start("apply", "good.yaml")
            wait_for_tray(world, [("apply good", True)])
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            later = world.start("apply", "good.yaml")
            wait_for_tray(world, [("apply good", True)] * 2)
            conducts.process.send_signal(signal.SIGCONT)
            codes = [one.finish() for one in (conducts, quicker, later)]
            self.assertEqual([0, 0, 0], codes, "".join(one.transcript() for one in (conducts, quicker, later)))
            self.assertIn("another apply of good was quicker", later.transcript())
            self.assertIn("was changed since this rollout began", later.transcript())
            self.assertNotIn("was changed", quicker.transcript())
            self.assertEqual([NEW, OLD, NEW], [world.lab.host(name)["versions"]["bios"] for name in world.names])

    def test_an_older_rollout_is_brought_back_while_another_one_runs(self):
        with World(racks=3, per_rack=1, flash="1s") as world:
            world.rollout("older", world.good, targets="rack=r03")
            world.run("apply", "older.yaml", expect=0)
            world.rollout("good", world.good, targets="rack in (r01,r02)", waves=ONE_BY_ONE)
            first = start_conducting(world, "good")
            back = world.run("rollback", "older", "--reason", "recalled", expect=0)
            self.assertIn("older: rolled back", back.stderr)
            self.assertEqual(OLD, world.lab.host(world.names[2])["versions"]["bios"], "it leaves once it is done")
            self.assertEqual(0, first.finish(), first.transcript())
            self.assertEqual([NEW, NEW, OLD], [world.lab.host(name)["versions"]["bios"] for name in world.names])


if __name__ == "__main__":
    unittest.main()
