"""A thousand BMCs in one process, each with a TLS connection that stays open and read over IPMI, in under 500 MB."""
import contextlib
import http.client
import json
import pathlib
import resource
import ssl
import unittest

import interop

HOSTS = 1000
MEMORY_MB_MAX = 500


def resident_mb(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("no VmRSS")


class Thousand(unittest.TestCase):
    def test_stays_under_500_mb_with_a_connection_each_and_ipmi(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with interop.Lab(HOSTS) as lab, contextlib.ExitStack() as open_connections:
            trust = ssl.create_default_context(cafile=lab.ca)
            login = json.dumps({"UserName": lab.user, "Password": lab.password})
            alone = resident_mb(lab.process)
            for address, port, _ in lab.hosts:
                connection = http.client.HTTPSConnection(address, port, context=trust, timeout=interop.DEADLINE_S)
                open_connections.enter_context(contextlib.closing(connection))
                connection.request("POST", "/redfish/v1/SessionService/Sessions", login)
                opened = connection.getresponse()
                opened.read()
                self.assertEqual(201, opened.status)
                connection.request("GET", interop.INVENTORY, headers={"X-Auth-Token": opened.headers["X-Auth-Token"]})
                self.assertEqual(6, len(json.loads(connection.getresponse().read())["Members"]))
            over_ipmi = lab.run("bmc-info", "-h", ",".join(f"{address}:{ipmi}" for address, _, ipmi in lab.hosts),
                                "-u", lab.user, "-p", lab.password, "-D", "LAN_2_0", "-I", "17", "--fanout=64",
                                "--get-device-id")
            self.assertEqual(HOSTS, over_ipmi.count("Device ID  "))
            print(f"{HOSTS} BMCs: {alone:.0f} MB, with a connection each {resident_mb(lab.process):.0f} MB", flush=True)
            self.assertLess(resident_mb(lab.process), MEMORY_MB_MAX)


if __name__ == "__main__":
    interop.main()
