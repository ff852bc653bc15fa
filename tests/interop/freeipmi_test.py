"""FreeIPMI reads a lab BMC with both cipher suites, and without the work-around that other simulators need."""
import unittest

import interop

SUITES = (3, 17)


class Freeipmi(unittest.TestCase):
    def ask(self, lab, suite, program, *options, user=None, password=None):
        return lab.run(program, "-h", f"{lab.address}:{lab.ipmi_port}", "-u", user or lab.user,
                       "-p", password or lab.password, "-D", "LAN_2_0", "-I", suite, "-l", "ADMIN", *options)

    def test_reads_identity_power_events_and_sensors(self):
        with interop.Lab() as lab:
            for suite in SUITES:
                with self.subTest(suite=suite):
                    info = self.ask(lab, suite, "bmc-info")
                    self.assertRegex(info, r"Firmware Revision +: 2\.10\n")
                    self.assertRegex(info, r"Medium Type +: 802\.3 LAN\n")
                    self.assertEqual(f"{lab.address}: on\n", self.ask(lab, suite, "ipmipower", "--stat"))
                    self.assertIn("Log Area Reset/Cleared", self.ask(lab, suite, "ipmi-sel"))
                    sensors = self.ask(lab, suite, "ipmi-sensors")
                    self.assertRegex(sensors, r"Ambient Temp +\| Temperature +\| 24\.00 +\| C +\| 'OK'")
                    self.assertRegex(sensors, r"Fan 1 +\| Fan +\| 8400\.00 +\| RPM +\| 'OK'")
                    self.assertRegex(sensors, r"12V +\| Voltage +\| 12\.06 +\| V +\| 'OK'")
                    self.assertRegex(sensors, r"PSU 1 +\| Power Supply +\| N/A +\| N/A +\| 'Presence detected'")

    def test_cycles_the_power(self):
        with interop.Lab() as lab:
            self.assertIn(": ok", self.ask(lab, 17, "ipmipower", "--cycle"))

    def test_is_refused_with_a_wrong_password_and_as_an_unknown_user(self):
        with interop.Lab() as lab:
            for suite in SUITES:
                with self.subTest(suite=suite):
                    with self.assertRaisesRegex(AssertionError, "password invalid"):
                        self.ask(lab, suite, "bmc-info", password="guess")
                    with self.assertRaisesRegex(AssertionError, "username invalid"):
                        self.ask(lab, suite, "bmc-info", user="bob")


if __name__ == "__main__":
    interop.main()
