"""Holds the JSON Schemas of schema/ against the product's own readers.

good/             both take it
bad/              both refuse it, the reader with exactly one fault that names its line
bad-reader-only/  the reader refuses it, also with one fault; a JSON Schema cannot see what is wrong
examples/         every document under it is taken by both

Usage: schema_test.py READ_DOCUMENT PROJECT
"""
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

READER, PROJECT = sys.argv[1], pathlib.Path(sys.argv[2])
EXAMPLES = PROJECT / "schema" / "examples"


def ecma_pattern(validator, pattern, instance, schema):
    """JSON Schema means ECMA 262, where $ is the end; Python's $ also stands before a last line break."""
    if validator.is_type(instance, "string") and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


VALIDATOR = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": ecma_pattern})


def load_schemas():
    schemas = {}
    for path in sorted((PROJECT / "schema").glob("*.json")):
        schema = yaml.safe_load(path.read_text())  # JSON is YAML
        jsonschema.Draft7Validator.check_schema(schema)
        schemas[schema["title"]] = VALIDATOR(schema)
    return schemas


SCHEMAS = load_schemas()


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document is not None]


def schema_faults(path):
    """What the schemas say; a text that is no YAML to another parser counts as nothing to see for a schema."""
    try:
        found = documents(path)
    except (yaml.YAMLError, ValueError):
        return []
    faults = []
    for document in found:
        kind = document.get("kind") if isinstance(document, dict) else None
        if kind not in SCHEMAS:
            faults.append(f"no schema for kind {kind!r}")
        else:
            faults += [error.message[:200] for error in SCHEMAS[kind].iter_errors(document)]
    return faults


def reader_faults(paths):
    """For each path the lines that the product's reader has to say."""
    if not paths:
        return {}
    result = subprocess.run([READER, *map(str, paths)], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 65):
        sys.exit(f"{READER} ended with {result.returncode}\n{result.stderr}")
    faults, current = {}, None
    for line in result.stdout.splitlines():
        if line.startswith("  "):
            faults[current].append(line.strip())
        else:
            current = pathlib.Path(line.split(" ", 1)[1])
            faults[current] = []
    return faults


def example_documents():
    """Under examples/ also lie files for other tools, and what runs have left in out/; ours say apiVersion."""
    for path in sorted((PROJECT / "examples").rglob("*.y*ml")):
        if "out" not in path.parts and re.search(r"^apiVersion:", path.read_text(), re.MULTILINE):
            yield path


def check_taken(paths, complain):
    for path, faults in reader_faults(paths).items():
        for fault in faults:
            complain(path, f"the reader refuses it: {fault}")
        for fault in schema_faults(path):
            complain(path, f"the schema refuses it: {fault}")


def check_refused(paths, by_schema, complain):
    for path, faults in reader_faults(paths).items():
        if len(faults) != 1:
            complain(path, f"the reader should find one fault and finds {len(faults)}: {faults}")
        elif not re.match(re.escape(str(path)) + r":(\d+:\d+)? ", faults[0]):
            complain(path, f"the fault names no place: {faults[0]}")
        if by_schema and not schema_faults(path):
            complain(path, "the schema takes it")
        if not by_schema and schema_faults(path):
            complain(path, f"the schema sees it too, so it belongs into bad/: {schema_faults(path)}")


def main():
    complaints = []

    def complain(path, what):
        complaints.append(f"{path.relative_to(PROJECT)}: {what}")

    good, bad, hidden = (sorted((EXAMPLES / name).iterdir()) for name in ("good", "bad", "bad-reader-only"))
    check_taken(good, complain)
    check_refused(bad, True, complain)
    check_refused(hidden, False, complain)
    examples = list(example_documents())
    check_taken(examples, complain)
    if len(bad) < 60:
        complaints.append(f"only {len(bad)} rejected examples")
    print(f"{len(good)} good, {len(bad)} bad, {len(hidden)} bad to the reader only, {len(examples)} examples")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
