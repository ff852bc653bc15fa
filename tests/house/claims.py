"""Whether what docs/reliability.md names as proof is there: tests, folders of tests, fuzz targets, files."""
import fnmatch
import pathlib
import re

PAGE = "docs/reliability.md"
QUOTED = re.compile(r"`([^`\n]+)`")
CASE = re.compile(r"(?:[A-Z]\w+|\*)\.[\w*…]+")
IN_CPP = re.compile(r"^(?:TEST|TEST_F|TEST_P)\((\w+),\s*(\w+)\)", re.MULTILINE)
CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)
METHOD = re.compile(r"^    def (test_\w+)\(", re.MULTILINE)


def cases(root):
    """Every test case as `Suite.case`."""
    found = set()
    for path in (root / "tests").rglob("*.cpp"):
        found.update(map(".".join, IN_CPP.findall(path.read_text(encoding="utf-8"))))
    for path in (root / "tests").rglob("*_test.py"):
        _, *classes = CLASS.split(path.read_text(encoding="utf-8"))
        for name, body in zip(classes[::2], classes[1::2]):
            found.update(f"{name}.{method}" for method in METHOD.findall(body))
    return found


def is_there(root, known, name):
    """Whether a name that the page quotes leads somewhere. What has the form of no proof is let through."""
    if CASE.fullmatch(name):
        return bool(fnmatch.filter(known, name.replace("…", "*")))
    if name.startswith("end_to_end."):
        return (root / "tests/end_to_end" / f"{name.removeprefix('end_to_end.')}_test.py").is_file()
    if name.startswith("fuzz/"):
        return (root / "tests" / f"{name}_target.cpp").is_file()
    if name.startswith(("tests/", "orchestrator/")):
        return (root / name.split()[0]).exists()
    return True


def violations(root):
    root = pathlib.Path(root)
    known = cases(root)
    return [f"{PAGE}:{number}: `{name}` is not in the tree"
            for number, line in enumerate((root / PAGE).read_text(encoding="utf-8").splitlines(), 1)
            for name in QUOTED.findall(line) if not is_there(root, known, name)]
