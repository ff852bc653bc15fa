"""The real binary as a child process: run to its end, or watched line by line and interfered with."""
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

BINARY = os.environ.get("BREAKWATER", str(pathlib.Path(__file__).resolve().parents[2] / "build/dev/breakwater"))
DEADLINE_S = 90  # for anything that ought to take a second; a busy machine must not fail a test


def until(holds, what):
    """Looks again and again, at what no line tells, until it holds; fails at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come")
        time.sleep(0.05)


def end(process, sign=signal.SIGTERM):
    """Ends a child by its own id, and waits for it."""
    if process.poll() is None:
        process.send_signal(sign)
        try:
            process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Running:
    """A child whose lines are kept as they come, each with the moment it came."""

    def __init__(self, arguments, **popen):
        self._arguments = [BINARY, *map(str, arguments)]
        self._popen = popen
        self.lines = []
        self.errors = []
        self._news = threading.Condition()
        self._open = 2
        self.on_line = None  # called by the reader with each line, before anybody else sees it
        self.process = None

    def begin(self, on_line=None):
        self.on_line = on_line
        self.process = subprocess.Popen(self._arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        **self._popen)
        self._readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                         for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for reader in self._readers:
            reader.start()
        return self

    def _read(self, stream, kept):
        with stream:
            for line in stream:
                if self.on_line and kept is self.lines:
                    self.on_line(line)
                with self._news:
                    kept.append(line)
                    self._news.notify_all()
        with self._news:
            self._open -= 1
            self._news.notify_all()

    def records(self):
        """What `-o json` has printed so far, one object a line."""
        return [json.loads(line) for line in list(self.lines) if line.endswith("\n") and line.startswith("{")]

    def wait_for(self, wanted, what="what the test waits for"):
        """Until `wanted(records)` is true; fails when the child is gone before, or at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        with self._news:
            while True:
                result = wanted(self.records())
                if result:
                    return result
                if self._open == 0:
                    raise AssertionError(f"ended before {what}: {self.transcript()}")
                if not self._news.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError(f"{what} did not come: {self.transcript()}")

    def wait_for_talk(self, text):
        return self.wait_for(lambda _: text in "".join(self.errors) or text in "".join(self.lines), repr(text))

    def finish(self):
        """Waits for its end and returns its exit code."""
        try:
            code = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"did not end: {self.transcript()}") from None
        for reader in self._readers:
            reader.join(DEADLINE_S)
        return code

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)

    def transcript(self):
        return "".join(["\n--- stdout\n", *self.lines[-60:], "--- stderr\n", *self.errors[-60:]])
