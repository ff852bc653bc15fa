"""What the documentation shows is what the binary does."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from processes import BINARY

ROOT = pathlib.Path(__file__).resolve().parents[2]


def say(*arguments):
    return subprocess.run([BINARY, *arguments], check=True, capture_output=True, text=True).stdout


class Documentation(unittest.TestCase):
    def test_the_picture_of_the_host_machine_is_the_one_drawn_from_its_table(self):
        page = (ROOT / "docs/architecture.md").read_text()
        shown = re.search(r"```dot\n(.*?)```", page, re.DOTALL).group(1)
        self.assertEqual(say("states", "--dot"), shown, "paste what `breakwater states --dot` prints")

    def test_the_glossary_is_the_one_of_the_tables(self):
        page = (ROOT / "docs/glossary.md").read_text()
        self.assertEqual(say("glossary", "--markdown"), page, "paste what `breakwater glossary --markdown` prints")

    def test_every_exit_code_of_the_readme_is_in_the_glossary(self):
        table = (ROOT / "README.md").read_text().split("| exit | |")[1].split("\n\n")[0]
        entries = json.loads(say("glossary", "-o", "json"))["items"]
        known = [entry["word"] for entry in entries if entry["kind"] == "exit"]
        self.assertEqual(re.findall(r"^\| (\d+) ", table, re.MULTILINE), known)

    def test_every_command_of_the_readme_is_one(self):
        readme = (ROOT / "README.md").read_text()
        table = readme.split("## Commands")[1].split("\n\n")[1]
        verbs = set(re.findall(r"`([a-z]+)[ `]", table)) | set(re.findall(r"\n\| `([a-z]+)", table))
        listed = set(re.findall(r"^  ([a-z]+) ", say("--help"), re.MULTILINE))
        self.assertLessEqual(listed - {"breakwater", "rollout"}, verbs)

    def test_every_fault_of_the_lab_stands_in_the_formats(self):
        names = re.findall(r'"([a-z_]+)"', (ROOT / "drivers/lab/fault.hpp").read_text())
        self.assertGreater(len(names), 10)
        formats = (ROOT / "docs/formats.md").read_text()
        for name in names:
            self.assertIn(f"`{name}`", formats)

    def test_every_key_of_a_schema_stands_in_the_formats(self):
        formats = (ROOT / "docs/formats.md").read_text()
        for kind in ("Inventory", "BmcKeys", "Policy", "Release", "Rollout", "Lab"):
            for key in sorted(keys_of(json.loads(say("schema", kind)))):
                with self.subTest(kind=kind, key=key):
                    self.assertRegex(formats, rf"\b{re.escape(key)}\b")

    def test_the_rollout_of_the_readme_is_right(self):
        readme = (ROOT / "README.md").read_text()
        rollout = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL).group(1)
        with tempfile.TemporaryDirectory() as folder:
            fleet, keys = pathlib.Path(folder) / "fleet", pathlib.Path(folder) / "keys"
            shutil.copytree(ROOT / "examples/quickstart/fleet", fleet)
            keys.mkdir()
            for person in ("vendor", "qa"):
                say("firmware", "keygen", keys / person)
            (fleet / "bios-3.4.yaml").write_text(rollout)
            say("validate", fleet)


def keys_of(schema):
    """Every key that a document of this schema may hold."""
    keys = set()
    if isinstance(schema, dict):
        keys.update(schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else {})
        for value in schema.values():
            keys |= keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            keys |= keys_of(value)
    return keys


if __name__ == "__main__":
    unittest.main()
