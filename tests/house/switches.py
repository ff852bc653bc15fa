"""What would let a new value of our own compile unanswered: a `default:` in a switch over our own enum, a function that
takes any event beside those that name theirs, and in the core an event that is not handed to such functions."""
import pathlib
import re

import cpp_text
import includes

DEFAULT = re.compile(r"\bdefault\s*:(?!:)")
# What is switched over stands behind an init-statement, where there is one.
SWITCH = re.compile(r"\bswitch\s*\((?:(?:[^;{}]|\{[^;{}]*\})*;)?([^;{}]*)\)\s*$")
# A value made a number: what it was may be an enum.
CAST = re.compile(r"""^\s*(static_cast\s*<|(?:std\s*::\s*)?to_underlying\b|int\s*[({]
                      |\(\s*(?:int|unsigned|std::\w+)\s*\)\s*\w)""", re.VERBOSE)
# A value of an enum of ours: `State::updated`, `Fault::Kind::busy`. A constant of a namespace, or an enum of a library
# (`http::verb::get`), begins with a small letter.
OWN = re.compile(r"\bcase\s+(?:[\w<>:\s]+[({]\s*)?(?:\w+\s*::\s*)*([A-Z]\w*)\s*::\s*\w+\s*[)}]?\s*:")
# One behind `using enum`: constants of ours begin with a `k`, macros and numbers with neither.
BARE = re.compile(r"\bcase\s+((?!k[A-Z])[a-z]\w*)\s*:(?!:)")
EVENTS = re.compile(r"\busing\s+Event\s*=\s*std::variant<([^;]*)>;")
EVENT_HEADER = "orchestrator/core/event.hpp"
CALLED = re.compile(r"\b(\w+)\s*\(([^(){};]*)\)")
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:<[^<>]*>\s*)?\(([^(){};]*)\)")
ANYTHING = re.compile(r"\bauto\b|\.\.\.")
CORE = pathlib.Path("orchestrator/core")
VISIT = re.compile(r"\bstd\s*::\s*visit\s*\(\s*" + LAMBDA.pattern + r"[^{};]*")
PICKED = re.compile(r"\b(?:get_if|holds_alternative|get)\s*<\s*(?:\w+\s*::\s*)*(\w+)\s*>")
TEMPLATE = re.compile(r"\btemplate\s*<([^;{}()]*)>[^;{}()]*$")


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
        head = block and SWITCH.search(code[:block[0]])
        if not head:
            continue
        cases = own_cases(code[block[0] + 1:block[1]])
        case = OWN.search(cases) or BARE.search(cases) or CAST.search(head[1])
        if case:
            found.append(f"{path}:{cpp_text.line_of(text, match.start())}: default: over our own enum {case[1]}: name "
                         "its other values")
    return found


def events(root):
    """The names of what can happen, as the core lists them."""
    header = root / EVENT_HEADER
    listed = EVENTS.search(cpp_text.blanked(header.read_text(encoding="utf-8"))) if header.is_file() else None
    return set(re.findall(r"\w+", listed[1])) if listed else set()


def takes(parameters, names):
    """Whether one of these parameters is of a type that is named."""
    return any(re.search(rf"(?<!\w::)\b{name}\s*(?:\.\.\.\s*)?(?:&|\w*\s*$)", parameters) for name in names)


def generic(code, at, parameter):
    """Whether this parameter of a function that is declared at `at` takes whatever event it is given."""
    made = TEMPLATE.search(code[:at])
    types = re.findall(r"\b(?:class|typename)\s*(?:\.\.\.)?\s*(\w+)", made[1]) if made else []
    return bool(ANYTHING.search(parameter)) or takes(parameter, [*types, "Event"])


def bracket_before(code, at):
    """Where the innermost bracket around `at` opens."""
    depth, begin = 0, at
    while begin > 0 and depth >= 0:
        begin -= 1
        depth += {"}": 1, ")": 1, "{": -1, "(": -1}.get(code[begin], 0)
    return begin


def functions(code):
    """(where, name, parameters) of whatever looks like a function's head."""
    for match in CALLED.finditer(code):
        if match[1] not in ("for", "if", "while", "switch", "catch"):
            yield match.start(), match[1], re.split(r",(?![^<>]*>)", match[2])


def catch_alls_in(path, code, names, overloaded):
    found = [(at, f"{name}() takes any event") for at, name, parameters in functions(code)
             if any(generic(code, at, parameter) for place, parameter in enumerate(parameters)
                    if (name, place) in overloaded)]
    lambdas = [(match, bracket_before(code, match.start())) for match in LAMBDA.finditer(code)]
    named = {scope for match, scope in lambdas if takes(match[1], names)}
    found += [(match.start(), "a lambda takes any event") for match, scope in lambdas
              if scope in named and ANYTHING.search(match[1])]
    return [f"{path}:{cpp_text.line_of(code, at)}: {what}: name the events that it takes" for at, what in found]


def unvisited_in(path, code, names, overloaded):
    """Events that the core takes without a function for each kind of them."""
    found = [(match.start(), f"{match[1]} is picked out of the events") for match in PICKED.finditer(code)
             if match[1] in names]
    for match in VISIT.finditer(code):
        body = code[match.end():block_around(code, match.end() + 1)[1]]
        handed = {name for _, name, _ in functions(body)} & {name for name, _ in overloaded}
        if not handed:
            found.append((match.start(), "a visit takes any event"))
    return [f"{path}:{cpp_text.line_of(code, at)}: {what}: visit them with a function for each" for at, what in found]


def catch_alls(root):
    """Functions and lambdas that would take a new event without a word."""
    names = events(root)
    codes = {path: cpp_text.blanked((root / path).read_text(encoding="utf-8")) for path in includes.sources(root)
             if path.parts[0] == "orchestrator"}
    found = []
    for room in sorted({path.parent for path in codes}):
        here = {path: code for path, code in codes.items() if path.parent == room}
        # A function's name, and the place among its parameters where some of its overloads name an event.
        overloaded = {(name, place) for code in here.values() for _, name, parameters in functions(code)
                      for place, parameter in enumerate(parameters) if takes(parameter, names)}
        found += [line for path, code in here.items() for line in catch_alls_in(path, code, names, overloaded)]
        if room == CORE:
            found += [line for path, code in here.items() for line in unvisited_in(path, code, names, overloaded)]
    return found


def violations(root):
    root = pathlib.Path(root)
    return [line for path in includes.sources(root, with_tests=True)
            for line in violations_in(path, (root / path).read_text(encoding="utf-8"))] + catch_alls(root)
