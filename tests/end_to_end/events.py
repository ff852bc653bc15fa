"""What `apply -o json` prints, one object a line, asked in the tests' own words."""


def kinds(records, kind):
    return [record for record in records if record.get("kind") == kind]


def evidence(records, what, host=None):
    return [record for record in kinds(records, "EvidenceSeen")
            if record.get("evidence") == what and host in (None, record.get("host"))]


def issued(records, action, host=None):
    return [record for record in kinds(records, "CommandIssued")
            if record.get("action") == action and host in (None, record.get("host"))]


ENDS = {"updated", "current", "refused", "not_started", "rolled_back", "quarantined"}


def is_end(record):
    """A host has come to its end with this record; one that changes no state tells none."""
    return record["kind"] == "CommandEnded" and record.get("state") in ENDS


def ends(records):
    return [record for record in records if is_end(record)]
