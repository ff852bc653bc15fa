"""A BMC whose update brings a new key: it gets neither password nor token before somebody vouched for it."""
import base64
import http.client
import ssl
import time
import unittest

import events
import lab as labs
from processes import until
from world import LOGIN, NEW, OLD, World

ONE_WAVE = [{"name": "all", "size": "100%", "gate": "lenient"}]
FAULTS = ("regenerate_self_signed", "regenerate_certificate")
NOBODYS = "ab" * 32


class Keys(unittest.TestCase):
    def pinned(self, world):
        """The one host of the world is pinned to the key that it shows now."""
        self.host = world.names[0]
        self.before = world.lab.host(self.host)["spki"]
        world.write_inventory(tls="{mode: pin, sha256: [\"" + self.before + "\"]}")

    def begin(self, world, fault=FAULTS[0]):
        """`apply` of an update of the BMC that makes it a new key."""
        bmc = world.firmware("bmc", "2.12", edges=["2.10"])
        world.rollout("bmc", bmc, waves=ONE_WAVE, timeouts="host=40s")
        world.lab.disturb(self.host, fault=fault, times=1)
        return world.start("apply", "bmc.yaml", "-o", "json")

    def shown(self, world, applying):
        """Waits until the new key is shown, and returns it."""
        seen = applying.wait_for(lambda records: events.evidence(records, "key_shown"), "the new key")[0]
        self.assertEqual(world.lab.host(self.host)["spki"], seen["text"])
        self.assertNotEqual(self.before, seen["text"])
        return seen["text"]

    def requests(self, world):
        counters = world.lab.host(self.host)["counters"]
        return counters["requests"], counters["sessionsOpened"], counters["loginsRefused"]

    def is_updated(self, world):
        host = world.lab.host(self.host)
        self.assertEqual("2.12", host["versions"]["bmc"])
        self.assertEqual({"bmc": 1}, host["counters"]["activations"])
        self.assertEqual("updated", world.hosts_of("bmc")[self.host]["state"])

    def test_nothing_is_said_to_a_new_key_until_an_operator_vouches_for_it(self):
        for fault in FAULTS:
            with self.subTest(fault=fault), World(racks=1, per_rack=1) as world:
                self.pinned(world)
                applying = self.begin(world, fault)
                key = self.shown(world, applying)
                quiet = self.requests(world)
                command = f"breakwater trust-key {self.host} --sha256 {key}"
                explained = world.run("explain", self.host, expect=0).stdout
                self.assertIn("KeyNotTrusted", explained)
                self.assertIn(command, explained)
                self.assertIn("deadlines stand still", " ".join(explained.split()))
                self.assertIn(command, world.run("status", "bmc", expect=0).stdout)
                self.assertEqual(key, world.hosts_of("bmc")[self.host]["keyNotTrusted"])
                self.assertEqual(1, world.run("observe", "inventory.yaml").returncode, "it is vouched for nowhere")

                wrong = world.run("trust-key", self.host, "--sha256", NOBODYS, expect=1)
                self.assertIn(f"sha256:{key}", wrong.stderr)
                self.assertEqual(1, world.run("trust-key", "r99-n99", "--sha256", key).returncode)
                world.run("trust-key", self.host, "--sha256", "so", expect=64)
                time.sleep(3)  # it looks at what is shown, and goes on saying nothing
                self.assertEqual(quiet, self.requests(world), "not one request, read or write")
                self.assertEqual("activating", world.hosts_of("bmc")[self.host]["state"])

                trusted = world.run("trust-key", self.host, "--sha256", key, "--reason", "its console", expect=0)
                self.assertIn("goes on", trusted.stderr)
                self.assertEqual(0, applying.finish(), applying.transcript())
                self.is_updated(world)
                self.assertIn("trust key", world.run("report", "bmc", expect=0).stdout.replace("_", " "))
                world.run("observe", "inventory.yaml", expect=0)  # the old pin stands in the Inventory
                self.assertEqual(1, world.run("trust-key", self.host, "--sha256", key).returncode)

    def test_it_waits_longer_than_any_deadline(self):
        with World(racks=1, per_rack=1) as world:
            self.pinned(world)
            applying = self.begin(world)
            key = self.shown(world, applying)
            time.sleep(45)  # timeouts.host is 40s
            world.run("trust-key", self.host, "--sha256", key, expect=0)
            self.assertEqual(0, applying.finish(), applying.transcript())
            self.is_updated(world)

    def test_a_process_that_is_asked_to_leave_does_not_stay_for_it(self):
        with World(racks=1, per_rack=1) as world:
            self.pinned(world)
            applying = self.begin(world)
            key = self.shown(world, applying)
            applying.interrupt()
            self.assertEqual(75, applying.finish(), applying.transcript())
            self.assertIn("until somebody vouches", "".join(applying.errors))
            self.assertIn("KeyNotTrusted", world.run("explain", self.host, expect=0).stdout)
            said = world.run("trust-key", self.host, "--sha256", key, expect=0).stderr
            self.assertIn("breakwater apply bmc", said)
            world.run("apply", "bmc", expect=0)
            self.is_updated(world)

    def test_a_stop_rests_with_it_and_a_killed_process_finds_it_again(self):
        with World(racks=1, per_rack=1) as world:
            self.pinned(world)
            applying = self.begin(world)
            key = self.shown(world, applying)
            applying.kill()
            applying.finish()
            again = world.start("apply", "bmc", "-o", "json")
            again.wait_for_talk("ConductorStarted")
            world.run("stop", "bmc", expect=0)
            self.assertEqual(4, again.finish(), again.transcript())
            self.assertEqual("activating", world.hosts_of("bmc")[self.host]["state"])
            quiet = self.requests(world)
            world.run("trust-key", self.host, "--sha256", key, expect=0)
            world.run("resume", "bmc", expect=0)
            self.assertEqual(quiet, self.requests(world))
            world.run("apply", "bmc", expect=0)
            self.is_updated(world)

    def test_abandoned_it_is_quarantined_and_keeps_nobody(self):
        with World(racks=1, per_rack=1) as world:
            self.pinned(world)
            applying = self.begin(world)
            key = self.shown(world, applying)
            quiet = self.requests(world)
            world.run("abandon", "bmc", "--reason", "that is not our BMC", expect=0)
            applying.finish()
            self.assertEqual("quarantined", world.hosts_of("bmc")[self.host]["state"])
            self.assertEqual(1, world.run("trust-key", self.host, "--sha256", key).returncode)
            self.assertEqual(quiet, self.requests(world))

    def test_a_key_that_the_ca_certified_goes_on_by_itself(self):
        with World(racks=1, per_rack=1) as world:
            self.pinned(world)
            world.write_inventory()
            applying = self.begin(world, "regenerate_certificate")
            self.assertEqual(0, applying.finish(), applying.transcript())
            self.assertEqual([], events.evidence(applying.records(), "key_shown"))
            self.is_updated(world)

    def test_before_anything_was_sent_another_key_is_refused(self):
        with World(racks=1, per_rack=1) as world:
            world.write_inventory(tls="{mode: pin, sha256: [\"" + NOBODYS + "\"]}")
            world.rollout("good", world.good, waves=ONE_WAVE)
            plan = world.run("plan", "good.yaml")
            self.assertIn("pin", plan.stdout + plan.stderr)
            self.assertEqual(0, world.lab.host(world.names[0])["counters"]["requests"])


SOAKING = [{"name": "canary", "size": 1, "soak": "8s", "gate": "strict"},
           {"name": "rest", "size": "100%", "gate": "strict"}]


class AfterTheUpdate(unittest.TestCase):
    """A key that is new when nothing is sent any more: in a soak, and before a rollback."""

    def pinned(self, world):
        pins = ", ".join(f"\"{world.lab.host(name)['spki']}\"" for name in world.names)
        world.write_inventory(tls=f"{{mode: pin, sha256: [{pins}]}}")

    def gets_a_new_key(self, world, host):
        """Its BMC is restarted by somebody, and comes back with another certificate."""
        before = world.lab.host(host)["spki"]
        world.lab.disturb(host, fault="regenerate_self_signed", times=1)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(world.address(host), labs.BMC_PORT, context=context, timeout=30)
        connection.request("POST", "/redfish/v1/Managers/1/Actions/Manager.Reset", '{"ResetType": "GracefulRestart"}',
                           {"Authorization": "Basic " + base64.b64encode(LOGIN.encode()).decode(),
                            "Content-Type": "application/json"})
        self.assertLess(connection.getresponse().status, 300)
        connection.close()
        until(lambda: (shown := world.lab.host(host))["spki"] != before and shown["bmcUp"], "the new key")
        return world.lab.host(host)["spki"]

    def soaks(self, world):
        """`apply`, whose canary gets a new key within its soak, up to the moment at which that is seen."""
        self.pinned(world)
        world.rollout("good", world.good, waves=SOAKING)
        applying = world.start("apply", "good.yaml", "-o", "json")
        applying.wait_for(events.ends, "the canary is updated")
        canary = events.ends(applying.records())[0]["host"]
        key = self.gets_a_new_key(world, canary)
        seen = applying.wait_for(lambda records: events.evidence(records, "key_shown", canary), "the new key")[0]
        self.assertEqual(key, seen["text"])
        return applying, canary, key

    def test_in_its_soak_a_host_waits_for_a_word_and_goes_on(self):
        with World(racks=2, per_rack=1) as world:
            applying, canary, key = self.soaks(world)
            requests = world.lab.host(canary)["counters"]["requests"]
            command = f"breakwater trust-key {canary} --sha256 {key}"
            other = next(name for name in world.names if name != canary)
            for verb, what in (("explain", canary), ("explain", other), ("status", "good")):
                self.assertIn(command, world.run(verb, what, expect=0).stdout)
            self.assertEqual("updated", world.hosts_of("good")[canary]["state"])
            self.assertEqual(key, world.hosts_of("good")[canary]["keyNotTrusted"])
            time.sleep(3)
            self.assertEqual(requests, world.lab.host(canary)["counters"]["requests"], "not one request")
            self.assertEqual([], events.kinds(applying.records(), "GateJudged"))
            world.run("trust-key", canary, "--sha256", key, "--reason", "its console", expect=0)
            self.assertEqual(0, applying.finish(), applying.transcript())
            self.assertEqual({NEW}, {host["versions"]["bios"] for host in world.lab.hosts().values()})
            self.assertEqual(["pass", "pass"],
                             [one["verdict"] for one in events.kinds(applying.records(), "GateJudged")])

    def test_a_rollback_in_its_soak_waits_for_the_word_itself(self):
        with World(racks=2, per_rack=1) as world:
            applying, canary, key = self.soaks(world)
            going_back = world.start("rollback", "good", "--host", canary, "--reason", "CASE-1")
            applying.wait_for(lambda records: len(events.evidence(records, "key_shown", canary)) == 2, "its way back")
            self.assertEqual("rolling_back", world.hosts_of("good")[canary]["state"])
            self.assertIn(f"--sha256 {key}", world.run("explain", canary, expect=0).stdout)
            world.run("trust-key", canary, "--sha256", key, expect=0)
            applying.finish()
            self.assertEqual(0, going_back.finish(), going_back.transcript())
            self.assertEqual("rolled_back", world.hosts_of("good")[canary]["state"], applying.transcript())
            self.assertEqual(OLD, world.lab.host(canary)["versions"]["bios"])

    def test_a_recall_that_meets_a_new_key_waits_for_the_word(self):
        with World(racks=1, per_rack=1) as world:
            host = world.names[0]
            self.pinned(world)
            world.rollout("good", world.good, waves=ONE_WAVE)
            world.run("apply", "good.yaml", expect=0)
            key = self.gets_a_new_key(world, host)
            recalling = world.start("rollback", "--release", world.good.ref, "--reason", "CASE-1", "-o", "json")
            recalling.wait_for(lambda records: events.evidence(records, "key_shown", host), "the new key")
            command = f"breakwater trust-key {host} --sha256 {key}"
            self.assertIn(command, world.run("explain", host, expect=0).stdout)
            self.assertIn(command, world.run("status", "good", expect=0).stdout)
            world.run("trust-key", host, "--sha256", key, expect=0)
            self.assertEqual(0, recalling.finish(), recalling.transcript())
            self.assertEqual(OLD, world.lab.host(host)["versions"]["bios"])


class ByIpmi(unittest.TestCase):
    """Where IPMI does the whole work, a new TLS key keeps nothing waiting, and is not asked anything."""

    def test_a_host_that_ipmi_updates_goes_on_by_it(self):
        with World(racks=1, per_rack=1, ipmi_only=("none",)) as world:
            host = world.names[0]
            before = world.lab.host(host)["spki"]
            world.write_inventory(tls="{mode: pin, sha256: [\"" + before + "\"]}")
            inventory = world.folder / "inventory.yaml"
            inventory.write_text(inventory.read_text().replace("[redfish, ipmi]", "[ipmi, redfish]"))
            bmc = world.firmware("bmc", "2.12", edges=["2.10"], hpm=True)
            world.rollout("bmc", bmc, waves=ONE_WAVE)
            self.assertIn("ipmi (HPM.1)", world.run("plan", "bmc.yaml", expect=0).stdout)
            world.lab.disturb(host, fault="regenerate_self_signed", times=1)
            applying = world.start("apply", "bmc.yaml", "-o", "json")
            self.assertEqual(0, applying.finish(), applying.transcript())
            after = world.lab.host(host)
            self.assertNotEqual(before, after["spki"])
            self.assertEqual("2.12", after["versions"]["bmc"])
            self.assertEqual([], events.evidence(applying.records(), "key_shown"))
            seen = world.run("observe", "inventory.yaml")
            self.assertIn("tls_pin_mismatch", seen.stdout)


if __name__ == "__main__":
    unittest.main()
