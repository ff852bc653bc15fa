"""Finds lines that are too long, and `cannot` written as two words.

A line of prose in a Markdown page has at most 120 columns; rows of a table and code blocks may be longer. A line of
Python has at most 120 columns.
"""
import pathlib
import re

COLUMNS_MOST = 120
# The two words may have a line break between them, and the comment sign of the next line.
TWO_WORDS = re.compile(r"\bcan\s+(?:(?:#|//|\*|>)\s*)?not\b", re.IGNORECASE)
PLACES = ["README.md", "CHANGELOG.md", "docs", "examples", "schema", "tests"]
KINDS = [".md", ".py", ".yaml"]
CPP_PLACES = ["inventories", "drivers", "tests/inventories", "tests/drivers", "tests/fuzz", "tests/policies"]
CPP_KINDS = [".cpp", ".hpp"]
LEFT_BY_RUNS = ["examples/quickstart/out"]


def files(root, places, kinds):
    """The files of these kinds, as paths relative to the root. A place is a file or a folder."""
    for place in places:
        found = sorted((root / place).rglob("*")) if (root / place).is_dir() else [root / place]
        for path in found:
            name = path.relative_to(root).as_posix()
            if path.suffix in kinds and path.is_file() and not name.startswith(tuple(LEFT_BY_RUNS)):
                yield name


def prose(text):
    """(number, line) of each line that is neither in a code block nor a row of a table."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not line.lstrip().startswith("|"):
            yield number, line


def long_lines(name, text):
    lines = prose(text) if name.endswith(".md") else enumerate(text.splitlines(), 1)
    return [f"{name}:{number}: {len(line)} columns, {COLUMNS_MOST} are the most"
            for number, line in lines if len(line) > COLUMNS_MOST]


def violations(root):
    root = pathlib.Path(root)
    found = []
    for name in [*files(root, PLACES, KINDS), *files(root, CPP_PLACES, CPP_KINDS)]:
        text = (root / name).read_text(encoding="utf-8")
        if name.endswith((".md", ".py")):
            found += long_lines(name, text)
        found += [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: write `cannot`"
                  for match in TWO_WORDS.finditer(text)]
    return found
