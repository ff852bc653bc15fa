"""What a person is told is what is so, and the command that is printed beside it works."""
import json
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import events
from processes import BINARY, DEADLINE_S
from world import NEW, OLD, World

ROOT = pathlib.Path(__file__).resolve().parents[2]
ONE_WAVE = [{"name": "all", "size": "100%", "gate": "strict"}]
LONG_SOAK = [{"name": "canary", "size": 1, "soak": "120s", "gate": "strict"},
             {"name": "rest", "size": "100%", "gate": "strict"}]


def killed_after_canary(world, name="good"):
    """A rollout whose canary is updated, and that nobody conducts any more."""
    world.rollout(name, world.good, waves=LONG_SOAK)
    applying = world.start("apply", f"{name}.yaml", "-o", "json")
    canary = applying.wait_for(lambda records: events.ends(records), "the canary's end")[0]["host"]
    applying.kill()
    applying.finish()
    return canary


class Plans(unittest.TestCase):
    def needs(self, world, hosts):
        world.write_policy()
        policy = world.folder / "policy.yaml"
        policy.write_text(policy.read_text().replace("{atLeast: 100%}", f"{{atLeast: 100%, minHosts: {hosts}}}"))

    def test_a_wave_that_is_too_small_without_hosts_that_are_not_free_is_for_later_and_names_them(self):
        with World(racks=2, per_rack=2) as world:
            canary = killed_after_canary(world)
            self.needs(world, 3)
            world.rollout("other", world.good, waves=ONE_WAVE)
            self.assertRegex(world.run("plan", "other.yaml", expect=7).stderr, "4 in rollout")
            world.run("abandon", "good", "--reason", "enough", expect=0)
            lost = next(name for name in world.names if name != canary)
            world.lab.disturb(lost, fault="bmc_never_returns")
            world.rollout("bmc", world.firmware("bmc", "2.12", edges=["2.10"]), targets=f"rack={lost[:3]}",
                          waves=[{"name": "all", "size": "100%", "gate": "lenient"}],
                          timeouts="bmcReturn=1s hostReturn=1s")
            world.run("apply", "bmc.yaml", expect=6)
            for verb in ("plan", "apply"):
                later = world.run(verb, "other.yaml", expect=75).stderr
                self.assertRegex(later, r"other\.yaml:\d+:\d+ wave all has 2 hosts, its gate strict judges no fewer "
                                        rf"than 3.*1 quarantined \({lost}\)")
                self.assertIn(f"next: breakwater explain {lost}", later)
                self.assertRegex(later, rf"1 current \({canary}\)")

    def test_a_wave_that_is_too_small_for_those_that_are_current_names_them_and_stays_a_fault(self):
        with World(racks=1, per_rack=2) as world:
            canary = killed_after_canary(world)
            world.run("abandon", "good", "--reason", "enough", expect=0)
            self.needs(world, 2)
            world.rollout("other", world.good, waves=ONE_WAVE)
            self.assertRegex(world.run("plan", "other.yaml", expect=65).stderr,
                             rf"wave all has 1 host, .*1 current \({canary}\)")

    def test_an_image_that_was_recalled_or_rolled_back_is_warned_of_with_who_when_how_and_why(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            for asked, said in ((["good"], "breakwater rollback good"),
                                (["--release", world.good.ref], f"breakwater rollback --release {world.good.ref}")):
                self.assertEqual("recalled" in said or "--release" in said, "--release" in asked)
                if "--release" in asked:
                    world.run("apply", "good.yaml", expect=0)
                world.run("rollback", *asked, "--reason", "fans at full speed", expect=0)
                for arguments in (["plan", "good.yaml"], ["plan", "good.yaml", "--out", "good.plan"]):
                    warned = world.run(*arguments, expect=0).stderr
                    self.assertRegex(warned, rf"warning: Release {world.good.ref.split('@')[0]}, version {NEW}, was "
                                             r"(rolled back|recalled) at \d+-\d+-\d+ .*fans at full speed")
                    self.assertIn(said, warned)
            self.assertIn("was recalled", world.run("apply", "good.plan", expect=0).stderr)

    def test_a_plan_for_programs_says_what_it_is(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            shown = json.loads(world.run("plan", "good.yaml", "-o", "json", expect=0).stdout)
            self.assertEqual(("breakwater/v1", "RolloutPlan"), (shown.get("apiVersion"), shown.get("kind")))
            self.assertEqual("good", shown["plan"]["rollout"])
            self.assertRegex(shown["digest"], "^[0-9a-f]{64}$")


class Standing(unittest.TestCase):
    def test_where_nobody_conducts_every_view_says_so_with_the_command(self):
        with World(racks=2, per_rack=1) as world:
            killed_after_canary(world)
            listed = world.run("status", expect=0)
            self.assertRegex(listed.stdout, r"\ngood +not conducted ")
            self.assertIn("no process conducts good\nnext: breakwater apply good", listed.stderr)
            self.assertRegex(world.run("status", "good", expect=0).stdout, "^good +not conducted ")
            for arguments in (["status", "-o", "json"], ["status", "good", "-o", "json"]):
                shown = json.loads(world.run(*arguments, expect=0).stdout)
                shown = shown["items"][0] if "items" in shown else shown
                self.assertEqual(("not conducted", "breakwater apply good"), (shown["standing"], shown["next"]))
            watching = world.start("status", "good", "--watch")
            watching.wait_for_talk("no process conducts good\nnext: breakwater apply good")
            watching.kill()
            watching.finish()
            world.run("pause", "good", expect=0)
            self.assertIn("next: breakwater resume good && breakwater apply good", world.run("status").stderr)

    def test_who_paused_and_why_is_told_by_status_and_explain(self):
        with World(racks=2, per_rack=1) as world:
            canary = killed_after_canary(world)
            other = next(name for name in world.names if name != canary)
            for verb, done in (("pause", "paused"), ("stop", "stopped")):
                world.run(verb, "good", "--reason", "looking at n07", expect=0)
                for arguments in (["status", "good"], ["explain", other]):
                    self.assertRegex(world.run(*arguments, expect=0).stdout,
                                     rf"\S+ {done} the rollout: looking at n07")
                shown = json.loads(world.run("status", "good", "-o", "json", expect=0).stdout)
                self.assertEqual("looking at n07", shown["heldReason"])
                self.assertTrue(shown["heldBy"])
            world.run("resume", "good", expect=0)
            self.assertNotIn("looking at n07", world.run("status", "good", expect=0).stdout)

    def test_a_recall_stands_in_the_report_with_its_image_and_its_selector(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            world.run("rollback", "--release", world.good.ref, "-l", "rack=r01", "--reason", "fans", expect=0)
            flat = " ".join(world.run("report", "good", expect=0).stdout.split())
            self.assertRegex(flat, rf"recall of {world.good.ref}, of hosts with rack=r01 \(r01-n01\), by \S+: fans")
            asked = json.loads(world.run("report", "good", "-o", "json", expect=0).stdout)["asked"][-1]
            self.assertEqual((world.good.ref, "rack=r01", ["r01-n01"]),
                             (asked["recalls"], asked["selector"], asked["hosts"]))

    def test_a_recall_by_selector_says_that_the_rollout_goes_on_elsewhere(self):
        with World(racks=2, per_rack=1) as world:
            canary = killed_after_canary(world)
            recall = ["rollback", "--release", world.good.ref, "-l", f"rack={canary[:3]}"]
            for more in (["--dry-run"], ["--reason", "fans"]):
                self.assertRegex(world.run(*recall, *more, expect=0).stderr,
                                 "rollout good is not over, and brings it to other hosts.*breakwater pause good")


class Faults(unittest.TestCase):
    def test_a_mistyped_host_is_answered_with_the_nearest(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            self.assertIn("did you mean 'r01-n01'?", world.run("explain", "r01-n10", expect=1).stderr)
            self.assertNotIn("did you mean", world.run("explain", "somebody-else", expect=1).stderr)

    def test_a_key_that_is_missing_is_one_fault_for_every_verb(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            (world.folder / "qa.pub").unlink()
            for arguments in (["validate", "."], ["plan", "good.yaml"], ["apply", "good.yaml"],
                              ["firmware", "verify", world.good.document.name, "--policy", "policy.yaml"]):
                with self.subTest(verb=arguments):
                    said = world.run(*arguments, expect=65).stderr
                    self.assertRegex(said, r"policy\.yaml:\d+:\d+ .*qa\.pub: No such")

    def test_a_duration_without_a_unit_says_what_is_expected(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good, timeouts="hostReturn=20")
            self.assertRegex(world.run("validate", "good.yaml", expect=65).stderr,
                             r"good\.yaml:\d+:\d+ spec\.timeouts\.hostReturn: '20' has no unit: .*20s.*20m")

    def test_a_file_is_judged_by_itself_and_what_it_names(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            beside = world.folder / "unrelated"
            beside.mkdir()
            (beside / "broken.yaml").write_text("apiVersion: breakwater/v1\nkind: Policy\nmetadata: {name: broken}\n"
                                                "spec: {nonsense: 1}\n")
            (beside / "other.yaml").write_text((world.folder / "good.yaml").read_text().replace(
                "name: good", "name: other").replace("policy: lab", "policy: nobody"))
            world.run("validate", "good.yaml", expect=0)
            self.assertIn("nonsense", world.run("validate", ".", expect=65).stderr)
            self.assertIn("nobody", world.run("validate", "unrelated/other.yaml", expect=65).stderr)


class Commands(unittest.TestCase):
    """Whatever the program prints as a command is one: it may fail, and is no usage error."""
    ENDS = re.compile(r"  #| (?:which|where|tells|has|puts|&&|[|>]) ?|[,;`)]")
    TALK = {"completion.cpp", "command_line.cpp", "machine_verbs.cpp", "chain.cpp", "sqlite_schema.cpp"}

    def commands(self):
        """Those of the sources, with a word for each name that is put in."""
        for file in sorted((ROOT / "orchestrator").rglob("*.cpp")):
            if file.name in self.TALK:
                continue
            text = re.sub(r'"\s*\n\s*"', "", file.read_text())
            text = re.sub(r'"\s*\+\s*[\w.*>()\[\]-]+\s*\+\s*"', "NAME", text)
            for literal, joined in re.findall(r'"((?:[^"\\\n]|\\.)*)"(\s*\+)?', text):
                literal = literal.replace('\\"', '"').replace("\\n", "\n") + ("NAME" if joined else "")
                for at in re.finditer(r"\bbreakwater (?=[a-z])", literal):
                    command = self.ENDS.split(literal[at.start():].split("\n")[0])[0]
                    command = re.sub("--release NAME(@sha256:NAME)?(?= --dry-run$|$)", "--release name@sha256:NAME",
                                     command)
                    command = command.replace("schema NAME", "schema Rollout").replace("KIND", "bios")
                    yield file.name, re.sub("(sha256[: ])(?:DIGEST|NAME)", r"\g<1>" + "0" * 64, command)

    def test_every_command_that_is_printed_is_one(self):
        seen = set()
        with tempfile.TemporaryDirectory() as folder:
            for file, command in self.commands():
                # A comma within quotes has cut it short.
                words = shlex.split(command + "'" * (command.count("'") % 2))[1:]
                if tuple(words) in seen:
                    continue
                seen.add(tuple(words))
                with self.subTest(file=file, command=command):
                    done = subprocess.run([BINARY, "--state", f"{folder}/state", *words], cwd=folder, text=True,
                                          capture_output=True, timeout=DEADLINE_S)
                    self.assertNotEqual(64, done.returncode, done.stderr)
        self.assertGreater(len(seen), 40)

    def test_who_cannot_be_reached_is_looked_at_with_the_command_that_is_printed(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.write_inventory(hosts=f"  hosts: {{r01-n01: {{bmc: {{address: \"{world.network}.200:8443\"}}}}}}\n")
            for arguments in (["plan", "good.yaml"], ["apply", "good.yaml"],
                              ["plan", "good.yaml", "--allow-unreachable", "0"]):
                said = world.run(*arguments, expect=7).stderr
                command = re.search(r"next: breakwater (observe [^#\n]*)", said)[1]
                self.assertEqual(1, world.run(*command.split()).returncode, command)


if __name__ == "__main__":
    unittest.main()
