"""ipmitool reads a lab BMC, resets its host, and installs and takes back firmware by HPM.1, with both cipher suites."""
import json
import unittest

import hpm
import interop

SUITES = (3, 17)
BMC, BIOS = 0, 1  # numbers of HPM.1 components


class Ipmitool(unittest.TestCase):
    def ask(self, lab, suite, *command, user=None, password=None, answers=""):
        return lab.run("ipmitool", "-I", "lanplus", "-C", suite, "-H", lab.address, "-p", lab.ipmi_port,
                       "-U", user or lab.user, "-P", password or lab.password, *command, answers=answers)

    def redfish(self, lab, uri):
        return json.loads(lab.run("curl", "--silent", "--show-error", "--fail", "--cacert", lab.ca,
                                  "--user", f"{lab.user}:{lab.password}", lab.origin + uri))

    def version(self, lab, entry):
        return self.redfish(lab, f"{interop.INVENTORY}/{entry}")["Version"]

    def hpm_file(self, lab, component, number, version):
        image = lab.image(component, version, lines=300)
        path = image.with_suffix(".hpm")
        path.write_bytes(hpm.wrap(image.read_bytes(), number, version))
        return path

    def upgrade(self, lab, suite, file, *options):
        said = self.ask(lab, suite, *options, "hpm", "upgrade", file, "activate", answers="y\n" * 5)
        self.assertIn("Waiting firmware activation...", said)

    def test_reads_identity_power_events_sensors_and_fru(self):
        with interop.Lab() as lab:
            uuid = self.redfish(lab, "/redfish/v1/Systems/1")["UUID"]
            for suite in SUITES:
                with self.subTest(suite=suite):
                    info = self.ask(lab, suite, "mc", "info")
                    self.assertRegex(info, r"Firmware Revision +: 2\.10\n")
                    self.assertRegex(info, r"Manufacturer ID +: 32473\n")
                    self.assertIn(uuid, self.ask(lab, suite, "mc", "guid", "smbios"))
                    self.assertIn("Selftest: passed", self.ask(lab, suite, "mc", "selftest"))
                    self.assertEqual("Chassis Power is on\n", self.ask(lab, suite, "chassis", "power", "status"))
                    self.assertIn("Log area reset/cleared", self.ask(lab, suite, "sel", "list"))
                    sensors = self.ask(lab, suite, "sdr", "list")
                    self.assertRegex(sensors, r"Ambient Temp +\| 24 degrees C +\| ok")
                    self.assertRegex(sensors, r"Fan 1 +\| 8400 RPM +\| ok")
                    self.assertRegex(sensors, r"12V +\| 12\.06 Volts +\| ok")
                    fru = self.ask(lab, suite, "fru", "print")
                    self.assertRegex(fru, r"Board Serial +: LAB-N1\n")
                    self.assertRegex(fru, r"Product Manufacturer +: Breakwater\n")
                    self.assertRegex(fru, r"Product Name +: Lab-2U\n")

    def test_finds_a_suite_by_itself(self):
        with interop.Lab() as lab:
            self.assertIn("is on", lab.run("ipmitool", "-I", "lanplus", "-H", lab.address, "-p", lab.ipmi_port,
                                           "-U", lab.user, "-P", lab.password, "chassis", "power", "status"))

    def test_switches_the_power_and_sets_what_is_booted(self):
        with interop.Lab() as lab:
            self.ask(lab, 17, "chassis", "power", "off")
            self.assertIn("is off", self.ask(lab, 3, "chassis", "power", "status"))
            self.assertEqual("Off", self.redfish(lab, "/redfish/v1/Systems/1")["PowerState"])
            # While the host is off nothing boots, and boot flags hold for one boot.
            self.ask(lab, 17, "chassis", "bootdev", "pxe")
            self.assertIn("Force PXE", self.ask(lab, 17, "chassis", "bootparam", "get", "5"))
            self.ask(lab, 17, "chassis", "power", "on")
            self.ask(lab, 17, "chassis", "power", "cycle")
            self.ask(lab, 17, "sel", "clear")

    def test_installs_firmware_and_rolls_it_back(self):
        for suite in SUITES:
            with self.subTest(suite=suite), interop.Lab() as lab:
                self.assertRegex(self.ask(lab, suite, "hpm", "check"), r"1\|BIOS +\| +3\.02 0+ \| +3\.01 0+ \|")
                self.upgrade(lab, suite, self.hpm_file(lab, "bios", BIOS, "3.4"))
                self.assertEqual("3.4", self.version(lab, "BIOS"))
                self.assertEqual("3.2", self.version(lab, "BIOS-Previous"))
                self.ask(lab, suite, "hpm", "rollback")
                self.assertEqual("3.2", self.version(lab, "BIOS"))
                self.assertEqual("3.4", self.version(lab, "BIOS-Previous"))

    def test_installs_the_bmcs_own_firmware_in_small_blocks(self):
        with interop.Lab() as lab:
            self.upgrade(lab, 17, self.hpm_file(lab, "bmc", BMC, "2.11"), "-z", "45")
            self.assertRegex(self.ask(lab, 17, "mc", "info"), r"Firmware Revision +: 2\.11\n")
            self.ask(lab, 17, "hpm", "rollback")
            self.assertEqual("2.10", self.version(lab, "BMC"))

    def test_leaves_an_upload_waiting(self):
        with interop.Lab() as lab:
            self.ask(lab, 17, "hpm", "upgrade", self.hpm_file(lab, "bios", BIOS, "3.4"), answers="y\n" * 5)
            self.assertEqual("3.2", self.version(lab, "BIOS"))
            self.assertEqual("3.4", self.version(lab, "BIOS-Staged"))
            self.assertRegex(self.ask(lab, 17, "hpm", "check"), r"1\|BIOS .*\| +3\.04 0+ \|\n")

    def test_is_refused_with_a_wrong_password_and_as_an_unknown_user(self):
        with interop.Lab() as lab:
            for suite in SUITES:
                for wrong in ({"password": "guess"}, {"user": "bob"}):
                    with self.subTest(suite=suite, **wrong), self.assertRaisesRegex(AssertionError, "exit code 1"):
                        self.ask(lab, suite, "-N", "1", "-R", "1", "mc", "info", **wrong)


if __name__ == "__main__":
    interop.main()
