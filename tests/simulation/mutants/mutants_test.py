"""Patches are laid over the product by what they replace, and one that no longer fits is named."""
import pathlib
import tempfile
import unittest

import mutants

PRODUCT = """int limit() {
  return 3;
}
int room() {
  return limit();
}
"""


def patch(name, *lines, trips="I2"):
    return f'Trips {trips}: it is broken.\n--- a/core/room.cpp\n+++ b/core/room.cpp\n@@ -9,9 +9,9 @@\n' + "".join(
        f"{line}\n" for line in lines).replace("NAME", f'mutants::broken("{name}")')


class Mutants(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.house = pathlib.Path(scratch.name)
        self.folder = self.house / "mutants"
        self.folder.mkdir()
        (self.house / "core").mkdir()
        self.write(PRODUCT)

    def write(self, product):
        (self.house / "core/room.cpp").write_text(product, encoding="utf-8")

    def plant(self, name, *lines, **also):
        (self.folder / f"{name}.patch").write_text(patch(name, *lines, **also), encoding="utf-8")

    def copied(self):
        return mutants.copied("core/room.cpp", self.house, self.folder)

    def test_neighbours_do_not_disturb_each_other(self):
        self.plant("first", " int limit() {", "+  if (NAME) return 4;", "   return 3;")
        self.plant("second", "-  return 3;", "+  return NAME ? 5 : 3;", " }")
        self.assertEqual(mutants.INCLUDE + PRODUCT.replace(
            "  return 3;\n",
            '  if (mutants::broken("first")) return 4;\n  return mutants::broken("second") ? 5 : 3;\n'),
            self.copied())

    def test_a_place_that_moved_is_found(self):
        self.plant("first", " int room() {", "+  if (NAME) return 4;", "   return limit();")
        self.write("// a new line\n" + PRODUCT)
        self.assertIn('int room() {\n  if (mutants::broken("first")) return 4;\n', self.copied())

    def test_a_patch_that_fits_nowhere_or_twice_is_named(self):
        for lines in [(" int rooms() {", "+  if (NAME) return 4;"), ("+  // NAME", " }")]:
            self.plant("first", *lines)
            with self.subTest(lines=lines), self.assertRaisesRegex(mutants.Misfit,
                                                                   "first.patch does not fit core/room.cpp"):
                self.copied()

    def test_two_patches_that_replace_the_same_line_are_refused(self):
        self.plant("first", "-  return 3;", "+  return NAME ? 4 : 3;")
        self.plant("second", "-  return 3;", "+  return NAME ? 5 : 3;")
        with self.assertRaisesRegex(mutants.Misfit, "two patches replace line 2"):
            self.copied()

    def test_a_patch_names_its_invariant_and_asks_for_itself(self):
        self.plant("first", " int limit() {", "+  if (NAME) return 4;", trips="nothing")
        self.assertRaises(mutants.Misfit, self.copied)
        self.plant("first", " int limit() {", '+  if (mutants::broken("other")) return 4;')
        self.assertRaises(mutants.Misfit, self.copied)

    def test_seeds_stand_beside_what_was_broken(self):
        claims = "| | broken | seed |\n| I1 | a | b | `first`, `second` | 7, 7 |\n| I8 | a | b | `OFF`, by hand | |\n"
        written, left = mutants.with_seeds(claims, {"first": "1", "second": None, "third": "3"})
        self.assertEqual(claims.replace("7, 7", "1, none"), written)
        self.assertEqual(["third"], left)

    def test_a_refreshed_patch_does_the_same(self):
        self.plant("first", " int room() {", "+  if (NAME) return 4;", "   return limit();")
        before = self.copied()
        text = mutants.refreshed("first", self.house, self.folder)
        self.assertIn("@@ -3,4 +3,5 @@", text)
        (self.folder / "first.patch").write_text(text, encoding="utf-8")
        self.assertEqual(before, self.copied())


if __name__ == "__main__":
    unittest.main()
