"""Pages are wrapped and `cannot` is one word, and the check that says so can tell."""
import pathlib
import unittest

import words
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONG = "x" * 121
WRONG = "can" + " not"  # in two parts, since this file is read too


class Words(unittest.TestCase):
    def test_the_tree_holds_them(self):
        self.assertEqual([], words.violations(ROOT))

    def test_every_place_is_there_and_is_read(self):
        read = list(words.files(ROOT, [*words.PAGES, *words.FOLDERS], words.KINDS))
        for place in [*words.PAGES, *words.FOLDERS]:
            self.assertTrue([name for name in read if name.startswith(place)], place)
        for kind in words.KINDS:
            self.assertTrue([name for name in read if name.endswith(kind)], kind)

    def test_a_long_line_of_prose_is_found_on_every_page(self):
        for page in ["README.md", "CHANGELOG.md", "docs/formats.md", "docs/decisions/0001-rooms.md",
                     "examples/quickstart/README.md"]:
            with self.subTest(page=page), house({page: f"{LONG[1:]}\n{LONG}\n"}) as root:
                self.assertEqual([f"{page}:2: 121 columns, 120 are the most"], words.violations(root))

    def test_a_long_line_of_a_script_is_found(self):
        for script, text in {"cmake/rooms.cmake": f"# a\n{LONG}\n", "tests/house/a.py": f"\n{LONG}\n",
                             "drivers/CMakeLists.txt": f"\n{LONG}\n", ".ci/run": f"#!/bin/bash\n{LONG}\n"}.items():
            with self.subTest(script=script), house({script: text}) as root:
                self.assertEqual([f"{script}:2: 121 columns, 120 are the most"], words.violations(root))

    def test_a_file_of_data_may_have_long_lines(self):
        with house({"tests/journals/format_1": LONG, "docs/notes.txt": LONG}) as root:
            self.assertEqual([], words.violations(root))

    def test_tables_and_code_may_be_longer(self):
        text = f"| {LONG} |\n\n```yaml\n{LONG}\n```\n"
        with house({"docs/formats.md": text,
                    "docs/list.md": f"- an item\n\n  ```\n  {LONG}\n  ```\n\n  {LONG}\n"}) as root:
            self.assertEqual(["docs/list.md:7: 123 columns, 120 are the most"], words.violations(root))

    def test_columns_are_characters_and_not_bytes(self):
        with house({"README.md": "é" * 120 + "\n"}) as root:
            self.assertEqual([], words.violations(root))

    def test_two_words_for_cannot_are_found_in_every_kind_of_file(self):
        for name in ["README.md", "CHANGELOG.md", "docs/formats.md", "examples/quickstart/fleet/policy.yaml",
                     "schema/examples/good/policy.yaml", "tests/end_to_end/world.py"]:
            for text in [f"It {WRONG} read it.", f"Reads what it {WRONG.upper()}", WRONG.replace(" ", "\n"),
                         WRONG.replace(" ", "\n# "), WRONG.replace(" ", "\n    // "), WRONG.replace(" ", "\n> ")]:
                with self.subTest(name=name, text=text), house({name: f"# A\n{text}\n"}) as root:
                    self.assertEqual([f"{name}:2: write `cannot`"], words.violations(root))

    def test_what_is_spelled_right_is_let_through(self):
        for text in ["It cannot.", "It can; not so the other.", "A scan not asked for.", "It can note this."]:
            with self.subTest(text=text), house({"docs/formats.md": text + "\n"}) as root:
                self.assertEqual([], words.violations(root))

    def test_what_a_run_of_the_quickstart_left_is_not_read(self):
        with house({"examples/quickstart/out/fleet/policy.yaml": f"# it {WRONG}\n"}) as root:
            self.assertEqual([], words.violations(root))


if __name__ == "__main__":
    unittest.main()
