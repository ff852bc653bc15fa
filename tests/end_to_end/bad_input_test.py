"""Bad input gets a clear error, and nothing is lost or touched."""
import datetime
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import unittest

import events
from processes import BINARY, DEADLINE_S
from world import NEW, OLD, World


def small_disk(world):
    """A command that applies on a disk with little room, makes room, and applies again. The disk is a tmpfs of its own,
    in a mount namespace that anybody may make, and goes with the command."""
    script = f"""
        set -eu
        mount -t tmpfs -o size=4m,mode=700 none {world.state}
        cp -a {world.folder}/images-aside {world.state}/images
        head -c 16m /dev/zero > {world.state}/ballast 2>/dev/null || true
        truncate -s -163840 {world.state}/ballast
        code=0; {BINARY} --state {world.state} apply good.yaml || code=$?
        test $code -eq 75
        rm {world.state}/ballast
        {BINARY} --state {world.state} journal verify
        exec {BINARY} --state {world.state} apply good.yaml
    """
    shutil.move(world.state / "images", world.folder / "images-aside")
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script]


class Documents(unittest.TestCase):
    def test_faults_come_with_their_place_and_all_at_once(self):
        with World(racks=1, per_rack=1) as world:
            path = world.rollout("good", world.good)
            path.write_text(path.read_text().replace("stableFor", "stabelFor").replace("size: 1,", "size: 0,"))
            for arguments in (["validate", "."], ["plan", "good.yaml"], ["apply", "good.yaml"]):
                done = world.run(*arguments, expect=65)
                self.assertRegex(done.stderr, r"good\.yaml:\d+:\d+ .*stabelFor.*did you mean.*stableFor")
                self.assertRegex(done.stderr, r"good\.yaml:\d+:\d+ .*waves\[0\]\.size")

    def test_a_reference_that_leads_nowhere_is_found(self):
        with World(racks=1, per_rack=1) as world:
            path = world.rollout("good", world.good)
            path.write_text(path.read_text().replace("gate: strict", "gate: stricd", 1))
            self.assertRegex(world.run("validate", ".", expect=65).stderr, r"good\.yaml:\d+:\d+ .*gate.*stricd")

    def test_a_file_that_cannot_be_read_is_named(self):
        with World(racks=1, per_rack=1) as world:
            done = world.run("apply", "missing.yaml", expect=65)
            self.assertIn("missing.yaml", done.stderr)

    def test_a_key_that_the_policy_names_and_nobody_has_is_found(self):
        with World(racks=1, per_rack=1) as world:
            self.assertNotIn("warning", world.run("validate", ".", expect=0).stderr)
            (world.folder / "bmc.login").unlink()
            self.assertRegex(world.run("validate", ".", expect=0).stderr, "warning: .*bmc.login cannot be read")
            (world.folder / "qa.pub").unlink()
            done = world.run("validate", ".", expect=65)
            self.assertRegex(done.stderr,
                             r"policy\.yaml:\d+:\d+ spec\.trust\.signers\.qa\.key: .*qa\.pub: No such file")
            self.assertNotIn("every document is right", done.stderr)

    def test_a_wave_too_small_for_its_gate_is_found_at_its_place(self):
        with World(racks=1, per_rack=1) as world:
            policy = world.folder / "policy.yaml"
            policy.write_text(policy.read_text().replace("{atLeast: 100%}", "{atLeast: 100%, minHosts: 5}"))
            world.rollout("good", world.good)
            self.assertRegex(world.run("plan", "good.yaml", expect=65).stderr,
                             r"good\.yaml:\d+:\d+ wave \w+ has 1 host, ")

    def test_what_is_no_command_is_usage(self):
        with World(racks=1, per_rack=1) as world:
            self.assertIn("apply", world.run("aply", "good.yaml", expect=64).stderr)


class Bmcs(unittest.TestCase):
    """Hosts that cannot be spoken to are left out, with the reason, and the others are planned."""

    def reason(self, world, name):
        done = world.run("plan", "good.yaml")
        text = done.stdout + done.stderr
        lines = [line for line in text.splitlines() if name in line]
        return done, " ".join(lines) or text

    def test_a_certificate_of_another_authority(self):
        with World(racks=1, per_rack=1) as other, World(racks=1, per_rack=1) as world:
            shutil.copy(other.folder / "pki/ca.pem", world.folder / "wrong-ca.pem")
            world.write_inventory(tls="{mode: ca, bundle: \"file:wrong-ca.pem\"}")
            world.rollout("good", world.good)
            _, why = self.reason(world, "r01-n01")
            self.assertIn("tls_untrusted", why)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"], "nothing was asked over it")

    def test_a_certificate_that_has_expired_and_one_for_another_name(self):
        for certificate, word in (("expired", "tls_expired"), ("wrongName", "tls_wrong_name")):
            with self.subTest(certificate=certificate), World(racks=1, per_rack=1, certificate=certificate) as world:
                world.rollout("good", world.good)
                _, why = self.reason(world, "r01-n01")
                self.assertIn(word, why)
                self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])

    def test_a_wrong_password_is_tried_three_times_an_hour_at_most(self):
        with World(racks=1, per_rack=1) as world:
            (world.folder / "bmc.login").write_text("admin:not-the-password\n")
            world.rollout("good", world.good)
            for _ in range(5):
                done, why = self.reason(world, "r01-n01")
                self.assertIn("login_refused", why)
                self.assertNotIn("not-the-password", why)
            self.assertNotIn("unreachable", done.stdout + done.stderr)
            self.assertIn("1 login refused (r01-n01)", done.stderr)
            seen = world.run("observe", "inventory.yaml", expect=1)
            self.assertIn("login refused: ", seen.stdout)
            self.assertIn("answered and refused the login", seen.stderr)
            self.assertNotIn("did not answer", seen.stderr)
            self.assertLessEqual(world.lab.host("r01-n01")["counters"]["loginsRefused"], 3)

    def test_a_bmc_that_sends_garbage(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.lab.disturb("r01-n01", fault="garbage")
            _, why = self.reason(world, "r01-n01")
            self.assertIn("malformed", why)
            world.run("apply", "good.yaml", expect=0)
            self.assertEqual(OLD, world.lab.host("r01-n01")["versions"]["bios"])
            self.assertEqual(NEW, world.lab.host("r02-n01")["versions"]["bios"])

    def test_a_bmc_that_is_not_there(self):
        with World(racks=2, per_rack=1) as world:
            world.write_inventory(hosts=f"""\
  hosts:
    r01-n01:
      bmc: {{address: "{world.network}.200:8443"}}
""")
            world.rollout("good", world.good)
            _, why = self.reason(world, "r01-n01")
            self.assertIn("refused", why)


class Firmware(unittest.TestCase):
    def test_an_image_that_was_tampered_with_in_the_store(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            (stored,) = [path for path in (world.state / "images").rglob(world.good.sha256)]
            os.chmod(stored, 0o600)
            with open(stored, "r+b") as image:
                image.seek(-1, os.SEEK_END)
                image.write(b"!")
            done = world.run("plan", "good.yaml", expect=3)
            self.assertIn("digest_mismatch", done.stderr)
            self.assertEqual(3, world.run("apply", "good.yaml").returncode)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["uploadsBegun"])

    def test_a_folder_with_several_releases_names_none(self):
        with World(racks=1, per_rack=1) as world:
            before = sorted(world.folder.glob("*.minisig"))
            for arguments in (["sign", ".", "--key", "qa.key"], ["verify", ".", "--policy", "policy.yaml"]):
                with self.subTest(verb=arguments[0]):
                    self.assertRegex(world.run("firmware", *arguments, expect=65).stderr,
                                     r"holds \d+ Releases, one is needed")
            self.assertEqual(before, sorted(world.folder.glob("*.minisig")))

    def test_too_few_signers(self):
        with World(racks=1, per_rack=1) as world:
            lonely = world.firmware("bios", "3.6", edges=[OLD], signers=world.signers[:1])
            world.rollout("good", lonely)
            done = world.run("apply", "good.yaml", expect=3)
            self.assertIn("threshold_unmet", done.stderr)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])

    def test_a_release_that_was_changed_after_it_was_signed(self):
        with World(racks=1, per_rack=1) as world:
            document = world.good.document
            document.write_text(document.read_text().replace("typical: 1s", "typical: 2s"))
            world.rollout("good", world.good)
            self.assertIn("signature_invalid", world.run("plan", "good.yaml", expect=3).stderr)

    def test_an_image_that_is_not_in_the_store(self):
        with World(racks=1, per_rack=1) as world:
            absent = world.firmware("bios", "3.6", edges=[OLD], imported=False)
            world.rollout("good", absent)
            done = world.run("plan", "good.yaml", expect=3)
            self.assertIn("not_in_store", done.stderr)
            self.assertIn("firmware import", done.stderr)


    def test_what_the_policy_forbids_goes_to_nobody_the_way_back_too(self):
        with World(racks=1, per_rack=1) as world:
            back = world.firmware("bios", "3.6", edges=[OLD], way_back=world.old)
            for rollout, forbidden in (
                    (world.good, f'      - {{digests: ["{world.good.sha256}"], why: "CASE-1"}}'),
                    (world.good, f'      - {{component: bios, versions: ["{NEW[:2]}*"], why: "CASE-1"}}'),
                    (back, f'      - {{digests: ["{world.old.sha256}"], why: "CASE-1"}}')):
                with self.subTest(forbidden=forbidden):
                    world.rollout("good", rollout)
                    world.write_policy(forbidden=f"    forbidden:\n{forbidden}\n")
                    for verb in ("plan", "apply"):
                        done = world.run(verb, "good.yaml", expect=3)
                        self.assertIn("forbidden", done.stderr)
                        self.assertIn("CASE-1", done.stderr)
            self.assertEqual(0, world.lab.host("r01-n01")["counters"]["requests"])


class FrozenPlan(unittest.TestCase):
    def test_it_is_refused_once_the_documents_have_changed_and_says_which(self):
        with World(racks=1, per_rack=2) as world:
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            for file, what, old, new, shown in (
                    ("policy.yaml", "Policy", "global: 50", "global: 10", "global_limit: the file has 20, .* 10"),
                    ("inventory.yaml", "Inventory", "site: lab", "site: lab, row: a", "row: .* nothing, .* \"a\""),
                    ("good.yaml", "Rollout", "stableFor: 300ms", "stableFor: 400ms", "the file has 300, .* 400"),
                    (world.good.document.name, "Release", "spec:", "spec:  # a word more", "Release")):
                with self.subTest(changed=file):
                    path = world.folder / file
                    before = path.read_text()
                    self.assertIn(old, before)
                    path.write_text(before.replace(old, new))
                    done = world.run("apply", "good.plan", expect=75)
                    self.assertIn(what, done.stderr)
                    self.assertRegex(done.stderr, shown)
                    path.write_text(before)
            for file in ("policy.yaml", "inventory.yaml", "good.yaml"):
                path = world.folder / file
                path.write_text(path.read_text().replace("spec:", "spec:   # a word more, and nothing new"))
            world.run("apply", "good.plan", expect=0)

    def edited(self, world, change):
        """The frozen plan after `change` of its content, with a digest that fits again."""
        head, content = (world.folder / "good.plan").read_text().split("\n", 1)
        document = json.loads(content)
        change(document["plan"])
        canonical = json.dumps(document["plan"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        document["digest"] = hashlib.sha256(canonical.encode()).hexdigest()
        return world.write("edited.plan", head + "\n" + json.dumps(document))

    def test_it_loosens_nothing_that_the_documents_say_now(self):
        edits = {
            "require": lambda plan: plan.pop("require"),
            "gate.success_at_least": lambda plan: plan["waves"][0]["gate"].update(success_at_least=1),
            "global_limit": lambda plan: plan.update(global_limit=5000),
            "domain_limits": lambda plan: plan["domain_limits"][0].update(most=50, ceiling=50),
            "checks.health_no_worse": lambda plan: plan["checks"].pop("health_no_worse"),
            "unasked_change": lambda plan: plan.pop("unasked_change"),
            "keys": lambda plan: plan["keys"].append(dict(plan["keys"][0], name="mallory")),
            "components[0]": lambda plan: plan["keys"][0].update(components=["bios"]),
            "second bank": lambda plan: plan["hosts"][0]["updates"][0].update(way_back="none"),
            "bmc.tls": lambda plan: plan["hosts"][0]["bmc"]["tls"].update(ca_bundle="mine.pem"),
            "calendar.freezes": lambda plan: plan["calendar"].pop("freezes"),
            "wave": lambda plan: [host.update(wave=1 - host["wave"]) for host in plan["hosts"]],
        }
        with World(racks=1, per_rack=2) as world:
            today = datetime.date.today()
            begin, end = (today + datetime.timedelta(days=days) for days in (30, 60))
            world.write_policy(also=f"  freezes: [{{name: later, from: \"{begin}T00:00:00\", "
                                    f"to: \"{end}T00:00:00\", timeZone: UTC}}]\n"
                                    "  checks: {unaskedChange: failure}\n")
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            for word, change in edits.items():
                with self.subTest(edit=word):
                    done = world.run("apply", self.edited(world, change), expect=3)
                    self.assertIn(word, done.stderr)
                    self.assertIn("the documents make", done.stderr)
            early = world.run("apply", self.edited(world, lambda plan: plan["calendar"].update(
                horizon=plan["calendar"]["horizon"] + 86_400_000)), expect=75)
            self.assertIn("has not come yet", early.stderr)
            for host in world.lab.hosts().values():
                self.assertEqual(0, host["counters"]["uploadsBegun"])

    def test_it_is_applied_once_followed_while_it_goes_on_and_refused_when_it_is_over(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            applying = world.start("apply", "good.plan", "-o", "json")
            applying.wait_for(lambda records: events.issued(records, "stage"), "the first upload")
            applying.kill()
            applying.finish()
            world.run("apply", "good.plan", expect=0)
            again = world.run("apply", "good.plan", expect=3)
            self.assertIn("applied already", again.stderr)
            self.assertIn("report good", again.stderr)
            # Everything is taken back: the file would fit the fleet again, and is used up all the same.
            world.run("rollback", "good", expect=0)
            world.run("apply", "good.plan", expect=3)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            world.run("apply", "good.plan", expect=0)

    def test_no_document_is_overwritten_by_a_slip_of_the_pen(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            kept = (world.folder / "inventory.yaml").read_bytes()
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            for arguments in (["plan", "good.yaml", "--out"], ["journal", "export", "--out"],
                              ["rehearse", "good.plan", "--seeds", "1", "--scenario", "good", "--chart"]):
                with self.subTest(verb=arguments[0]):
                    if arguments[0] == "journal":
                        world.run("apply", "good.plan", expect=0)
                    done = world.run(*arguments, "inventory.yaml", expect=64)
                    self.assertIn("inventory.yaml", done.stderr)
                    self.assertEqual(kept, (world.folder / "inventory.yaml").read_bytes())
                    for _ in range(2):
                        world.run(*arguments, f"{arguments[0]}.out", expect=0)

    def test_it_is_refused_when_it_was_edited(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("plan", "good.yaml", "--out", "good.plan", expect=0)
            plan = world.folder / "good.plan"
            plan.write_text(plan.read_text().replace("r01-n01", "r01-n02"))
            done = world.run("apply", "good.plan", expect=65)
            self.assertIn("changed", done.stderr)


class State(unittest.TestCase):
    def test_a_folder_where_nothing_ever_ran_has_no_quarantine_to_show(self):
        with World(racks=1, per_rack=1) as world:
            for arguments in (["quarantine", "list"], ["status"]):
                done = world.run(*arguments, state=world.folder / "wrong", expect=1)
                self.assertIn("no rollout was ever applied here", done.stderr)

    def test_a_lock_whose_holder_has_not_said_yet_who_it_is(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            with open(world.state / "conductor.lock", "r+b") as lock:
                lock.truncate(0)
                ours = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
                fcntl.fcntl(lock, fcntl.F_OFD_SETLK, ours)
                self.assertIn("just taking over", world.run("status", expect=0).stderr)
                shown = json.loads(world.run("status", "-o", "json", expect=0).stdout)["conductor"]
                self.assertEqual({"process": None, "rollout": "", "since": None}, shown)


class Journal(unittest.TestCase):
    def test_one_that_was_edited_by_hand_is_refused_with_the_records_number(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            world.run("journal", "verify", expect=0)
            journal = sqlite3.connect(world.state / "journal.db")
            with journal:
                journal.execute("UPDATE record SET body = replace(body, 'done', 'lost') WHERE seq = 5")
                journal.execute("UPDATE record SET wall_ms = wall_ms + 1 WHERE seq = 5")
            journal.close()
            self.assertEqual(1, world.run("journal", "verify").returncode, "it reads what a snapshot spares the others")
            shutil.rmtree(world.state / "snapshots")
            for arguments in (["journal", "verify"], ["status"], ["apply", "good.yaml"]):
                with self.subTest(verb=arguments):
                    done = world.run(*arguments)
                    self.assertEqual(1, done.returncode, done.stdout + done.stderr)
                    self.assertRegex(done.stderr, r"record 5\b")

    def test_a_tail_that_was_cut_off_is_refused(self):
        with World(racks=1, per_rack=1) as world:
            world.rollout("good", world.good)
            world.run("apply", "good.yaml", expect=0)
            journal = sqlite3.connect(world.state / "journal.db")
            with journal:
                journal.execute("DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)")
            journal.close()
            self.assertNotEqual(0, world.run("journal", "verify").returncode)

    def test_a_full_disk_starts_nothing_new_and_loses_nothing(self):
        with World(racks=2, per_rack=1) as world:
            world.rollout("good", world.good)
            done = subprocess.run(small_disk(world), cwd=world.folder, text=True, capture_output=True,
                                  timeout=DEADLINE_S)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            self.assertIn("make room on the disk", done.stderr)
            for host in world.lab.hosts().values():
                self.assertEqual(NEW, host["versions"]["bios"])
                self.assertEqual({"bios": 1}, host["counters"]["activations"])
                self.assertEqual(1, host["counters"]["uploads"])
                self.assertEqual({}, host["staged"])


if __name__ == "__main__":
    unittest.main()
