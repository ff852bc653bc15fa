"""What a second terminal can do while apply runs, and after it."""
import datetime
import fcntl
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import termios
import unittest

import events
from processes import BINARY, DEADLINE_S, end, until
from world import NEW, OLD, World

THREE_WAVES = [{"name": "canary", "size": 1, "soak": "100ms", "gate": "strict"},
               {"name": "second", "size": 1, "soak": "100ms", "gate": "strict"},
               {"name": "rest", "size": "100%", "gate": "strict"}]


class Operators(unittest.TestCase):
    def test_pause_lets_what_is_in_flight_finish_and_resume_goes_on(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=THREE_WAVES)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "the canary's image")
            world.run("pause", "good", "--reason", "the pager rang", expect=0)
            paused = applying.wait_for(lambda records: events.kinds(records, "OperatorAsked"), "the pause")[0]
            self.assertEqual("pause", paused["verb"])
            # The canary goes on to its end, and then nothing more happens until somebody asks for it.
            applying.wait_for(lambda records: events.ends(records), "the canary's end")
            self.assertIn("paused", world.run("status", "good", expect=0).stdout)
            waiting = [name for name in world.names if world.lab.host(name)["counters"]["uploads"] == 0]
            self.assertEqual(3, len(waiting))
            self.assertIn("resume", world.run("explain", waiting[0]).stdout)
            world.run("resume", "good", expect=0)
            self.assertEqual(0, applying.finish(), applying.transcript())
            prepared = [record["seq"] for record in events.issued(applying.records(), "prepare")]
            resumed = next(record["seq"] for record in events.kinds(applying.records(), "OperatorAsked")
                           if record["verb"] == "resume")
            self.assertEqual(1, len([seq for seq in prepared if seq < resumed]))

    def test_stop_ends_apply_and_apply_goes_on_later(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=THREE_WAVES)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.issued(records, "check"), "the canary's checks")
            world.run("stop", "good", expect=0)
            self.assertEqual(4, applying.finish(), applying.transcript())
            self.assertEqual({"bios": 1}, world.lab.host(events.issued(applying.records(), "check")[0]["host"])
                             ["counters"]["activations"])
            self.assertEqual(3, sum(host["counters"]["uploads"] == 0 for host in world.lab.hosts().values()))
            self.assertIn("stopped", world.run("status", "good", expect=0).stdout)
            explained = world.run("explain", world.names[-1], expect=0).stderr
            self.assertIn("no process conducts good\nnext: breakwater resume good && breakwater apply good", explained)
            world.run("resume", "good", expect=0)
            world.run("apply", "good.yaml", expect=0)
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    ACTS = ("sending", "start_asked", "reset_asked")

    def acts_after(self, records, verb):
        """What was asked of BMCs well after the last such wish. The second that is promised is the simulation's to
        hold, on a clock that no other program slows down."""
        asked = [record for record in records if record["kind"] == "OperatorAsked" and record["verb"] == verb][-1]
        limit = datetime.datetime.fromisoformat(asked["at"]) + datetime.timedelta(seconds=5)
        return [record for record in events.kinds(records, "EvidenceSeen")
                if record["evidence"] in self.ACTS and datetime.datetime.fromisoformat(record["at"]) > limit]

    def test_stop_begins_nothing_more_and_names_what_slow_bmcs_are_at(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}],
                          timeouts="hostReturn=120s host=300s")
            for name in world.lab.hosts():
                world.lab.disturb(name, fault="host_never_boots")
            applying = world.start("apply", "good.yaml", "-o", "json")
            # A word that comes between the record of a reset and the reset withdraws it.
            until(lambda: any(host["counters"]["resetsOfSystem"] for host in world.lab.hosts().values()), "a reset")
            before = {record["command"] for record in events.evidence(applying.records(), "reset_asked")}
            stopped = world.run("stop", "good", expect=0).stderr
            for name in world.lab.hosts():
                world.lab.disturb(name, heal=True)
            named = set(re.findall(r"(r\d+-n\d+) \(bios, \S+ at most\)", stopped))
            self.assertEqual(bool(named), bool(re.search("left to finish (what its BMC was given|where its request has "
                                                         "left): ", stopped)), stopped)
            self.assertEqual(4, applying.finish(), applying.transcript())
            records = applying.records()
            self.assertEqual([], self.acts_after(records, "stop"))
            begun = {record["host"] for record in events.evidence(records, "reset_asked")}
            [asked] = [record["seq"] for record in events.kinds(records, "OperatorAsked") if record["verb"] == "stop"]
            at_it = {record["host"] for record in events.kinds(records, "CommandEnded")
                     if record["command"] in before and record["seq"] > asked}
            self.assertLessEqual(at_it, named, "on a busy machine a host may be past its reset when the stop is read")
            self.assertLessEqual(named, begun | {record["host"] for record in events.evidence(records, "sending")})
            # The word may come between the record of a reset and the reset: then it is not sent.
            ended = events.kinds(records, "CommandEnded")
            withdrawn = {record["host"] for record in ended if record.get("cause") == "withdrawn"}
            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual({}, host["staged"])
                    self.assertEqual(NEW if name in begun - withdrawn else OLD, host["versions"]["bios"])
            self.assertIn("next: breakwater resume good && breakwater apply good", world.run("status", "good").stderr)

    def test_stop_binds_the_ways_back_and_a_rollback_that_is_asked_later_goes(self):
        with World(racks=4, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good, also="  limits: {global: 1}\n")
            world.run("apply", "good.yaml", expect=0)
            going_back = world.start("rollback", "good", "-o", "json")
            going_back.wait_for(lambda records: events.evidence(records, "start_asked"), "the first bank switch")
            world.run("stop", "good", expect=0)
            self.assertEqual(4, going_back.finish(), going_back.transcript())
            self.assertEqual([], self.acts_after(going_back.records(), "stop"))
            self.assertIn("halted, paused", world.run("status", "good").stdout)
            world.run("rollback", "good", expect=0)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_after_a_kill_and_a_stop_the_next_apply_brings_hosts_to_rest(self):
        with World(racks=2, per_rack=1, flash="1s") as world:
            world.rollout("good", world.good)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "an image")
            applying.kill()
            applying.finish()
            stopped = world.run("stop", "good", expect=0)
            self.assertIn("next: breakwater apply good", stopped.stderr)
            self.assertIn("next: breakwater apply good, which brings", world.run("status", "good").stderr)
            world.run("apply", "good.yaml", expect=4)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual([{}, {}], [host["staged"] for host in world.lab.hosts().values()])
            self.assertIn("next: breakwater resume good && breakwater apply good", world.run("status", "good").stderr)

    def test_rollback_while_it_runs_brings_back_what_was_updated(self):
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=THREE_WAVES)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: len(events.issued(records, "activate")) == 2, "the second wave")
            world.run("rollback", "good", "--reason", "the service is slower", expect=0)
            self.assertEqual(5, applying.finish(), applying.transcript())
            for name, host in world.lab.hosts().items():
                with self.subTest(host=name):
                    self.assertEqual(OLD, host["versions"]["bios"])
                    self.assertEqual({}, host["staged"])
                    self.assertLessEqual(host["counters"]["activations"].get("bios", 0), 2)

    def test_rollback_after_the_end_of_one_host_and_then_of_all(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            world.run("rollback", "good", "--host", world.names[0], expect=0)
            versions = {name: host["versions"]["bios"] for name, host in world.lab.hosts().items()}
            self.assertEqual({world.names[0]: OLD, world.names[1]: NEW, world.names[2]: NEW}, versions)
            world.run("rollback", "good", expect=0)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({2}, {host["counters"]["activations"]["bios"] for host in world.lab.hosts().values()})

    def test_a_rollback_takes_no_host_forward(self):
        """Whoever rolls a canary back once apply is gone did not ask for the rest of the fleet."""
        waves = [{"name": "canary", "size": 2, "soak": "100ms", "gate": "lenient"},
                 {"name": "rest", "size": "100%", "gate": "lenient"}]
        with World(racks=4, per_rack=1) as world:
            world.rollout("good", world.good, waves=waves)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: len(events.ends(records)) == 2, "the canaries")
            applying.kill()
            applying.finish()
            canary = events.ends(applying.records())[0]["host"]
            uploads = sum(host["counters"]["uploads"] for host in world.lab.hosts().values())
            done = world.run("rollback", "good", "--host", canary, "--reason", "the fans are loud", expect=0)
            self.assertEqual(OLD, world.lab.host(canary)["versions"]["bios"])
            self.assertEqual(uploads, sum(host["counters"]["uploads"] for host in world.lab.hosts().values()))
            self.assertIn("good: rolled back; the rollout is not over: 2 waiting", done.stderr)
            self.assertNotIn("breakwater apply", done.stderr, "it brings the image to the hosts that wait")

    def test_a_second_run_has_a_name_and_a_rollback_by_name_reaches_both(self):
        with World(racks=3, per_rack=1) as world:
            first, second, third = world.names
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.run("apply", "good.yaml", expect=0)
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)  # for the stragglers
            listed = world.run("status", expect=0).stdout
            self.assertIn("good#1", listed)
            self.assertIn("good#2", listed)
            shown = json.loads(world.run("status", "-o", "json", expect=0).stdout)
            self.assertEqual(["good#2", "good#1"], [run["name"] for run in shown["items"]])
            self.assertEqual({first, second}, set(world.hosts_of("good#1")))
            self.assertEqual({third}, set(world.hosts_of("good#2")))
            report = world.run("report", "good#1", expect=0)
            self.assertIn("good#1: updated", report.stdout)
            self.assertIn(first, report.stdout)
            self.assertIn("good#1", world.run("report", "good", expect=0).stderr, "one run hides no other")
            self.assertIn("good#", world.run("explain", first, expect=0).stdout)
            world.run("rollback", "good#2", expect=0)
            versions = {name: host["versions"]["bios"] for name, host in world.lab.hosts().items()}
            self.assertEqual({first: NEW, second: NEW, third: OLD}, versions)
            back = world.run("rollback", "good", expect=0)
            self.assertIn("good#1: rolled back", back.stderr)
            self.assertNotIn("halted", back.stderr)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual({2}, {host["counters"]["activations"]["bios"] for host in world.lab.hosts().values()})

    def test_a_rollback_waits_for_no_other_rollout_that_runs(self):
        with World(racks=2, per_rack=1) as world:
            nic = world.firmware("nic", "20.6", edges=["*"])
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            world.rollout("nic", nic, waves=[{"name": "canary", "size": 1, "soak": "120s", "gate": "strict"},
                                             {"name": "rest", "size": "100%", "gate": "strict"}])
            applying = world.start("apply", "nic.yaml", "-o", "json")
            applying.wait_for(lambda records: events.kinds(records, "Waiting"), "the soak")
            world.run("rollback", "good", "--reason", "CASE-1", expect=0)
            until(lambda: {host["state"] for host in world.hosts_of("good").values()} == {"rolled_back"},
                  "the rollback")
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual(1, sum(host["versions"]["nic"] == "20.6" for host in world.lab.hosts().values()))
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())

    def test_a_rollback_in_a_rollout_that_is_held_speaks_of_the_hosts_that_were_meant(self):
        waves = [{"name": "canary", "size": 2, "soak": "60s", "gate": "lenient"},
                 {"name": "rest", "size": "100%", "gate": "lenient"}]
        for held, said in (("stop", "stopped"), ("pause", "paused")):
            with self.subTest(held=held), World(racks=3, per_rack=1) as world:
                world.rollout("good", world.good, waves=waves)
                applying = world.start("apply", "good.yaml", "-o", "json")
                applying.wait_for(lambda records: len(events.ends(records)) == 2, "the canaries")
                world.run(held, "good", expect=0)
                applying.kill()
                applying.finish()
                first, second = [one["host"] for one in events.ends(applying.records())]
                back = world.run("rollback", "good", "--host", first, "--reason", "CASE-1", expect=0)
                self.assertEqual(OLD, world.lab.host(first)["versions"]["bios"])
                self.assertIn(f"good: rolled back; {said}; the rollout is not over: 1 waiting", back.stderr)
                self.assertEqual(1, [host["state"] for host in world.hosts_of("good").values()].count("waiting"))
                world.lab.disturb(second, fault="rollback_fails")
                rack = second.split("-")[0]
                recall = ["rollback", "--release", world.good.ref, "-l", f"rack={rack}", "--reason", "CASE-1"]
                failed = world.run(*recall, expect=6)
                self.assertIn(f"not touched before they are released: {second}", failed.stderr)
                for told in (back, failed):
                    self.assertNotIn("breakwater apply", told.stderr, "it brings the image to the host that waits")
                    self.assertNotIn("breakwater resume", told.stderr)
                self.assertEqual(1, [host["versions"]["bios"] for host in world.lab.hosts().values()].count(NEW))

    def test_a_release_is_recalled_by_its_image_over_all_history(self):
        with World(racks=3, per_rack=1) as world:
            nic = world.firmware("nic", "20.6", edges=["*"])
            world.rollout("good", world.good, targets="rack in (r01,r02)")
            world.run("apply", "good.yaml", expect=0)
            world.rollout("late", world.good)
            world.run("apply", "late.yaml", expect=0)
            world.rollout("nic", nic)
            world.run("apply", "nic.yaml", expect=0)

            dry = world.run("rollback", "--release", world.good.ref, "--dry-run", "-o", "json", expect=0)
            shown = {one["host"]: one["run"] for one in json.loads(dry.stdout)["items"]}
            self.assertEqual(dict(zip(world.names, ("good", "good", "late"))), shown)
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            world.run("rollback", "--release", world.good.ref, "-l", "rack=r02", expect=0)
            self.assertEqual([NEW, OLD, NEW], [world.lab.host(name)["versions"]["bios"] for name in world.names])
            done = world.run("rollback", "--release", world.good.ref, "--reason", "CASE-1", expect=0)
            self.assertIn("trust.forbidden", done.stderr)
            for host in world.lab.hosts().values():
                self.assertEqual(OLD, host["versions"]["bios"])
                self.assertEqual("20.6", host["versions"]["nic"], "the other component stays")
                self.assertEqual(2, host["counters"]["activations"]["bios"])
            again = world.run("rollback", "--release", world.good.ref, expect=0)
            self.assertIn("no host runs", again.stderr)
            unknown = "bios-9.9@sha256:" + "0" * 64
            self.assertIn("no rollout ever brought", world.run("rollback", "--release", unknown, expect=1).stderr)

    def test_what_a_later_rollout_took_over_is_reached_again_once_that_is_rolled_back(self):
        with World(racks=2, per_rack=1) as world:
            bmc = world.firmware("bmc", "2.12", edges=["*"])
            before_it = world.firmware("nic", "20.5", edges=["*"], way_back="none")
            nic = world.firmware("nic", "20.6", edges=["*"], way_back=before_it)
            newer = world.firmware("nic", "20.7", edges=["*"], way_back=nic)
            world.rollout("one", bmc, nic, waves=[{"name": "all", "size": "100%", "gate": "lenient"}])
            world.rollout("two", newer, waves=[{"name": "all", "size": "100%", "gate": "lenient"}])
            before = {name: world.lab.host(name)["versions"] for name in world.names}
            world.run("apply", "one.yaml", expect=0)
            world.run("apply", "two.yaml", expect=0)
            dry = world.run("rollback", "--release", bmc.ref, "--dry-run", "-o", "json", expect=0)
            self.assertEqual([["bmc"]] * 2, [[update["component"] for update in item["updates"]]
                                             for item in json.loads(dry.stdout)["items"]])
            back = world.run("rollback", "--release", bmc.ref, "--reason", "CASE-1", expect=0)
            self.assertIn("2 hosts rolled back, 2 of them in part", back.stderr)
            self.assertIn("2 rolled back (2 in part)", world.run("status", expect=0).stdout)
            self.assertIn("2 rolled back (2 in part)", world.run("status", "one", expect=0).stdout)
            self.assertIn("rolled back in part", world.run("status", "one", expect=0).stdout)
            self.assertTrue(all(host["inPart"] for host in world.hosts_of("one").values()))
            first, second = world.names
            self.assertIn(f"what another rollout put there since: {first} (nic), {second} (nic)", back.stderr)
            world.run("rollback", "two", "--reason", "CASE-2", expect=0)
            self.assertEqual({"20.6"}, {world.lab.host(name)["versions"]["nic"] for name in world.names})
            dry = world.run("rollback", "--release", nic.ref, "--dry-run", expect=0)
            self.assertIn("2 hosts would be rolled back", dry.stderr)
            world.run("rollback", "--release", nic.ref, "-l", "rack=r01", "--reason", "CASE-3", expect=0)
            world.run("rollback", "one", "--reason", "CASE-3", expect=0)
            self.assertEqual(before, {name: world.lab.host(name)["versions"] for name in world.names})
            self.assertIn("no host runs", world.run("rollback", "--release", nic.ref, expect=0).stderr)

    def test_a_host_of_an_unfinished_rollout_is_left_out_of_a_new_one(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.rollout("other", world.good)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.issued(records, "stage"), "the first upload")
            applying.kill()
            applying.finish()
            plan = world.run("plan", "other.yaml").stdout
            self.assertIn("in_rollout", plan)
            self.assertIn("good", plan)
            world.run("apply", "good.yaml", expect=0)
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})


class Output(unittest.TestCase):
    def unread(self, world, full, *words):
        """Runs into a pipe that nobody reads; `full`: there is no room for the first word."""
        reader, writer = os.pipe()
        size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        if full:
            os.write(writer, b"x" * size)
        running = subprocess.Popen([BINARY, *world.arguments(*words)], cwd=world.folder, stdout=writer, stderr=writer)
        try:
            self.assertEqual(0, running.wait(DEADLINE_S))
            return struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, struct.pack("i", 0)))[0]
        finally:
            end(running)
            os.close(reader)
            os.close(writer)

    def test_that_nobody_reads_holds_nothing_up(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good)
            self.assertGreater(self.unread(world, False, "apply", "good.yaml", "-o", "json"), 0)
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})

    def test_that_was_full_before_the_first_word_holds_nothing_up(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            self.unread(world, True, "apply", "good.yaml")
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.unread(world, True, "rollback", "good")
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})


class CtrlC(unittest.TestCase):
    def test_once_finishes_what_is_in_flight_and_starts_nothing(self):
        # SIGHUP is what the end of a terminal or of an SSH connection sends.
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=sign.name), World(racks=3, per_rack=1) as world:
                world.rollout("good", world.good)
                applying = world.start("apply", "good.yaml", "-o", "json")
                applying.wait_for(lambda records: events.issued(records, "stage"), "the first upload")
                applying.process.send_signal(sign)
                self.assertEqual(75, applying.finish(), applying.transcript())
                counters = [host["counters"] for host in world.lab.hosts().values()]
                self.assertEqual(1, sum(one["activations"].get("bios", 0) for one in counters))
                self.assertEqual(0, sum(one["sessionsOpen"] for one in counters))
                world.run("apply", "good.yaml", expect=0)

    def test_once_is_what_status_and_explain_say_in_another_terminal(self):
        with World(racks=3, per_rack=1) as world:
            world.rollout("good", world.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}],
                          also="  limits: {global: 1}\n", timeouts="hostReturn=60s host=200s")
            for name in world.names:
                world.lab.disturb(name, fault="host_never_boots")
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.issued(records, "activate"), "a host in flight")
            applying.process.send_signal(signal.SIGINT)
            applying.wait_for(lambda records: [one for one in records if one.get("word") == "Leaving"], "its leaving")
            waits = json.loads(world.run("status", "good", "-o", "json", expect=0).stdout)["waits"]
            self.assertEqual(("Leaving", "breakwater apply good"), (waits[0]["word"], waits[0]["command"]), waits)
            shown = world.run("status", "good", expect=0)
            self.assertIn(waits[0]["text"], shown.stdout)
            self.assertIn("is leaving", shown.stderr)
            waiting = [name for name, host in world.hosts_of("good").items() if host["state"] == "waiting"]
            explained = json.loads(world.run("explain", waiting[0], "-o", "json", expect=0).stdout)["reasons"]
            self.assertEqual("Leaving", explained[0]["word"], explained)
            self.assertNotIn("InLine", [one["word"] for one in explained])
            applying.process.send_signal(signal.SIGINT)
            self.assertEqual(75, applying.finish(), applying.transcript())

    def test_ctrl_z_does_not_stop_a_conductor(self):
        """What it would do is asked of the kernel: nobody's shell could take the stopped process on here."""
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.issued(records, "stage"), "the first upload")
            status = pathlib.Path(f"/proc/{applying.process.pid}/status").read_text(encoding="ascii")
            ignored = int(re.search(r"^SigIgn:\s*(\w+)$", status, re.MULTILINE)[1], 16)
            self.assertTrue(ignored >> (signal.SIGTSTP - 1) & 1)
            self.assertEqual(0, applying.finish(), applying.transcript())

    def test_twice_leaves_at_once_and_the_next_apply_adopts_what_is_there(self):
        with World(racks=3, per_rack=1, flash="2s") as world:
            world.rollout("good", world.good)
            applying = world.start("apply", "good.yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "the whole body")
            applying.interrupt()
            applying.wait_for_talk("once more leaves now")
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())
            world.run("apply", "good.yaml", expect=0)
            for host in world.lab.hosts().values():
                self.assertEqual(1, host["counters"]["uploads"])
                self.assertEqual({"bios": 1}, host["counters"]["activations"])
                self.assertEqual(0, host["counters"]["sessionsOpen"])


if __name__ == "__main__":
    unittest.main()
