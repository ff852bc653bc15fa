"""How long files and functions are."""
import pathlib
import re

import cpp_text
import includes

FILE_LINES_MOST = 400
FUNCTION_LINES_MOST = 70
# What a stranger reads to know the product (docs/architecture.md), and the same with all that makes the fold of a
# journal. The second was meant to be 1,500 (docs/decisions/0014): it may go down, never up.
READ_FIRST = [f"orchestrator/{name}" for name in
              ("core/event.hpp", "core/host_machine.cpp", "core/decide.cpp", "conductor.cpp")]
READ_FIRST_MOST = 800
WITH_FOLD_MOST = 1750

MARK = re.compile(r"[(){};]")
# A brace behind one of these opens a scope in which functions stand; any other one outside a function opens a body or
# an initialiser.
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^;{}()]*$|\bnamespace\s*$")
# What may stand between a function's parameters and its body: qualifiers, attributes, a return type, a constraint, the
# `try` of a body that catches, members that are initialised by braces.
BODY = re.compile(r"""(\)|\} | = \s* \[[^\]]*\]) \s*
                      (( \b(const|volatile|noexcept|override|final|mutable|try)\b | &&? | \[\[.*?\]\]
                       | -> \s* [\w:<>,\s*&()]+ ) \s*)* $
                      | \) \s* ([\w\s&]+\s)? requires\b [^;{}]* $""", re.VERBOSE | re.DOTALL)
REQUIRES_EXPRESSION = re.compile(r"\brequires\s*(\([^()]*\))?\s*$")
HANDLER = re.compile(r"^\s*catch\b")


def bodies(text):
    """(first line, lines) of each function body that stands outside every other one."""
    text = cpp_text.blanked(text)
    open_braces, parens, chunk_begin = [], 0, 0
    found = []
    for mark in MARK.finditer(text):
        at, letter = mark.start(), mark.group()
        inside = any(kind != "scope" for kind, _ in open_braces)
        if letter in "()" and not inside:
            parens += 1 if letter == "(" else -1
        elif letter == ";" and not inside and parens == 0:
            chunk_begin = at + 1
        elif letter == "{":
            before = text[chunk_begin:at]
            if inside or parens > 0:
                kind = "inner"
            elif SCOPE.search(before):
                kind = "scope"
            elif REQUIRES_EXPRESSION.search(before):
                kind = "initialiser"
            elif found and HANDLER.match(before):
                kind, at = "body", found.pop()[0]  # of a function that catches: all of it is one
            else:
                kind = "body" if BODY.search(before) else "initialiser"
            open_braces.append((kind, at))
            if kind == "scope":
                chunk_begin = at + 1
        elif letter == "}" and open_braces:
            kind, begin = open_braces.pop()
            if kind == "body":
                found.append((begin, at))
            if kind in ("body", "scope"):
                chunk_begin = at + 1
    for begin, end in found:
        first, last = cpp_text.line_of(text, begin), cpp_text.line_of(text, end)
        yield first, last - first + 1


def violations_in(path, text):
    found = []
    lines = text.count("\n")
    if lines > FILE_LINES_MOST:
        found.append(f"{path}: {lines} lines, {FILE_LINES_MOST} are the most")
    found += [f"{path}:{first}: a function of {count} lines, {FUNCTION_LINES_MOST} are the most"
              for first, count in bodies(text) if count > FUNCTION_LINES_MOST]
    return found


def violations(root):
    root = pathlib.Path(root)
    return [line for path in includes.sources(root, with_tests=True)
            for line in violations_in(path, (root / path).read_text(encoding="utf-8"))]


def reading_list(root):
    """One line for each part of what is read first that has grown too long."""
    root = pathlib.Path(root)
    lines = {path.as_posix(): (root / path).read_text(encoding="utf-8").count("\n") for path in includes.sources(root)}
    fold = [path for path in lines if re.fullmatch(r"orchestrator/core/fold\w*\.cpp", path)]
    parts = [("the files to read first", READ_FIRST, READ_FIRST_MOST),
             ("these with all of the fold", READ_FIRST + fold, WITH_FOLD_MOST)]
    counts = [(name, sum(lines[path] for path in paths), most) for name, paths, most in parts]
    return [f"{name}: {count} lines, {most} are the most" for name, count, most in counts if count > most]
