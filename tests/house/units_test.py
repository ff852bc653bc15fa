"""Every test file has a namespace of its own, and the check finds planted violations."""
import pathlib
import unittest

import units
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = "#include <a>\n\nnamespace breakwater::lab::reset_test {\nnamespace {\n}\n}  // namespace\n"


class Units(unittest.TestCase):
    def test_the_tree_holds_them(self):
        self.assertEqual([], units.violations(ROOT))

    def test_a_file_without_its_namespace_is_found(self):
        with house({"tests/a/waves_test.cpp": "namespace {\n}\nTEST(A, b) {\n}\n",
                    "tests/a/limits_test.cpp": "namespace breakwater {\n}\n",
                    "tests/a/reset_test.cpp": GOOD, "tests/a/drill.cpp": "namespace breakwater {\n}\n"}) as root:
            self.assertEqual(["tests/a/limits_test.cpp:1: namespace breakwater is not called limits_test",
                              "tests/a/waves_test.cpp: no namespace, `namespace breakwater::waves_test` or deeper is "
                              "needed"], units.violations(root))

    def test_what_would_reach_the_neighbours_is_found(self):
        self.assertEqual(["reset_test.cpp:1: stands before the file's own namespace"],
                         units.violations_in("reset_test.cpp", "using namespace std;\n" + GOOD))
        self.assertEqual(["reset_test.cpp: something stands behind the file's own namespace"],
                         units.violations_in("reset_test.cpp", GOOD + "using std::string;\n"))

    def test_a_name_in_another_case_is_found(self):
        named = GOOD.replace("namespace {\n", "namespace {\nTEST_F(Reset, is_one) {}\nTEST(Reset, IsTwo) {}\n")
        self.assertEqual(["reset_test.cpp:6: Reset.IsTwo is not snake_case"],
                         units.violations_in("reset_test.cpp", named))

    def test_comments_are_no_code(self):
        self.assertEqual([], units.violations_in("reset_test.cpp", "// using\n" + GOOD + "// the end\n"))


if __name__ == "__main__":
    unittest.main()
