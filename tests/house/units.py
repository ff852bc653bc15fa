"""Finds tests that could not be compiled together, for each test file needs a namespace that carries its name, and
tests whose own names are not in snake_case."""
import pathlib
import re

import cpp_text

OPENED = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)
OUTSIDE = re.compile(r"^(?:using|static|const|constexpr|TEST)\b.*", re.MULTILINE)
NAMED = re.compile(r"^TEST(?:_F|_P)?\((\w+), (?![a-z0-9_]+\))(\w+)", re.MULTILINE)


def violations_in(path, text):
    name = pathlib.PurePath(path).stem
    text = cpp_text.blanked(text)
    opened = list(OPENED.finditer(text))
    if not opened:
        return [f"{path}: no namespace, `namespace breakwater::{name}` or deeper is needed"]
    found = [f"{path}:{cpp_text.line_of(text, space.start())}: namespace {space[1]} is not called {name}"
             for space in opened if space[1].split("::")[-1] != name]
    found += [f"{path}:{cpp_text.line_of(text, test.start())}: {test[1]}.{test[2]} is not snake_case"
              for test in NAMED.finditer(text)]
    before = OUTSIDE.search(text[:opened[0].start()])
    if before:
        found.append(f"{path}:{cpp_text.line_of(text, before.start())}: stands before the file's own namespace")
    if not text.rstrip().endswith("}"):
        found.append(f"{path}: something stands behind the file's own namespace")
    return found


def violations(root):
    return [line for path in sorted((root / "tests").rglob("*_test.cpp"))
            for line in violations_in(path.relative_to(root), path.read_text(encoding="utf-8"))]
