"""OpenStack's sushy reads the lab, checking its certificate, and follows a task."""
import os
import unittest

import interop

try:
    import sushy
    from sushy import exceptions
except ImportError:
    sushy = None


class Sushy(unittest.TestCase):
    def setUp(self):
        self.assertIsNotNone(sushy, "python3-sushy is not installed; tests/run installs it")

    def open(self, lab, ca=None):
        # requests lets these win over the authority that a session was given
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "https_proxy", "HTTPS_PROXY"):
            os.environ.pop(name, None)
        return sushy.Sushy(f"{lab.origin}/redfish/v1/", username=lab.user, password=lab.password, verify=ca or lab.ca)

    def test_reads_system_update_service_and_every_inventory_member(self):
        with interop.Lab() as lab:
            root = self.open(lab)
            system = root.get_system(root.get_system_collection().members_identities[0])
            self.assertEqual("3.2", system.bios_version)
            self.assertEqual(sushy.PowerState.ON, system.power_state)
            self.assertIn(sushy.ResetType.FORCE_RESTART, system.get_allowed_reset_system_values())
            service = root.get_update_service()
            self.assertEqual("/redfish/v1/UpdateService/update", service.http_push_uri)
            entries = {entry.identity: entry for entry in service.firmware_inventory.get_members()}
            self.assertEqual("2.10", entries["BMC"].version)
            self.assertEqual("3.1", entries["BIOS-Previous"].version)
            self.assertEqual("LAB-NIC", entries["NIC"].software_id)
            self.assertTrue(entries["NIC"].updateable)
            manager = root.get_manager(root.get_manager_collection().members_identities[0])
            self.assertEqual("2.10", manager.firmware_version)

    def test_follows_a_pull_update_to_its_end(self):
        with interop.Lab() as lab:
            service = self.open(lab).get_update_service()
            monitor = service.simple_update("https://example.invalid/x.bin", transfer_protocol="HTTPS")
            task = monitor.get_task()
            task.refresh()
            self.assertEqual(sushy.TaskState.EXCEPTION, task.task_state)
            self.assertIn("https://example.invalid/x.bin", task.messages[0].message)

    def test_resets_and_sees_the_power(self):
        with interop.Lab() as lab:
            system = self.open(lab).get_system("/redfish/v1/Systems/1")
            system.reset_system(sushy.ResetType.FORCE_OFF)
            system.refresh()
            self.assertEqual(sushy.PowerState.OFF, system.power_state)

    def test_refuses_a_lab_of_another_authority(self):
        with interop.Lab() as lab, interop.Lab() as other:
            with self.assertRaises(exceptions.ConnectionError):
                self.open(lab, ca=other.ca)


if __name__ == "__main__":
    interop.main()
