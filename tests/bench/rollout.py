#!/usr/bin/python3
"""Times a whole rollout against the ideal one: HOSTS lab BMCs, 16 MiB of image each, 50 in flight, 1 s flash, 1 s boot,
stable for 1 s. The ideal makespan is that of docs/benchmarks.md: ceil(hosts / in flight) x (flash + boot + stable),
as if sending, hashing, TLS, the journal and every decision cost nothing.

    BREAKWATER=build/release/breakwater tests/bench/rollout.py [HOSTS]
"""
import math
import os
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import world  # noqa: E402

IN_FLIGHT, PER_RACK = 50, 10
FLASH_S, BOOT_S, STABLE_S = 1, 1, 1
IMAGE_BYTES = 16 * 1024 * 1024
CHECKS = """\
  checks:
    stableFor: 1s
    list:
      - {check: redfish.serviceReady, consecutive: 3, every: 100ms}
      - {check: inventory.versionEquals}
      - {check: inventory.noComponentLost}
      - {check: redfish.healthRollup, noWorse: true}
      - {check: power.restored}
      - {check: host.booted}
"""


class Fleet(world.World):
    def address(self, name):
        first, second = self.network.split(".")[:2]
        place = self.names.index(name)
        return f"{first}.{second}.{place // 250}.{place % 250 + 1}"

    def write_lab(self):
        super().write_lab()
        lab = self.folder / "lab.yaml"
        lab.write_text(lab.read_text().replace("hostBoot: 200ms", f"hostBoot: {BOOT_S}s"))

    def write_policy(self, **keys):
        super().write_policy(rack=PER_RACK, **keys)


def cpu_s(process_id):
    """User and system time of a live process."""
    fields = pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(process_id):
    lines = pathlib.Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main():
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with Fleet(racks=math.ceil(hosts / PER_RACK), per_rack=PER_RACK, flash=f"{FLASH_S}s",
               image_size=IMAGE_BYTES) as fleet:
        fleet.rollout("bench", fleet.good, waves=[{"name": "all", "size": "100%", "gate": "strict"}], checks=CHECKS,
                      timeouts="host=300s upload=60s task=60s bmcReturn=60s hostReturn=60s")
        frozen = fleet.folder / "bench.bwplan"
        fleet.run("plan", "bench.yaml", "--out", frozen, expect=0)
        lab_before = cpu_s(fleet.lab.process.pid)
        children_before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.monotonic()
        fleet.run("apply", frozen, expect=0)
        took = time.monotonic() - begun
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = (children.ru_utime + children.ru_stime) - (children_before.ru_utime + children_before.ru_stime)
        labs = cpu_s(fleet.lab.process.pid) - lab_before
        ideal = math.ceil(len(fleet.names) / IN_FLIGHT) * (FLASH_S + BOOT_S + STABLE_S)
        gigabytes = len(fleet.names) * IMAGE_BYTES / 1e9
        print(f"hosts {len(fleet.names)}  makespan {took:.1f} s  ideal {ideal} s  ratio {took / ideal:.2f}")
        requests = [host["counters"]["requests"] for host in fleet.lab.hosts().values()]
        print(f"requests: {sum(requests) / len(requests):.0f} a host")
        print(f"cpu: breakwater {ours:.1f} s ({ours / gigabytes:.2f} s/GB)  lab {labs:.1f} s")
        print(f"peak memory: breakwater {children.ru_maxrss / 1024:.0f} MiB"
              f"  lab {peak_mib(fleet.lab.process.pid):.0f} MiB")


if __name__ == "__main__":
    main()
