"""docs/runbook.md, command by command, each page in the situation that it is for: what the reader types, and what the
page shows of the answers. In the page `…` stands for any text of a line, and alone for any lines."""
import os
import pathlib
import re
import subprocess
import threading
import unittest

import events
from processes import BINARY, DEADLINE_S, until
from world import BAD, OLD, World

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "runbook.md"
ROLLOUT = "spring-bios"
CANARY_OF_TWO = [{"name": "canary", "size": 2, "gate": "strict", "soak": "10m"},
                 {"name": "rest", "size": "100%", "gate": "strict"}]


def pages():
    """The text of each page, by its heading."""
    parts = re.split(r"^## (.*)$", PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def dialogue(page):
    """(command, lines of its answer), in order."""
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def pattern(lines):
    """Of an answer. How far its columns are apart is no matter."""
    whole = ""
    for line in lines:
        if line.strip() == "…":
            whole += r"(?:.*\n)*?"
            continue
        words = [".*?".join(re.escape(part) for part in word.split("…")) for word in line.split()]
        whole += r"\s*" + r"\s+".join(words) + r"\s*\n"
    return whole


class Shell:
    """One bash for a whole page, with the binary on its PATH."""

    def __init__(self, world, *launcher):
        env = {**os.environ, "XDG_STATE_HOME": str(world.folder), "NO_COLOR": "1",
               "ADDRESS": world.address(world.names[-1]), "PATH": f"{world.folder}/bin:{os.environ['PATH']}"}
        self._bash = subprocess.Popen([*(launcher or ("bash",))], cwd=world.folder, env=env, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._watchdog = threading.Timer(5 * DEADLINE_S, self._bash.kill)
        self._watchdog.start()
        for block in re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE):
            assert self.run(block.strip()) == "", block

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._bash.stdin.close()
        self._bash.wait(DEADLINE_S)
        self._bash.stdout.close()
        self._watchdog.cancel()

    def run(self, command):
        """What it prints, on both streams."""
        end = "end of this answer"
        self._bash.stdin.write(f"{{ {command}\n}} </dev/null 2>&1; echo '{end}'\n")
        self._bash.stdin.flush()
        said = []
        for line in self._bash.stdout:
            if line.endswith(end + "\n"):
                return "".join([*said, line[:-len(end) - 1]])
            said.append(line)
        raise AssertionError(f"{command}: the shell is gone: {said}")


class Runbook(unittest.TestCase):
    maxDiff = None

    def follow(self, heading, world, *launcher):
        steps = dialogue(pages()[heading])
        self.assertTrue(steps, heading)
        with Shell(world, *launcher) as shell:
            for command, lines in steps:
                said = shell.run(command)
                if os.environ.get("SHOW"):
                    print(f"$ {command}\n{said}")
                elif not re.fullmatch(pattern(lines), said):
                    self.assertEqual("\n".join(lines) + "\n", said, f"{heading}: $ {command}")

    def fleet(self, racks=2, per_rack=3):
        world = World(racks, per_rack)
        world.state = world.folder / "breakwater"
        return world

    def furnish(self, world, firmware=None, **keys):
        (world.folder / "bin").mkdir()
        (world.folder / "bin" / "breakwater").symlink_to(BINARY)
        world.rollout(ROLLOUT, firmware or world.firmware("bios", BAD, edges=["*"]), **keys)

    def test_a_bad_update_must_come_out_now(self):
        with self.fleet() as world:
            self.furnish(world, waves=CANARY_OF_TWO)
            applying = world.start("apply", ROLLOUT + ".yaml", "-o", "json")
            applying.wait_for(lambda records: events.kinds(records, "Waiting"), "the soak")
            self.follow("A bad update must come out now", world)
            self.assertEqual({OLD}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual(4, sum(host["counters"]["uploads"] == 0 for host in world.lab.hosts().values()))
            self.assertEqual(4, applying.finish(), applying.transcript())

    def test_a_rollout_stands_still(self):
        with self.fleet() as world:
            self.furnish(world, world.good)
            applying = world.start("apply", ROLLOUT + ".yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "the canary's image")
            world.run("pause", ROLLOUT, "--reason", "the pager rang", expect=0)
            until(lambda: {"waiting", "updated"} == {host["state"] for host in world.hosts_of(ROLLOUT).values()},
                  "the end of what was in flight")
            self.follow("A rollout stands still", world)
            self.assertEqual(0, applying.finish(), applying.transcript())

    def test_a_bmc_refuses_the_login(self):
        with self.fleet() as world:
            self.furnish(world, world.good)
            world.write_inventory(hosts="  hosts:\n    r02-n03: {bmc: {credentials: \"file:other.login\"}}\n")
            (world.folder / "other.login").write_text("admin:of-last-year\n")
            (world.folder / "other.login").chmod(0o600)
            self.follow("A BMC refuses the login", world)

    def test_a_host_is_quarantined(self):
        with self.fleet(racks=1, per_rack=1) as world:
            bad = world.firmware("bios", BAD, edges=[OLD], faults=["health_critical"])
            self.furnish(world, bad)
            for name in world.names:
                world.lab.disturb(name, fault="rollback_fails")
            world.run("apply", ROLLOUT + ".yaml", expect=5)
            self.follow("A host is quarantined", world)

    def test_the_conductors_machine_died(self):
        with self.fleet() as world:
            self.furnish(world, world.good)
            applying = world.start("apply", ROLLOUT + ".yaml", "-o", "json")
            applying.wait_for(lambda records: events.evidence(records, "body_sent"), "the canary's image")
            applying.kill()
            applying.finish()
            self.follow("The conductor's machine died", world)
            self.assertEqual({1}, {host["counters"]["uploads"] for host in world.lab.hosts().values()})

    def test_the_disk_is_full(self):
        with self.fleet() as world:
            self.furnish(world, world.good)
            (world.state / "images").rename(world.folder / "images-aside")
            # A tmpfs of its own, in a mount namespace that anybody may make; it goes with the shell.
            disk = f"""
                mount -t tmpfs -o size=4m,mode=700 none {world.state} && cp -a images-aside {world.state}/images
                head -c 16m /dev/zero > {world.state}/old-images.tar 2>/dev/null
                truncate -s -163840 {world.state}/old-images.tar
                exec bash"""
            self.follow("The disk is full", world, "unshare", "--map-root-user", "--mount", "bash", "-c", disk)


if __name__ == "__main__":
    unittest.main()
