#!/usr/bin/env python3
"""How long verbs take behind a long journal, with its snapshots and without them.

    BREAKWATER=build/release/breakwater BENCH=build/release/tests/bench tests/bench/verbs.py [ROLLOUTS HOSTS]

20 rollouts of 1,150 hosts by default, about a million records.
"""
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TIMES = 9
VERBS = (["status", "-o", "json"], ["explain", "node-17"], ["pause", "spring"], ["resume", "spring"])


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(binary, state, verb, times):
    """Medians: CPU and wall time, in milliseconds."""
    cpu, wall = [], []
    for _ in range(times):
        used, began = cpu_s(), time.monotonic()
        subprocess.run([binary, "--state", state, *verb], check=True, capture_output=True)
        cpu.append(cpu_s() - used)
        wall.append(time.monotonic() - began)
    return f"{statistics.median(cpu) * 1000:6.0f} ms of CPU, {statistics.median(wall) * 1000:6.0f} ms"


def main():
    binary, bench = os.environ["BREAKWATER"], pathlib.Path(os.environ["BENCH"])
    rollouts, hosts = sys.argv[1:] or ("20", "1150")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-bench-"))
    try:
        state = folder / "state"
        subprocess.run([bench / "bench_make_journal", state, rollouts, hosts], check=True)
        for verb in VERBS:
            print(f"{' '.join(verb):16}", measured(binary, state, verb, TIMES))
        shutil.rmtree(state / "snapshots")
        print("without snapshots:")
        for verb in VERBS:
            print(f"{' '.join(verb):16}", measured(binary, state, verb, 3))
    finally:
        shutil.rmtree(folder)


main()
