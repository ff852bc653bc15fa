"""Every proof that docs/reliability.md names is in the tree, and the check that says so can tell."""
import pathlib
import unittest

import claims
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = {"tests/drivers/hostile_test.cpp": "TEST_F(Hostile, a_storm_ends) {\n}\n",
        "tests/end_to_end/kill_test.py": "class Kill(unittest.TestCase):\n    def test_it_dies(self):\n",
        "tests/fuzz/minisign_target.cpp": ""}


def found_in(page):
    with house(TREE | {claims.PAGE: page}) as root:
        return claims.violations(root)


class Claims(unittest.TestCase):
    def test_the_tree_holds_them(self):
        self.assertGreater(len(claims.cases(ROOT)), 1000)
        self.assertEqual([], claims.violations(ROOT))

    def test_what_is_there_is_let_through(self):
        for name in ["Hostile.a_storm_ends", "Hostile.*", "Hostile.a_storm…", "*.a_storm_ends", "end_to_end.kill",
                     "Kill.test_it_dies", "Kill.*", "fuzz/minisign", "tests/drivers",
                     "tests/end_to_end/kill_test.py --random 5000", "timeouts.host", "VerifiedImage"]:
            with self.subTest(name=name):
                self.assertEqual([], found_in(f"It is held (`{name}`).\n"))

    def test_what_is_gone_is_found_with_its_line(self):
        for name in ["Hostile.a_storm_goes_on", "Friendly.*", "Hostile.a_calm…", "*.a_calm", "Kill.test_it_lives",
                     "end_to_end.crash", "fuzz/yaml", "tests/policies", "orchestrator/crews/model.cpp"]:
            with self.subTest(name=name):
                self.assertEqual([f"{claims.PAGE}:2: `{name}` is not in the tree"],
                                 found_in(f"One.\nTwo (`{name}`).\n"))


if __name__ == "__main__":
    unittest.main()
