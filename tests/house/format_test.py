"""Every C++ file has the form that .clang-format gives it, and the check that says so can tell."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOORS = ["inventories", "policies", "drivers", "orchestrator", "tests", "cmake"]


def unformatted(files):
    """The files that clang-format would change, as paths."""
    command = ["clang-format", "--style=file:" + str(ROOT / ".clang-format"), "--dry-run", *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stderr
    return sorted({line.split(":", 1)[0] for line in said.splitlines() if "-Wclang-format-violations" in line})


class Form(unittest.TestCase):
    def test_the_tree_holds_it(self):
        files = [path for floor in FLOORS for kind in ("*.cpp", "*.hpp") for path in (ROOT / floor).rglob(kind)]
        self.assertGreater(len(files), 100)
        self.assertEqual([], unformatted(files), "run: git ls-files '*.cpp' '*.hpp' | xargs clang-format -i")

    def test_another_form_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = pathlib.Path(folder, "good.cpp"), pathlib.Path(folder, "bad.cpp")
            good.write_text("int f() {\n  return 1;\n}\n")
            bad.write_text("int f()\n{ return 1; }\n")
            self.assertEqual([str(bad)], unformatted([good, bad]))


if __name__ == "__main__":
    unittest.main()
