"""A lab of simulated BMCs in a process of its own, watched and disturbed through its control endpoint."""
import contextlib
import http.client
import json
import random
import socket
import subprocess
import threading

from processes import BINARY, DEADLINE_S, end

BMC_PORT = 8443
IPMI_PORT = 6230


@contextlib.contextmanager
def network():
    """127.A.B.0/24 for this test alone: tests run side by side, and a bound socket is a claim nobody can forget."""
    for _ in range(200):
        prefix = f"127.{random.randrange(20, 250)}.{random.randrange(0, 255)}"
        with socket.socket() as claim:
            try:
                claim.bind((f"{prefix}.250", BMC_PORT))
            except OSError:
                continue
            yield prefix
            return
    raise RuntimeError("no network of 127.0.0.0/8 is free")


class Lab:
    def __init__(self, document, control, folder):
        self.control = control
        with open(folder / "lab.err", "wb") as errors:
            self.process = subprocess.Popen([BINARY, "lab", document], cwd=folder, stdout=subprocess.PIPE,
                                            stderr=errors, text=True)
        self._await_ready(folder)

    def _await_ready(self, folder):
        """The lab says in one line that everything listens."""
        watchdog = threading.Timer(DEADLINE_S, self.process.kill)
        watchdog.start()
        try:
            said = []
            for line in self.process.stdout:
                said.append(line)
                if line.startswith("ready"):
                    return
            raise RuntimeError(f"the lab did not come up: {said} {(folder / 'lab.err').read_text()}")
        finally:
            watchdog.cancel()

    def _ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=DEADLINE_S)
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 200:
                raise RuntimeError(f"lab: {answer.status} {text}")
            return json.loads(text)

    def hosts(self):
        return {host["name"]: host for host in self._ask("GET", "/lab/hosts")}

    def host(self, name):
        return self._ask("GET", f"/lab/hosts/{name}")

    def disturb(self, name, **order):
        return self._ask("POST", f"/lab/hosts/{name}", order)

    def stop(self):
        end(self.process)
        self.process.stdout.close()
