"""curl pushes images to the lab, checking its certificate, and follows the task."""
import json
import time
import unittest

import interop


class Curl(unittest.TestCase):
    def ask(self, lab, uri, *arguments):
        return json.loads(lab.run("curl", "--silent", "--show-error", "--fail-with-body", "--cacert", lab.ca,
                                  "--user", f"{lab.user}:{lab.password}", *arguments, lab.origin + uri))

    def follow(self, lab, task, wanted):
        deadline = time.monotonic() + interop.DEADLINE_S
        while True:
            body = self.ask(lab, task)
            if body["TaskState"] == wanted:
                return body
            self.assertIn(body["TaskState"], ("Running", "Pending"))
            self.assertLess(time.monotonic(), deadline, body)

    def push(self, lab, apply, image):
        service = self.ask(lab, "/redfish/v1/UpdateService")
        parameters = json.dumps({"Targets": [f"{interop.INVENTORY}/BIOS"], "@Redfish.OperationApplyTime": apply})
        return self.ask(lab, service["MultipartHttpPushUri"],
                        "--form", f"UpdateParameters={parameters};type=application/json",
                        "--form", f"UpdateFile=@{image};type=application/octet-stream")

    def version(self, lab):
        return self.ask(lab, f"{interop.INVENTORY}/BIOS")["Version"]

    def test_pushes_an_image_that_is_applied_at_once(self):
        with interop.Lab() as lab:
            # More than a megabyte: curl then asks for 100 Continue before it sends the body.
            task = self.push(lab, "Immediate", lab.image("bios", "3.4"))
            done = self.follow(lab, task["@odata.id"], "Completed")
            self.assertEqual("Update.1.0.UpdateSuccessful", done["Messages"][-1]["MessageId"])
            self.assertEqual("3.4", self.version(lab))

    def test_stages_an_image_and_resets(self):
        with interop.Lab() as lab:
            task = self.push(lab, "OnReset", lab.image("bios", "3.4", lines=100))
            self.follow(lab, task["@odata.id"], "Pending")
            self.assertEqual("3.2", self.version(lab))
            lab.run("curl", "--silent", "--show-error", "--fail", "--cacert", lab.ca,
                    "--user", f"{lab.user}:{lab.password}", "--json", '{"ResetType": "ForceRestart"}',
                    f"{lab.origin}/redfish/v1/Systems/1/Actions/ComputerSystem.Reset")
            self.follow(lab, task["@odata.id"], "Completed")
            self.assertEqual("3.4", self.version(lab))

    def test_pushes_the_bare_file_to_the_other_uri(self):
        with interop.Lab() as lab:
            task = self.ask(lab, self.ask(lab, "/redfish/v1/UpdateService")["HttpPushUri"],
                            "--header", "Content-Type: application/octet-stream",
                            "--data-binary", f"@{lab.image('bios', '3.4')}")
            self.follow(lab, task["@odata.id"], "Completed")
            self.assertEqual("3.4", self.version(lab))

    def test_refuses_a_lab_of_another_authority(self):
        with interop.Lab() as lab, interop.Lab() as other:
            lab.ca = other.ca
            with self.assertRaisesRegex(AssertionError, "exit code 60"):
                self.ask(lab, "/redfish/v1/")


if __name__ == "__main__":
    interop.main()
