"""Reads every #include of the product and says which of them the house does not allow."""
import fnmatch
import pathlib
import re

import cpp_text
import tables

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
# A directive that the line above does not read: continued, behind a comment, with a macro, or spelled `%:`.
DIRECTIVE = re.compile(r"^[^\n\"]*?(?:#|%:|\?\?=)(?:[ \t]|\\\n)*(?:i(?:\\\n)?n(?:\\\n)?c|import\b|embed\b)",
                       re.MULTILINE)
IMPURE_NAMES = re.compile(tables.IMPURE_NAMES)
OUTLIVES = re.compile(tables.OUTLIVES)
# A pointer is constant where it is const and what it points to is, too.
CONSTANT = re.compile(r"\bconstexpr\b|^[^*]*\bconst\b[^*]*(?:\*\s*const\b[^*]*)?$")
# The brackets in `std::function<int(int)>` are none of a function's own parameters.
SIGNATURE = re.compile(r"(?<=\bfunction<)[^;{}()<>]*\([^;{}()]*\)(?=>)")
KINDS = (".cpp", ".hpp")
CODE = (".c", ".cc", ".cxx", ".c++", ".h", ".hh", ".hxx", ".h++", ".inc", ".inl", ".ipp", ".ixx", ".tcc", ".tpp",
        ".cppm")


def sources(root, with_tests=False):
    """Every C++ file of the product, as a path relative to the root."""
    for folder in [*tables.PRODUCT, *(["tests"] if with_tests else [])]:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in KINDS:
                yield path.relative_to(root)


def misnamed(root):
    """Code in files that nothing here would read."""
    return [f"{path.relative_to(root)}: code stands in {' and '.join(KINDS)} files"
            for folder in tables.PRODUCT for path in sorted((root / folder).rglob("*")) if path.suffix in CODE]


def within(path, folder):
    return path == folder or path.startswith((folder + "/", folder + "."))


def floor_of(path):
    """The longest row of the floors' table that this path stands under."""
    rows = [row for row in tables.FLOORS if within(path, row)]
    return max(rows, key=len, default=None)


def judge_own(path, target, root):
    """What is wrong with including one of our own files; None where nothing is."""
    if any(part in ("", ".", "..") for part in target.split("/")):
        return "is no plain path from the project's root"
    if target not in tables.GENERATED and not (root / target).is_file():
        return "names no file, seen from the project's root"
    if not target.endswith(".hpp"):
        return "is no header"
    if is_pure(path) and target in tables.IMPURE_OWN:
        return f"{path.rpartition('/')[0]} is pure"
    here, there = floor_of(path), floor_of(target)
    if here is None:
        return "is included by a file that belongs to no room"
    if there is None:
        return "belongs to no room"
    if here == there:
        return None
    if there in tables.FLOORS[here]:
        return None
    return f"{here} must not know {there}"


def may_name(path, room):
    return path.startswith(room) if room.endswith("/") else fnmatch.fnmatchcase(path, room)


def is_pure(path):
    sockets = any(fnmatch.fnmatchcase(path, files) for files in tables.WITH_SOCKETS)
    return path.startswith(tuple(tables.PURE)) and not sockets


def is_impure(header):
    return any(header.startswith(known) if known.endswith("/") else header == known for known in tables.IMPURE)


def judge_library(path, header):
    """What is wrong with including a header that is not ours; None where nothing is."""
    for library, (beginnings, rooms) in tables.LIBRARIES.items():
        if not any(header.startswith(beginning) for beginning in beginnings):
            continue
        if not any(may_name(path, room) for room in rooms):
            return f"{library} may be named in {', '.join(rooms)} only"
        narrower = next((only.get(library) for files, only in tables.NARROWER.items()
                         if fnmatch.fnmatchcase(path, files)), None)
        if narrower is not None and header not in narrower:
            return f"of {library} this file may name only {', '.join(narrower) or 'nothing'}"
        return None
    if is_pure(path) and is_impure(header):
        return f"{path.rpartition('/')[0]} is pure"
    if ("/" in header or header.endswith(".h")) and not any(header.startswith(known) for known in tables.SYSTEM):
        return "belongs to no library that has a room"
    return None


def as_a_word(match):
    return re.sub(r"[^\n]", "_", match[0])


def outlives(match):
    kind = match["bare"] or match["type"]
    return match["member"] is not None or not CONSTANT.search(kind)


def hidden(path, text):
    """Directives that are not one plain line, and in pure rooms the names of clocks, chance, files and threads."""
    code = cpp_text.blanked(text)
    plain = {match.end() for match in INCLUDE.finditer(text)}
    found = [f"{path}:{cpp_text.line_of(text, match.start())}: an #include is one plain line"
             for match in DIRECTIVE.finditer(code)
             if not any(match.start() < end <= text.find("\n", match.end()) + 1 for end in plain)]
    if is_pure(path.as_posix()):
        file, line = tables.CLOCK_TYPE
        if path.as_posix() == file:
            code = code.replace(line, " " * len(line))
        found += [f"{path}:{cpp_text.line_of(text, match.start())}: {match[0]}: {path.parent.as_posix()} is pure"
                  for match in IMPURE_NAMES.finditer(code)]
        found += [f"{path}:{cpp_text.line_of(text, match.start())}: a variable that outlives a call: "
                  f"{path.parent.as_posix()} is pure"
                  for match in OUTLIVES.finditer(SIGNATURE.sub(as_a_word, code)) if outlives(match)]
    return found


def violations(root):
    """One line for each #include, and each name in a pure room, that the house does not allow."""
    root = pathlib.Path(root)
    found = misnamed(root)
    for path in sources(root):
        text = (root / path).read_text(encoding="utf-8")
        found += hidden(path, text)
        for match in INCLUDE.finditer(text):
            own, foreign = match.groups()
            library = foreign or own
            wrong = None
            if own and not any(own.startswith(b) for beginnings, _ in tables.LIBRARIES.values() for b in beginnings):
                wrong = judge_own(path.as_posix(), own, root)
            else:
                wrong = judge_library(path.as_posix(), library)
            if wrong:
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path}:{line}: {library}: {wrong}")
    return found
