"""Which switches over our own enums have a `default:`, so that a new value would compile unanswered."""
import pathlib
import re

import cpp_text
import includes

DEFAULT = re.compile(r"\bdefault\s*:(?!:)")
SWITCH = re.compile(r"\bswitch\s*\([^;{}]*\)\s*$")
# A value of an enum of ours: `State::updated`, `Fault::Kind::busy`. A constant of a namespace, or an enum of a library
# (`http::verb::get`), begins with a small letter.
OWN = re.compile(r"\bcase\s+(?:\w+\s*::\s*)*([A-Z]\w*)\s*::\s*\w+\s*:")


def block_around(code, at):
    """Where the innermost brace before `at` opens, and where it closes."""
    depth = 0
    for begin in range(at - 1, -1, -1):
        depth += {"}": 1, "{": -1}.get(code[begin], 0)
        if depth < 0:
            break
    else:
        return None
    depth = 0
    for end in range(begin, len(code)):
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        if depth == 0:
            return begin, end
    return None


def own_cases(code):
    """The text of a switch's body without what stands in braces of its own."""
    depth, kept = 0, []
    for letter in code:
        depth -= letter == "}"
        if depth == 0:
            kept.append(letter)
        depth += letter == "{"
    return "".join(kept)


def violations_in(path, text):
    code = cpp_text.blanked(text)
    found = []
    for match in DEFAULT.finditer(code):
        block = block_around(code, match.start())
        if block is None or not SWITCH.search(code[:block[0]]):
            continue
        case = OWN.search(own_cases(code[block[0] + 1:block[1]]))
        if case:
            found.append(f"{path}:{cpp_text.line_of(text, match.start())}: default: over our own enum {case[1]}: name "
                         "its other values")
    return found


def violations(root):
    root = pathlib.Path(root)
    return [line for path in includes.sources(root, with_tests=True)
            for line in violations_in(path, (root / path).read_text(encoding="utf-8"))]
