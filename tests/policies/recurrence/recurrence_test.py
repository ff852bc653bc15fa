"""Holds the expansion of windows against python3-dateutil, which shares no code with it, over random rules.

Rules are made from a seed, from everything that RFC 5545 allows and a little that it does not. Of the rules that are
taken, 2,000 are compared, every occurrence; of those that are refused, the refusal must name a part of the rule.

Usage: recurrence_test.py EXPAND_RULES [SEED]
"""
import collections
import datetime
import random
import re
import subprocess
import sys

import dateutil.rrule

EXPAND, SEED = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20261201
TAKEN = 2_000
AT_ONCE = 250
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
UTC = datetime.timezone.utc

Case = collections.namedtuple("Case", "rule start begin days")


def some(chance, values, most):
    """A list of different values as a rule writes it."""
    return ",".join(str(value) for value in chance.sample(values, chance.randint(1, most)))


def counted_back(chance, values, most):
    numbers = chance.sample(values, chance.randint(1, most))
    return ",".join(str(-number if chance.random() < 0.3 else number) for number in numbers)


def placed_days(chance, most):
    days = []
    for day in chance.sample(DAYS, chance.randint(1, most)):
        place = chance.choice([1, 2, 3, 4, 5, -1, -2]) if chance.random() < 0.4 else ""
        days.append(f"{place}{day}")
    return ",".join(days)


def day_parts(chance, freq, parts):
    """What chooses the days. Rules by the day and finer get only days that come often: dateutil walks every step."""
    by_date = freq in ("MONTHLY", "YEARLY")
    if freq == "YEARLY" and chance.random() < 0.15:
        parts["BYYEARDAY"] = counted_back(chance, range(1, 367), 5)
        return
    if freq != "MINUTELY" and chance.random() < (0.6 if freq == "WEEKLY" else 0.35):
        places = chance.random() < (0.5 if by_date else 0.05)
        parts["BYDAY"] = placed_days(chance, 5) if places else some(chance, DAYS, 5)
    elif chance.random() < (0.05 if freq == "WEEKLY" else 0.4):
        days = range(1, 32) if by_date else range(1, 29)
        parts["BYMONTHDAY"] = counted_back(chance, days, 4) if by_date or chance.random() < 0.1 else some(chance, days,
                                                                                                          20)
    if chance.random() < 0.03:
        parts["BYYEARDAY"] = counted_back(chance, range(1, 367), 5)
    if chance.random() < 0.25:
        parts["BYMONTH"] = some(chance, range(1, 13), 12 if by_date else 8)
    if chance.random() < (0.15 if by_date else 0.05):
        parts["BYSETPOS"] = counted_back(chance, range(1, 6), 2)


def time_parts(chance, freq, parts):
    if chance.random() < 0.6:
        parts["BYHOUR"] = some(chance, range(24), 3 if chance.random() < 0.3 else 1)
    if chance.random() < 0.5:
        parts["BYMINUTE"] = some(chance, range(60), 3 if chance.random() < 0.2 else 1)


def a_rule(chance, begin, days):
    freq = chance.choices(["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"], [2, 6, 20, 30, 30, 20])[0]
    parts = {"FREQ": freq}
    if chance.random() < 0.25:
        parts["INTERVAL"] = chance.randint(1, 8)
    day_parts(chance, freq, parts)
    time_parts(chance, freq, parts)
    if chance.random() < 0.15:
        parts["WKST"] = chance.choice(["MO", "MO", "SU", "SU", "WE"])
    if chance.random() < 0.15:
        until = begin + datetime.timedelta(minutes=chance.randint(0, days * 1440))
        parts["UNTIL"] = until.strftime(chance.choice(["%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"]))
    if chance.random() < 0.02:
        parts.update(chance.choice([{"COUNT": 5}, {"BYSECOND": 0}, {"BYWEEKNO": 20}, {"BYHOUR": 24}, {"BYMONTH": 13}]))
    keys = ["FREQ"] + chance.sample(list(parts)[1:], len(parts) - 1)
    return ";".join(f"{key}={parts[key]}" for key in keys)


def a_case(chance):
    begin = datetime.datetime(2026, 1, 1, tzinfo=UTC) + datetime.timedelta(minutes=chance.randint(0, 4 * 525_600))
    days = chance.randint(1, 800)
    rule = a_rule(chance, begin, days)
    fine = "MINUTELY" in rule or "HOURLY" in rule
    if fine:
        days = min(days, 10 if "MINUTELY" in rule else 60)
    start = None
    if chance.random() < (0.9 if "INTERVAL" in rule else 0.3):
        back = 5 if "MINUTELY" in rule else 90 if fine else 900
        start = begin + datetime.timedelta(minutes=chance.randint(-back * 1440, days * 720))
    return Case(rule, start, begin, days)


def first_of_counting(case):
    """Where dateutil begins: at the start; without one, counting began on 1970-01-01, and any round day is as good."""
    if case.start:
        return case.start.replace(tzinfo=None)
    if re.search("FREQ=(MONTHLY|YEARLY)", case.rule):
        return datetime.datetime(case.begin.year - 1, 1, 1)
    return case.begin.replace(hour=0, minute=0, second=0, tzinfo=None) - datetime.timedelta(days=8)


def by_dateutil(case):
    """The rule in UTC, by a clock without zones. A date as UNTIL is that whole day."""
    rule = re.sub(r"(UNTIL=\d{8}T\d{6})Z", r"\1", case.rule)
    rule = re.sub(r"(UNTIL=\d{8})(?=;|$)", r"\1T235959", rule)
    end = (case.begin + datetime.timedelta(days=case.days)).replace(tzinfo=None)
    begin = case.begin.replace(tzinfo=None)
    moments = set()
    for moment in dateutil.rrule.rrulestr(rule, dtstart=first_of_counting(case)):
        if moment > end:
            break
        if moment >= begin:
            moments.add(int(moment.replace(tzinfo=UTC).timestamp()))
    return sorted(moment for moment in moments if moment < end.replace(tzinfo=UTC).timestamp())


def ask(cases):
    def line(case):
        start = case.start.strftime("%Y-%m-%dT%H:%M:%S") if case.start else ""
        return f"{case.rule}\t{start}\t{case.begin:%Y-%m-%dT%H:%M:%SZ}\t{case.days}\n"

    ran = subprocess.run([EXPAND], input="".join(map(line, cases)), capture_output=True, text=True, check=True)
    answers = ran.stdout.splitlines()
    assert len(answers) == len(cases), f"{len(answers)} answers to {len(cases)} rules"
    return answers


def answered(chance):
    """Cases and their answers, as many as are taken from it."""
    for _ in range(3 * TAKEN // AT_ONCE):
        cases = [a_case(chance) for _ in range(AT_ONCE)]
        yield from zip(cases, ask(cases))


def named(case, answer):
    """Whether a refusal names a part that stands in the rule, or the start that it lacks."""
    return any(part.split("=")[0] in answer for part in case.rule.split(";")) or " start: " in answer


def main():
    faults, taken, refused, seen = [], 0, 0, collections.Counter()
    for case, answer in answered(random.Random(SEED)):
        if answer.startswith("!"):
            refused += 1
            if not named(case, answer):
                faults.append(f"{case}: refused, and no part is named: {answer}")
            continue
        taken += 1
        ours, theirs = [int(word) for word in answer[1:].split()], by_dateutil(case)
        if ours != theirs:
            extra, missing = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
            faults.append(f"{case}: {len(extra)} too many {extra[:3]}, {len(missing)} missing {missing[:3]}")
        for word in re.findall(r"FREQ=\w+|[A-Z]+(?==)", case.rule) + (["start"] if case.start else []):
            seen[word] += bool(theirs)
        if taken == TAKEN:
            break
    if taken < TAKEN:
        faults.append(f"only {taken} of {3 * TAKEN} rules were taken")
    for part in ("FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "INTERVAL",
                 "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH", "BYSETPOS", "BYHOUR", "BYMINUTE", "WKST", "UNTIL",
                 "start"):
        if seen[part] < 10:
            faults.append(f"{part}: only {seen[part]} rules that were taken have it and come at all")
    for fault in faults[:40]:
        print(fault)
    print(f"seed {SEED}: {taken} rules compared, {refused} refused, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
