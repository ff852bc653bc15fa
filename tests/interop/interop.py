"""A lab, of one BMC unless told otherwise, and foreign programs that are run against it."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

DEADLINE_S = 120
INVENTORY = "/redfish/v1/UpdateService/FirmwareInventory"


class Lab:
    """Runs from `with Lab() as lab:` to the end of its block."""

    program = None

    def __init__(self, hosts=1):
        self.wanted = hosts

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-interop-"))
        # What AddressSanitizer keeps of freed memory is not the lab's.
        sanitizer = {"ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=1"]))}
        self.process = subprocess.Popen([self.program, self.folder / "pki", str(self.wanted)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=os.environ | sanitizer)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the lab did not come up: exit code {self.process.wait(DEADLINE_S)}")
        self.__dict__.update(json.loads(line))
        self.address, self.port, self.ipmi_port = self.hosts[0]
        self.origin = f"https://{self.address}:{self.port}"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        code = self.process.wait(DEADLINE_S)
        self.process.stdout.close()
        shutil.rmtree(self.folder)
        if code != 0:
            raise RuntimeError(f"the lab ended with {code}")

    def environment(self):
        """Nothing of the caller's proxies, trust or settings."""
        # FreeIPMI's programs stand where only root usually looks.
        return {"PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8",
                "NO_PROXY": self.address,
                "no_proxy": self.address, "REQUESTS_CA_BUNDLE": self.ca, "SSL_CERT_FILE": self.ca}

    def run(self, *command, answers=""):
        """What the command prints; an assertion when it fails or is not there. `answers` is what it is told."""
        if shutil.which(command[0], path=self.environment()["PATH"]) is None:
            raise AssertionError(f"{command[0]} is not installed; tests/run installs it")
        done = subprocess.run(list(map(str, command)), env=self.environment(), cwd=self.folder, capture_output=True,
                              text=True, timeout=DEADLINE_S, input=answers)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def image(self, component, version, lines=40_000):
        """A lab image of printable lines that end as HTTP's do, so that no client has a reason to change a byte."""
        head = f"BREAKWATER-LAB-IMAGE 1\r\ncomponent: {component}\r\nversion: {version}\r\n\r\n"
        filler = "".join(hashlib.sha256(str(number).encode()).hexdigest() + "\r\n" for number in range(lines))
        path = self.folder / f"{component}-{version}.bin"
        path.write_bytes((head + filler).encode())
        return path


def main():
    Lab.program = sys.argv.pop(1)
    unittest.main(verbosity=2)
