"""docs/first-fleet.md, line by line, in an empty home; and what its verbs refuse."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from processes import BINARY

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "first-fleet.md"


def blocks():
    """What the page has a reader type, in order."""
    return re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)


class Home:
    """An empty home directory, with the binary on its PATH."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="breakwater-first-")
        self.path = pathlib.Path(self._folder.name)
        (self.path / "bin").mkdir()
        (self.path / "bin" / "breakwater").symlink_to(BINARY)
        self.env = {"HOME": str(self.path), "PATH": f"{self.path}/bin:{os.environ['PATH']}", "NO_COLOR": "1"}
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def shell(self, script):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.path, env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)

    def run(self, *arguments):
        return subprocess.run([BINARY, *arguments], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)


class FirstFleet(unittest.TestCase):
    def test_the_page_is_a_script(self):
        end = "trap 'kill %1 2>/dev/null || true' EXIT\n"
        with Home() as home:
            done = home.shell("set -m\n" + end + "\n".join(blocks()))
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            self.assertRegex(done.stdout, r"finished: 6 updated")
            self.assertRegex(done.stdout, r"r01-n01 +rolled back")
            self.assertIn("6 keys pinned in fleet/bmc-keys.yaml", done.stderr)
            self.assertIn("nothing was pinned", done.stderr, "not before a person agreed")
            self.assertNotIn("lab-password", done.stdout + done.stderr)

    def test_init_asks_nobody_where_nobody_is_there(self):
        with Home() as home:
            made = home.run("init", "fleet")
            self.assertEqual(0, made.returncode, made.stderr)
            self.assertIn("an example stands in its place", made.stderr)
            checked = home.run("validate", "fleet")
            self.assertEqual(0, checked.returncode, checked.stderr)
            self.assertIn("breakwater pin", checked.stderr)
            key = home.path / "fleet" / "keys" / next(f for f in os.listdir(home.path / "fleet/keys") if
                                                      f.endswith(".key"))
            self.assertEqual(0, key.stat().st_mode & 0o077)
            again = home.run("init", "fleet")
            self.assertEqual(64, again.returncode)
            self.assertIn("is there already", again.stderr)

    def test_ansible_is_asked_for_its_inventory(self):
        with Home() as home:
            (home.path / "hosts.ini").write_text(
                "[web]\nn1 oob=10.0.0.1 rack=r07\nn2 oob=10.0.0.2 rack=r08\n[db]\nn2\n")
            made = home.run("inventory", "import", "ansible", "hosts.ini", "--address", "oob", "--label", "rack",
                            "--name", "fra1", "--login", "env:BMC")
            self.assertEqual(0, made.returncode, made.stderr)
            text = (home.path / "inventory.yaml").read_text()
            self.assertIn('labels: {"db": "true", "rack": "r08", "web": "true"}', text)
            self.assertEqual(0, home.run("validate", "inventory.yaml").returncode)
            self.assertNotIn("own name", made.stderr)
            other = home.run("inventory", "import", "ansible", "hosts.ini", "--address", "bmc_ip", "--out",
                             "other.yaml", "--name", "fra1", "--login", "env:BMC")
            self.assertIn("2 hosts without the variable bmc_ip, whose own name stands for the address of the BMC: "
                          "n1, n2", other.stderr)
            failed = home.run("inventory", "import", "ansible", "nowhere.ini", "--out", "third.yaml")
            self.assertNotEqual(0, failed.returncode)
            self.assertNotIn("apt-get", failed.stderr, "it is installed")

    def test_a_table_is_an_inventory(self):
        with Home() as home:
            (home.path / "fleet.csv").write_text("name,address,rack\nn1,10.0.0.1,r07\nn1,10.0.0.2,r07\n")
            made = home.run("inventory", "import", "csv", "fleet.csv", "--name", "fra1")
            self.assertEqual(65, made.returncode)
            self.assertIn("fleet.csv:3", made.stderr)
            self.assertFalse((home.path / "inventory.yaml").exists())


if __name__ == "__main__":
    unittest.main()
