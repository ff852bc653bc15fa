"""A small world for one test: a lab, the documents that describe it, signed firmware, and the binary to try on them.

    with World(racks=2, per_rack=2) as world:
        world.rollout("good", world.good)
        applied = world.run("apply", "good.yaml")
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import lab as labs
from firmware import Firmware, Signer
from processes import BINARY, DEADLINE_S, Running, end

OLD, NEW, BAD = "3.2", "3.4", "3.5"   # BIOS versions: what the lab runs, a good image, a bad one
LOGIN = "admin:lab-password"

WAVES = [{"name": "canary", "size": 1, "soak": "100ms", "gate": "strict"},
         {"name": "rest", "size": "100%", "gate": "strict"}]
CHECKS_OF_THE_LOG = """\
  checks:
    stableFor: 300ms
    list:
      - {check: redfish.serviceReady, consecutive: 3, every: 50ms}
      - {check: inventory.versionEquals}
      - {check: sel.newCritical, atMost: 0}
"""
CHECKS = """\
  checks:
    stableFor: 300ms
    list:
      - {check: redfish.serviceReady, consecutive: 3, every: 50ms}
      - {check: inventory.versionEquals}
      - {check: inventory.noComponentLost}
      - {check: redfish.healthRollup, noWorse: true}
      - {check: power.restored}
      - {check: host.booted}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class World:
    def __init__(self, racks=2, per_rack=2, flash="200ms", certificate="valid", image_size=64 * 1024,
                 ipmi_only=(), bmcs=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-e2e-"))
        self.racks = {f"r{rack:02}": [f"r{rack:02}-n{host:02}" for host in range(1, per_rack + 1)]
                      for rack in range(1, racks + 1)}
        self.names = [name for rack in self.racks.values() for name in rack]
        self._flash = flash
        self._certificate = certificate
        self._image_size = image_size
        self._bmcs = bmcs             # more of the lab's defaults, as lines of its document
        self._ipmi_only = ipmi_only   # racks; where there are any, every host may be asked by IPMI too
        self._running = []
        self.state = self.folder / "state"

    def __enter__(self):
        self._network = labs.network()
        self.network = self._network.__enter__()
        try:
            self._furnish()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, error, trace):
        for running in self._running:
            if running.process:
                end(running.process)
        if getattr(self, "lab", None):
            self.lab.stop()
        self._network.__exit__(None, None, None)
        if kind and os.environ.get("KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder)

    def _furnish(self):
        (self.folder / "bmc.login").write_text(LOGIN + "\n")
        (self.folder / "bmc.login").chmod(0o600)
        self.signers = [Signer(name, self.folder) for name in ("vendor", "qa")]
        self.old = self.firmware("bios", OLD, edges=["*"], way_back="none")
        self.good = self.firmware("bios", NEW, edges=[OLD])
        self.write_policy()
        self.write_inventory()
        self.write_lab()
        self.lab = labs.Lab(self.folder / "lab.yaml", self.control, self.folder)

    # ---- documents

    def firmware(self, component, version, signers=None, imported=True, **keys):
        """A signed Release, its image in the store unless told otherwise."""
        keys.setdefault("size", self._image_size)
        made = Firmware(self.folder, component, version, **keys)
        made.sign(*(self.signers if signers is None else signers))
        if imported:
            self.import_image(made)
        return made

    def import_image(self, firmware):
        return self.run("firmware", "import", firmware.image, expect=0)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def write_policy(self, rack=2, signers=2, also="", forbidden=""):
        people = "".join(f"      {signer.name}: {{key: \"file:{signer.public.name}\", components: [\"*\"]}}\n"
                         for signer in self.signers)
        self.write("policy.yaml", f"""\
apiVersion: breakwater/v1
kind: Policy
metadata: {{name: lab}}
spec:
  trust:
    signers:
{people}    require: {{signers: {signers}}}
{forbidden}  ceilings: {{global: 50, per: {{rack: {rack}}}}}
  gates:
    strict: {{successRate: {{atLeast: 100%}}}}
    lenient: {{successRate: {{atLeast: 1%}}}}
{also}""")

    def write_inventory(self, tls="{mode: ca, bundle: \"file:pki/ca.pem\"}", login="file:bmc.login", hosts=""):
        groups = "".join(f"""\
    {rack}:
      hosts: "{rack}-n[{names[0][-2:]}-{names[-1][-2:]}]"
      labels: {{rack: {rack}, site: lab}}
      bmc: {{firstAddress: "{self.address(names[0])}:{labs.BMC_PORT}"}}
""" for rack, names in self.racks.items())
        self.write("inventory.yaml", f"""\
apiVersion: breakwater/v1
kind: Inventory
metadata: {{name: lab}}
spec:
  defaults:
    bmc: {{credentials: "{login}", tls: {tls},
           ipmi: {{port: {labs.IPMI_PORT}}}{', drivers: [redfish, ipmi]' if self._ipmi_only else ''}}}
  groups:
{groups}{hosts}""")

    def address(self, name):
        return f"{self.network}.{self.names.index(name) + 1}"

    def write_lab(self):
        self.control = free_port()
        groups = "".join(f"    {rack}: {{hosts: \"{rack}-n[{names[0][-2:]}-{names[-1][-2:]}]\", "
                         f"firstAddress: {self.address(names[0])}"
                         f"{', redfish: false' if rack in self._ipmi_only else ''}}}\n"
                         for rack, names in self.racks.items())
        self.write("lab.yaml", f"""\
apiVersion: breakwater/v1
kind: Lab
metadata: {{name: lab}}
spec:
  port: {labs.BMC_PORT}
  control: {self.control}
  certificates: pki
  defaults:
    flash: {self._flash}
    bmcBoot: 200ms
    hostBoot: 200ms
    certificate: {self._certificate}
    ipmi: {str(bool(self._ipmi_only)).lower()}
    {self._bmcs}
  groups:
{groups}""")

    def rollout(self, name, *firmware, waves=None, targets="site=lab", also="", checks=CHECKS, wave_failure="",
                upload_most=1, timeouts="", irreversible=False):
        """Writes NAME.yaml; `also` is more of its spec."""
        waves = waves or WAVES
        times = {"upload": "20s", "task": "20s", "bmcReturn": "6s", "hostReturn": "8s", "host": "60s",
                 "noProgress": "10s"}
        times.update(item.split("=") for item in timeouts.split())
        acknowledged = ", irreversible: acknowledged" if irreversible else ""
        components = "".join(f"    - {{id: {one.component}, release: \"{one.ref}\"{acknowledged}}}\n"
                             for one in firmware)
        steps = "".join("    - {" + ", ".join(f"{key}: {value}" for key, value in wave.items()) + "}\n"
                        for wave in waves)
        return self.write(f"{name}.yaml", f"""\
apiVersion: breakwater/v1
kind: Rollout
metadata: {{name: {name}}}
spec:
  policy: lab
  targets: {{selector: "{targets}"}}
  components:
{components}  waves:
{steps}{checks}  attempts: {{upload: {{most: {upload_most}, backoff: {{first: 100ms, most: 1s}}}}}}
  timeouts: {{{', '.join(f'{key}: {value}' for key, value in times.items())}}}
  rollback:
    host: {{most: 1}}
{wave_failure}{also}""")

    # ---- the binary

    def arguments(self, verb, *arguments, state=None):
        return ["--state", str(state or self.state), str(verb), *map(str, arguments)]

    def run(self, *arguments, state=None, expect=None, env=None, **popen):
        """Runs to its end; with `expect`, that must be its exit code."""
        done = subprocess.run([BINARY, *self.arguments(*arguments, state=state)], cwd=self.folder, text=True,
                              capture_output=True, timeout=DEADLINE_S, env={**os.environ, **(env or {})}, **popen)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{' '.join(map(str, arguments))}: exit code {done.returncode}, expected {expect}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def hosts_of(self, rollout):
        """Every host of a rollout as `status` tells of it, by name."""
        shown = json.loads(self.run("status", rollout, "-o", "json", expect=0).stdout)
        return {host["name"]: host for host in shown["hosts"]}

    def prepare(self, *arguments, state=None, **popen):
        """A child that has not begun yet."""
        running = Running(self.arguments(*arguments, state=state), cwd=self.folder, **popen)
        self._running.append(running)
        return running

    def start(self, *arguments, **keys):
        """Starts and goes on; with `-o json` its records can be waited for."""
        return self.prepare(*arguments, **keys).begin()

    def adopt_images(self, state):
        """Gives another state directory the images of this one."""
        state.mkdir(mode=0o700)
        shutil.copytree(self.state / "images", state / "images")
