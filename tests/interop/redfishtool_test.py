"""DMTF's redfishtool reads the lab, with a password and with a session."""
import json
import unittest

import interop


class Redfishtool(unittest.TestCase):
    def ask(self, lab, authentication, *what):
        return json.loads(lab.run("redfishtool", "-r", f"{lab.address}:{lab.port}", "-u", lab.user, "-p", lab.password,
                                  "-S", "Always", "-A", authentication, *what))

    def test_reads_the_root_without_logging_in(self):
        with interop.Lab() as lab:
            self.assertEqual("Breakwater", self.ask(lab, "None", "root")["Vendor"])

    def test_reads_the_system_and_the_firmware_inventory(self):
        with interop.Lab() as lab:
            for authentication in ("Basic", "Session"):
                with self.subTest(authentication):
                    systems = self.ask(lab, authentication, "Systems")
                    self.assertEqual("/redfish/v1/Systems/1", systems["Members"][0]["@odata.id"])
                    system = self.ask(lab, authentication, "Systems", "-F")
                    self.assertEqual("LAB-N1", system["SerialNumber"])
                    inventory = self.ask(lab, authentication, "raw", "GET", interop.INVENTORY)
                    versions = {}
                    for member in inventory["Members"]:
                        entry = self.ask(lab, authentication, "raw", "GET", member["@odata.id"])
                        versions[entry["Id"]] = entry["Version"]
                    self.assertEqual({"BMC": "2.10", "BMC-Previous": "2.09", "BIOS": "3.2", "BIOS-Previous": "3.1",
                                      "NIC": "20.5", "NIC-Previous": "20.4"}, versions)

    def test_resets_the_system(self):
        with interop.Lab() as lab:
            lab.run("redfishtool", "-r", f"{lab.address}:{lab.port}", "-u", lab.user, "-p", lab.password,
                    "-S", "Always", "Systems", "-F", "reset", "ForceOff")
            self.assertEqual("Off", self.ask(lab, "Basic", "Systems", "-F")["PowerState"])


if __name__ == "__main__":
    interop.main()
