"""Mutants: rules of the product that the simulation breaks on purpose, one patch a rule.

    mutants.py copy FILE TO       FILE of the product with every patch in it (the build calls this)
    mutants.py refresh [NAME...]  writes patches anew where their place has moved; names those that no longer fit
    mutants.py edit NAME          lays out the files of a patch, as far as it fits, for an editor
    mutants.py save NAME [FILE...]  makes the patch of what was edited, and of more files of the product
    mutants.py seeds SIMULATE     breaks every rule, and writes the first seeds that notice into docs/reliability.md and
                                  into the patches

A patch is a unified diff over the product. It adds branches that ask `mutants::broken("NAME")`, and its first line says
`Trips I2 at seed 7: what is broken`. The test of a patch begins at that seed. A hunk belongs where its old lines stand,
whatever its line numbers say. All patches are laid over the product as it is, so that neighbours do not disturb each
other.
"""
import difflib
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
HOUSE = HERE.parents[2]
EDITED = HOUSE / "build" / "mutants"
CLAIMS = HOUSE / "docs" / "reliability.md"
INCLUDE = '#include "tests/simulation/mutants/mutants.hpp"\n'
CONTEXT = 2


class Misfit(Exception):
    """A patch that cannot be applied."""


def names(folder=HERE):
    return sorted(path.stem for path in folder.glob("*.patch"))


def hunks_of(text):
    """{file: [[(sign, line)]]} of a unified diff."""
    files, hunks = {}, None
    for line in text.splitlines(keepends=True):
        if line.startswith("+++ b/"):
            hunks = files.setdefault(line[6:].strip(), [])
        elif line.startswith("@@"):
            hunks.append([])
        elif hunks and line[0] in " +-" and not line.startswith("--- a/"):
            hunks[-1].append((line[0], line[1:]))
        elif hunks and line == "\n":  # an editor took the blank that stands for an empty line
            hunks[-1].append((" ", line))
    return files


def place_of(hunk, lines):
    """Where the old lines of a hunk stand."""
    old = [line for sign, line in hunk if sign != "+"]
    places = [at for at in range(len(lines) - len(old) + 1) if lines[at:at + len(old)] == old]
    if len(places) != 1:
        raise Misfit(f"{len(places)} places look like this:\n" + "".join(f"    {line}" for line in old))
    return places[0]


def applied(lines, hunks):
    """The lines of a file with all hunks in it."""
    added, removed = {}, set()
    for hunk in hunks:
        at = place_of(hunk, lines)
        for sign, line in hunk:
            if sign == "+":
                added.setdefault(at, []).append(line)
                continue
            if sign == "-":
                if at in removed:
                    raise Misfit(f"two patches replace line {at + 1}: {line}")
                removed.add(at)
            at += 1
    out = []
    for at in range(len(lines) + 1):
        out += added.get(at, [])
        out += lines[at:at + 1] if at not in removed else []
    return out


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def patch_text(name, folder=HERE):
    text = (folder / f"{name}.patch").read_text(encoding="utf-8")
    if not re.match(r"Trips I\d+( at seed \d+)?: ", text) or f'mutants::broken("{name}")' not in text:
        raise Misfit(f"{name}.patch: it needs a first line `Trips I2: ...` and a branch that asks for its name")
    return text


def copied(file, house=HOUSE, folder=HERE):
    """The text of a product's file with every patch in it."""
    hunks = []
    for name in names(folder):
        for hunk in hunks_of(patch_text(name, folder)).get(file, []):
            try:
                applied(lines_of(house / file), [hunk])
            except Misfit as misfit:
                raise Misfit(f"{name}.patch does not fit {file}: {misfit}"
                             f"To mend it: tests/simulation/mutants/mutants.py edit {name}") from misfit
            hunks.append(hunk)
    return INCLUDE + "".join(applied(lines_of(house / file), hunks))


def diff(file, old, new):
    return "".join(difflib.unified_diff(old, new, f"a/{file}", f"b/{file}", n=CONTEXT))


def heading(text):
    return text[:text.index("--- a/")]


def refreshed(name, house=HOUSE, folder=HERE):
    text = patch_text(name, folder)
    parts = []
    for file, hunks in hunks_of(text).items():
        lines = lines_of(house / file)
        parts.append(diff(file, lines, applied(lines, hunks)))
    return heading(text) + "".join(parts)


def refresh(chosen):
    misfits = []
    for name in chosen or names():
        try:
            (HERE / f"{name}.patch").write_text(refreshed(name), encoding="utf-8")
        except Misfit as misfit:
            misfits.append(f"{name}: {misfit}")
    sys.exit("\n".join(misfits) or 0)


def edit(name):
    for file, hunks in hunks_of(patch_text(name)).items():
        lines = lines_of(HOUSE / file)
        for hunk in hunks:
            try:
                place_of(hunk, lines)
            except Misfit:
                print(f"{file}: this part has no place any more, put it in by hand:")
                print("".join(sign + line for sign, line in hunk), end="")
        fits = [hunk for hunk in hunks if is_placed(hunk, lines)]
        to = EDITED / name / file
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text("".join(applied(lines, fits)), encoding="utf-8")
        print(f"edit {to}")
    print(f"then: tests/simulation/mutants/mutants.py save {name}")


def is_placed(hunk, lines):
    try:
        place_of(hunk, lines)
    except Misfit:
        return False
    return True


def save(name):
    patch = HERE / f"{name}.patch"
    edited = EDITED / name
    files = sorted(path.relative_to(edited).as_posix() for path in edited.rglob("*pp"))
    parts = [diff(file, lines_of(HOUSE / file), lines_of(edited / file)) for file in files]
    patch.write_text(heading(patch.read_text(encoding="utf-8")) + "".join(parts), encoding="utf-8")


def copy(file, to):
    to = pathlib.Path(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        to.write_text(copied(file), encoding="utf-8")
    except Misfit as misfit:
        sys.exit(str(misfit))


def seed_of(name, simulate):
    """The first seed that notices; None where none does."""
    invariant = re.match(r"Trips (I\d+)", patch_text(name))[1]
    played = subprocess.run([simulate, "--break", name, "--expect", invariant, "--seeds", "3000", "--hosts", "40"],
                            capture_output=True, text=True, check=False)
    seed = re.search(r"tripped by seed (\d+)", played.stdout)
    print(f"{invariant} {name} {seed[1] if seed else 'not noticed'}", flush=True)
    return seed and seed[1]


def with_seeds(claims, seeds):
    """The table of invariants with the seeds of its mutants in the last column, and the mutants that it leaves out."""
    left = set(seeds)
    rows = []
    for row in claims.splitlines(keepends=True):
        cells = row.split("|")
        broken = re.findall(r"`(\w+)`", cells[4]) if re.match(r"\| I\d+ \|", row) else []
        if broken and set(broken) <= set(seeds):
            left -= set(broken)
            cells[5] = " " + ", ".join(seeds[name] or "none" for name in broken) + " "
        rows.append("|".join(cells))
    return "".join(rows), sorted(left)


def with_seed(text, seed):
    """A patch whose test begins at this seed; None: at the first."""
    return re.sub(r"^(Trips I\d+)( at seed \d+)?", rf"\1 at seed {seed}" if seed else r"\1", text, count=1)


def seeds(simulate):
    found = {name: seed_of(name, simulate) for name in names()}
    for name, seed in found.items():
        (HERE / f"{name}.patch").write_text(with_seed(patch_text(name), seed), encoding="utf-8")
    claims, left = with_seeds(CLAIMS.read_text(encoding="utf-8"), found)
    CLAIMS.write_text(claims, encoding="utf-8")
    sys.exit(f"not in the table: {', '.join(left)}" if left else 0)


def main(words):
    verbs = {"copy": copy, "refresh": lambda *chosen: refresh(chosen), "edit": edit, "save": save, "seeds": seeds}
    if not words or words[0] not in verbs:
        sys.exit(__doc__)
    verbs[words[0]](*words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
