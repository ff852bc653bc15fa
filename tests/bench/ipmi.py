#!/usr/bin/python3
"""Get Device ID over whole suite-3 sessions with HOSTS BMCs, side by side against the same servers: bench_ipmi,
FreeIPMI's bmc-info and one ipmitool a host; first against OpenIPMI's ipmi_sim, which answers at once, then against a
lab whose every reply takes 50 ms. Then one HPM.1 upload of 1 MiB, side by side with ipmitool. Each figure is the median
of RUNS.

    BREAKWATER=build/release/breakwater BENCH=build/release/tests/bench tests/bench/ipmi.py [HOSTS]
"""
import ipaddress
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import firmware  # noqa: E402

RUNS = 3
PORT = 6230
PACKED = 100  # BMCs in one ipmi_sim process
USER, PASSWORD = "admin", "test"
BENCH = pathlib.Path(os.environ["BENCH"])
CHASSIS = """#!/bin/sh
shift; verb=$1; shift
[ "$verb" = get ] && for name in "$@"; do echo "$name:1"; done
exit 0
"""


def sim_addresses(count):
    return [f"127.0.{20 + i // PACKED}.{i % PACKED + 1}" for i in range(count)]


def start_sims(folder, addresses):
    """ipmi_sim processes of PACKED BMCs each; their management controllers have even addresses from 0x20 on."""
    processes = []
    for first in range(0, len(addresses), PACKED):
        here = folder / f"sim-{first}"
        (here / "state").mkdir(parents=True)
        (here / "chassis.sh").write_text(CHASSIS)
        (here / "chassis.sh").chmod(0o700)
        lan, emu = ['name "bmc"'], []
        for i, address in enumerate(addresses[first:first + PACKED]):
            mc = 0x20 + 2 * i
            lan += [f"set_working_mc {mc:#x}", "startlan 1", f"addr {address} {PORT}", "priv_limit admin",
                    "allowed_auths_admin none md2 md5 straight", f"guid {first + i:032x}", "endlan",
                    'chassis_control "./chassis.sh ."',
                    f'user 2 true "{USER}" "{PASSWORD}" admin 10 none md2 md5 straight']
            emu += [f"mc_add {mc:#x} 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02", f"sel_enable {mc:#x} 1000 0x0a",
                    f"mc_enable {mc:#x}"]
        (here / "lan.conf").write_text("\n".join(lan) + "\n")
        (here / "bmc.emu").write_text("mc_setbmc 0x20\n" + "\n".join(emu) + "\n")
        processes.append(subprocess.Popen(["ipmi_sim", "-c", "lan.conf", "-f", "bmc.emu", "-s", "state", "-n", "-p"],
                                          cwd=here, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL))
    return processes


def timed(command, answers, **keys):
    """Median wall seconds of RUNS, how many hosts answered the last time, and what was printed then."""
    walls = []
    for _ in range(RUNS):
        begun = time.monotonic()
        out = subprocess.run(command, capture_output=True, text=True, **keys).stdout
        walls.append(time.monotonic() - begun)
    return statistics.median(walls), answers(out), out


def side_by_side(title, addresses, suite, at_once):
    hosts = "\n".join(addresses) + "\n"
    ours = [str(BENCH / "bench_ipmi"), str(PORT), str(at_once), USER, PASSWORD]
    free = ["bmc-info", "-h", ",".join(f"{address}:{PORT}" for address in addresses), "-u", USER, "-p", PASSWORD, "-D",
            "LAN_2_0", "-I", str(suite), "-l", "ADMIN", "-W", "opensesspriv", "--fanout=64", "--get-device-id"]
    tool = ["xargs", "-P", "32", "-I{}", "ipmitool", "-I", "lanplus", "-C", str(suite), "-H", "{}", "-p", str(PORT),
            "-U",
            USER, "-P", PASSWORD, "mc", "info"]
    print(f"\n{title}: {len(addresses)} BMCs, median of {RUNS}")
    rows = [("breakwater, one thread", ours, lambda out: int(re.search(r"(\d+) of", out).group(1)), {"input": hosts}),
            ("bmc-info --fanout=64", free, lambda out: out.count("Device ID"), {}),
            ("xargs -P 32 ipmitool", tool, lambda out: out.count("Device ID  "), {"input": hosts})]
    first = None
    for name, command, answers, keys in rows:
        wall, answered, out = timed(command, answers, **keys)
        first = first or wall
        print(f"  {name:24} {wall:8.3f} s  {answered / wall:7.0f} hosts/s  {answered} answered"
              f"  {wall / first:5.1f} times ours")
        if name.startswith("breakwater"):
            print("   ", out.strip())


def start_lab(folder, count, delay):
    """One lab of `count` IPMI-only BMCs; returns it and their addresses."""
    first = "127.60.0.1"
    folder.mkdir()
    (folder / "lab.yaml").write_text(f"""\
apiVersion: breakwater/v1
kind: Lab
metadata: {{name: lab}}
spec:
  ipmiPort: {PORT}
  ipmiDelay: {delay}
  username: {USER}
  password: {PASSWORD}
  defaults: {{redfish: false}}
  groups:
    g: {{hosts: "n[0001-{count:04}]", firstAddress: {first}}}
""")
    lab = subprocess.Popen([os.environ["BREAKWATER"], "lab", "lab.yaml"], cwd=folder, stdout=subprocess.PIPE, text=True)
    for line in lab.stdout:
        if line.startswith("ready"):
            break
    return lab, [str(ipaddress.ip_address(first) + i) for i in range(count)]


def end(process):
    process.terminate()
    process.wait()


def hpm_side_by_side(folder):
    """One upload of 1 MiB, not activated; ipmitool negotiates its block size with the target as we do."""
    lab, addresses = start_lab(folder, 1, "0ms")
    try:
        made = firmware.make_image(folder / "bios.hpm", "bios", "3.4", size=1024 * 1024)
        firmware.wrap_hpm(made, "bios", "3.4")
        host = ["-H", addresses[0], "-p", str(PORT), "-U", USER, "-P", PASSWORD]
        rows = [("breakwater", [str(BENCH / "bench_ipmi"), str(PORT), "hpm", USER, PASSWORD, str(made)],
                 {"input": addresses[0] + "\n"}),
                ("ipmitool hpm upgrade", ["ipmitool", "-I", "lanplus", "-C", "17", *host, "hpm", "upgrade", str(made)],
                 {"input": "y\ny\ny\n"}),
                ("ipmitool -z 45", ["ipmitool", "-I", "lanplus", "-C", "17", *host, "-z", "45", "hpm", "upgrade",
                                    str(made)],
                 {"input": "y\ny\ny\n"})]
        print(f"\nHPM.1 upload of 1 MiB to a lab BMC, median of {RUNS}")
        for name, command, keys in rows:
            wall, _, out = timed(command, len, **keys)
            print(f"  {name:24} {wall:8.3f} s   {out.strip().splitlines()[-1] if out.strip() else ''}")
    finally:
        end(lab)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        addresses = sim_addresses(count)
        sims = start_sims(folder, addresses)
        try:
            time.sleep(2)
            side_by_side("ipmi_sim, instant replies", addresses, 3, 256)
        finally:
            for sim in sims:
                sim.kill()
                sim.wait()
        lab, addresses = start_lab(folder / "slow", count, "50ms")
        try:
            side_by_side("lab, every reply takes 50 ms", addresses, 3, count)
        finally:
            end(lab)
        lab, addresses = start_lab(folder / "many", 5000, "0ms")
        try:
            out = subprocess.run([str(BENCH / "bench_ipmi"), str(PORT), "hold", USER, PASSWORD], capture_output=True,
                                 text=True, input="\n".join(addresses) + "\n").stdout
            print("\n" + out.strip())
        finally:
            end(lab)
        hpm_side_by_side(folder / "hpm")


if __name__ == "__main__":
    main()
