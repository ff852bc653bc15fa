"""Ansible's uri module pushes an image to the lab, checking its certificate, and follows the task."""
import json
import pathlib
import unittest

import interop

PLAYBOOK = pathlib.Path(__file__).with_name("push.yaml")


class Ansible(unittest.TestCase):
    def test_pushes_an_image_and_follows_the_task(self):
        with interop.Lab() as lab:
            facts = {name: getattr(lab, name) for name in ("ca", "user", "password", "origin")}
            facts |= {"image": str(lab.image("bios", "3.4", lines=2000)), "version": "3.4"}
            said = lab.run("ansible-playbook", "--inventory", "localhost,", "--extra-vars", json.dumps(facts), PLAYBOOK)
            self.assertIn("failed=0", said)


if __name__ == "__main__":
    interop.main()
