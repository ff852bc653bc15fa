"""How pages and scripts are wrapped, and the word that is misspelled most often.

A line of prose in a Markdown page, and any line of Python, CMake or a script, has at most 120 columns. Rows of a table
and code blocks of a page may be longer. clang-format holds C++.
"""
import pathlib
import re

COLUMNS_MOST = 120
PAGES = ["README.md", "CHANGELOG.md", "docs", "examples"]
SCRIPTS = ["CMakeLists.txt", ".ci", "cmake", "inventories", "policies", "drivers", "orchestrator", "tests", "examples"]

# One word, not two; also where a line break or the comment sign of the next line stands between the two halves.
TWO_WORDS = re.compile(r"\bcan\s+(?:(?:#|//|\*|>)\s*)?not\b", re.IGNORECASE)
FOLDERS = ["docs", "examples", "schema", "inventories", "policies", "drivers", "orchestrator", "tests"]
KINDS = [".md", ".py", ".yaml", ".cpp", ".hpp"]
LEFT_BY_RUNS = ["examples/quickstart/out"]


def files(root, places, kinds):
    """The files of these kinds, as paths relative to the root; a place is a file or a folder."""
    for place in places:
        found = sorted((root / place).rglob("*")) if (root / place).is_dir() else [root / place]
        for path in found:
            name = path.relative_to(root).as_posix()
            if path.suffix in kinds and path.is_file() and not name.startswith(tuple(LEFT_BY_RUNS)):
                yield name


def is_script(path):
    """CMake, Python, or what names the program that runs it."""
    if path.suffix in (".py", ".cmake") or path.name == "CMakeLists.txt":
        return True
    return not path.suffix and path.read_bytes()[:2] == b"#!"


def long_lines(text):
    """(line, columns) of each line that is too long."""
    return [(number, len(line)) for number, line in enumerate(text.splitlines(), 1) if len(line) > COLUMNS_MOST]


def long_prose(text):
    """The same of a page, where tables and code may be longer."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not line.lstrip().startswith("|") and len(line) > COLUMNS_MOST:
            yield number, len(line)


def violations(root):
    root = pathlib.Path(root)
    found = [f"{name}:{line}: {columns} columns, {COLUMNS_MOST} are the most"
             for name in files(root, PAGES, [".md"])
             for line, columns in long_prose((root / name).read_text(encoding="utf-8"))]
    found += [f"{name}:{line}: {columns} columns, {COLUMNS_MOST} are the most"
              for name in files(root, SCRIPTS, [".py", ".cmake", ".txt", ""]) if is_script(root / name)
              for line, columns in long_lines((root / name).read_text(encoding="utf-8"))]
    for name in files(root, ["README.md", "CHANGELOG.md", *FOLDERS], KINDS):
        text = (root / name).read_text(encoding="utf-8")
        found += [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: write `cannot`"
                  for match in TWO_WORDS.finditer(text)]
    return found
